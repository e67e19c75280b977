"""The store: every article ever kept, once each, behind one SQLAlchemy URL.

``open_store(url)`` gives a :class:`Store`; how the stages of one crawl share it stands in
``crawler/store/crawl.py``. The schema stands in ``tables.py``, its history in ``migrations/``.
"""

from crawler.store.connect import open_store
from crawler.store.queries import Count, Store
from crawler.store.sameness import Verdict
from crawler.store.trouble import StoreError

__all__ = ["Count", "Store", "StoreError", "Verdict", "open_store"]
