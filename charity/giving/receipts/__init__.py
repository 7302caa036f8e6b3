"""Donation receipts 捐赠收据: issued, ended, delivered and read. This is the door; outsiders import only it."""

from .content import content_of, content_of_row
from .documents import masked_pdf, whole_pdf
from .printed import GoodsLine, goods_lines
from .readers import REFUND_STATUS_WORDS, Filters, get, gifts, known, number_of, page, refunds_of
from .verbs import (
    DELIVERY_WORDS,
    PREFIX,
    SERIES,
    STATUS_WORDS,
    deliver,
    end,
    issue,
    issue_anew,
    lines,
    reissue,
    replace,
    void,
)

__all__ = [
    "DELIVERY_WORDS",
    "PREFIX",
    "REFUND_STATUS_WORDS",
    "SERIES",
    "STATUS_WORDS",
    "Filters",
    "GoodsLine",
    "content_of",
    "content_of_row",
    "deliver",
    "end",
    "get",
    "gifts",
    "goods_lines",
    "issue",
    "issue_anew",
    "known",
    "lines",
    "masked_pdf",
    "number_of",
    "page",
    "refunds_of",
    "reissue",
    "replace",
    "void",
    "whole_pdf",
]
