"""Donations 捐赠: received, recorded and read. This is the door; outsiders import only it."""

from .readers import Received, get, latest
from .verbs import Gift, check_day, in_kind_row, receive, record

__all__ = [
    "Gift",
    "Received",
    "check_day",
    "get",
    "in_kind_row",
    "latest",
    "receive",
    "record",
]
