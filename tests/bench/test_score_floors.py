"""Score floors: the minimum scores on the newsstand's pages, which may only rise."""

from pathlib import Path

import pytest

from bench.quality.our_extractor import Extraction
from bench.quality.pages import Page, newsstand_pages
from bench.quality.score import Score, judge_date
from bench.quality.score_floors import BETTER, FLOORS, below, lower, measure, read_floors


def test_malgeum_reaches_its_floors() -> None:
    floors = read_floors()
    assert set(floors) == set(BETTER), "run `python3 -m bench --raise`"
    sunk = below(measure(newsstand_pages()), floors)
    assert not sunk, (
        f"{'; '.join(sunk)}: mend the code; if it must be, `python3 -m bench --lower NAME --why TEXT`"
    )


def page(**changes: object) -> Page:
    values: dict[str, object] = {
        "url": "https://paper.example/1",
        "html": "",
        "fetched_at": "2026-03-11T06:00:00Z",
        "body": ("가온시는 11일 새 도서관을 열었다.", "누구나 책을 빌릴 수 있다."),
        "published": "2026-03-11T10:00+09:00",
        "boilerplate": (("많이 본 뉴스", "other articles"), ("서울12.3℃", "weather")),
    }
    return Page(**(values | changes))  # type: ignore[arg-type]


def scored(of: Page, body: str, date: str | None = None) -> Score:
    score = Score()
    score.add(of, Extraction(body, date), 0)
    return score


def test_the_score_knows_a_perfect_body() -> None:
    score = scored(page(), "\n".join(page().body))
    assert (score.f1, score.exact, score.lost_lines, score.leaks.total()) == (1, 1, 0, 0)


def test_a_byline_at_the_head_is_no_matter_of_taste() -> None:
    with_lead = "[가온뉴스=김하늘 기자] " + "\n".join(page().body)
    assert scored(page(), with_lead).exact == 1


def test_the_score_counts_what_leaks_and_what_is_lost() -> None:
    score = scored(page(), "가온시는 11일 새 도서관을 열었다.\n많이 본 뉴스\n서울 12.3℃")
    assert score.leaks == {"other articles": 1, "weather": 1}
    assert score.lost_lines == 1
    assert score.exact == 0
    assert 0 < score.f1 < 1


@pytest.mark.parametrize(
    ("gold", "got", "verdict"),
    [
        ("2026-03-11T10:00+09:00", "2026-03-11", "right"),
        ("2026-03-11T10:00:32+09:00", "2026-03-11T10:00+09:00", "right"),
        ("2026-03-11T10:00+09:00", "2026-03-11T22:00+09:00", "wrong"),
        ("2026-03-11T10:00+09:00", "2026-03-10", "wrong"),
        ("2026-03-11", "2026-03-11T00:00+09:00", "wrong"),
        ("2026-03-11", None, "none"),
        (None, "2026-03-11", "wrong"),
        (None, None, "right"),
    ],
)
def test_the_score_judges_dates(gold: str | None, got: str | None, verdict: str) -> None:
    assert judge_date(gold, got) == verdict


def test_a_floor_that_is_not_reached_is_named() -> None:
    floors = dict.fromkeys(BETTER, 0.5)
    reached = dict.fromkeys(BETTER, 0.5)
    assert below(reached, floors) == []
    assert below(reached | {"exact": 0.4}, floors) == ["exact is 0.4, its floor is 0.5"]
    assert below(reached | {"dates_wrong": 3}, floors) == ["dates_wrong is 3, its floor is 0.5"]


def test_nothing_is_lowered_that_stands(tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(FLOORS.read_text("utf-8"), "utf-8")
    with pytest.raises(ValueError, match="needs no lower floor"):
        lower("exact", "because", read_floors(path), path)
    with pytest.raises(ValueError, match="no floor is named speed"):
        lower("speed", "because", read_floors(path), path)
    assert path.read_text("utf-8") == FLOORS.read_text("utf-8")
