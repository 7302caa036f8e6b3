"""Donation receipts 捐赠收据: issued, ended, delivered and read. This is the door; outsiders import only it."""

from .printed import GoodsLine, goods_lines
from .verbs import (
    DELIVERY_WORDS,
    REFUND_STATUS_WORDS,
    SERIES,
    STATUS_WORDS,
    Filters,
    deliver,
    end,
    get,
    gifts,
    issue,
    lines,
    number_text,
    page,
    refunds_of,
    reissue,
    replace,
    void,
)

__all__ = [
    "DELIVERY_WORDS",
    "REFUND_STATUS_WORDS",
    "SERIES",
    "STATUS_WORDS",
    "Filters",
    "GoodsLine",
    "deliver",
    "end",
    "get",
    "gifts",
    "goods_lines",
    "issue",
    "lines",
    "number_text",
    "page",
    "refunds_of",
    "reissue",
    "replace",
    "void",
]
