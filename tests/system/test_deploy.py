"""Files of ``deploy/`` and lines of docs/operations.md, run as cron or an operator runs them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsstand.server import serving
from tests.support.interrupted_crawl import check_part, check_whole, crawling
from tests.support.newsstand_crawl import Stand
from tests.support.paths import ROOT
from tests.support.scrapy_process import scrapy

DEPLOY = ROOT / "deploy"
ANALYZE = shutil.which("systemd-analyze")
LOGROTATE = shutil.which("logrotate", path="/usr/sbin:/usr/bin:/sbin:/bin")
Run = subprocess.CompletedProcess[str]


class Crontab:
    """A crontab's variables and its one line, read as cron reads them: nothing is expanded."""

    def __init__(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        lines = [line for line in lines if not line.startswith("#")]
        variable = re.compile(r"(\w+)\s*=\s*(.*)")
        named = [found.groups() for line in lines if (found := variable.fullmatch(line))]
        self.variables = {name: value.strip("'\"") for name, value in named}
        (line,) = [line for line in lines if not variable.fullmatch(line)]
        *when, self.command = line.split(maxsplit=5)
        self.minute, self.hour = when[:2]

    def run(self, home: Path, **more: str) -> Run:
        """In what cron gives, from a directory that is not the checkout's."""
        given = {"HOME": str(home), "LOGNAME": "malgeum", "PATH": "/usr/bin:/bin"}
        return subprocess.run(
            ["/bin/sh", "-c", self.command],
            cwd="/",
            env=given | self.variables | more,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="module")
def crontab() -> Crontab:
    """With the checkout and the address put in, as its own first lines ask."""
    text = (DEPLOY / "crontab").read_text("utf-8")
    text = text.replace("MALGEUM=/opt/malgeum", f"MALGEUM={ROOT}")
    return Crontab(text.replace("you@example.org", "desk@paper.kr"))


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    with serving(seed=7, articles=2) as address:
        yield address


def test_crons_line_collects_and_says_nothing(crontab: Crontab, proxy: str, tmp_path: Path) -> None:
    more = {
        "http_proxy": proxy,
        "https_proxy": proxy,
        "PYTHONPATH": str(ROOT),
        "SCRAPY_SETTINGS_MODULE": "tests.support.settings_no_delay",
        "MALGEUM_DATABASE_URL": f"sqlite:///{tmp_path}/store.db",
        "MALGEUM_LOG_FILE": f"{tmp_path}/log.jsonl",
    }
    run = crontab.run(tmp_path, **more)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    outlets = {row["outlet"] for row in Stand(proxy, tmp_path / "store.db", []).stored().values()}
    assert outlets == set(scrapy("list").stdout.split())
    assert (tmp_path / "log.jsonl").read_text("utf-8").count('"message": "Spider closed') == 5


def test_cron_mails_what_is_wrong_with_the_exit_code(crontab: Crontab, tmp_path: Path) -> None:
    more = {
        "MALGEUM_DATABASE_URL": "sqlite:////proc/store.db",
        "MALGEUM_LOG_FILE": f"{tmp_path}/log.jsonl",
    }
    run = crontab.run(tmp_path, **more)
    assert run.stdout.endswith("(exit code 6)\n")
    assert "The store sqlite:////proc/store.db" in run.stdout + run.stderr
    assert "Traceback" not in run.stderr


def test_cron_mails_that_the_checkout_is_gone(crontab: Crontab, tmp_path: Path) -> None:
    run = crontab.run(tmp_path, MALGEUM="/opt/not here")
    assert run.stdout.endswith("(exit code 2)\n")
    assert "/opt/not here" in run.stderr


def test_the_crontab_is_one_that_cron_reads(crontab: Crontab) -> None:
    text = (DEPLOY / "crontab").read_text("utf-8")
    assert text.endswith("\n"), "cron ignores a last line without its end"
    assert "%" not in crontab.command, "cron takes a percent sign for the end of the line"
    assert crontab.hour == "*"
    assert int(crontab.minute) % 5, "not when everybody else's line runs"
    for name, value in crontab.variables.items():
        assert "$" not in value, f"cron does not expand {name}"
        assert "~" not in value, f"cron does not expand {name}"


def test_cron_systemd_and_docker_run_the_same(crontab: Crontab) -> None:
    run_line = re.search(r"scrapy (crawlall[^)]*)\)", crontab.command)
    assert run_line
    service = (DEPLOY / "malgeum.service").read_text("utf-8")
    assert f"\nExecStart=/opt/malgeum/.venv/bin/scrapy {run_line[1]}\n" in service
    words = ", ".join(f'"{word}"' for word in shlex.split(run_line[1]))
    assert f"\nCMD [{words}]\n" in (DEPLOY / "Dockerfile").read_text("utf-8")


@pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in ("malgeum.service", "malgeum.timer"):
        text = (DEPLOY / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("/opt/malgeum", str(ROOT)), "utf-8")
    units = [str(path) for path in tmp_path.iterdir()]
    run = subprocess.run(
        [str(ANALYZE), "verify", *units], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.skipif(not LOGROTATE, reason="logrotate is not here")
def test_a_run_under_way_loses_no_line_to_the_rotation(tmp_path: Path) -> None:
    log, rules = tmp_path / "log.jsonl", tmp_path / "rules"
    text = (DEPLOY / "logrotate").read_text("utf-8")
    rules.write_text(text.replace("/opt/malgeum/output", str(tmp_path)).replace("    su ", "    #"))
    rules.chmod(0o644)
    with log.open("a", encoding="utf-8") as open_still:
        print("before", file=open_still, flush=True)
        state = f"--state={tmp_path}/state"
        subprocess.run([str(LOGROTATE), "--force", state, str(rules)], check=True)
        print("after", file=open_still, flush=True)
    assert (tmp_path / "log.jsonl.1").read_text("utf-8") == "before\nafter\n"
    assert not log.exists()


def test_the_image_holds_what_a_run_needs(proxy: str, tmp_path: Path) -> None:
    """What .dockerignore lets through, alone in a folder; the image itself is built elsewhere."""
    image, ignored = tmp_path / "malgeum", (ROOT / ".dockerignore").read_text("utf-8")
    for name in re.findall(r"^!(.+)$", ignored, re.MULTILINE):
        target = image / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, target)
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "scrapy",
            "crawl",
            "papns",
            "-a",
            "since=60d",
            *("-L", "ERROR"),
            *("-s", "DOWNLOAD_DELAY=0"),
        ],
        cwd=image,
        env={"PATH": "/usr/bin:/bin", "http_proxy": proxy, "https_proxy": proxy},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert Stand(proxy, image / "output" / "malgeum.db", []).stored("papns")
    serve = [sys.executable, "-m", "scrapy", "newsstand"]
    run = subprocess.run(serve, cwd=image, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (
        2,
        "scrapy: newsstand needs the folder newsstand/, which is not here: run it in a checkout\n",
    )


def operations(word: str) -> str:
    """The one command of docs/operations.md that says the word."""
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith(".venv/bin/") and word in line]
    return line


def test_a_backup_while_a_crawl_runs_is_whole_and_can_be_gone_on_with(
    gold_stand: Stand, tmp_path: Path
) -> None:
    store, backup = gold_stand.database, tmp_path / "backup.db"

    def operator(command: str) -> Run:
        command = command.replace("backup.db", str(backup))
        command = command.replace(".venv/bin/python", sys.executable)
        command = command.replace(".venv/bin/scrapy", f"{sys.executable} -m scrapy")
        return subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"MALGEUM_DATABASE_URL": f"sqlite:///{store}"},
        )

    with crawling(gold_stand, delay=0.7) as process:
        made = operator(operations("scrapy backup"))
        assert process.poll() is None, "the crawl was over before the backup"
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith(f"{backup}: ")
    assert operator(operations("integrity_check")).stdout == "ok\n"
    copy = Stand(gold_stand.proxy, backup, gold_stand.gold)
    missing = check_part(copy)
    assert len(copy.stored()) >= 5
    assert missing, "the crawl had nothing more to store"
    again = operator(operations("scrapy backup"))
    assert again.returncode != 0, "a backup must not write over another"
    for path in store.parent.glob(f"{store.name}*"):
        path.unlink()
    shutil.copy(backup, store)
    run = gold_stand.crawl("papns", "-a", "since=60d")
    assert run.returncode == 0, run.stderr[-2000:]
    check_whole(gold_stand)
