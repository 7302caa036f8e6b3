"""Donation boxes 募捐箱: where one stands and who keeps it, and each opening, counted by two (D15, docs/field.md 8).

Always true: who counted and who confirmed are two people, each under a login of his own; what both confirmed books one
gift by the channel `box`, once. This is the door; outsiders import only it.
"""

from .content import content
from .models import BoxOpening, DonationBox, OpeningStatus
from .readers import boxes, get, opening, openings, unconfirmed
from .sheets import DENOMINATIONS, SHEETS_MAX, counted_fen, denomination
from .verbs import Opened, confirm, count, drop, make, paid_in

__all__ = [
    "DENOMINATIONS",
    "SHEETS_MAX",
    "BoxOpening",
    "DonationBox",
    "Opened",
    "OpeningStatus",
    "boxes",
    "confirm",
    "content",
    "count",
    "counted_fen",
    "denomination",
    "drop",
    "get",
    "make",
    "opening",
    "openings",
    "paid_in",
    "unconfirmed",
]
