"""Goods slips 入库单、出库单、冲销单: numbered, read, reversed. This is the door; outsiders import only it."""

from .numbers import next_number, row, series
from .readers import KIND_WORDS, NUMBER_MAX, Filter, Slip, SlipLine, checked, find, get, issued_today, of_numbers, page
from .verbs import reverse

__all__ = [
    "KIND_WORDS",
    "NUMBER_MAX",
    "Filter",
    "Slip",
    "SlipLine",
    "checked",
    "find",
    "get",
    "issued_today",
    "next_number",
    "of_numbers",
    "page",
    "reverse",
    "row",
    "series",
]
