"""XML that is well-formed, whatever a page's text holds."""

from __future__ import annotations

import re
from typing import Any

from scrapy.exporters import XmlItemExporter

NO_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML 1.0 document may hold, not even escaped."""


class SafeXmlItemExporter(XmlItemExporter):
    """XML without the characters that it cannot hold (U+FFFD stands for them); null is an empty
    element."""

    def _export_xml_field(self, name: str, serialized_value: Any, depth: int) -> None:
        if isinstance(serialized_value, str):
            serialized_value = NO_CHARACTERS.sub("\ufffd", serialized_value)
        value = "" if serialized_value is None else serialized_value
        super()._export_xml_field(name, value, depth)
