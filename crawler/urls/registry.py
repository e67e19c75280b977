"""Tables of cms_urls.toml and parameters.toml, loaded once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from crawler.urls.site import AddressForm, CmsUrls

_FOLDER = Path(__file__).parent
_PARAMETERS = tomllib.loads((_FOLDER / "parameters.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class MeaninglessParameters:
    """Parameters that never distinguish two pages, on any host."""

    name: str
    why: str
    parameters: tuple[str, ...]
    """In lower case; ``*`` stands for any letters."""

    def holds(self, parameter: str) -> bool:
        """Return True if the parameter belongs to this group."""
        return any(fnmatchcase(parameter.lower(), known) for known in self.parameters)


LIST_STATE: dict[str, str] = _PARAMETERS["list_state"]["parameters"]
"""Parameters that say where in a list the reader was; dropped only beside a known identity."""


@lru_cache(maxsize=1024)
def meaningless(parameter: str) -> MeaninglessParameters | None:
    """Return the group of meaningless parameters that this one belongs to, or None."""
    return next((group for group in MEANINGLESS if group.holds(parameter)), None)


def _form(row: dict[str, Any]) -> AddressForm:
    more = LIST_STATE if row.pop("list_state", True) else {}
    if "beside" in row:
        row["beside"] = more | row["beside"]
    return AddressForm(**_with_tuples(row))


def _cms(row: dict[str, Any]) -> CmsUrls:
    del row["source"]  # a note for readers of the file
    row["forms"] = [_form(form) for form in row["forms"]]
    return CmsUrls(**_with_tuples(row))


def _with_tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


MEANINGLESS = tuple(MeaninglessParameters(**_with_tuples(row)) for row in _PARAMETERS["never"])
CMS_URLS: dict[str, CmsUrls] = {
    row["name"]: _cms(row)
    for row in tomllib.loads((_FOLDER / "cms_urls.toml").read_text("utf-8"))["cms"]
}
"""CMSs and portals in the order of the file; the first one that matches an address decides."""
