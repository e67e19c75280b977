"""Every cleaning rule is tested by its own examples."""

import pytest

from pipelines.clean.rules import RuleBook, load_rules

BOOK: RuleBook = load_rules()


@pytest.mark.parametrize(
    ("name", "line"), [(rule.name, line) for rule in BOOK.rules for line in rule.drops]
)
def test_a_rule_drops_its_examples(name: str, line: str) -> None:
    rule = BOOK.rule_for(line)
    assert rule is not None, f"no rule knows {line!r}"
    assert rule.name == name


@pytest.mark.parametrize(
    ("name", "line"), [(rule.name, line) for rule in BOOK.rules for line in rule.keeps]
)
def test_a_rule_keeps_its_look_alikes(name: str, line: str) -> None:
    rule = BOOK.rule_for(line)
    assert rule is None or rule.name != name, f"{name} must not match {line!r}"


@pytest.mark.parametrize(
    ("name", "line"), [(rule.name, line) for rule in BOOK.trims for line in rule.drops]
)
def test_a_trim_cuts_its_examples(name: str, line: str) -> None:
    rest, cut = BOOK.trim(line)
    assert [rule.name for rule, _ in cut] == [name]
    assert 0 < len(rest) < len(line)


@pytest.mark.parametrize("line", [line for rule in BOOK.trims for line in rule.keeps])
def test_a_trim_keeps_its_look_alikes(line: str) -> None:
    assert BOOK.trim(line) == (line, [])


def test_every_rule_says_why_and_has_both_kinds_of_examples() -> None:
    for rule in (*BOOK.rules, *BOOK.trims):
        assert rule.why, f"{rule.name} says not why"
        assert rule.drops, f"{rule.name} has no example of what it drops"
        assert rule.keeps, f"{rule.name} has no look-alike that it must keep"
