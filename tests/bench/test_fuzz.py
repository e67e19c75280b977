"""Fuzzing of saved pages with broken bytes: the short form of ``python3 -m bench fuzz``."""

import pytest

from bench.quality import fuzz

CASES = 1_000


def test_no_broken_page_raises_or_hangs() -> None:
    failures = list(fuzz.run(range(CASES)))
    assert not failures, (
        f"{len(failures)} cases failed; the first is `python3 -m bench fuzz"
        f" --first {failures[0].case} --cases 1` ({failures[0].page}):\n{failures[0].error}"
    )


def test_a_page_that_hangs_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr(fuzz, "clean_article", hang)
    monkeypatch.setattr(fuzz, "LIMIT", 0.05)
    (failure,) = fuzz.run(range(1))
    assert "Hang" in failure.error


def test_a_case_depends_on_its_number_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []
    monkeypatch.setattr(fuzz, "_read", lambda body, _, bare: read.append(body))
    list(fuzz.run(range(5)))
    list(fuzz.run(range(3, 5)))
    assert read[3:5] == read[5:]
    assert len(set(read)) == 5


def test_a_control_character_behind_an_advertisement() -> None:
    html = (fuzz.PAGES / "gosiweek" / "current.html").read_text("utf-8")
    box = '<div id="articleBody1">광고</div>'
    broken = html.replace("</p>", f"</p>{box}\x01책", 9)
    assert box in broken
    fuzz._read(broken.encode(), fuzz.ADDRESS["gosiweek"], bare=False)
