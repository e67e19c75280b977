"""Settings: nothing repeats Scrapy's defaults, and feeds carry every field."""

import dataclasses

from crawler import settings
from crawler.article import Article


def test_feeds_carry_every_field_but_the_raw_material() -> None:
    fields = {field.name for field in dataclasses.fields(Article)}
    raw = {
        "outlet_name",
        "blocks",
        "date_candidates",
        "modified_raw",
        "keywords_raw",
        "author_candidates",
        "error_page",
        "is_revisit",
        "is_fetch_time_known",
        "warc_location",
    }
    assert set(settings.FEED_EXPORT_FIELDS) == fields - raw


def test_no_setting_repeats_scrapys_default() -> None:
    from scrapy.settings import default_settings

    ours = {name: value for name, value in vars(settings).items() if name.isupper()}
    same = [
        name for name, value in ours.items() if getattr(default_settings, name, object()) == value
    ]
    assert not same, f"{same} equal Scrapy's defaults: leave them out"
