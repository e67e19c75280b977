"""Stage ``dates``: the choice among an article's date candidates."""

from __future__ import annotations

from crawler.article import Article, DateCandidate, DateSource
from pipelines.dates import Dates

FETCHED = "2026-11-24T06:00:20Z"  # NOW


def dated(*shown: tuple[DateSource, str], modified: str | None = None) -> Article:
    article = Article(
        url="https://x.example/1",
        canonical_url="https://x.example/1",
        outlet="x",
        fetched_at=FETCHED,
        date_candidates=[DateCandidate(text, source) for source, text in shown],
        modified_raw=modified,
    )
    assert Dates().process_item(article) is article
    return article


def published(article: Article) -> tuple[str | None, str | None, str | None, str | None]:
    return (
        article.date_published,
        article.date_published_raw,
        article.date_source,
        article.date_precision,
    )


def test_the_most_trusted_source_decides_whatever_the_order() -> None:
    article = dated(("feed", "Tue, 10 Sep 2024 09:00:00 +0900"), ("label", "입력 2024.09.11 09:14"))
    value = "2024-09-11T09:14+09:00"
    assert published(article) == (value, "입력 2024.09.11 09:14", "label", "minute")


def test_the_finer_of_two_that_agree_is_taken_and_named() -> None:
    iso = "2024-09-11T00:14:32Z"
    article = dated(("label", "입력 2024.09.11"), ("list", "2024.09.11 09:14"), ("structured", iso))
    assert published(article) == ("2024-09-11T09:14:32+09:00", iso, "structured", "second")


def test_of_two_as_fine_the_more_trusted_is_taken() -> None:
    article = dated(("structured", "2024-09-11T17:40+09:00"), ("label", "입력 2024.09.11 09:14"))
    assert article.date_published == "2024-09-11T09:14+09:00"


def test_the_next_source_stands_in_for_an_unreadable_one() -> None:
    article = dated(("label", "입력 2023-02-29 10:00"), ("list", "2023-03-01"))
    assert published(article) == ("2023-03-01", "2023-03-01", "list", "day")


def test_what_nobody_can_read_is_kept_as_shown() -> None:
    assert published(dated(("label", "2023년 가을"))) == (None, "2023년 가을", None, None)
    assert published(dated(("label", "입력 2026-11-26 09:00")))[0] is None
    assert published(dated()) == (None, None, None, None)


def test_the_clock_of_the_page_is_no_publication_date() -> None:
    for clock in ("2026.11.24 (화)", "최종편집 2026-11-24 14:58", "2026.02.21 (토)"):
        assert dated(("label", clock)).date_published is None
        assert dated(("label", clock), ("list", "09-11")).date_published == "2026-09-11"


def test_a_row_of_a_list_may_show_day_and_weekday() -> None:
    assert dated(("list", "2026.01.23 (금)")).date_published == "2026-01-23"


def test_a_structured_date_of_the_visit_yields_to_any_other_day() -> None:
    visit = ("structured", "2026-11-24T15:00:19+09:00")
    assert dated(visit, ("list", "2026-09-11")).date_source == "list"
    assert dated(visit).date_published is None
    assert dated(visit).date_published_raw == visit[1]
    assert dated(visit, ("list", "11-24")).date_precision == "day"
    today = ("structured", "2026-11-24")
    assert dated(today, ("list", "2026-09-11")).date_source == "list"
    assert dated(today, ("image", "20261123101112_a.jpg")).date_source == "structured"


def test_a_structured_date_counts_where_it_agrees_or_stands_alone() -> None:
    drafted = ("structured", "2026-11-10T18:00:00+09:00")
    assert published(dated(drafted))[0] == "2026-11-10T18:00:00+09:00"
    assert dated(drafted, ("image", "20261109101112_a.jpg")).date_source == "structured"
    assert published(dated(drafted, ("list", "2026-11-11")))[0] == "2026-11-11"
    assert published(dated(drafted, ("feed", "Wed, 11 Nov 2026 09:00 +0900")))[2] == "feed"
    assert published(dated(drafted, ("list", "2026-11-10")))[0] == "2026-11-10T18:00:00+09:00"
    in_utc = ("structured", "2026-11-10T03:14:07+09:00")  # 12:14 in Korea, says the feed
    feed = ("feed", "Tue, 10 Nov 2026 12:14:07 +0900")
    assert published(dated(in_utc, feed, ("list", "11-10")))[0] == "2026-11-10T12:14:07+09:00"
    assert published(dated(in_utc, ("label", "2026.11.10 12:14")))[0] == "2026-11-10T12:14+09:00"


def test_an_image_name_is_an_estimate_of_the_day() -> None:
    name = "20210319101112_abcdefgh.jpg"
    assert published(dated(("image", name))) == ("2021-03-19", name, "image", "estimated")
    assert dated(("image", name), ("feed", "2021-03-19")).date_precision == "day"


def test_a_modification_is_no_publication() -> None:
    article = dated(("label", "수정 2026-11-11 13:23"), ("list", "2026-11-10"))
    assert (article.date_published, article.date_modified) == (
        "2026-11-10",
        "2026-11-11T13:23+09:00",
    )


def test_modified_comes_from_its_own_text_or_from_the_label() -> None:
    both = ("label", "등록 2025-05-25 23:40:13 / 수정 2025-05-26 23:40:13")
    assert dated(both).date_modified == "2025-05-26T23:40:13+09:00"
    own = dated(("label", "입력 2025-05-25"), modified="2025-05-27T01:00:00Z")
    assert own.date_modified == "2025-05-27T10:00:00+09:00"
    assert dated(modified="수정 2025-05-27").date_modified == "2025-05-27"
    assert dated(modified="입력 2025-05-27").date_modified is None
    assert dated(modified="2026.11.24 (화)").date_modified is None


def test_modified_on_a_day_before_publication_is_none() -> None:
    label = ("label", "입력 2025-05-25 23:40")
    assert dated(label, modified="2025-05-24").date_modified is None
    assert dated(label, modified="2025-05-25 23:39:59").date_modified == "2025-05-25T23:39:59+09:00"
    assert dated(label, modified="2025-05-25").date_modified == "2025-05-25"


def test_another_time_of_the_same_day_is_no_finer_date() -> None:
    article = dated(("label", "입력 2024.09.11 09:14"), ("structured", "2024-09-11T17:40:05+09:00"))
    assert article.date_published == "2024-09-11T09:14+09:00"


def test_a_row_that_shows_only_a_time_is_read_as_of_its_list() -> None:
    article = dated()
    article.date_candidates = [DateCandidate("23:50", "list", "2024-09-11T14:55:00Z")]
    article.fetched_at = "2024-09-11T15:02:00Z"  # past midnight in Seoul
    Dates().process_item(article)
    assert article.date_published == "2024-09-11T23:50+09:00"


def test_whole_head_line_gives_both_moments() -> None:
    line = "입력 2025.06.03 09:00 | 수정 2025.06.03 09:30 정치부 김가상 기자 (gasang@example.kr)"
    article = dated(("label", line))
    assert published(article)[::3] == ("2025-06-03T09:00+09:00", "minute")
    assert article.date_modified == "2025-06-03T09:30+09:00"


def test_hours_ago_are_a_day_or_nothing() -> None:
    assert published(dated(("label", "3시간 전")))[::3] == ("2026-11-24", "day")
    assert published(dated(("list", "3시간 전")))[::3] == ("2026-11-24", "day")
    article = dated()
    article.date_candidates = [DateCandidate("1시간 전", "label")]
    article.fetched_at = "2026-11-23T15:40:00Z"  # forty minutes past midnight in Seoul
    Dates().process_item(article)
    assert published(article) == (None, "1시간 전", None, None)


def test_unknown_time_of_the_fetch_refuses_all_that_is_counted_from_it() -> None:
    for text in ("54분전", "어제 14:05", "09-11 10:09", "입력 11.20 09:00"):
        article = dated()
        article.is_fetch_time_known = False
        article.date_candidates = [DateCandidate(text, "label"), DateCandidate(text, "list")]
        Dates().process_item(article)
        assert published(article) == (None, text, None, None)
    article.date_candidates = [DateCandidate("입력 2024.09.11 09:14", "label")]
    Dates().process_item(article)
    assert article.date_published == "2024-09-11T09:14+09:00"
    article.date_published = None
    article.date_candidates = [DateCandidate("입력 2027.09.11 09:14", "label")]
    Dates().process_item(article)
    assert article.date_published is None


def test_clock_a_few_minutes_ahead_leaves_the_day() -> None:
    article = dated(("label", "입력 2026.11.24 15:04"), modified="2026-11-24 15:05")
    assert published(article)[::3] == ("2026-11-24", "day")
    assert article.date_modified == "2026-11-24"
    assert dated(("label", "입력 2026.11.24 15:40")).date_published is None


def test_clock_alone_is_nothing_on_a_page_and_the_newest_in_a_row() -> None:
    assert dated(("label", "입력 14:05")).date_published is None
    assert dated(("list", "14:05")).date_published == "2026-11-24T14:05+09:00"
    assert dated(("list", "23:50")).date_published == "2026-11-23T23:50+09:00"


def test_row_that_may_be_a_year_old_is_nothing() -> None:
    article = dated()
    article.date_candidates = [DateCandidate("01-01", "list", "2026-12-31T00:00:00Z")]
    article.fetched_at = "2026-12-31T00:00:00Z"
    Dates().process_item(article)
    assert published(article) == (None, "01-01", None, None)
