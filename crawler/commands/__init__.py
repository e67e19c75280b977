"""Commands of ``scrapy`` for this project, one per module.

Text that the terminal cannot encode (Korean names in a Latin locale) is escaped instead of
raising UnicodeEncodeError.
"""

import io
import sys

if isinstance(sys.stdout, io.TextIOWrapper):
    sys.stdout.reconfigure(errors="backslashreplace")
