"""``scrapy history``: every version of an article as a diff, its absences, and the JSON output."""

import json
from pathlib import Path

import pytest

from crawler.crawl.spider import index_by_host
from crawler.crawl.stored_urls import addresses_of
from crawler.store import open_store
from crawler.terminal.diff import diff_texts
from spiders.papns import Papns
from tests.support.articles import CORRECTED, LONG, URL, at, day
from tests.support.scrapy_process import Run, scrapy


def shown(old: str, new: str) -> list[str]:
    """The diff as lines, what changed in a line in brackets."""
    return [
        line.sign + ("" if line.sign == "…" else "".join(f"[{p}]" if is_new else p for p, is_new in line.parts))
        for line in diff_texts(old.splitlines(), new.splitlines())
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("가\n나", "가\n나", []),
        ("", "가", ["+[가]"]),
        ("가", "", ["-[가]"]),
        (
            "군은 11일 밝혔다.",
            "군은 12일 밝혔다.",
            ["-군은 [11일] 밝혔다.", "+군은 [12일] 밝혔다."],
        ),
        ("가\n나\n다", "가\n다", [" 가", "-[나]", " 다"]),
        ("1\n2\n3\n4\n5\n가", "1\n2\n3\n4\n5\n나", ["…", " 5", "-[가]", "+[나]"]),
        ("가\n1\n2\n3\n4", "나\n1\n2\n3\n4", ["-[가]", "+[나]", " 1", "…"]),
        ("가 나", "가  나", ["-가[ ]나", "+가[  ]나"]),
    ],
)
def test_a_diff_shows_what_changed_and_little_around_it(old: str, new: str, lines: list[str]):
    assert shown(old, new) == lines


def test_a_diff_of_monstrous_texts_comes_soon():
    old, new = "\n".join(["가 " * 50_000] * 20), "\n".join(["나 " * 50_000] * 20)
    assert len(list(diff_texts(old.splitlines(), new.splitlines()))) == 40
    assert len(list(diff_texts(["가"] * 20_000, ["나", *["가"] * 20_000]))) > 0


def test_an_address_is_looked_up_in_every_form_that_a_crawl_or_a_replay_stores():
    ours = index_by_host([Papns])
    canonical = "https://www.papns.kr/bbs/board.php?bo_table=news&wr_id=7"
    for form in (
        "http://papns.kr/news/7",
        "https://m.papns.kr/bbs/board.php?wr_id=7&bo_table=news&page=2",
    ):
        assert addresses_of(form, ours) == [canonical, form]
    stranger = "https://x.example/news/7"
    assert addresses_of(stranger, ours) == [stranger]
    assert addresses_of("http://www.x.example/news/7?utm_source=a", ours)[0] == stranger


# -- the command ------------------------------------------------------------------------

EVIL = "\x1b]0;x\x07\x9b2J\u202e[bold red]제목[/] R&D 센터"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An article of two versions under two addresses, gone and back and gone; an evil one."""
    path = tmp_path_factory.mktemp("history") / "store.db"
    with open_store(f"sqlite:///{path}") as store:
        store.upsert(at(1, date_published="2024-09-01T09:14+09:00"))
        store.upsert(at(1, number=2))
        store.mark_gone(URL, day(2))
        store.upsert(at(3, CORRECTED, date_modified="2024-09-03"))
        store.mark_gone(URL, day(5))
        store.upsert(at(1, "첫 줄이다.", number=8, headline="첫 제목"))
        store.upsert(at(2, "첫 줄이다.\n" + EVIL, number=8, headline=EVIL))
    return path


def history(database: Path, *arguments: str) -> Run:
    run = scrapy("history", *arguments, "-s", f"DATABASE_URL=sqlite:///{database}")
    assert "Traceback" not in run.stderr
    return run


@pytest.mark.parametrize("url", [URL, at(1, number=2).canonical_url])
def test_all_that_happened_is_told_in_order(database: Path, url: str):
    run = history(database, url)
    assert (run.returncode, run.stderr) == (0, "")
    lines = [line.strip() for line in run.stdout.splitlines() if line.strip()]
    assert lines == [
        URL,
        f"alias {at(1, number=2).canonical_url}",
        f"hangang · 2 versions · gone since {day(5)}",
        f"Version 1 · seen {day(1)} to {day(1)}",
        "published 2024-09-01T09:14+09:00",
        "주민 설명회 열려",
        LONG.strip(),
        f"Gone {day(2)}, restored {day(3)}",
        f"Version 2 (current) · seen {day(3)} to {day(3)}",
        "published (day unknown) · modified 2024-09-03",
        "body:",
        "- " + LONG.strip(),
        "+ " + CORRECTED.strip(),
        f"Gone {day(5)}",
    ]


def test_as_one_json_object(database: Path):
    history_json = json.loads(history(database, URL, "--json").stdout)
    assert (history_json["state"], history_json["gone_at"]) == ("gone", day(5))
    assert history_json["aliases"] == [at(1, number=2).canonical_url]
    assert history_json["absences"] == [
        {"gone_at": day(2), "back_at": day(3)},
        {"gone_at": day(5), "back_at": None},
    ]
    first, second = history_json["versions"]
    assert (first["revision"], first["is_current"], first["changed"]) == (1, False, [])
    assert (second["revision"], second["is_current"], second["changed"]) == (2, True, ["body"])
    assert (second["body"], second["last_seen_at"]) == (CORRECTED, day(3))


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_pages_text_steers_no_terminal_and_is_no_mark_up(database: Path, form: tuple[str, ...]):
    run = history(database, at(1, number=8).canonical_url, *form)
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(run.stdout)
    assert "[bold red]제목[/] R&D 센터" in run.stdout
    if form:
        assert json.loads(run.stdout)["versions"][1]["headline"] == EVIL


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "history takes one URL"),
        ((URL, URL), "history takes one URL"),
        ((URL, "--jsno"), "unknown option --jsno; see -h"),
        (("hangang",), "'hangang' is not the URL of a web page"),
        (("http://[::1/x",), "'http://[::1/x' is not the URL of a web page"),
        (("https://hangang.example/news/9",), "https://hangang.example/news/9 is not in the store"),
        (("https://x.example/\x1b[2J",), "'https://x.example/\\x1b[2J' holds a control character"),
    ],
)
def test_what_has_no_history_is_one_sentence(
    database: Path, arguments: tuple[str, ...], sentence: str
):
    run = history(database, *arguments)
    assert run.returncode == 2
    assert run.stderr.startswith(f"scrapy: {sentence}")
    assert len(run.stderr.splitlines()) == 1


def test_a_store_that_fails_is_one_sentence():
    run = scrapy("history", URL, "-s", "DATABASE_URL=postgresql+nix://u:geheim@h/x")
    assert (run.returncode, len(run.stderr.splitlines())) == (6, 1)
    assert "geheim" not in run.stderr
