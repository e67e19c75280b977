"use strict";
const made = (name, text, attributes = {}) => {
  const one = Object.assign(document.createElement(name), attributes);
  one.textContent = text;
  return one;
};
const asked = async (path) => (await fetch(path)).json();

const list = document.querySelector("#news-list"), button = document.querySelector("#more");
let last = "";
const more = async () => {
  const shown = await asked(`/data/list?after=${last}`);
  for (const row of shown.rows) {
    const item = made("li", "");
    item.append(made("a", row.headline, { href: `/news/${row.id}` }), made("time", row.date));
    item.append(made("img", "", { src: `/static/${row.id}.jpg` }));
    list.append(item);
    last = row.id;
  }
  button.hidden = !shown.more;
};

const view = document.querySelector("#news-view");
const write = async () => {
  const shown = await asked(`/data/article/${location.pathname.split("/").pop()}`);
  if (shown.gone) return view.append(made("p", shown.gone, { className: "gone" }));
  view.append(made("h1", shown.headline, { className: "headline" }));
  view.append(made("p", shown.reporter, { className: "byline" }), made("time", shown.date));
  const body = made("div", "", { id: "news-body" });
  for (const line of shown.lines) body.append(made("p", line));
  if (shown.caption) {
    const figure = made("figure", "");
    figure.append(made("img", "", { src: "/static/photo.jpg" }));
    figure.append(made("figcaption", `▲ ${shown.caption}`));
    body.firstChild.after(figure);
  }
  view.append(body);
};

if (list) { button.addEventListener("click", more); more(); }
else if (!view.querySelector("#news-body")) write();
