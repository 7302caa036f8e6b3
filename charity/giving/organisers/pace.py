"""How fast an organiser may print: he is a stranger with an account, and staff wait for the same renderer."""

from typing import Final

from charity.roles import Actor
from charity.web import limits

PRINTS: Final = limits.Pace("unit_print", 6, 60)
"""Papers of one organiser; those of a roster may have hundreds of names."""


def must_wait(by: Actor) -> None:
    """Count what an organiser prints; raises 429 when it was too much. Whoever works for us is not slowed down."""
    if not by.may("desk.read"):
        limits.hit(PRINTS, by.key)
