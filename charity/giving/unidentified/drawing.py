"""Money that is held becomes a gift: what is left of it is used up, in the entry of the gift, and given back with it.

A gift from it names its numbers (ZS-…) where another names the bank's: it is of the day on which the money came, and
booked on the day on which it is recognised. Dr 2209 / Cr the place with the general fund, Dr the place / Cr income with
the fund of the gift: at the place nothing moves (docs/field.md 4.6 entry 15).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from charity.db import reading
from charity.giving import rules
from charity.giving.unidentified.models import RETURN, UNIDENTIFIED, USE, UnidentifiedUseRow
from charity.giving.unidentified.postings import ACCOUNT, PREFIX, stored
from charity.ledger import accounts as acc
from charity.ledger.accounts import Posting
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.money import yuan

SOURCES_MAX: Final = 4
"""Sums that one gift or roster is taken from."""
FACT: Final = "unidentified"
_NUMBERS: Final = re.compile(rf"\s*{PREFIX}-\d{{4}}-\d{{6,9}}(?:[\s,、]+{PREFIX}-\d{{4}}-\d{{6,9}})*\s*")
_PARTED: Final = re.compile(r"[\s,、]+")


@dataclass(frozen=True, slots=True)
class Source:
    """What a gift is taken from: its number, and where its money lies, as 1002/ICBC-01."""

    number: str
    place: str

    @property
    def account(self) -> str:
        """Where it lies with the general fund."""
        return f"{self.place}/{acc.GENERAL_FUND}"


Sources = tuple[Source, ...]


def named(reference: str) -> list[str]:
    """The numbers of held money that stand where a bank's number would; none where it is a bank's."""
    return list(dict.fromkeys(_PARTED.split(reference.strip()))) if _NUMBERS.fullmatch(reference) else []


async def sources(channel: str, reference: str, received_on: str) -> Sources:
    """What is named where a bank's number stands; none where it is a bank's.

    Refuses a number that is none of ours or came by another channel, and another day than that of the money.
    """
    numbers = named(reference)
    if not numbers:
        return ()
    if len(numbers) > SOURCES_MAX:
        raise rules.UNIDENTIFIED_SOURCES(most=SOURCES_MAX)
    rows = {
        row["number"]: row
        for row in await reading.rows(
            f"SELECT number, place, on_day FROM unidentified WHERE channel = $1 "  # noqa: S608 - places
            f"AND number IN ({reading.places(len(numbers), 2)})",
            channel,
            *numbers,
        )
    }
    if len(rows) != len(numbers):
        raise rules.UNIDENTIFIED_REF(channel_ref=reference)
    day = max(row["on_day"] for row in rows.values())
    if received_on != day:
        raise rules.UNIDENTIFIED_DAY(day=day)
    return tuple(Source(number, rows[number]["place"]) for number in numbers)


def wants(drawn: Sequence[Source]) -> list[tuple[Any, str]]:
    """The rows that a command names which draws from them."""
    return [(UNIDENTIFIED, one.number) for one in drawn]


async def load(loader: Loader, drawn: Sequence[Source], *, on: str) -> None:
    """Where their money lies; to be awaited in the `load` of a command that draws from them.

    Refuses what is asked to go back: the bank may have paid it already.
    """
    for one in drawn:
        await must_not_go_back(loader, one.number)
    if drawn:
        await loader.money_places(sorted({one.account for one in drawn}), on=on)


async def must_not_go_back(loader: Loader, number: str) -> None:
    """Refuse while it is asked that some of it goes back, until that is paid or withdrawn."""
    waiting = [row["number"] for row in loader.added(RETURN, unidentified=number) if row["status"] == "asked"]
    sql = "SELECT number FROM unidentified_return WHERE unidentified = $1 AND status = 'asked'"
    waiting += [row["number"] for row in await loader.rows(sql, number)]
    if waiting:
        raise rules.UNIDENTIFIED_RETURN_ASKED(number=waiting[0])


def must_be_enough(state: State, drawn: Sequence[Source], fen: int) -> None:
    """Refuse to take more of them than all have left; of several gifts before the first one is booked."""
    left = sum(stored(state, one.number)["left_fen"] for one in drawn)
    if left < fen:
        raise rules.UNIDENTIFIED_SHORT(
            numbers="、".join(one.number for one in drawn), left_yuan=yuan(left), needed_yuan=yuan(fen)
        )


def draw(state: State, drawn: Sequence[Source], fund: str, fen: int) -> tuple[list[Posting], dict[str, int]]:
    """Take so much of them for a fund, the first one first: the lines of the entry, and how much of each."""
    must_be_enough(state, drawn, fen)
    lines: list[Posting] = []
    used: dict[str, int] = {}
    wanted = fen
    for one in drawn:
        row = stored(state, one.number)
        taken = min(wanted, row["left_fen"])
        if not taken:
            continue
        state.change(UNIDENTIFIED, one.number, left_fen=row["left_fen"] - taken)
        used[one.number], wanted = taken, wanted - taken
        lines.append((ACCOUNT, acc.CNY, taken))
        if fund != acc.GENERAL_FUND:
            lines += [(one.account, acc.CNY, -taken), (f"{one.place}/{fund}", acc.CNY, taken)]
    assert not wanted, "there is enough"
    return lines, used


def note(state: State, used: dict[str, int], seq: int) -> None:
    """Keep what an entry took of each; below 0 what came back to it."""
    for number, fen in used.items():
        state.add(USE, UnidentifiedUseRow(number=number, seq=seq, fen=fen))


async def load_back(loader: Loader, seq: int) -> dict[str, int]:
    """What a gift's entry took of each, for `give_back`; to be awaited in `load`."""
    rows = await loader.rows("SELECT number, fen FROM unidentified_use WHERE seq = $1", seq)
    await loader.stored(UNIDENTIFIED, [row["number"] for row in rows])
    return {row["number"]: row["fen"] for row in rows}


def give_back(state: State, used: dict[str, int], seq: int) -> None:
    """A gift was corrected by entry `seq`: what it had taken is left again."""
    for number, fen in used.items():
        state.change(UNIDENTIFIED, number, left_fen=stored(state, number)["left_fen"] + fen)
    note(state, {number: -fen for number, fen in used.items()}, seq)


async def drawn_by(seq: int) -> str:
    """The numbers that a gift's entry took from, as they are typed; "" for a gift of the usual way."""
    rows = await reading.rows("SELECT number FROM unidentified_use WHERE seq = $1 ORDER BY number", seq)
    return " ".join(row["number"] for row in rows)
