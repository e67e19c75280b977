"""``scrapy clusters``, ``recluster``, ``releases`` and ``printed``, run as a user runs them."""

import csv
import json
import signal
import subprocess
import sys
import tomllib
from collections import defaultdict
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import update

from bench.trials.press_release_generator import generate_articles
from crawler.article import Article
from crawler.similarity import entities as facts
from crawler.store import Store, open_store
from crawler.store.clusters.queries import memberships
from crawler.store.db.schema import article as stored
from crawler.store.db.schema import cluster, link, sketch
from pipelines.dedupe import issuing_body
from tests.support.paths import ROOT
from tests.support.scrapy_process import Run, scrapy

HEADLINE = "도담군, 청년 월세 지원 160명으로 확대"
BODY = (
    "도담군(군수 박가람)은 청년 주거비 부담을 덜기 위해 월세 지원 대상을 넓힌다고 9일 밝혔다.\n"
    "올해는 작년보다 40명 늘어난 160명에게 월 20만 원씩 12개월간 지원한다.\n"
    "신청은 읍면 행정복지센터를 찾거나 군 누리집에서 하면 된다.\n"
    "박가람 군수는 “청년이 머무는 군을 만들겠다”고 말했다."
)
SHEET = f"보 도 자 료\n배포일시: 2026. 3. 9.(월)\n담당부서: 복지정책과\n\n{HEADLINE}\n{BODY}\n붙임: 사진 2부. 끝.\n"


def printed(outlet: str, day: int, headline: str, body: str) -> Article:
    url = f"https://{outlet}.example/news/view.php?idx={day}"
    return Article(
        url=url,
        canonical_url=url,
        outlet=outlet,
        fetched_at=f"2026-03-{day:02}T08:00:00Z",
        headline=headline,
        body=body,
        date_published=f"2026-03-{day:02}T09:00+09:00",
        source_organization="도담군",
    )


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("releases") / "store.db"
    short = (
        "도담군은 월세 지원 대상을 넓힌다고 9일 밝혔다. 160명에게 월 20만 원씩 12개월간 지원한다."
    )
    with open_store(f"sqlite:///{path}") as store:
        store.upsert(printed("hangang", 10, HEADLINE, BODY))
        store.upsert(printed("narae", 9, "=cmd|' /C calc'!A0", BODY.replace("40명", "44명")))
        store.upsert(printed("byeolbit", 11, "청년 월세 160명 지원 \x1b[2J", short))
        store.upsert(
            printed(
                "hangang",
                12,
                "다솜시, 도서관 연다",
                "다솜시는 12일 책 3만 권을 갖춘 도서관의 문을 연다.",
            )
        )
    return path


def run(name: str, database: Path, *arguments: str) -> Run:
    return scrapy(name, *arguments, "-s", f"DATABASE_URL=sqlite:///{database}")


def test_clusters_are_written_in_any_format_of_scrapys(database: Path, tmp_path: Path):
    lines = [json.loads(line) for line in run("clusters", database).stdout.splitlines()]
    assert [row["edit_kind"] for row in lines][0:2] == ["verbatim", None]
    assert len({row["cluster_id"] for row in lines}) == 2
    assert run("clusters", database, "-O", f"{tmp_path}/c.csv").returncode == 0
    with (tmp_path / "c.csv").open(encoding="utf-8") as file:
        assert [row["cluster_id"] for row in csv.DictReader(file)] == [
            row["cluster_id"] for row in lines
        ]
    assert [path.name for path in tmp_path.iterdir()] == ["c.csv"]


def test_the_releases_most_printed(database: Path):
    shown = run("releases", database, "--since", "2026-03-01")
    assert shown.returncode == 0
    assert "3 outlets, from 도담군" in shown.stdout
    assert "44명 → 40명" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert "다솜시" not in shown.stdout
    (release,) = map(
        json.loads, run("releases", database, "--since", "2026-03-01", "--json").stdout.splitlines()
    )
    assert [one["outlet"] for one in release["prints"]] == ["narae", "hangang", "byeolbit"]
    assert [one["edit_kind"] for one in release["prints"]] == [None, "verbatim", "condensed"]
    by_id = run("releases", database, "--json", release["cluster_id"])
    by_url = run("releases", database, "--json", "https://hangang.example/news/view.php?idx=10")
    assert (
        by_id.stdout
        == by_url.stdout
        == json.dumps(release, ensure_ascii=False).replace("\x1b", "\\u001b") + "\n"
    )


def test_a_time_without_releases_is_said(database: Path):
    shown = run("releases", database, "--since", "2026-11-01", "--until", "2026-11-02")
    assert shown.returncode == 0
    assert "no release was printed by two outlets" in shown.stderr


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp949"])
def test_a_press_office_is_told_who_printed_its_release(
    database: Path, tmp_path: Path, charset: str
):
    (tmp_path / "r.txt").write_text(SHEET, encoding=charset)
    shown = run("printed", database, "--json", f"{tmp_path}/r.txt")
    assert shown.returncode == 0
    found = {one["outlet"]: one for one in map(json.loads, shown.stdout.splitlines())}
    assert {name: one["edit_kind"] for name, one in found.items()} == {
        "narae": "verbatim",
        "hangang": "verbatim",
        "byeolbit": "condensed",
    }
    assert found["hangang"]["changes"]["kept"] == 4
    assert found["narae"]["changes"]["figures"] == [["40명", "44명"]]
    plain = run("printed", database, "--day", "2026-03-09", f"{tmp_path}/r.txt")
    assert len(plain.stdout.splitlines()) == 3
    late = run("printed", database, "--day", "2027-03-09", f"{tmp_path}/r.txt")
    assert late.stdout == "No stored article prints this release.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("clusters", "more"), "clusters takes no arguments"),
        (("clusters", "-O", "x.foo"), "the format of x.foo must be one of csv, "),
        (("clusters", "-O", "/nowhere/at/all.csv"), "the output file /nowhere/at/all.csv cannot be written"),
        (("recluster", "all"), "recluster takes no arguments"),
        (("releases", "r0"), "unknown cluster_id 'r0'"),
        (("releases", "https://x.example/9"), "https://x.example/9 is not in the store"),
        (("releases", "--since", "yesterday"), "since="),
        (("releases", "--limit", "0"), "--limit must be a whole number of at least 1, not '0'"),
        (("printed",), "printed takes one text file"),
        (("printed", "/nowhere.txt"), "the file /nowhere.txt cannot be read"),
        (("printed", sys.executable), "must "),
        (("printed", "--day", "heute", "x"), "--day must be a day such as 2024-09-11, not 'heute'"),
        (("printed", "README.ko.md", "--dya"), "unknown option --dya"),
    ],
)  # fmt: skip
def test_bad_usage_is_one_sentence(database: Path, arguments: tuple[str, ...], sentence: str):
    name, *rest = arguments
    run_result = run(name, database, *rest)
    assert run_result.returncode == 2
    assert run_result.stderr.startswith("scrapy: ")
    assert sentence in run_result.stderr
    assert len(run_result.stderr.splitlines()) == 1


def test_too_little_text_is_no_release(database: Path, tmp_path: Path):
    (tmp_path / "r.txt").write_text("제목\n짧다.\n", encoding="utf-8")
    run_result = run("printed", database, f"{tmp_path}/r.txt")
    assert (run_result.returncode, run_result.stdout) == (2, "")
    assert "must have a headline" in run_result.stderr


# -- articles without clusters, and a recluster that is killed --------------------------------


def groups(store: Store) -> set[frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in memberships(store):
        found[row.cluster_id].add(f"{row.url} {row.edit_kind}")
    return {frozenset(members) for members in found.values()}


def filled(url: str) -> set[frozenset[str]]:
    with open_store(url) as store:
        for article in islice(generate_articles(), 200):
            store.upsert(article)
        return groups(store)


def as_before_clusters(url: str) -> None:
    with open_store(url) as store, store.engine.begin() as connection:
        connection.execute(update(stored).values(cluster_id=None, edit_kind=None))
        for table in (sketch, link, cluster):
            connection.execute(table.delete())


def test_articles_stored_before_there_were_clusters_get_one(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/store.db"
    before = filled(url)
    as_before_clusters(url)
    assert "have no cluster_id yet" in run("clusters", tmp_path / "store.db").stderr
    assert run("recluster", tmp_path / "store.db").returncode == 0
    assert run("clusters", tmp_path / "store.db").stderr == ""
    with open_store(url) as store:
        assert groups(store) == before


def test_a_recluster_that_is_killed_is_done_by_the_next(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/store.db"
    before = filled(url)
    as_before_clusters(url)
    dying = f"""
import os, signal
from crawler.store import open_store
from crawler.store.clusters import assign as clusters
from crawler.store.clusters.recluster import recluster
calls = 0
replace = clusters.replace
def once_more(*arguments):
    global calls
    calls += 1
    replace(*arguments)
    if calls == 71:
        os.kill(os.getpid(), signal.SIGKILL)
clusters.replace = once_more
with open_store({url!r}) as store:
    list(recluster(store, "2026-03-01T00:00:00Z"))
"""
    killed = subprocess.run([sys.executable, "-c", dying], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    with open_store(url) as store:
        assert sum(row.cluster_id is None for row in memberships(store)) == 200 - 60
    assert run("recluster", tmp_path / "store.db").returncode == 0
    with open_store(url) as store:
        assert groups(store) == before


# -- words and numbers that are stored ------------------------------------------------------------


def test_the_lines_of_a_press_offices_form():
    sheet = tomllib.loads((ROOT / "crawler/similarity/words.toml").read_text("utf-8"))["sheet"]
    assert [line for line in sheet["drops"] if facts.without_sheet(line)] == []
    assert [line for line in sheet["keeps"] if not facts.without_sheet(line)] == []


def test_who_issued_it():
    assert issuing_body(printed("hangang", 1, HEADLINE, BODY)) == "도담군"
    assert issuing_body(printed("hangang", 1, "비가 온다", "오늘도 비가 온다.")) is None


def test_the_numbers_of_an_article_do_not_change():
    """They are stored: where this fails, the change needs a ``scrapy recluster``; say so."""
    article = next(generate_articles())
    from crawler.store.clusters.candidates import sketch_article

    made = sketch_article(article.url, HEADLINE, BODY, "2026-03-09", article.fetched_at)
    assert (len(made.keys), sum(made.keys)) == NUMBERS


NUMBERS = (25, 28789976889)
