"""XML exporter that stays well-formed with any text of a page."""

from __future__ import annotations

import re
from typing import Any

from scrapy.exporters import XmlItemExporter

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 forbids, even escaped."""


class SafeXmlItemExporter(XmlItemExporter):
    """XML with U+FFFD in place of forbidden characters, and an empty element for null."""

    def _export_xml_field(self, name: str, serialized_value: Any, depth: int) -> None:
        if isinstance(serialized_value, str):
            serialized_value = FORBIDDEN.sub("\ufffd", serialized_value)
        value = "" if serialized_value is None else serialized_value
        super()._export_xml_field(name, value, depth)
