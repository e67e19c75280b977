"""Cleaning rules, each tested by its own examples."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.clean.rules import Rule, RuleBook, load_rules

Cut = Callable[[str], tuple[str, list[tuple[Rule, str]]]]

BOOK: RuleBook = load_rules()


@pytest.mark.parametrize(
    ("name", "line"), [(rule.name, line) for rule in BOOK.lines for line in rule.drops]
)
def test_a_rule_drops_its_examples(name: str, line: str) -> None:
    rule = BOOK.rule_for(line)
    assert rule is not None, f"no rule knows {line!r}"
    assert rule.name == name


@pytest.mark.parametrize(
    ("name", "line"), [(rule.name, line) for rule in BOOK.lines for line in rule.keeps]
)
def test_a_rule_keeps_its_look_alikes(name: str, line: str) -> None:
    rule = BOOK.rule_for(line)
    assert rule is None or rule.name != name, f"{name} must not match {line!r}"


CUTS = [(rule, BOOK.trim) for rule in BOOK.trims] + [(rule, BOOK.take_lead) for rule in BOOK.leads]


@pytest.mark.parametrize(
    ("name", "cut", "line"), [(rule.name, cut, line) for rule, cut in CUTS for line in rule.drops]
)
def test_what_is_glued_to_a_line_is_cut_off(name: str, cut: Cut, line: str) -> None:
    rest, pieces = cut(line)
    assert name in [rule.name for rule, _ in pieces]
    assert 0 < len(rest) < len(line)


@pytest.mark.parametrize(
    ("name", "cut", "line"), [(rule.name, cut, line) for rule, cut in CUTS for line in rule.keeps]
)
def test_a_look_alike_is_not_cut_by_the_rule(name: str, cut: Cut, line: str) -> None:
    _, pieces = cut(line)
    assert name not in [rule.name for rule, _ in pieces]


@pytest.mark.parametrize("rule", BOOK.places, ids=lambda rule: rule.name)
def test_a_place_is_known_by_the_elements_around_it(rule: Rule) -> None:
    for path in rule.drops:
        assert BOOK.rule_for_place(path) is rule, path
    for path in rule.keeps:
        assert BOOK.rule_for_place(path) is not rule, path


def test_every_rule_says_why_and_has_both_kinds_of_examples() -> None:
    for rule in (*BOOK.lines, *BOOK.trims, *BOOK.leads, *BOOK.places):
        assert rule.why, f"{rule.name} says not why"
        assert rule.drops, f"{rule.name} has no example of what it drops"
        assert rule.keeps, f"{rule.name} has no look-alike that it must keep"


def test_no_two_rules_have_one_name() -> None:
    names = [rule.name for rule in (*BOOK.lines, *BOOK.trims, *BOOK.leads)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[line]]\nname = 'x'\nkind = 'ad'", "rule 'x' is malformed"),
        ("[[line]]\nname = 'x'\nmatch = '('\nkind = 'ad'\nwhy = ''", "rule 'x' is malformed"),
        ("[[line]]\nname = 'x'\nmatsch = 'a'", "'matsch' is not a key of a rule"),
        ("[[line", "is not valid TOML"),
    ],
)
def test_a_rule_that_is_not_well_formed_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "wrong.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        load_rules(tmp_path)


def test_a_rule_can_be_for_some_outlets_only(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(
        "[[line]]\nname='x'\nkind='ad'\nwhy='w'\nmatch='표'\ndrops=['표']\nkeeps=['표다']\noutlets=['papns']",
        encoding="utf-8",
    )
    book = load_rules(tmp_path)
    assert book.rule_for("표", "papns")
    assert not book.rule_for("표", "gosiweek")
