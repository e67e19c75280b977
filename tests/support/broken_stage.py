"""A stage that fails at every article: the error of a program, made to happen."""

from crawler.article import Article


class BrokenStage:
    """Raises RuntimeError."""

    def process_item(self, item: Article) -> Article:
        raise RuntimeError(f"broken at {item.url}")
