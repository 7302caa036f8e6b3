"""Lists: what the links to their next and first page keep."""

import pytest
from starlette.requests import Request

from charity.web import pages


@pytest.mark.parametrize(
    ("address", "after", "following", "first"),
    [
        ("/receipts?status=void&number=12", "SJ-1", "/receipts?status=void&number=12&after=SJ-1", ""),
        ("/receipts?status=void&after=SJ-9", "SJ-1", "/receipts?status=void&after=SJ-1", "/receipts?status=void"),
        ("/receipts?after=SJ-9", None, "", "/receipts"),
        ("/receipts?number=&after=", 0, "", ""),
        ("/stores/LX01/stock?q=%E5%A4%A7%E7%B1%B3%26", "a|b&c", "/stores/LX01/stock?q=%E5%A4%A7%E7%B1%B3%26&after=a%7Cb%26c", ""),
    ],
)  # fmt: skip
def test_a_pager_keeps_the_filters(address: str, after: str | int | None, following: str, first: str) -> None:
    path, _, query = address.partition("?")
    scope = {"type": "http", "path": path, "query_string": query.encode(), "headers": [(b"host", b"elsewhere")],
             "method": "GET", "scheme": "http", "server": ("elsewhere", 80)}  # fmt: skip
    assert pages.pager(Request(scope), after) == {"next_href": following, "first_href": first}
