"""URLs: the canonical URL and the article id of a page, from its URL alone.

``identify`` is the only function that decides both. A host whose CMS is known (an outlet, or a host
named in ``cms_urls.toml``) is read in all URL forms of that CMS; on any other host the shape of the
URL tells the CMS; if no shape fits, only parameters that never distinguish pages are dropped. Two
articles under one URL would be one article lost, so two URLs stay two pages unless it is certain
that they are one.
"""

from crawler.urls.canonical import Identity, UrlComparison, compare, identify
from crawler.urls.normalize import Address, host_of, read
from crawler.urls.registry import CMS_URLS
from crawler.urls.site import AddressForm, CmsUrls, Site

__all__ = [
    "CMS_URLS",
    "Address",
    "AddressForm",
    "CmsUrls",
    "Identity",
    "Site",
    "UrlComparison",
    "compare",
    "host_of",
    "identify",
    "read",
]
