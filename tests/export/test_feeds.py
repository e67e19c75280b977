"""Feeds and exports, read again by other tools: formats, types, destinations, schemas."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import duckdb
import fsspec
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator
from lxml import etree
from parsel import Selector
from referencing import Registry, Resource
from scrapy.extensions.feedexport import BlockingFeedStorage
from scrapy.utils.project import get_project_settings

from crawler import article, settings
from crawler.encoding import charset_of
from crawler.export.feeds import FeedTarget
from crawler.export.feeds import partitioned as days
from crawler.export.feeds.parquet_schema import DAY_OF, TYPES
from crawler.extract.pages import Publisher, read_article
from crawler.store import open_store
from crawler.store.articles.forget import Takedown, forget
from crawler.store.changes import log as changes
from crawler.store.changes.feed import CHANGE_FIELDS, changes_after, newest_change
from newsstand.server import serving
from pipelines.clean import clean_article
from pipelines.clean.rules import load_rules
from pipelines.dates import date_article
from tests.support.newsstand_crawl import Stand
from tests.support.outlets import SAVED, outlet_of
from tests.support.paths import ROOT

ARTICLE = settings.FEED_EXPORT_FIELDS
FIELDS = [*CHANGE_FIELDS, *ARTICLE]
SEOUL = ZoneInfo("Asia/Seoul")
NULL = dict.fromkeys(FIELDS)
WHOLE = NULL | {
    "seq": 2**40,
    "change": "revised",
    "changed_at": "2024-09-11T00:14:32Z",
    "url": "http://a.kr/1?x=1",
    "canonical_url": "http://a.kr/1",
    "outlet": "narae",
    "article_id": "1",
    "headline": "물길 되살린다",
    "headline_raw": "물길 되살린다 - 나래",
    "alternative_headline": "72명\n놓아",
    "body": "첫 줄이다.\n둘째 줄, \"인용\" 𠮷 😀.",
    "date_published": "2024-09-11T09:14+09:00",
    "date_modified": "2024-09-12T00:00:59+09:00",
    "date_published_raw": "2024.09.11 09:14",
    "date_source": "label",
    "date_precision": "minute",
    "authors": ["장이든", "한별"],
    "author_details": [{"name": "장이든", "email": "a@b.kr", "role": None}],
    "byline_raw": "장이든 기자",
    "images": [{"url": "http://a.kr/1.jpg", "caption": None}, {"url": None, "caption": "사진"}],
    "keywords": ["하천"],
    "article_section": "지역",
    "in_language": "ko",
    "translation": {"language": "en", "headline": None, "body": "Streams"},
    "rights": {"notice": "무단전재", "holder": "나래", "ai_training": False},
    "source_organization": "나래군",
    "mentioned_dates": [
        {"text": "2일", "start": 0, "end": 2, "from": "2024-09-02", "to": "2024-09-03"}
    ],
    "content_hash": "0" * 64,
    "duplicate_of": "http://b.kr/1",
    "cluster_id": "c1",
    "edit_kind": "light",
    "revision": 2,
    "revised_by": "outlet",
    "fetched_at": "2024-09-11T00:14:32Z",
    "extractor_version": "0.2.0+1f3a5c7e",
}  # fmt: skip
EMPTY = {"authors": [], "author_details": [], "images": [], "keywords": [], "mentioned_dates": []}
DAY_ALONE = WHOLE | EMPTY | {
    "seq": 2**40 + 1,
    "change": "new",
    "date_published": "2024-09-11",
    "date_modified": None,
    "date_precision": "day",
    "translation": None,
    "rights": None,
    "revision": 1,
}  # fmt: skip
FORGOTTEN = NULL | {
    "seq": 2**40 + 2,
    "change": "forgotten",
    "changed_at": "2024-09-13T00:00:00Z",
    "canonical_url": "http://a.kr/9",
    "outlet": "narae",
}
LINES = [WHOLE, DAY_ALONE, FORGOTTEN]


def target(place: str | Path, by_day: bool = False, **own: Any) -> FeedTarget:
    ours = get_project_settings()
    ours.setdict(own)
    return FeedTarget(str(place), ours, by_day=by_day)


def as_typed(line: dict[str, Any]) -> dict[str, Any]:
    """The line as its columns should hold it."""
    typed = dict(line)
    for name in ("changed_at", "fetched_at", "date_published", "date_modified"):
        value = line[name]
        typed[name] = datetime.fromisoformat(value) if value and "T" in value else None
        if name.startswith("date"):
            typed[f"{name}_day"] = date.fromisoformat(value[:10]) if value else None
    typed["mentioned_dates"] = line["mentioned_dates"] and [
        one | {end: date.fromisoformat(one[end]) for end in ("from", "to")}
        for one in line["mentioned_dates"]
    ]
    return typed


# -- Parquet --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("parquet") / "changes.parquet"
    assert target(path).write(iter(LINES), FIELDS) == len(LINES)
    return path


def test_every_field_has_its_type():
    assert TYPES.keys() - DAY_OF.keys() == set(FIELDS)
    forms = {
        "author_details": article.Author,
        "images": article.Image,
        "translation": article.Translation,
        "rights": article.Rights,
        "mentioned_dates": article.MentionedDate,
    }
    structs = {name: getattr(type, "value_type", type) for name, type in TYPES.items()}
    known = {name: type for name, type in structs.items() if pa.types.is_struct(type)}
    assert {name: [part.name for part in type] for name, type in known.items()} == {
        name: list(get_type_hints(form)) for name, form in forms.items()
    }


def by_pyarrow(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist()


def by_duckdb(path: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        found = connection.execute("FROM read_parquet(?)", [str(path)])
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def by_pandas(path: Path) -> list[dict[str, Any]]:
    frame = pd.read_parquet(path, dtype_backend="pyarrow")
    rows = zip(*(frame[name].tolist() for name in frame.columns), strict=True)
    null = (pd.NA, pd.NaT)
    return [
        {
            name: None if any(value is one for one in null) else value
            for name, value in zip(frame.columns, row, strict=True)
        }
        for row in rows
    ]


def by_polars(path: Path) -> list[dict[str, Any]]:
    return pl.read_parquet(path).to_dicts()


@pytest.mark.parametrize("read", [by_pyarrow, by_duckdb, by_pandas, by_polars])
def test_every_field_comes_back_with_its_type(parquet: Path, read: Any):
    for found, line in zip(read(parquet), LINES, strict=True):
        assert found == as_typed(line)
        assert list(found) == list(TYPES)


def test_a_moment_keeps_its_zone(parquet: Path):
    moment = by_pyarrow(parquet)[0]["date_published"]
    assert (moment.tzinfo, moment.hour) == (SEOUL, 9)


def test_it_is_packed_and_in_groups(tmp_path: Path):
    lines = ({**WHOLE, "seq": number} for number in range(25_000))
    assert target(tmp_path / "many.parquet").write(lines, FIELDS) == 25_000
    with pq.ParquetFile(tmp_path / "many.parquet") as file:
        groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
        assert sum(group.num_rows for group in groups) == 25_000
        assert len(groups) == 3
        assert {group.column(0).compression for group in groups} == {"ZSTD"}
        column = file.read(["seq"])["seq"].to_pylist()
        assert column == list(range(25_000))


def test_without_rows_it_has_its_columns(tmp_path: Path):
    assert target(tmp_path / "none.parquet").write([], FIELDS) == 0
    table = pq.read_table(tmp_path / "none.parquet")
    assert (table.num_rows, table.column_names) == (0, list(TYPES))
    assert by_duckdb(tmp_path / "none.parquet") == []


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\udc80", "\x1b[31m"])
def test_no_text_keeps_a_file_from_being_written(tmp_path: Path, text: str):
    odd = WHOLE | {"body": text, "images": [{"url": text, "caption": None}], "keywords": [text]}
    assert target(tmp_path / "odd.parquet").write([odd, WHOLE], FIELDS) == 2
    first, second = by_pyarrow(tmp_path / "odd.parquet")
    kept = re.sub("[\ud800-\udfff]", "\ufffd", text)
    assert (first["body"], first["keywords"], first["images"][0]["url"]) == (kept, [kept], kept)
    assert second == as_typed(WHOLE)


def test_fields_of_ones_own_are_text(tmp_path: Path):
    rows = [{"url": "u", "score": 3, "note": None}, {"url": "v", "score": {"a": "가"}, "note": "n"}]
    target(tmp_path / "own.parquet").write(rows, ["url", "score", "note"])
    assert by_pyarrow(tmp_path / "own.parquet") == [
        {"url": "u", "score": "3", "note": None},
        {"url": "v", "score": '{"a": "가"}', "note": "n"},
    ]


@pytest.mark.parametrize(
    ("name", "value"), [("revision", "two"), ("fetched_at", "soon"), ("headline", 3)]
)
def test_a_value_of_another_type_is_named(tmp_path: Path, name: str, value: Any):
    with pytest.raises(ValueError, match=f"^{name} must be "):
        target(tmp_path / "wrong.parquet").write([WHOLE | {name: value}], FIELDS)
    assert list(tmp_path.iterdir()) == []


# -- by day ---------------------------------------------------------------------------------

PARTITIONS = ds.HivePartitioning(pa.schema([("date_published_day", pa.date32())]))


def of_days(number: int) -> Iterator[dict[str, Any]]:
    """Lines of twenty days in turn, and of none."""
    for seq in range(number):
        day = f"2024-09-{seq % 21:02}T09:14+09:00" if seq % 21 else None
        yield WHOLE | {"seq": seq, "date_published": day}


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("waiting", [days.MAX_BUFFERED_CHARACTERS, 30_000])
def test_a_folder_by_day_is_read_by_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waiting: int
):
    monkeypatch.setattr(days, "MAX_BUFFERED_CHARACTERS", waiting)
    folder = tmp_path / "days"
    assert target(folder, by_day=True).write(of_days(500), FIELDS) == 500
    names = {f"date_published_day=2024-09-{day:02}/part-0.parquet" for day in range(1, 21)}
    unknown = "date_published_day=__HIVE_DEFAULT_PARTITION__/part-0.parquet"
    assert files_of(folder) == names | {unknown}
    assert os.listdir(tmp_path) == ["days"]
    expected = {(line["seq"], as_typed(line)["date_published_day"]) for line in of_days(500)}
    days_read = duckdb.read_parquet(f"{folder}/**", hive_partitioning=True)
    assert set(days_read.project("seq, date_published_day").fetchall()) == expected
    frame = pd.read_parquet(folder, partitioning=PARTITIONS)
    assert set(zip(frame["seq"], frame["date_published_day"], strict=True)) == expected
    rows = pl.read_parquet(folder).select("seq", "date_published_day").rows()
    assert set(rows) == expected
    ordered = pq.ParquetFile(folder / unknown).read(["seq"])["seq"].to_pylist()
    assert ordered == sorted(ordered)


def test_a_folder_by_day_takes_the_place_of_the_one_before(tmp_path: Path):
    folder = tmp_path / "days"
    target(folder, by_day=True).write(of_days(60), FIELDS)
    with pytest.raises(RuntimeError, match="half way"):
        target(f"{folder}:parquet", by_day=True).write(breaking(), FIELDS)
    assert len(files_of(folder)) == 21
    target(folder, by_day=True).write([DAY_ALONE], FIELDS)
    assert files_of(folder) == {"date_published_day=2024-09-11/part-0.parquet"}
    target(folder, by_day=True).write([], FIELDS)
    assert duckdb.read_parquet(f"{folder}/**", hive_partitioning=True).fetchall() == []
    assert os.listdir(tmp_path) == ["days"]


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("{}/home", "must be empty or hold only folders of days, not thesis.txt"),
        ("{}/home/thesis.txt:parquet", "must be a folder of days, and is a file"),
        ("{}/new:csv", "--by-day writes Parquet only, not csv"),
        ("{}/new.jsonl", "--by-day writes Parquet only, not jsonl"),
        ("-:parquet", "--by-day needs a local folder, not -"),
        ("s3://k:secret@b/new", "--by-day needs a local folder"),
    ],
)
def test_what_no_folder_by_day_can_be(tmp_path: Path, place: str, sentence: str):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("mine")
    with pytest.raises(ValueError, match=re.escape(sentence)) as error:
        target(place.format(tmp_path), by_day=True)
    assert "secret" not in str(error.value)
    assert (tmp_path / "home" / "thesis.txt").read_text() == "mine"


def test_rows_without_a_day_are_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="must have date_published"):
        target(tmp_path / "days", by_day=True).write([{"url": "u"}], ["url"])


# -- CSV and XML ----------------------------------------------------------------------------


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(tmp_path: Path, text: str):
    line = WHOLE | {"headline": text, "authors": [text, "a"], "images": [{"url": text}]}
    target(tmp_path / "a.csv").write([line], FIELDS)
    (row,) = rows_of(tmp_path / "a.csv")
    assert row["headline"] == f"'{text}"
    assert not [cell for cell in row.values() if cell.startswith(tuple("=+-@\t\r"))]


def test_what_has_fields_is_json_in_its_cell(tmp_path: Path):
    target(tmp_path / "a.csv").write(LINES, FIELDS)
    first, second, third = rows_of(tmp_path / "a.csv")
    for name in ("images", "rights", "translation", "mentioned_dates", "author_details"):
        assert json.loads(first[name]) == WHOLE[name]
    assert (first["authors"], second["images"], third["images"]) == ("장이든,한별", "", "")


def test_xml_is_well_formed_whatever_the_text(tmp_path: Path):
    target(tmp_path / "a.xml").write(
        [WHOLE | {"body": "a\x00\x1b\ud800<b>&", "rights": None}], FIELDS
    )
    (item,) = etree.parse(tmp_path / "a.xml").getroot()
    assert item.findtext("body") == "a\ufffd\ufffd\ufffd<b>&"
    assert item.findtext("rights") == ""


# -- where it goes --------------------------------------------------------------------------

FORMATS = ("csv", "jl", "json", "jsonl", "jsonlines", "parquet", "xml", "pickle")


def breaking() -> Iterator[dict[str, Any]]:
    yield WHOLE
    raise RuntimeError("half way")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("place", ["{}/a.{}", "{}/a:{}", "file://{}/a.{}", "memory://{}/a.{}"])
def test_a_file_is_whole_or_as_it_was(tmp_path: Path, place: str, form: str):
    address = place.format(tmp_path, form)
    assert target(address).write(iter(LINES), FIELDS) == len(LINES)
    path = address if "://" in address else address.removesuffix(f":{form}")
    with fsspec.open(path) as file:
        before = file.read()
    assert before
    with pytest.raises(RuntimeError, match="half way"):
        target(address).write(breaking(), FIELDS)
    with fsspec.open(path) as file:
        assert file.read() == before
    assert len(list(tmp_path.iterdir())) == ("memory" not in address)


@pytest.mark.parametrize("form", [one for one in FORMATS if one != "pickle"])
def test_without_rows_a_file_is_one_of_its_format(tmp_path: Path, form: str):
    path = tmp_path / f"none.{form}"
    assert target(path).write([], FIELDS) == 0
    read = {
        "csv": lambda: list(pd.read_csv(path).columns) == FIELDS,
        "json": lambda: json.loads(path.read_bytes()) == [],
        "parquet": lambda: pq.read_table(path).num_rows == 0,
        "xml": lambda: len(etree.parse(path).getroot()) == 0,
    }
    assert read.get(form, lambda: path.read_bytes() == b"")()


def test_a_killed_writer_leaves_the_file_as_it_was(tmp_path: Path):
    path = tmp_path / "a.parquet"
    target(path).write(LINES, FIELDS)
    before = path.read_bytes()
    code = """if 1:
        import os, signal
        from tests.export.test_feeds import *
        def lines():
            for seq in range(30_000):
                yield WHOLE | {"seq": seq}
            os.kill(os.getpid(), signal.SIGKILL)
        target(sys.argv[1]).write(lines(), FIELDS)"""
    run = subprocess.run([sys.executable, "-c", code, path], cwd=ROOT, check=False)
    assert run.returncode < 0
    assert path.read_bytes() == before


def test_a_device_and_a_pipe_are_written_into_and_a_link_stays_one(tmp_path: Path):
    assert target("/dev/null:parquet").write(LINES, FIELDS) == len(LINES)
    assert Path("/dev/null").is_char_device()
    with pytest.raises(OSError, match="No space left"):
        target("/dev/full:jsonl").write(LINES, FIELDS)
    os.mkfifo(tmp_path / "pipe.jsonl")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe.jsonl").read_bytes()))
    reader.start()
    target(tmp_path / "pipe.jsonl").write(LINES, FIELDS)
    reader.join()
    assert [json.loads(line) for line in read[0].splitlines()] == LINES
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    target(tmp_path / "link.csv").write(LINES, FIELDS)
    assert (tmp_path / "link.csv").is_symlink()
    assert len(rows_of(tmp_path / "real.csv")) == len(LINES)


def test_the_standard_output(capfd: pytest.CaptureFixture[str]):
    target("-:jsonl").write(LINES, FIELDS)
    assert [json.loads(line) for line in capfd.readouterr().out.splitlines()] == LINES
    with pytest.raises(RuntimeError):
        target("-:xml").write(breaking(), FIELDS)
    print("still open")
    assert capfd.readouterr().out.endswith("still open\n")


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("a.foo", "the format of a.foo must be one of csv, "),
        ("a", "the format of a must be one of csv, "),
        ("{}", "must be a file, and is a folder"),
        ("nowhere://u:secret@h/a.csv", "neither Scrapy nor fsspec knows the scheme nowhere://"),
        ("s3://k:secret@b/a.parquet", "s3://b/a.parquet cannot be written: missing boto3 library"),
        (
            "s3://k:a/secret@b/a.parquet",
            "s3://b/a.parquet cannot be written: missing boto3 library",
        ),
        (
            "gs://b/a.csv?token=secret:csv",
            "gs://b/a.csv cannot be written: missing google.cloud.storage library",
        ),
        (
            "sftp://u:secret@h/a.csv",
            'sftp://h/a.csv cannot be written: SFTPFileSystem requires "paramiko"',
        ),
        ("ftp:///a.csv", "ftp:///a.csv cannot be written: "),
    ],
)
def test_where_nothing_can_be_written(tmp_path: Path, place: str, sentence: str):
    form = ":jsonl" if place == "{}" else ""
    with pytest.raises(ValueError, match=re.escape(sentence)) as error:
        target(place.format(tmp_path) + form)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("scheme", ["ftp", "ftps", "http", "webhdfs"])
def test_a_host_that_is_not_there_is_told_without_the_password(scheme: str):
    there = target(f"{scheme}://me:s%40cret@127.0.0.1:1/a.csv")
    with pytest.raises(OSError, match=r".") as error:
        there.write(LINES, FIELDS)
    assert error.value.strerror
    assert not re.search(r"s(%40|@)cret", str(error.value))
    assert there.redacted == f"{scheme}://127.0.0.1:1/a.csv"


class Shelf(BlockingFeedStorage):
    """A storage as users of Scrapy write them: its address names a folder of this machine."""

    def __init__(self, uri: str, *, feed_options: dict[str, Any] | None = None) -> None:
        self.uri, self.path = uri, Path(re.sub(r"^\w+://(.*@)?", "", uri))

    def _store_in_thread(self, file: Any) -> None:
        if not self.path.parent.exists():
            raise RuntimeError(f"no such shelf: {self.uri}")
        file.seek(0)
        self.path.write_bytes(file.read())


def test_a_storage_of_scrapys_is_used_as_a_crawl_uses_it(tmp_path: Path):
    own = {"FEED_STORAGES": {"shelf": "tests.export.test_feeds.Shelf"}}
    target(f"shelf://{tmp_path}/a.parquet", **own).write(LINES, FIELDS)
    assert by_pyarrow(tmp_path / "a.parquet") == [as_typed(line) for line in LINES]
    with pytest.raises(RuntimeError, match="half way"):
        target(f"shelf://{tmp_path}/a.parquet", **own).write(breaking(), FIELDS)
    assert len(by_pyarrow(tmp_path / "a.parquet")) == len(LINES)
    with pytest.raises(OSError, match=r"no such shelf: shelf:///nowhere/a\.csv") as error:
        target("shelf://me:secret@/nowhere/a.csv", **own).write(LINES, FIELDS)
    assert "secret" not in str(error.value)


# -- a crawl, the schemas, the papers -------------------------------------------------------


@dataclass
class Fed:
    """A crawl's feeds in two formats, and its store."""

    parquet: Path
    lines: list[dict[str, Any]]
    stand: Stand


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fed]:
    folder = tmp_path_factory.mktemp("fed")
    path = folder / "articles.parquet"
    with serving(seed=7, articles=20) as proxy:
        stand = Stand(proxy, folder / "store.db", [])
        feeds = ("-O", str(path), "-O", f"{folder}/articles.jsonl")
        run = stand.crawl("seonamtoday", "-a", "since=60d", *feeds)
        assert run.returncode == 0, run.stderr[-3000:]
        text = (folder / "articles.jsonl").read_text("utf-8")
        yield Fed(path, [json.loads(line) for line in text.splitlines()], stand)


def test_a_crawls_parquet_is_its_json_lines_with_types(fed: Fed):
    assert len(fed.lines) > 10
    own = dict.fromkeys(CHANGE_FIELDS)
    found = by_pyarrow(fed.parquet)
    assert [own | row for row in found] == [as_typed(own | line) for line in fed.lines]


def test_nothing_is_appended_to_parquet(fed: Fed):
    before = fed.parquet.read_bytes()
    run = fed.stand.crawl("seonamtoday", "-o", str(fed.parquet))
    assert run.returncode == 2
    assert run.stderr == (f"scrapy: -o cannot append to a Parquet file; use -O {fed.parquet}\n")
    assert fed.parquet.read_bytes() == before


def test_the_docs_read_parquet_as_they_say(fed: Fed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(fed.parquet.parent)
    text = (ROOT / "docs" / "feeds.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(import .*?)```", text, re.DOTALL)
    assert [re.findall(r"import (\w+)", block) for block in blocks] == [["duckdb"], ["pandas"]]
    for block in blocks:
        assert len(list(filter(None, block.splitlines()))) == 3
        shown = io.StringIO()
        with redirect_stdout(shown):
            exec(block, {})  # noqa: S102 - the paper's own lines
        assert "seonamtoday" in shown.getvalue()
        assert str(len(fed.lines)) in shown.getvalue()


SCHEMAS = {
    path.name.split(".")[0]: json.loads(path.read_text("utf-8"))
    for path in sorted((ROOT / "docs" / "schema").glob("*.v1.json"))
}
REGISTRY: Registry[Any] = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()
)


def problems(name: str, line: dict[str, Any]) -> list[str]:
    found = Draft202012Validator(SCHEMAS[name], registry=REGISTRY).iter_errors(line)
    return [f"{one.json_path}: {one.message}" for one in found]


def test_the_schemas_have_the_fields():
    for name, fields in {"article": ARTICLE, "change": FIELDS}.items():
        schema = SCHEMAS[name]
        Draft202012Validator.check_schema(schema)
        assert schema["$id"].endswith(f"/{name}.v1.json")
        assert list(schema["properties"]) == fields == schema["required"]
        assert schema["additionalProperties"] is False
    assert SCHEMAS["change"]["properties"]["change"]["enum"] == list(get_args(changes.Kind))
    assert all("description" in one for one in SCHEMAS["article"]["properties"].values())


@pytest.mark.parametrize("page", SAVED, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_a_saved_pages_article_is_one_of_the_schema(page: Path):
    expected = json.loads(page.with_suffix(".json").read_text("utf-8"))
    outlet = outlet_of(page.parent.name)
    body = page.read_bytes()
    source = Selector(text=body.decode(charset_of(body) or "utf-8", "replace"))
    place = Publisher(outlet.name, outlet.display_name, outlet.home)
    known = {"fetched_at": expected["fetched_at"], "whole": True}
    read = read_article(source, expected["url"], outlet.cms, place, **known)
    clean_article(read, load_rules())
    date_article(read)
    line = {name: asdict(read)[name] for name in ARTICLE}
    assert problems("article", line) == []
    assert problems("article", line | expected) == []


def test_what_a_crawl_and_a_replay_write_is_of_the_schema(fed: Fed, tmp_path: Path):
    assert [problem for line in fed.lines for problem in problems("article", line)] == []
    archive = fed.stand.database.with_suffix(".archive")
    feed, settings = (
        tmp_path / "again.jsonl",
        ("-s", f"DATABASE_URL=sqlite:///{fed.stand.database}"),
    )
    command = [
        sys.executable,
        "-m",
        "scrapy",
        "replay",
        archive,
        "--no-store",
        "-O",
        feed,
        *settings,
    ]
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    lines = [json.loads(line) for line in feed.read_text("utf-8").splitlines()]
    assert len(lines) == len(fed.lines), run.stderr[-2000:]
    assert [problem for line in lines for problem in problems("article", line)] == []


def test_what_the_store_tells_is_of_the_schema(fed: Fed):
    with open_store(f"sqlite:///{fed.stand.database}") as store:
        address = fed.lines[0]["canonical_url"]
        store.mark_gone(fed.lines[1]["canonical_url"], "2099-11-26T00:00:00Z")
        list(forget(store, [Takedown([address], "seonamtoday")], at="2099-11-26T00:00:00Z"))
        lines = list(changes_after(store, 0, newest_change(store), ARTICLE))
    assert {"new", "gone", "forgotten"} <= {line["change"] for line in lines}
    assert [problem for line in lines for problem in problems("change", line)] == []
    for line in LINES:
        assert problems("change", line) == []


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"date_published": "2024-09-11T09:14"}, "$.date_published"),
        ({"date_published": "11 Sept"}, "$.date_published"),
        ({"fetched_at": "2024-09-11T09:14:32+09:00"}, "$.fetched_at"),
        ({"changed_at": None}, "$.changed_at"),
        ({"change": "renamed"}, "$.change"),
        ({"seq": "1"}, "$.seq"),
        ({"revision": 0}, "$.revision"),
        ({"authors": None}, "$.authors"),
        ({"images": [{"url": "u"}]}, "$.images[0]"),
        ({"rights": {"notice": "n", "holder": None, "ai_training": True}}, "$.rights.ai_training"),
        ({"mentioned_dates": [{"text": "t", "start": -1, "end": 1, "from": "x", "to": "2024-09-01"}]},
         "$.mentioned_dates[0].start"),
        ({"content_hash": "xyz"}, "$.content_hash"),
        ({"surprise": 1}, "$: Additional properties"),
        ({"change": "forgotten"}, "$.headline"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_none_of_the_schema(wrong: dict[str, Any], where: str):
    assert problems("change", WHOLE | wrong)
    assert any(one.startswith(where) for one in problems("change", WHOLE | wrong))
    own = {name: value for name, value in (WHOLE | wrong).items() if name not in CHANGE_FIELDS}
    if not set(wrong) <= set(CHANGE_FIELDS):
        assert any(one.startswith(where) for one in problems("article", own))


def test_a_forgotten_line_has_nothing_left():
    assert problems("change", FORGOTTEN | {"body": "text"}) == [
        "$.body: 'text' is not of type 'null'"
    ]
    short = {name: value for name, value in WHOLE.items() if name != "url"}
    assert problems("change", short) == ["$: 'url' is a required property"]
