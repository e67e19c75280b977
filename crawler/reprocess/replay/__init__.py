"""Pages that were kept instead of the network: files in, the items of the same families out.

``saved.py`` reads single pages (HTML, JSON Lines), ``captured.py`` the pages of an archive (WARC),
``job.py`` makes an article of either, in one of several processes; ``sources.py`` says which pages
of which files, ``spider.py`` is what ``scrapy replay`` runs.
"""
