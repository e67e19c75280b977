"""The tables of systems.toml and parameters.toml, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from crawler.urls.site import AddressForm, System

HERE = Path(__file__).parent
_PARAMETERS = tomllib.loads((HERE / "parameters.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Never:
    """Parameters that never tell two pages apart, on any host."""

    name: str
    why: str
    parameters: tuple[str, ...]
    """In lower case; ``*`` stands for any letters."""

    def holds(self, parameter: str) -> bool:
        return any(fnmatchcase(parameter.lower(), known) for known in self.parameters)


LIST_STATE: dict[str, str] = _PARAMETERS["list_state"]["parameters"]
"""Where a reader came from in a list; dropped only beside an identity that is known."""


@lru_cache(maxsize=1024)
def never(parameter: str) -> Never | None:
    """The group of meaningless parameters that this one belongs to."""
    return next((group for group in NEVER if group.holds(parameter)), None)


def _form(row: dict[str, Any]) -> AddressForm:
    more = LIST_STATE if row.pop("list_state", True) else {}
    if "beside" in row:
        row["beside"] = more | row["beside"]
    return AddressForm(**_with_tuples(row))


def _system(row: dict[str, Any]) -> System:
    del row["source"]  # for people
    row["forms"] = [_form(form) for form in row["forms"]]
    return System(**_with_tuples(row))


def _with_tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


NEVER = tuple(Never(**_with_tuples(row)) for row in _PARAMETERS["never"])
SYSTEMS: dict[str, System] = {
    row["name"]: _system(row)
    for row in tomllib.loads((HERE / "systems.toml").read_text("utf-8"))["system"]
}
"""In the order of the file: the first that knows an address decides."""
