"""Stage that fills what identifies a text; the store then decides once, while it writes."""

from __future__ import annotations

import hashlib

from crawler.article import Article
from crawler.similarity.fingerprint import fingerprint
from crawler.store.articles.same_text import letters


def content_hash(body: str) -> str:
    """Return the SHA-256, in hex, of the body's letters and numbers (NFKC, one case).

    A body without any ("◇ …") is hashed as it stands, or all such bodies would be one text.
    """
    text = letters(body) or body.strip()
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def issuing_body(article: Article) -> str | None:
    """Return who issued the release, if headline or lead name it as the speaker."""
    return fingerprint(article.headline, article.body, article.date_published).issuer


def fill_text(article: Article) -> None:
    """Fill what follows from the text alone."""
    article.content_hash = content_hash(article.body) if article.body else None
    article.source_organization = article.source_organization or issuing_body(article)


class Dedupe:
    """Fills ``content_hash`` and ``source_organization``, by which the store finds duplicates."""

    def process_item(self, article: Article) -> Article:
        """Return the article with both."""
        fill_text(article)
        return article
