"""Pages out of WARC files, whoever wrote them: what lies in a file, and one page of it.

``capture.py`` says what a page is here and where it lies, ``index.py`` finds all pages of a file:
``records.py`` its records, ``pages.py`` what they mean. ``load.py`` reads one page, ``at.py`` one
whose place our index knows. Nothing here knows outlets or families.
"""
