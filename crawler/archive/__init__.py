"""Archive: every response of an outlet as it was received, in WARC 1.1 files (``docs/archive.md``).

``location.py`` names files and records, ``config.py`` reads the settings; ``records.py`` builds
records and ``writer.py`` appends them to files; ``scan.py`` and ``reader.py`` read our own files,
``captures`` any WARC file; ``verify.py``, ``prune.py``, ``stats.py`` and ``redact.py`` serve
``scrapy archive`` and ``scrapy forget``.
"""
