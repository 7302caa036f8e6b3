"""The sheet of command codes that hangs beside a till: one A4 page, one QR code a command, far from one another.

Whoever serves with a scanner alone ends a basket, takes a piece back or begins anew by scanning it. Level Q, as on
labels: paper beside a till gets dirty.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from charity.printing import labels, pages


@dataclass(frozen=True, slots=True)
class PrintedCommand:
    """One command: its code, its word, and what it does."""

    code: str
    word: str
    does: str


def commands_html(commands: Sequence[PrintedCommand], *, demo: bool = False, lang: str = "zh") -> str:
    """The HTML of the sheet."""
    return pages.render(
        "commands.html", lang=lang, commands=commands, grouped=labels.grouped, demo=demo, watermark=False
    )
