"""URLs of the newsstand's list pages, and a function that fetches one through its proxy."""

from __future__ import annotations

from urllib.request import ProxyHandler, build_opener

LISTS = {
    "papns": "https://www.papns.kr/bbs/board.php?bo_table=news&page={}",
    "gyeonggitv": "http://www.gyeonggitv.com/bbs/board.php?bo_table=news&page={}",
    "breaknews_kb": "https://kb.breaknews.com/sub_view.html?page={}",
    "gosiweek": "https://www.gosiweek.com/newslist/?pagenum={}",
    "seonamtoday": "http://seonamtoday.com/news/list.php?page={}",
}


def read(proxy: str, url: str) -> str:
    opener = build_opener(ProxyHandler({"http": proxy}))
    with opener.open(url, timeout=60) as answer:
        return str(answer.read().decode())
