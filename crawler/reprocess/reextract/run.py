"""Compares every stored article with what the present code extracts from its page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from crawler.article import Article
from crawler.crawl.spider import OutletSpider
from crawler.dates.parse import SEOUL
from crawler.dates.period import Period
from crawler.dates.utc import parse_utc, utc_now
from crawler.reprocess.reextract.diff import FieldChange, changed_fields
from crawler.reprocess.reextract.task import ReextractTask, reextract_page
from crawler.reprocess.replay.from_archive import PageResult
from crawler.runtime.process_pool import ProcessPool
from crawler.store import Store
from crawler.store.articles.reextracted import (
    CurrentVersion,
    current_versions,
    reextract,
    version_of,
)
from pipelines.extractor_version import extractor_version

SkipReason = Literal["no_record", "no_outlet", "unreadable", "no_article", "superseded"]
"""Reason for which an article is left as it is."""

FAILURES: tuple[SkipReason, ...] = ("no_outlet", "unreadable", "no_article")

MAX_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class ReextractOptions:
    """Selection of articles.

    ``folder``: of the archive; ``outlets``: all known ones, by name; ``names``: the selected ones,
    all if empty; ``limit``: maximum number of articles; ``is_applied``: store the changes.
    """

    folder: Path
    outlets: Mapping[str, type[OutletSpider]]
    names: tuple[str, ...] = ()
    period: Period = field(default_factory=Period)
    limit: int | None = None
    is_applied: bool = False


class ChangedArticle(NamedTuple):
    """Stored article, and the fields that change."""

    stored: Article
    fields: dict[str, FieldChange]


@dataclass(slots=True)
class SkippedArticles:
    """Number of articles that are skipped for one reason, with a few examples."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        """Count one."""
        self.count += 1
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(example)


class Reextraction:
    """One run over the store; counts articles that are ``read``, ``changed`` and ``skipped``."""

    def __init__(self, store: Store, options: ReextractOptions) -> None:
        self.store, self.options = store, options
        self.read = self.changed = 0
        self.fields: Counter[str] = Counter()
        self.skipped: defaultdict[SkipReason, SkippedArticles] = defaultdict(SkippedArticles)

    def run(self, workers: ProcessPool) -> Iterator[ChangedArticle]:
        """Yield each article that changes, in the order of storing, after it is stored if applied.

        Raises StoreError and WorkerLost.
        """
        for task, result in workers.results(reextract_page, self._tasks()):
            changed = self._compare(task, result)
            if changed and (not self.options.is_applied or self._store(task, result)):
                self.changed += 1
                self.fields.update(list(changed.fields))
                yield changed

    @property
    def has_failures(self) -> bool:
        """Return True if a page could not be read, or is no longer an article."""
        return any(self.skipped[reason].count for reason in FAILURES)

    def _tasks(self) -> Iterator[ReextractTask]:
        number = 0
        since = self.options.period.since
        day = since.date().isoformat() if since else None  # Korean time, as dates of articles
        for version in current_versions(self.store, self.options.names, day):
            if not self.options.period.contains(_date(version)):
                continue
            if number == self.options.limit:
                return
            number += 1
            outlet = self.options.outlets.get(version.outlet)
            if version.warc_location is None:
                self.skipped["no_record"].add(version.url)
            elif outlet is None:
                self.skipped["no_outlet"].add(f"{version.url} of {version.outlet}")
            else:
                yield _task(version, version.warc_location, self.options.folder, outlet)

    def _compare(self, task: ReextractTask, result: PageResult) -> ChangedArticle | None:
        if result.kind == "unreadable":
            self.skipped["unreadable"].add(result.reason)
            return None
        self.read += 1
        article = result.article
        if article is None or article.error_page or not article.body:
            reason = (
                result.reason
                or (article and article.error_page and str(article.error_page))
                or "no text is left"
            )
            self.skipped["no_article"].add(f"{task.url}: {reason}")
            return None
        stored = version_of(self.store, task.id, task.revision)
        if stored is None or stored.url != task.url:
            self.skipped["superseded"].add(task.url)
            return None
        fields = changed_fields(stored, article)
        return ChangedArticle(stored, fields) if fields else None

    def _store(self, task: ReextractTask, result: PageResult) -> bool:
        assert result.article
        result.article.extractor_version = extractor_version(result.article.outlet)
        now = utc_now()
        saved = reextract(self.store, task.id, task.revision, result.article, now)
        if saved == "superseded":
            self.skipped["superseded"].add(task.url)
        return saved == "stored"


def _date(version: CurrentVersion) -> str:
    """Return the date of publication or, if it is unknown, of the fetch."""
    fetched = parse_utc(version.fetched_at).astimezone(SEOUL)
    return version.date_published or fetched.isoformat()


def _task(
    version: CurrentVersion, location: str, folder: Path, outlet: type[OutletSpider]
) -> ReextractTask:
    listed = (date for date in version.date_candidates if date.source in ("list", "feed"))
    return ReextractTask(
        version.id,
        version.revision,
        folder,
        location,
        version.url,
        version.fetched_at,
        next(listed, None),
        outlet,
    )
