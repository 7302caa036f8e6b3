"""Consents that a giver takes back, himself or through the desk. This is the door; outsiders import only it.

Always true: what is taken back is published nowhere from then on, and a dated row says what, when and through whom.
"""

from .readers import of_pledge, of_receipt, taken_back_since
from .verbs import at_the_desk, by_pledge, by_receipt

__all__ = [
    "at_the_desk",
    "by_pledge",
    "by_receipt",
    "of_pledge",
    "of_receipt",
    "taken_back_since",
]
