"""Outlets of ``spiders/``: named alike, data only, each with a saved page."""

import ast

import pytest

from tests.support.outlets import OUTLETS, outlet_of
from tests.support.paths import ROOT


@pytest.mark.parametrize("name", OUTLETS)
def test_an_outlets_name_file_and_class_agree(name: str) -> None:
    outlet = outlet_of(name)
    assert outlet.__name__ == name.title().replace("_", ""), (
        f"name the class in spiders/{name}.py like the file"
    )
    assert outlet.name == name, f"the outlet in spiders/{name}.py is named {name}"


@pytest.mark.parametrize("name", OUTLETS)
def test_an_outlet_is_data_only(name: str) -> None:
    tree = ast.parse((ROOT / "spiders" / f"{name}.py").read_text(encoding="utf-8"))
    methods = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not methods, f"spiders/{name}.py: say the difference as data of the family instead"


@pytest.mark.parametrize("name", OUTLETS)
def test_every_outlet_has_a_saved_page_and_what_it_says(name: str) -> None:
    pages = sorted((ROOT / "tests" / "pages" / name).glob("*.html"))
    assert pages, f"save an article page as tests/pages/{name}/SKIN.html"
    for page in pages:
        assert page.with_suffix(".json").exists(), f"write what {page.name} says beside it, as JSON"
