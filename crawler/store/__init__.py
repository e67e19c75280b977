"""Store: every article ever kept, once each, behind one SQLAlchemy URL.

``open_store(url)`` returns a :class:`Store`; ``session.py`` shares one among the stages of a crawl.
The tables are in ``db/schema.py``, their history in ``migrations/``.
"""

from crawler.store.articles.same_text import DedupeResult
from crawler.store.articles.store import Count, Store, open_store
from crawler.store.db.errors import StoreError

__all__ = ["Count", "DedupeResult", "Store", "StoreError", "open_store"]
