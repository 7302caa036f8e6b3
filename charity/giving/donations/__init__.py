"""Donations 捐赠: received, recorded and read. This is the door; outsiders import only it."""

from . import read_back, references
from .readers import Banked, Received, amounts, banked, channel_refs, get, latest
from .verbs import (
    PARTS_MAX,
    Gift,
    Part,
    book,
    campaign_of,
    check_day,
    given_fen,
    in_kind_row,
    receive,
    receive_together,
    record,
)

__all__ = [
    "PARTS_MAX",
    "Banked",
    "Gift",
    "Part",
    "Received",
    "amounts",
    "banked",
    "book",
    "campaign_of",
    "channel_refs",
    "check_day",
    "get",
    "given_fen",
    "in_kind_row",
    "latest",
    "read_back",
    "receive",
    "receive_together",
    "record",
    "references",
]
