"""``scrapy browse``: Datasette on a store, in a real browser over HTTP on loopback."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from crawler.store import open_store
from tests.support.articles import article
from tests.support.paths import ROOT
from tests.support.scrapy_process import scrapy, started

KOREA = timedelta(hours=9)
HOSTILE = (
    "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"
    "<a href=\"javascript:document.title='ran'\">여기</a>"
)


def today() -> str:
    return (datetime.now(UTC) + KOREA).strftime("%Y-%m-%d")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("browse") / "my store.db"
    release = "진안군의회가 예산을 심사하고 주민 설명회를 열어 내년 쓰임을 밝혔다고 전했다. " * 6
    with open_store(f"sqlite:///{file}") as store:
        for number, outlet in enumerate(("hangang", "namdo", "seohae"), 1):
            store.upsert(article(number, outlet, release, headline="진안군의회 예산 심사",
                              date_published=f"{today()}T0{number}:14+09:00", article_section="정치",
                              date_precision="minute", in_language="ko"))  # fmt: skip
        store.upsert(article(1, "hangang", release + "고침.", fetched_at="2099-01-01T00:00:00Z", headline="진안군의회 예산 심사",
                          date_published=f"{today()}T01:14+09:00"))  # fmt: skip
        store.upsert(article(9, "donghae", f"가로등 {HOSTILE}", headline=f"나쁜 제목 {HOSTILE}",
                          url="javascript:document.title='ran'", article_section=HOSTILE,
                          date_published="2024-09-11"))  # fmt: skip
    return file


class Served:
    """A ``scrapy browse`` that runs; ``address`` is what it said."""

    def __init__(self, file: Path) -> None:
        command = [
            sys.executable,
            "-m",
            "scrapy",
            "browse",
            "--no-open",
            "--port",
            str(free_port()),
        ]
        self.process = subprocess.Popen(
            [*command, "-s", f"DATABASE_URL=sqlite:///{file}"],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout
        said = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/malgeum", said)
        assert found, said
        self.address = found[0]

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code, and what it said since it was open."""
        self.process.send_signal(number)
        said, errors = self.process.communicate(timeout=60)
        return self.process.returncode, said, errors

    def get(self, path: str, host: str | None = None) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of an answer."""
        place = urlsplit(self.address).netloc
        with closing(http.client.HTTPConnection(place, timeout=60)) as connection:
            connection.request("GET", path, headers={"Host": host or place})
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read().decode()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as place:
        return int(place.getsockname()[1])


@pytest.fixture(scope="module")
def served(file: Path) -> Iterator[Served]:
    one = Served(file)
    yield one
    one.end()


class Seen:
    """A tab, what it asked for, and whether a dialog or an error of a script came up."""

    def __init__(self, chromium: Any, served: Served) -> None:
        self.page = chromium.new_page()
        self.requests: list[str] = []
        self.wrong: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: (self.wrong.append("dialog"), dialog.dismiss()))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.served = served

    def open(self, path: str = "") -> Any:
        self.page.goto(self.served.address + path)
        return self.page

    def rows(self) -> list[str]:
        return [
            row.inner_text() for row in self.page.locator("table.rows-and-columns tbody tr").all()
        ]

    def is_well(self) -> None:
        assert not self.wrong
        assert self.page.title() != "ran"
        assert {urlsplit(url).netloc for url in self.requests} == {
            urlsplit(self.served.address).netloc
        }
        links = self.page.eval_on_selector_all("a", "all => all.map(one => one.protocol)")
        assert set(links) <= {"http:", "https:"}


@pytest.fixture
def seen(chromium: Any, served: Served) -> Iterator[Seen]:
    tab = Seen(chromium, served)
    yield tab
    tab.page.close()


# -- in a browser -------------------------------------------------------------------------


def test_the_list_is_reached_from_the_first_page_and_searched_by_parts_of_words(seen: Seen) -> None:
    page = seen.open()
    assert "검색창은 낱말의 일부로도" in page.inner_text("body")
    page.click("text=모든 기사, 새 기사부터")
    page.wait_for_selector("table.rows-and-columns")
    assert len(seen.rows()) == 4
    assert "seohae" in seen.rows()[0], "the newest first"
    for words, outlets in {
        "군의": ["seohae", "namdo", "hangang"],
        "군의회 예산": ["seohae", "namdo", "hangang"],
        "로등": ["donghae"],
        "고침": ["hangang"],
        '"군의*': [],
        "<script>": ["donghae"],
    }.items():
        page.fill("input[name=_search]", words)
        with page.expect_navigation():
            page.press("input[name=_search]", "Enter")
        assert page.input_value("input[name=_search]") == words
        found = [re.search(r"hangang|namdo|seohae|donghae", row) for row in seen.rows()]
        assert [one[0] for one in found if one] == outlets, words
    assert "article_section" in page.inner_text("table.rows-and-columns thead")
    seen.is_well()


def test_facets_lead_to_their_articles(seen: Seen) -> None:
    page = seen.open("/article")
    facets = page.inner_text(".facet-results")
    for name in ("outlet", "date_precision", "edit_kind", "article_section", "in_language"):
        assert name in facets
    with page.expect_navigation():
        page.click(".facet-results >> text=namdo")
    assert len(seen.rows()) == 1
    seen.is_well()


def test_what_a_page_says_is_text_wherever_it_stands(seen: Seen, served: Served) -> None:
    for path in ("/article?outlet=donghae", "/article/4", "/address", "/change",
                 "/article?_search=%EB%82%98%EC%81%9C&_facet=headline&_facet=url",
                 "/history?url=" + quote("https://donghae.example/news/9", safe=""),
                 "?sql=" + quote("select headline as \"<img src=x onerror=document.title='ran'>\", body "
                                 "from article")):  # fmt: skip
        page = seen.open(path)
        page.wait_for_load_state("networkidle")
        if "address" not in path and "change" not in path:
            assert "onerror=" in page.inner_text("body"), path
        seen.is_well()
    assert page.locator("img").count() == 0


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/today", ["hangang", "namdo", "seohae"]),
        ("/releases", ["진안군의회 예산 심사"]),
        ("/findings", []),
        ("/history?url=https%3A%2F%2Fhangang.example%2Fnews%2F1", ["밝혔다고 전했다", "고침."]),
    ],
)
def test_saved_queries_run(seen: Seen, path: str, expected: list[str]) -> None:
    page = seen.open(path)
    rows = seen.rows()
    assert len(rows) == len(expected)
    assert all(part in row for part, row in zip(expected, rows, strict=True))
    assert " · " in page.inner_text("h1")
    assert page.locator(".message-error").count() == 0
    seen.is_well()


# -- without one --------------------------------------------------------------------------


def test_it_answers_to_its_own_name_alone_and_writes_nothing(served: Served) -> None:
    assert served.get("/", host="evil.example")[0] == 421
    _, headers, _ = served.get("/")
    assert "access-control-allow-origin" not in {name.lower() for name in headers}
    for sql in ("delete from article", "pragma journal_mode = delete", "attach 'x.db' as x"):
        assert served.get(f"/malgeum.json?sql={quote(sql)}")[0] == 400
    assert served.get("/malgeum.db")[0] in (403, 404)


def test_an_article_that_is_stored_meanwhile_is_found(served: Served, file: Path) -> None:
    with open_store(f"sqlite:///{file}") as store:
        store.upsert(article(77, "bukhae", "새로 들어온 글"))
    try:
        _, _, found = served.get(f"/malgeum/article.json?_search={quote('들어')}&_shape=array")
        assert "bukhae" in found
    finally:
        from crawler.store.articles.forget import Takedown, forget

        with open_store(f"sqlite:///{file}") as store:
            forget(store, [Takedown(["https://bukhae.example/news/77"], "bukhae")], at="2024")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_well_by_a_signal(file: Path, number: signal.Signals) -> None:
    served = Served(file)
    assert served.get("/malgeum")[0] == 200
    assert served.get("/malgeum.json?sql=drop")[0] == 400
    assert served.end(number) == (0, "", "")


def test_a_port_in_use_is_one_sentence(served: Served, file: Path) -> None:
    port = str(urlsplit(served.address).port)
    done = scrapy("browse", "--no-open", "--port", port, "-s", f"DATABASE_URL=sqlite:///{file}")
    assert done.returncode == 2
    assert done.stderr == (
        f"scrapy: --port {port} cannot be used: Address already in use; choose another port\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["x"], 2, "browse takes no arguments, only --port N and --no-open"),
        (["--port", "0"], 2, "--port must be a whole number of at least 1, not '0'"),
        (["--port", "70000"], 2, "--port must be at most 65535, not 70000"),
        (["-s", "DATABASE_URL=sqlite://"], 2, "browse needs a store in a file"),
        (["-s", "DATABASE_URL=sqlite:////proc/no/store.db"], 6, "There is no store at "),
        (["-s", "DATABASE_URL=postgresql+psycopg://me:geheim@localhost:1/news"], 2,
         "browse needs a store in SQLite, and DATABASE_URL names PostgreSQL: use scrapy search or scrapy export"),
    ],
)  # fmt: skip
def test_bad_usage_is_one_sentence(arguments: list[str], code: int, sentence: str) -> None:
    done = scrapy("browse", "--no-open", *arguments)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert done.stderr.startswith(f"scrapy: {sentence}")
    assert len(done.stderr.splitlines()) == 1
    assert "geheim" not in done.stderr


def test_without_datasette_it_is_said_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "datasette.py").write_text("raise ModuleNotFoundError('datasette')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = started("browse", "--no-open")
    assert done.returncode == 2
    assert done.stderr == (
        "scrapy: browse needs Datasette; install it with "
        ".venv/bin/python -m pip install --require-hashes -r requirements-extras.lock\n"
    )
