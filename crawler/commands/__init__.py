"""Our commands. What a terminal cannot show, as under a Korean paper's name and a Latin locale, is
spelt out, and is no traceback."""

import io
import sys

if isinstance(sys.stdout, io.TextIOWrapper):
    sys.stdout.reconfigure(errors="backslashreplace")
