"""Every stored article against what today's code reads on its page."""

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
from crawler.reprocess.reextract.diff import Change, changes
from crawler.reprocess.reextract.task import Job, reread
from crawler.reprocess.replay.from_archive import Read
from crawler.runtime.process_pool import ProcessPool
from crawler.store import Store
from crawler.store.articles.reextracted import (
    CurrentVersion,
    current_versions,
    reextract,
    version_of,
)
from pipelines.extractor_version import extractor_version

Kind = Literal["no_record", "no_outlet", "unreadable", "no_article", "superseded"]
"""Why an article is left as it is, unread or unchanged."""

TROUBLE: tuple[Kind, ...] = ("no_outlet", "unreadable", "no_article")

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class ReextractOptions:
    """``outlets``: all that are known, by name; ``names``: those asked for, all where there are
    none; ``limit``: articles at the most."""

    folder: Path
    outlets: Mapping[str, type[OutletSpider]]
    names: tuple[str, ...] = ()
    period: Period = field(default_factory=Period)
    limit: int | None = None
    is_applied: bool = False


class Changed(NamedTuple):
    """A stored article, and in what it would be, or is, another."""

    stored: Article
    fields: dict[str, Change]


@dataclass(slots=True)
class Left:
    """How many articles are left for one reason, and a few of them in words."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)


class Reextraction:
    """One way through the store; ``read``, ``fields`` and ``left`` say what came of it."""

    def __init__(self, store: Store, asked: ReextractOptions) -> None:
        self.store, self.asked = store, asked
        self.read = self.changed = 0
        self.fields: Counter[str] = Counter()
        self.left: defaultdict[Kind, Left] = defaultdict(Left)

    def run(self, workers: ProcessPool) -> Iterator[Changed]:
        """Each article that changes, in the order of storing; where it is applied, it is stored
        before it is given. Raises StoreError and WorkerLost."""
        for job, found in workers.results(reread, self._jobs()):
            changed = self._compare(job, found)
            if changed and (not self.asked.is_applied or self._store(job, found)):
                self.changed += 1
                self.fields.update(list(changed.fields))
                yield changed

    @property
    def has_failures(self) -> bool:
        """Whether there is a page that could not be read, or that is no article now."""
        return any(self.left[kind].count for kind in TROUBLE)

    def _jobs(self) -> Iterator[Job]:
        taken = 0
        since = self.asked.period.since
        day = since.date().isoformat() if since else None  # in Korea, as dates of articles are
        for version in current_versions(self.store, self.asked.names, day):
            if not self.asked.period.contains(_date(version)):
                continue
            if taken == self.asked.limit:
                return
            taken += 1
            outlet = self.asked.outlets.get(version.outlet)
            if version.warc_location is None:
                self.left["no_record"].add(version.url)
            elif outlet is None:
                self.left["no_outlet"].add(f"{version.url} of {version.outlet}")
            else:
                yield _job(version, version.warc_location, self.asked.folder, outlet)

    def _compare(self, job: Job, found: Read) -> Changed | None:
        if found.kind == "unreadable":
            self.left["unreadable"].add(found.why)
            return None
        self.read += 1
        article = found.article
        if article is None or article.error_page or not article.body:
            why = (
                found.why
                or (article and article.error_page and str(article.error_page))
                or "nothing is left of its text"
            )
            self.left["no_article"].add(f"{job.url}: {why}")
            return None
        stored = version_of(self.store, job.id, job.revision)
        if stored is None or stored.url != job.url:
            self.left["superseded"].add(job.url)
            return None
        fields = changes(stored, article)
        return Changed(stored, fields) if fields else None

    def _store(self, job: Job, found: Read) -> bool:
        assert found.article
        found.article.extractor_version = extractor_version(found.article.outlet)
        now = utc_now()
        done = reextract(self.store, job.id, job.revision, found.article, now)
        if done == "superseded":
            self.left["superseded"].add(job.url)
        return done == "stored"


def _date(version: CurrentVersion) -> str:
    """Of publication or, where that is not known, of the fetch."""
    fetched = parse_utc(version.fetched_at).astimezone(SEOUL)
    return version.date_published or fetched.isoformat()


def _job(version: CurrentVersion, record: str, folder: Path, outlet: type[OutletSpider]) -> Job:
    shown = (one for one in version.date_candidates if one.source in ("list", "feed"))
    return Job(
        version.id,
        version.revision,
        folder,
        record,
        version.url,
        version.fetched_at,
        next(shown, None),
        outlet,
    )
