"""Sitemap files and indexes of a newsstand's outlet, made from parts."""

HOME = "https://www.gosiweek.com"
URL = f"{HOME}/sitemap.xml"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
FILMS = "http://www.google.com/schemas/sitemap-video/1.1"


def urlset(*entries: str, names: str = f'xmlns:news="{NEWS}" xmlns:video="{FILMS}"') -> bytes:
    urls = "".join(f"<url>{entry}</url>" for entry in entries)
    top = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" {names}>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{top}{urls}</urlset>'.encode()


def index(*files: tuple[str, str]) -> bytes:
    named = "".join(
        f"<sitemap><loc>{url}</loc><lastmod>{changed}</lastmod></sitemap>" for url, changed in files
    )
    return f"<sitemapindex>{named}</sitemapindex>".encode()


def loc(number: int) -> str:
    return f"<loc>{HOME}/article/{1179500000000000 + number}</loc>"
