"""The store: every article ever kept, once each, behind one SQLAlchemy URL.

``open_store(url)`` gives a :class:`Store`; how the stages of one crawl share it stands in
``crawler/store/session.py``. The schema stands in ``tables.py``, its history in ``migrations/``.
"""

from crawler.store.articles.same_text import DedupeResult
from crawler.store.articles.store import Count, Store
from crawler.store.db.connect import open_store
from crawler.store.db.errors import StoreError

__all__ = ["Count", "DedupeResult", "Store", "StoreError", "open_store"]
