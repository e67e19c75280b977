"""Notifications of findings, received by real servers on loopback, once each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector
from spidermon.runners import MonitorRunner

from crawler import settings as ours
from crawler.operate.notifications import notifier
from crawler.operate.notifications import webhooks as web
from crawler.operate.notifications.channels import channels_of
from crawler.operate.notifications.message import Notification, notification_of
from crawler.operate.notifications.notifier import Notifier
from crawler.operate.notifications.spidermon_action import Notifications
from crawler.store import Store, open_store
from crawler.store import session as crawl
from crawler.store.runs.findings import Finding, findings_of, save_findings, unnotified
from crawler.store.runs.runs import runs_of
from newsstand.server import beside
from newsstand.server_state import NewsstandState as Newsstand
from spiders.seonamtoday import Seonamtoday
from tests.support.notification_servers import Authority, Hooks, hooks, mailbox
from tests.support.paths import ROOT
from tests.support.scrapy_process import scrapy

AT = "2026-11-20T00:10:00Z"
LATER = "2026-11-23T20:10:00Z"
TOKEN = "1:SECRET-token"  # noqa: S105
PASSWORD = "pa:SECRET/ss@word"  # noqa: S105
QUOTED = "pa%3ASECRET%2Fss%40word"
SECRETS = ("SECRET", QUOTED)
NAMES = (
    "NOTIFY_MAIL", "SMTP_URL", "NOTIFY_SLACK", "NOTIFY_TELEGRAM", "TELEGRAM_TOKEN",
    "NOTIFY_WEBHOOK", "NOTIFY_LANGUAGE",
)  # fmt: skip
EXAMPLE = "https://www.papns.kr/board.php?bo_table=news&wr_id=<!channel>"
LINE = "<b>무단 전재</b> & \x1b[31m재배포\n금지 \u202e*_~`"
BOILERPLATE = {
    "kind": "boilerplate", "field": "", "started_on": "2026-11-20", "example": EXAMPLE,
    "facts": {"articles": 9, "of": 10, "line": LINE},
}  # fmt: skip
CLEAN = (
    "papns: 최근 기사 10건 중 9건에 같은 줄이 있습니다: “<b>무단 전재</b> & [31m재배포 금지 *_~`”"
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca") / "ca.pem")


@pytest.fixture
def there(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hooks]:
    """The hooks, which are also where every name of the network leads to."""
    with hooks(authority) as opened:
        for name, value in around(opened).items():
            monkeypatch.setenv(name, value)
        yield opened


def around(opened: Hooks) -> dict[str, str]:
    """The environment in which the hooks are the network, and their authority is trusted."""
    bundle = str(opened.authority.bundle)
    return {
        "https_proxy": opened.address,
        "no_proxy": "127.0.0.1,localhost",
        "REQUESTS_CA_BUNDLE": bundle,
        "SSL_CERT_FILE": bundle,
    }


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/store.db") as opened:
        yield opened


def settings_of(**settings: str) -> Settings:
    return Settings(dict.fromkeys(NAMES, "") | {"NOTIFY_LANGUAGE": "ko"} | settings)


def notifier_of(**settings: str) -> Notifier:
    return Notifier.of(settings_of(**settings))


def find(store: Store, *found: dict[str, Any], outlet: str = "papns") -> list[Finding]:
    save_findings(store, outlet, AT, found, [])
    return findings_of(store, outlet)


def end(store: Store, *findings: Finding) -> None:
    save_findings(store, findings[0].outlet, LATER, [], [one.id for one in findings])


def fewer(number: int = 1) -> dict[str, Any]:
    facts = {"new": number, "days": 3, "usual": 40}
    return {"kind": "fewer", "field": f"field{number}", "started_on": "2026-11-20", "facts": facts}


# -- what arrives, by channel ---------------------------------------------------


def test_slack_takes_text_in_which_no_sign_is_markup(there: Hooks, store: Store) -> None:
    find(store, BOILERPLATE)
    assert (
        notifier_of(NOTIFY_SLACK=f"{there.address}/services/T/B/X").send_pending(
            store, ["papns"], AT
        )
        == 0
    )
    (post,) = there.posts
    assert post.path == "/services/T/B/X"
    assert post.data["mrkdwn"] is post.data["unfurl_links"] is post.data["unfurl_media"] is False
    title, message, since, example, action = filter(None, post.data["text"].split("\n"))
    assert title == "[맑음] papns: 이상 1건 발생"
    assert message == CLEAN.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert since == "  2026-11-20부터"
    assert example.endswith("bo_table=news&amp;wr_id=&lt;!channel&gt;")
    assert action.startswith("  → 기사 내용이 아니라면")


def test_telegram_takes_plain_text_over_tls(there: Hooks, store: Store) -> None:
    find(store, BOILERPLATE)
    failed = notifier_of(NOTIFY_TELEGRAM="-1001", TELEGRAM_TOKEN=TOKEN).send_pending(
        store, ["papns"], AT
    )
    (post,) = there.posts
    assert failed == 0
    assert (post.host, post.path) == ("api.telegram.org", f"/bot{TOKEN}/sendMessage")
    assert post.data["chat_id"] == "-1001"
    assert "parse_mode" not in post.data
    assert f"\n\n{CLEAN}\n" in post.data["text"]


def test_a_webhook_takes_both_languages_as_data(there: Hooks, store: Store) -> None:
    (finding,) = find(store, BOILERPLATE)
    notifier_of(NOTIFY_WEBHOOK=f"{there.address}/my").send_pending(store, ["papns"], AT)
    (post,) = there.posts
    (sent,) = post.data["findings"]
    assert post.headers["Content-Type"] == "application/json"
    assert (post.data["sent_at"], post.data["test"]) == (AT, False)
    assert sent["message"]["ko"] == CLEAN
    assert sent["message"]["en"].startswith(
        "papns: 9 of the 10 newest articles contain the same line"
    )
    assert set(sent["action"]) == {"ko", "en"}
    del sent["message"], sent["action"]
    assert sent == {
        "id": finding.id, "outlet": "papns", "kind": "boilerplate", "field": None,
        "started_on": "2026-11-20", "resolved": False, "resolved_at": None, "accepted": False,
        "example": EXAMPLE,
    }  # fmt: skip


def test_what_the_docs_show_of_the_webhook_is_what_it_takes(there: Hooks, store: Store) -> None:
    find(store, BOILERPLATE)
    notifier_of(NOTIFY_WEBHOOK=f"{there.address}/my").send_pending(store, ["papns"], AT)
    shown = (
        (ROOT / "docs" / "notifications.md")
        .read_text("utf-8")
        .split("```json\n")[1]
        .split("```")[0]
    )
    example, sent = json.loads(shown), there.posts[0].data
    assert example.keys() == sent.keys()
    assert example["findings"][0].keys() == sent["findings"][0].keys()


def test_user_and_password_of_a_webhook_are_sent_and_netrc_is_not(
    there: Hooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password mine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    host = there.address.removeprefix("http://")
    assert not any(notifier_of(NOTIFY_WEBHOOK=f"http://u:p@{host}/").send_test(AT).values())
    assert not any(notifier_of(NOTIFY_WEBHOOK=f"http://{host}/").send_test(AT).values())
    with_user, without = there.posts
    assert with_user.headers["Authorization"] == "Basic dTpw"
    assert "Authorization" not in without.headers


@pytest.mark.parametrize("tls", ["starttls", "smtps"])
def test_a_mail_arrives_in_korean_and_the_password_under_tls_alone(
    there: Hooks, store: Store, tls: str
) -> None:
    find(store, BOILERPLATE)
    scheme = "smtps" if tls == "smtps" else "smtp"
    with mailbox(there.authority, tls=tls, users={"me@paper.kr": PASSWORD}) as box:
        url = f"{scheme}://me%40paper.kr:{QUOTED}@localhost:{box.port}"
        notifier = notifier_of(NOTIFY_MAIL="a@paper.kr, b@paper.kr", SMTP_URL=url)
        assert notifier.send_pending(store, ["papns"], AT) == 0
    (mail,) = box.mails
    assert mail["Subject"] == "[맑음] papns: 이상 1건 발생"
    assert (mail["From"], mail["To"]) == ("me@paper.kr", "a@paper.kr, b@paper.kr")
    assert box.recipients == ["a@paper.kr", "b@paper.kr"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert CLEAN in mail.get_content()
    assert mail.get_content_type() == "text/plain"
    assert box.raw[0].isascii()
    assert "tls AUTH" in box.said
    assert "AUTH" not in box.said


def test_a_relay_without_a_password_needs_no_tls(there: Hooks, store: Store) -> None:
    find(store, fewer())
    with mailbox(there.authority) as box:
        url = f"smtp://localhost:{box.port}?from=malgeum@paper.kr"
        assert (
            notifier_of(NOTIFY_MAIL="a@paper.kr", SMTP_URL=url).send_pending(store, ["papns"], AT)
            == 0
        )
    assert [mail["From"] for mail in box.mails] == ["malgeum@paper.kr"]


@pytest.mark.parametrize("quirk", ["leave", "recipient"])
def test_a_mail_that_was_taken_counts_whatever_comes_after(
    there: Hooks, store: Store, quirk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if quirk == "leave":
        monkeypatch.setattr("crawler.operate.notifications.mail.TIMEOUT", 1)
    find(store, fewer())
    with mailbox(there.authority, quirk=quirk) as box:
        url = f"smtp://localhost:{box.port}"
        notifier = notifier_of(NOTIFY_MAIL="a@paper.kr,x@paper.kr", SMTP_URL=url)
        assert notifier.send_pending(store, ["papns"], AT) == 0
        assert notifier.send_pending(store, ["papns"], AT) == 0
    assert len(box.mails) == 1


# -- once -----------------------------------------------------------------------


def test_a_finding_is_told_once_and_once_when_it_is_over(there: Hooks, store: Store) -> None:
    notifier = notifier_of(
        NOTIFY_WEBHOOK=f"{there.address}/", NOTIFY_TELEGRAM="1", TELEGRAM_TOKEN=TOKEN
    )

    def texts() -> list[str]:
        notifier.send_pending(store, ["papns"], LATER)
        some = [post.data["text"] for post in there.posts if "text" in post.data]
        assert len(there.posts) == 2 * len(some)
        there.posts.clear()
        return some

    (finding,) = find(store, fewer())
    (begun,) = texts()
    assert begun.startswith("[맑음] papns: 이상 1건 발생\n\npapns: 3일간 새 기사가 1건뿐입니다")
    assert texts() == []
    end(store, finding)
    find(store, fewer(2))
    (both,) = texts()
    assert both.startswith("[맑음] papns: 이상 1건 발생, 이상 1건 해결\n\n해결됨: papns: 3일간")
    assert "2026-11-20부터 2026-11-24까지" in both  # the day in Korea
    assert texts() == []


def test_many_findings_of_many_outlets_are_one_message(there: Hooks, store: Store) -> None:
    for outlet in ("papns", "gosiweek"):
        find(store, fewer(1), fewer(2), outlet=outlet)
    notifier_of(NOTIFY_WEBHOOK=there.address).send_pending(store, ["papns", "gosiweek", "none"], AT)
    (post,) = there.posts
    assert [one["outlet"] for one in post.data["findings"]] == ["papns"] * 2 + ["gosiweek"] * 2


def test_what_is_over_before_its_notice_went_out_is_never_told(there: Hooks, store: Store) -> None:
    end(store, *find(store, fewer()))
    assert notifier_of(NOTIFY_WEBHOOK=there.address).send_pending(store, ["papns"], AT) == 0
    assert there.posts == []


def test_one_channel_that_took_it_is_enough_and_the_other_is_named(
    there: Hooks, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    find(store, fewer())
    notifier = notifier_of(NOTIFY_SLACK=f"{there.address}/SECRET/500", NOTIFY_WEBHOOK=there.address)
    assert notifier.send_pending(store, ["papns"], AT) == 1
    assert caplog.messages == [
        "The notification could not be sent by Slack: the server answers 500."
    ]
    assert unnotified(store, "papns") == []
    assert notifier.send_pending(store, ["papns"], AT) == 0
    assert len(there.posts) == 2


def test_in_a_suite_the_action_counts_channels_that_failed(there: Hooks, store: Store) -> None:
    find(store, fewer(), outlet="seonamtoday")
    crawler = Crawler(Seonamtoday, settings_of(NOTIFY_SLACK=f"{there.address}/500"))
    crawler.spider, crawler.stats = Seonamtoday(), MemoryStatsCollector(crawler)
    crawl.attach(crawler, store)
    MonitorRunner().run(Notifications(crawler=crawler), crawler=crawler)
    assert crawler.stats.get_value("malgeum/notification_errors") == 1
    assert len(there.posts) == len(unnotified(store, "seonamtoday")) == 1


def test_what_nobody_took_is_tried_again_by_the_next_run(there: Hooks, store: Store) -> None:
    find(store, fewer())
    assert (
        notifier_of(NOTIFY_WEBHOOK=f"{there.address}/500").send_pending(store, ["papns"], AT) == 1
    )
    assert (
        notifier_of(NOTIFY_WEBHOOK=f"{there.address}/200").send_pending(store, ["papns"], AT) == 0
    )
    assert [len(post.data["findings"]) for post in there.posts] == [1, 1]


def test_without_a_channel_nothing_counts_as_told(store: Store) -> None:
    find(store, fewer())
    assert notifier_of().send_pending(store, ["papns"], AT) == 0
    assert len(unnotified(store, "papns")) == 1


# -- channels that do not take it -------------------------------------------------


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("500", "the server answers 500"),
        ("403", "the server answers 403: the webhook is no longer valid, or may not write to its channel"),
        ("302", "the server redirects: set the URL that it redirects to"),
        ("silent", "no answer in time (ReadTimeout)"),
        ("drip", "no answer in 1 seconds"),
    ],
)  # fmt: skip
def test_a_hook_that_does_not_take_it_is_told_by_its_reason(
    there: Hooks, path: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path == "silent":
        monkeypatch.setattr(web, "TIMEOUT", 0.3)
    if path == "drip":
        monkeypatch.setattr(notifier, "DEADLINE", 1)
    tried = notifier_of(NOTIFY_SLACK=f"{there.address}/SECRET/{path}").send_test(AT)
    assert tried == {"Slack": reason}
    assert len(there.posts) == 1  # nobody was asked elsewhere


@pytest.mark.parametrize(
    ("code", "reason"),
    [("400", "there is no such chat"), ("401", "the token is not (or no longer) valid"), ("403", "blocked")],
)  # fmt: skip
def test_what_telegram_refuses_is_explained(there: Hooks, code: str, reason: str) -> None:
    tried = notifier_of(NOTIFY_TELEGRAM="@paper", TELEGRAM_TOKEN=f"1:{code}").send_test(AT)
    assert reason in (tried["Telegram"] or "")
    assert f"1:{code}" not in (tried["Telegram"] or "")


def test_a_certificate_that_nobody_vouches_for_gets_no_token(
    there: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    tried = notifier_of(NOTIFY_TELEGRAM="1", TELEGRAM_TOKEN=TOKEN).send_test(AT)
    assert tried == {
        "Telegram": "its certificate is not trusted, or it does not speak TLS (SSLError)"
    }
    assert there.posts == []


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({}, "the server rejects the user or the password (SMTPAuthenticationError 535)"),
        ({"tls": ""}, "the server offers no STARTTLS or no log-in (SMTPNotSupportedError)"),
        ({"quirk": "silent"}, "it closed the connection, or did not answer in time (SMTPServerDisconnected)"),
        ({"quirk": "refuses", "users": {"me": PASSWORD}}, "SMTPDataError 554"),
        ({"quirk": "recipient", "users": {"me": PASSWORD}}, "the server rejects the recipients (SMTPRecipientsRefused)"),
    ],
    ids=["password", "no-starttls", "silent", "refuses", "recipients"],
)  # fmt: skip
def test_a_mail_server_that_does_not_take_it_is_told_by_its_reason(
    there: Hooks, how: dict[str, Any], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how.get("quirk") == "silent":
        monkeypatch.setattr("crawler.operate.notifications.mail.TIMEOUT", 0.3)
    with mailbox(there.authority, **{"tls": "starttls", "users": {"me": "x"}} | how) as box:
        url = f"smtp://me:{QUOTED}@localhost:{box.port}?from=me@paper.kr"
        tried = notifier_of(NOTIFY_MAIL="x@paper.kr", SMTP_URL=url).send_test(AT)
    assert tried == {"mail": reason}
    assert box.mails == []
    assert "AUTH" not in box.said


def test_a_mail_server_that_nobody_vouches_for_gets_no_password(
    there: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with mailbox(there.authority, tls="starttls", users={"me": PASSWORD}) as box:
        url = f"smtp://me:{QUOTED}@localhost:{box.port}"
        tried = notifier_of(NOTIFY_MAIL="x@paper.kr", SMTP_URL=url).send_test(AT)
    assert (tried["mail"] or "").startswith("its certificate is not trusted")
    assert not [said for said in box.said if "AUTH" in said]


# -- how long ---------------------------------------------------------------------


def long_notice(number: int) -> Notification:
    facts = {"articles": 9, "of": 10, "line": "&😀" * 5000}
    one = Finding(
        id=1, outlet="papns", resolved_at=None, notified_at=None, resolution_notified_at=None, found_at=AT,
        last_seen_at=AT, kind="boilerplate", field="", started_on="2026-11-20", example="http://a/" * 300,
        facts=facts,
    )  # fmt: skip
    return notification_of(
        [replace(one, id=n, outlet=f"outlet{n}") for n in range(number)], "ko", AT
    )


@pytest.mark.parametrize("number", [1, 3, 200])
def test_a_chats_message_is_bounded_and_says_how_many_are_left_out(
    there: Hooks, number: int
) -> None:
    notice = long_notice(number)
    configured = settings_of(NOTIFY_SLACK=there.address, NOTIFY_TELEGRAM="1", TELEGRAM_TOKEN=TOKEN)
    for channel in channels_of(configured):
        channel.send(notice)
    assert len(there.posts) == 2
    for post in there.posts:
        text = post.data["text"]
        left = number - text.count("→")
        assert len(text.encode("utf-16-le")) // 2 <= 4000
        assert 0 <= left < number
        assert text.endswith(f"… 외 {left}건: scrapy status로 확인하십시오.") == bool(left)
        assert "http://a/http://a/" not in text  # half an address is none


# -- settings ---------------------------------------------------------------------

WRONG = {
    "mail": ({"NOTIFY_MAIL": "SECRET", "SMTP_URL": "smtp://h"}, "NOTIFY_MAIL"),
    "mail-line": ({"NOTIFY_MAIL": "a@b.kr\nBcc: SECRET@b.kr", "SMTP_URL": "smtp://h"}, "NOTIFY_MAIL"),
    "mail-alone": ({"NOTIFY_MAIL": "a@b.kr"}, "SMTP_URL is not set"),
    "smtp-alone": ({"SMTP_URL": "smtp://u:SECRET@h"}, "NOTIFY_MAIL is not set"),
    "smtp-sign": ({"NOTIFY_MAIL": "a@b.kr", "SMTP_URL": "smtp://u:SECRET/x@h:1"}, "SMTP_URL must be"),
    "smtp-port": ({"NOTIFY_MAIL": "a@b.kr", "SMTP_URL": "smtp://u:p@h:SECRET"}, "SMTP_URL must be"),
    "smtp-scheme": ({"NOTIFY_MAIL": "a@b.kr", "SMTP_URL": "SECRET:pw@h"}, "SMTP_URL must be"),
    "smtp-user": ({"NOTIFY_MAIL": "a@b.kr", "SMTP_URL": "smtp://:SECRET@h"}, "SMTP_URL must be"),
    "smtp-from": ({"NOTIFY_MAIL": "a@b.kr", "SMTP_URL": "smtp://h?from=SECRET"}, "from="),
    "slack": ({"NOTIFY_SLACK": "hooks.slack.com/SECRET"}, "NOTIFY_SLACK"),
    "webhook-file": ({"NOTIFY_WEBHOOK": "file:///SECRET"}, "NOTIFY_WEBHOOK"),
    "webhook-ip": ({"NOTIFY_WEBHOOK": "http://[SECRET/"}, "NOTIFY_WEBHOOK"),
    "webhook-space": ({"NOTIFY_WEBHOOK": "http://h/ SECRET"}, "NOTIFY_WEBHOOK"),
    "chat": ({"NOTIFY_TELEGRAM": "SECRET", "TELEGRAM_TOKEN": TOKEN}, "NOTIFY_TELEGRAM"),
    "chat-alone": ({"NOTIFY_TELEGRAM": "1"}, "TELEGRAM_TOKEN is not set"),
    "token": ({"NOTIFY_TELEGRAM": "1", "TELEGRAM_TOKEN": "botSECRET"}, "TELEGRAM_TOKEN"),
    "language": ({"NOTIFY_LANGUAGE": "SECRET"}, "NOTIFY_LANGUAGE"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_setting_that_makes_no_sense_is_one_sentence_without_its_value(case: str) -> None:
    settings, named = WRONG[case]
    with pytest.raises(ValueError, match=named) as caught:
        notifier_of(**settings)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_no_repr_tells_a_secret() -> None:
    notifier = notifier_of(
        NOTIFY_MAIL="a@b.kr", SMTP_URL=f"smtp://SECRET:{QUOTED}@h?from=a@b.kr",
        NOTIFY_SLACK="https://h/SECRET", NOTIFY_TELEGRAM="1", TELEGRAM_TOKEN=TOKEN,
        NOTIFY_WEBHOOK="https://h/SECRET",
    )  # fmt: skip
    assert len(notifier.channels) == 4
    assert "SECRET" not in repr(notifier)


def test_every_setting_is_read_from_the_environment_too() -> None:
    assert all(hasattr(ours, name) for name in NAMES)


def test_a_wrong_setting_ends_a_crawl_before_anything_is_asked(tmp_path: Path) -> None:
    database = f"DATABASE_URL=sqlite:///{tmp_path}/x.db"
    run = scrapy("crawl", "papns", "-s", database, "-s", "NOTIFY_SLACK=SECRET")
    assert run.returncode == 2
    assert run.stderr.endswith("scrapy: NOTIFY_SLACK must be an http:// or https:// URL\n")
    assert "SECRET" not in run.stderr
    assert not (tmp_path / "x.db").exists()


# -- whole commands ---------------------------------------------------------------


@pytest.mark.parametrize("works", [True, False], ids=["works", "fails"])
def test_doctor_tries_every_channel_and_says_which_worked(
    there: Hooks, tmp_path: Path, works: bool
) -> None:
    way = "200" if works else "500"
    variables = {
        "MALGEUM_NOTIFY_SLACK": f"{there.address}/SECRET/200",
        "MALGEUM_NOTIFY_WEBHOOK": f"{there.address}/SECRET/{way}",
        "MALGEUM_NOTIFY_LANGUAGE": "en",
        "PATH": "",  # nor a browser
        "PLAYWRIGHT_BROWSERS_PATH": "/nope",
    }
    database = f"DATABASE_URL=sqlite:///{tmp_path}/x.db"
    run = scrapy("doctor", "--notify", "-s", database, given=around(there) | variables)
    end_of = [line.split(maxsplit=1) for line in run.stdout.splitlines()[-3:]]
    assert end_of[0] == ["notifications", "sent by Slack, webhook; doctor --notify sends a test"]
    assert end_of[1] == ["Slack", "accepted the test notification"]
    what = "accepted the test notification" if works else "failed: the server answers 500"
    assert end_of[2] == ["webhook", what]
    assert run.returncode == (0 if works else 1)
    assert "SECRET" not in run.stdout + run.stderr
    slack, hook = sorted((post.data for post in there.posts), key=lambda data: "test" in data)
    assert slack["text"].startswith("[Malgeum] Test notification\n\nIf you can read this")
    assert (hook["test"], hook["findings"]) == (True, [])


@pytest.fixture(scope="module")
def newsstand() -> Iterator[str]:
    now = datetime.now(UTC)
    with beside(Newsstand(7, now, 2), now) as proxy:
        yield proxy


@pytest.mark.parametrize("works", [True, False], ids=["takes", "fails"])
def test_a_crawl_tells_and_keeps_every_secret(
    there: Hooks, newsstand: str, tmp_path: Path, works: bool
) -> None:
    database = tmp_path / "store.db"
    with open_store(f"sqlite:///{database}") as store:
        find(store, BOILERPLATE)
        find(store, BOILERPLATE, outlet="seonamtoday")
    way = "200" if works else "500"
    users = {"me": PASSWORD} if works else {}
    with mailbox(there.authority, tls="starttls", users=users) as box:
        variables = {
            "http_proxy": newsstand,
            "MALGEUM_NOTIFY_MAIL": "a@paper.kr",
            "MALGEUM_SMTP_URL": f"smtp://me:{QUOTED}@localhost:{box.port}",
            "MALGEUM_NOTIFY_SLACK": f"{there.address}/SECRET/{way}",
            "MALGEUM_NOTIFY_TELEGRAM": "-1001",
            "MALGEUM_TELEGRAM_TOKEN": f"1:SECRET-{way}",
        }
        settings = {
            "DATABASE_URL": f"sqlite:///{database}",
            "DOWNLOAD_DELAY": "0",
            "NOTIFY_WEBHOOK": f"{there.address}/SECRET/{way}",
            "LOG_FILE": str(tmp_path / "log"),
        }
        options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        command = ("crawl", "seonamtoday", "-L", "DEBUG", "-a", "since=60d", *options)
        run = scrapy(*command, given=around(there) | variables)
    log = (tmp_path / "log").read_text("utf-8")
    everything = run.stdout + run.stderr + log
    assert run.returncode == 0, everything[-3000:]
    assert len(there.posts) == 3
    assert len(box.mails) == works
    failures = [line for line in log.splitlines() if "notification could not be sent by" in line]
    assert len(failures) == (0 if works else 4)
    for secret in SECRETS:
        assert secret not in everything
    with open_store(f"sqlite:///{database}") as store:
        assert len(unnotified(store, "seonamtoday")) == (0 if works else 1)
        assert len(unnotified(store, "papns")) == 1  # another outlet's are its own crawl's
        assert "SECRET" not in repr(runs_of(store))
    assert b"SECRET" not in database.read_bytes()


HTTP = ("gyeonggitv", "seonamtoday")
"""Outlets that the newsstand is not asked for through the hooks' proxy."""


@pytest.mark.parametrize("works", [True, False], ids=["takes", "fails"])
def test_crawlall_tells_of_all_outlets_at_once(
    there: Hooks, newsstand: str, tmp_path: Path, works: bool
) -> None:
    database = tmp_path / "store.db"
    with open_store(f"sqlite:///{database}") as store:
        for outlet in HTTP:
            find(store, BOILERPLATE, outlet=outlet)
    variables = {
        "http_proxy": newsstand,
        "MALGEUM_NOTIFY_WEBHOOK": f"{there.address}/SECRET/{200 if works else 500}",
        "MALGEUM_DATABASE_URL": f"sqlite:///{database}",
    }
    run = scrapy("crawlall", *HTTP, "-s", "DOWNLOAD_DELAY=0", given=around(there) | variables)
    assert run.returncode == 0, run.stderr
    (post,) = there.posts
    if works:
        sent = post.data["findings"]
        assert [one["outlet"] for one in sent] == list(HTTP)
    told_of = (
        ""
        if works
        else ("crawlall: notification failed on 1 channel; see scrapy doctor --notify\n")
    )
    assert run.stderr == told_of
    with open_store(f"sqlite:///{database}") as store:
        left = [one for outlet in HTTP for one in unnotified(store, outlet)]
        assert len(left) == (0 if works else 2)
