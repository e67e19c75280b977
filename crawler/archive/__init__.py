"""The archive: every answer of an outlet as it came, in WARC 1.1 files, so that nothing has to be
fetched twice (``docs/archive.md``).

``place.py`` says where files lie and what a place in one is called, ``settings.py`` what is asked
for; ``build.py`` makes records, ``writer.py`` puts them into files, ``keep.py`` does both in a
crawl; ``walk.py`` and ``read.py`` read any WARC file of ours back; ``verify.py``, ``prune.py``,
``totals.py`` and ``blank.py`` are what ``scrapy archive`` and ``scrapy forget`` do.
"""
