"""``scrapy forget``: no table and no byte of an erased article remains, and it never returns."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crawler.article import Article, Block
from crawler.store import DedupeResult, Store, open_store
from crawler.store.articles.forget import forgotten_among, wipe
from tests.support.articles import CORRECTED, LONG, URL, article, at, check_file, day, rows, trail
from tests.support.changing_outlet import edited, paper
from tests.support.erasure import on_disk, take
from tests.support.newsstand_crawl import stat
from tests.support.paths import ROOT
from tests.support.scrapy_process import Run, scrapy

ALIAS = at(1, number=2).canonical_url
SECRET = "숨길말"  # noqa: S105


def secret(number: int, length: int = 40, **more: Any) -> Article:
    """An article of which every word, in every field, holds ``SECRET``."""
    said = random.Random(number)  # noqa: S311 - alike to no other
    body = "\n".join(f"{SECRET}{said.randbytes(9).hex()} {SECRET}" for _ in range(length))
    marked = {
        "headline": f"{SECRET} {number}",
        "headline_raw": f"{SECRET} {number} - 신문",
        "byline_raw": SECRET,
        "authors": [SECRET],
        "images": [{"url": None, "caption": SECRET}],
        "blocks": [Block(line, "body") for line in body.splitlines()],
        "date_published": "2024-09-01T09:14+09:00",
    }
    return article(number, "hangang", body, **(marked | more))


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


@pytest.fixture
def store(url: str):
    with open_store(url) as opened:
        yield opened


def table(store: Store, name: str) -> list[dict[str, Any]]:
    with store.engine.begin() as connection:
        query = text(f"SELECT * FROM {name} ORDER BY 1, 2")  # noqa: S608
        return [dict(row) for row in connection.execute(query).mappings()]


def everything(store: Store) -> dict[str, list[dict[str, Any]]]:
    names = ("article", "revision", "absence", "address", "forgotten", "forgotten_text", "sketch",
             "link", "cluster")  # fmt: skip
    return {name: table(store, name) for name in names}


# -- what is left -------------------------------------------------------------------------


def whole_life(store: Store) -> None:
    """Two versions, an alias, an absence."""
    store.upsert(at(1))
    store.upsert(at(1, number=2))
    store.mark_gone(URL, day(2))
    store.upsert(at(3, CORRECTED))


@pytest.mark.parametrize("address", [URL, ALIAS])
def test_only_tombstones_are_left(store: Store, address: str):
    whole_life(store)
    (taken,) = take(store, address, reason="법원 결정")
    assert (sorted(taken.addresses), taken.versions, taken.copies) == ([URL, ALIAS], 2, [])
    left = everything(store)
    assert left.pop("forgotten") == [
        {"canonical_url": url, "outlet": "hangang", "forgotten_at": day(9), "reason": "법원 결정"}
        for url in (URL, ALIAS)
    ]
    assert len(left.pop("forgotten_text")) == 2
    assert [row["first"] for row in left.pop("cluster")] == [None]
    assert not any(left.values())
    assert forgotten_among(store, [URL, ALIAS, "https://hangang.example/news/9"]) == {URL, ALIAS}


def test_it_is_never_stored_again_under_no_address_and_in_no_version(store: Store):
    whole_life(store)
    take(store, URL)
    before = everything(store)
    for item in (
        at(5), at(5, "새 글이다.", headline="새 제목"), at(5, number=2), at(5, number=7),
        at(5, CORRECTED, number=8), at(5, LONG.replace(" ", "\n"), number=8),
    ):  # fmt: skip
        assert store.classify(item) == store.upsert(item) == DedupeResult("forgotten")
    assert everything(store) == before
    assert store.upsert(at(5, "다른 글이다.", number=7)).kind == "new"


def test_twice_is_fine_and_a_tombstone_keeps_its_time(store: Store):
    whole_life(store)
    take(store, URL, reason="법원 결정")
    (again,) = take(store, ALIAS, at=day(11))
    assert (again.versions, again.forgotten_at) == (0, day(9))
    take(store, URL, at=day(12), reason="정정")
    assert [(row["forgotten_at"], row["reason"]) for row in table(store, "forgotten")] == [
        (day(9), "정정"), (day(9), "법원 결정"),
    ]  # fmt: skip


def test_a_takedown_may_come_before_the_crawl(store: Store):
    (taken,) = take(store, URL)
    assert (taken.addresses, taken.versions, taken.forgotten_at) == ([URL], 0, None)
    assert store.upsert(at(1)).kind == "forgotten"
    assert store.upsert(at(1, number=2)).kind == "new", "no text was known"


def test_a_dry_run_changes_nothing_and_tells_the_same(store: Store):
    whole_life(store)
    before = everything(store)
    taken = take(store, URL, dry_run=True)
    assert everything(store) == before
    assert take(store, URL) == taken


# -- copies ---------------------------------------------------------------------------------


def links(store: Store) -> dict[str, str | None]:
    return {row["outlet"]: row["duplicate_of"] for row in rows(store)}


def test_copies_of_other_outlets_stay_and_are_linked_to_the_earliest_left(store: Store):
    store.upsert(at(1))
    for outlet in ("namdo", "seohae", "donghae"):
        store.upsert(at(2, outlet=outlet))
    namdo = at(2, outlet="namdo").canonical_url
    (taken,) = take(store, URL)
    assert [url.split("/")[2] for url in taken.copies] == [
        "namdo.example", "seohae.example", "donghae.example",
    ]  # fmt: skip
    assert links(store) == {"namdo": None, "seohae": namdo, "donghae": namdo}
    assert {row["body"] for row in rows(store)} == {LONG}
    assert store.upsert(at(3, outlet="bukhae")) == DedupeResult("copy", namdo)
    take(store, namdo)
    seohae = at(2, outlet="seohae").canonical_url
    assert links(store) == {"seohae": None, "donghae": seohae, "bukhae": seohae}


def test_a_copy_in_a_trail_is_linked_anew_as_well(store: Store):
    store.upsert(at(1))
    store.upsert(at(2, outlet="namdo"))
    store.upsert(at(3, CORRECTED, outlet="namdo"))
    take(store, URL)
    namdo = at(2, outlet="namdo").canonical_url
    with store.engine.begin() as connection:
        assert (
            connection.execute(text("SELECT duplicate_of FROM article_version")).scalars().all()
            == [None] * 2
        )
    assert [version[0] for version in trail(store, namdo)] == [1, 2]
    assert store.upsert(at(4, outlet="seohae")) == DedupeResult("copy", namdo)


def test_the_clusters_of_the_others_are_as_if_it_had_never_been(store: Store, tmp_path: Path):
    outlets = ("hangang", "namdo", "seohae")
    dated = {"date_published": "2024-09-01"}
    with open_store(f"sqlite:///{tmp_path}/never.db") as never:
        for number, outlet in enumerate(outlets):
            store.upsert(at(number + 1, outlet=outlet, **dated))
            if outlet != "hangang":
                never.upsert(at(number + 1, outlet=outlet, **dated))
        assert len({row["cluster_id"] for row in rows(store)}) == 1
        take(store, URL)
        assert [row["edit_kind"] for row in rows(store)] == [
            row["edit_kind"] for row in rows(never)
        ]
        assert len(table(store, "sketch")) == len(table(never, "sketch"))
        assert len(table(store, "link")) == len(table(never, "link"))
    (cluster,) = table(store, "cluster")
    assert cluster["first"] == rows(store)[0]["id"]
    assert store.upsert(at(9, outlet="bukhae", **dated)).kind == "copy"


# -- the bytes ------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 12, 40, 1000])
def test_no_byte_of_it_is_left_on_disk(store: Store, length: int):
    """Among others, in every version, with revisions and deletions before, from short to long."""
    chosen = []
    for number in range(10, 90):
        store.upsert(at(1, f"다른 글 {number}. " * (number * 7 % 60), number=number))
        if number % 4 == 0:
            item = secret(number, length)
            item.canonical_url += "/s"
            store.upsert(item)
            chosen.append(item.canonical_url)
        if number % 8 == 0:
            later = secret(number, length + 3, fetched_at=day(20))
            later.canonical_url += "/s"
            assert store.upsert(later).kind == "revised"
    others = [row["canonical_url"] for row in rows(store) if SECRET not in row["body"]]
    assert SECRET.encode() in on_disk(store)
    with store.engine.begin() as connection:
        connection.execute(text("ANALYZE"))  # as PostgreSQL does by itself
    take(store, *chosen, reason="까닭")
    assert wipe(store)
    assert SECRET.encode() not in on_disk(store)
    assert "다른 글".encode() in on_disk(store)
    assert [row["canonical_url"] for row in rows(store)] == others


def test_a_reader_in_the_way_is_told_of(store: Store, monkeypatch):
    monkeypatch.setattr("crawler.store.articles.forget.WIPE_SECONDS", 0.05)
    store.upsert(secret(1))
    with open_store(str(store.engine.url)) as other, other.engine.begin() as reading:
        reading.execute(text("SELECT count(*) FROM article")).all()
        with open_store(str(store.engine.url)) as hasty:
            take(hasty, URL)
            assert not wipe(hasty)
    assert wipe(store)
    assert SECRET.encode() not in on_disk(store)


# -- several processes, and kills -------------------------------------------------------------

TAKER = """
import sys
from crawler.store.articles.forget import wipe
from crawler.store import open_store
from tests.support.erasure import take
url, *urls = sys.argv[1:]
with open_store(url) as store:
    print("opened", flush=True)
    take(store, *urls)
    wipe(store)
"""
ADDER = """
import sys
from tests.support.articles import at
from crawler.store import open_store
with open_store(sys.argv[1]) as store:
    for number in range(400):
        item = at(2 + number % 20, f"{'되풀이하는 글이다. ' * 20} {number % 5}", number=number % 9)
        print(store.upsert(item).kind, flush=True)
"""


def process(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_while_a_crawl_stores_it_over_and_over(store: Store, url: str):
    adding = process(ADDER, url)
    assert adding.stdout
    for _ in range(60):
        adding.stdout.readline()
    forgotten = [at(1, number=number).canonical_url for number in range(5)]
    take(store, *forgotten)
    kinds = adding.communicate(timeout=120)[0].split()
    assert adding.returncode == 0
    assert "forgotten" in kinds
    assert not store.known(forgotten)
    left = {row["id"] for row in table(store, "article")}
    assert {row["article"] for row in table(store, "revision")} <= left
    check_file(store)


@pytest.mark.parametrize("kill", range(5))
def test_a_kill_leaves_all_or_nothing(store: Store, url: str, kill: int):
    urls = []
    for number in range(60):
        item = secret(number)
        store.upsert(item)
        urls.append(item.canonical_url)
    killed = process(TAKER, url, *urls)
    assert killed.stdout
    killed.stdout.readline()
    time.sleep(0.04 * kill)
    killed.kill()
    killed.wait()
    killed.stdout.close()
    counts = {name: len(table(store, name)) for name in ("article", "address", "forgotten")}
    assert counts in (
        {"article": 60, "address": 60, "forgotten": 0},
        {"article": 0, "address": 0, "forgotten": 60},
    )
    check_file(store)
    take(store, *urls)
    assert len(table(store, "forgotten")) == 60


# -- the command, crawls and replays ------------------------------------------------------------


def run_forget(database: Path, *arguments: str) -> Run:
    run = scrapy("forget", *arguments, "-s", f"DATABASE_URL=sqlite:///{database}")
    assert "Traceback" not in run.stderr
    return run


def test_a_forgotten_article_is_neither_fetched_nor_stored_nor_replayed(tmp_path: Path):
    with paper("seonamtoday", tmp_path) as here:
        here.crawl()
        database = here.crawler.database
        post, other = here.ordinary()[:2]
        here.change(post, story=edited(post).story)
        here.crawl("-a", "revisit=60d")
        address = here.address(post)
        mobile = f"http://www.seonamtoday.com/m/view.php?idx={post.number}&mcode=m1"
        dry = run_forget(database, mobile, "--dry-run")
        said, archive = dry.stdout.splitlines()
        assert said == f"{mobile} would be forgotten: addresses 2, versions 2"
        assert archive.endswith(" records would be erased")
        assert address in here.stored()
        run = run_forget(database, mobile, "--why", "법원 결정")
        assert (run.returncode, run.stderr) == (0, "")
        assert run.stdout.splitlines() == [
            f"{mobile} forgotten: addresses 2, versions 2",
            archive.replace("would be ", ""),
        ]
        line = post.story.paragraphs[0].split(". ")[0].encode()
        assert all(line not in path.read_bytes() for path in tmp_path.glob("seonamtoday.db*"))
        before = here.stored()
        assert address not in before
        here.sold.requested.clear()
        again = here.crawl("-a", "revisit=60d")
        assert again.returncode == 0
        assert stat(again, "malgeum/forgotten") > 0
        urls = " ".join(here.sold.requested)
        assert f"idx={other.number}" in urls
        assert f"idx={post.number}" not in urls
        pages = tmp_path / "pages.jsonl"
        html = "<html><div class='article-head-nav'></div><h1 class='article-head-title'>제목</h1>"
        html += "".join(f"<p>{line}</p>" for line in post.story.paragraphs)
        saved = {
            "url": address,
            "html": f"{html}<div id='viewContent'>{post.story.body}</div></html>",
        }
        elsewhere = saved | {"url": f"http://seonamtoday.com/news/view.php?idx=9{post.number}"}
        pages.write_text("\n".join(json.dumps(page) for page in (saved, elsewhere)))
        replayed = scrapy("replay", str(pages), "-s", f"DATABASE_URL=sqlite:///{database}")
        assert replayed.stderr.count("Dropped (Forgotten)") == 2
        assert here.stored().keys() == before.keys()
    history = scrapy("history", mobile, "-s", f"DATABASE_URL=sqlite:///{database}")
    assert f"{address}\nseonamtoday · forgotten " in history.stdout
    assert "reason: 법원 결정" in history.stdout


def test_what_was_not_stored_is_said_and_its_tombstone_set(tmp_path: Path):
    database = tmp_path / "store.db"
    urls = ("https://www.papns.kr/news/7", "https://x.example/news/7")
    run = run_forget(database, *urls)
    assert run.returncode == 0
    assert run.stdout.splitlines() == [f"{url} forgotten; nothing was stored" for url in urls]
    again = run_forget(database, urls[0])
    assert again.stdout.startswith(f"{urls[0]} was forgotten before, at 20")
    with open_store(f"sqlite:///{database}") as store:
        names = {row["canonical_url"]: row["outlet"] for row in table(store, "forgotten")}
    assert names["https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=7"] == "papns"
    assert names["https://x.example/news/7"] == "x.example"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((), 2, "forget takes one or more URLs"),
        ((URL, "--dryrun"), 2, "unknown option --dryrun; see -h"),
        ((URL, "papns"), 2, "'papns' is not the URL of a web page"),
        ((URL, "-s", "DATABASE_URL=postgresql://u:geheim@h:p/x"), 6, "DATABASE_URL is not an SQLAlchemy URL"),
    ],
)  # fmt: skip
def test_bad_usage_is_one_sentence_and_nothing_is_forgotten(
    arguments: tuple[str, ...], code: int, sentence: str, tmp_path: Path
):
    run = scrapy("forget", "-s", f"DATABASE_URL=sqlite:///{tmp_path}/store.db", *arguments)
    assert run.returncode == code
    assert run.stderr.startswith(f"scrapy: {sentence}")
    assert len(run.stderr.splitlines()) == 1
    assert "geheim" not in run.stderr
    assert not list(tmp_path.iterdir())
