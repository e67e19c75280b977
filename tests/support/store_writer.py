"""Program that writes to a store until it is killed: new, revised, gone and erased articles."""

WRITER = """
import sys, time
from crawler.store import open_store
from crawler.store.articles.forget import Takedown, forget
from tests.support.articles import at, day
url, outlet = sys.argv[1:]
with open_store(url) as store:
    print("open", flush=True)
    number = 0
    while True:
        number += 1
        store.upsert(at(1, f"{outlet}의 글 {number}. " * 9, number=number, outlet=outlet))
        mine = at(2, f"{outlet}의 글 {number}, 고침. " * 9, number=number, outlet=outlet)
        if number % 3 == 0:
            store.upsert(mine)
        if number % 5 == 0:
            store.mark_gone(mine.canonical_url, day(3))
        if number % 7 == 0:
            forget(store, [Takedown([mine.canonical_url], outlet)], at=day(4))
        time.sleep(0.02)
"""
