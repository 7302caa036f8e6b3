"""Invitations 邀请 to campaigns that ask only some (定向募捐): made, opened, withdrawn. Outsiders import only this."""

from .readers import Opened, every, opened
from .verbs import NOTE_MAX, Made, make, must_admit, must_be_invited, wants, withdraw

__all__ = [
    "NOTE_MAX",
    "Made",
    "Opened",
    "every",
    "make",
    "must_admit",
    "must_be_invited",
    "opened",
    "wants",
    "withdraw",
]
