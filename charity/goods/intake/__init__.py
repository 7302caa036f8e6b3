"""Intake 入库: goods come in as gifts or for a paid voucher, as lots. This is the door; outsiders import only it."""

from .lines import IntakeLine, far_day, far_value
from .lots import SERIES, Evidence, NewLot, made, postings, shelve
from .verbs import take_in

__all__ = [
    "SERIES",
    "Evidence",
    "IntakeLine",
    "NewLot",
    "far_day",
    "far_value",
    "made",
    "postings",
    "shelve",
    "take_in",
]
