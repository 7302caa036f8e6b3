"""The rosters of work units that a line may be the transfer of, before anything of it is booked.

Without this an officer who sees a unit's money in the queue has to search for its roster. The reference in the memo
says most, then the unit's name as that of the account, then the sum alone; only what says most is shown.
"""

from collections.abc import Sequence
from typing import Any, Final

from charity import addresses, words
from charity.bank import candidates, movements
from charity.bank.candidates import REASON_WORDS
from charity.bank.statements import LineView
from charity.giving import unit_rosters
from charity.giving.settling import Awaited
from charity.money import yuan_sign
from charity.people import names
from charity.roles import Actor

SHOWN: Final = 3
"""Rosters that are named of a line."""
REFERENCE, NAME, SUM = REASON_WORDS[candidates.UNIT], "户名是这个单位", REASON_WORDS[candidates.SUM]


def of_line(line: LineView, waiting: Sequence[Awaited]) -> list[tuple[Awaited, str]]:
    """Which of the rosters that wait a line may be, with the strongest reason; none for what went out."""
    fen = line.row["in_fen"]
    if not fen:
        return []
    written, name = set(movements.runs(line.memo)), names.folded(line.name) if line.name else ""
    reasons = (
        (REFERENCE, [one for one in waiting if one.reference in written]),
        (NAME, [one for one in waiting if name and names.folded(one.unit) == name]),
        (SUM, [one for one in waiting if one.ready and fen in {one.total_fen, one.remitted_fen}]),
    )
    return next(([(one, reason) for one in fit] for reason, fit in reasons if fit), [])


def to_settle(line: LineView, waiting: Sequence[Awaited]) -> str:
    """The key of the roster that a line settles: its reference is written, or its unit sent just this; else ""."""
    return next(
        (
            one.key
            for one, reason in of_line(line, waiting)
            if one.ready and (reason == REFERENCE or (reason == NAME and _over(line, one) == 0))
        ),
        "",
    )


def shown(line: LineView, waiting: Sequence[Awaited], asked: str, *, by: Actor) -> list[dict[str, Any]]:
    """The same to be read, each with the page that goes on: the form that books it, else the roster's own.

    `asked`: what the form is filled with.
    """
    listed = []
    for one, reason in of_line(line, waiting)[:SHOWN]:
        page = addresses.of("unit_roster", one.key)
        books = one.ready and by.may("gift.receive")
        listed.append(
            {
                "unit": one.unit,
                "state": words.translate(unit_rosters.STATUS_WORDS[one.status]),
                "fen": one.total_fen,
                "reasons": "；".join(part for part in (words.translate(reason), _difference(line, one)) if part),
                "page": page,
                "settle": f"{page}/settle?{asked}" if books else "",
            }
        )
    return listed


def _over(line: LineView, one: Awaited) -> int:
    return line.row["in_fen"] - one.total_fen


def _difference(line: LineView, one: Awaited) -> str:
    over = _over(line, one)
    if not over or not one.ready:
        return ""
    amount = yuan_sign(abs(over))
    return words.say("比应汇多 {amount}", amount=amount) if over > 0 else words.say("比应汇少 {amount}", amount=amount)
