"""Closed days 日结 of a place of money: nothing comes onto them any more, whoever books it.

The writer refuses an entry there (`State.post`); whatever else would change what a closed day showed, as a line of a
bank or a match, asks here within its own transaction. A day is closed and opened again by a command, so that no entry
comes between (charity/bank/closing).
"""

from typing import Any

from charity.db import reading
from charity.db.tables import Table
from charity.db.transactions import Tx
from charity.ledger import rules
from charity.ledger.models import MONEY_PLACE
from charity.ledger.places import Place
from charity.ledger.state import State


def wanted(place: str) -> tuple[Table[Any], str]:
    """What a command names that reads or moves the last closed day of a place."""
    return MONEY_PLACE, place


def through(state: State, place: str) -> str:
    """The last closed day of a place that the command named; "" while none is."""
    row = state.row(MONEY_PLACE, place)
    return row["closed_through"] if row is not None else ""


def move(state: State, place: str, day: str) -> None:
    """Let a place be closed to the end of this day; "" opens all of its days again."""
    state.change(MONEY_PLACE, place, closed_through=day)


async def every() -> dict[str, str]:
    """The last closed day of each place by its code; "" while none is."""
    rows = await reading.rows("SELECT code, closed_through FROM money_place")
    return {row["code"]: row["closed_through"] for row in rows}


async def held(tx: Tx, place: str) -> str:
    """The last closed day of a place, held: no day closes or opens before this transaction ends."""
    return str((await _row(tx, place))["closed_through"])


async def must_be_open(tx: Tx, place: str, day: str) -> None:
    """Refuse a change that would reach back to a closed day; held to the end of the transaction."""
    row = await _row(tx, place)
    if day <= row["closed_through"]:
        through_day = row.pop("closed_through")
        raise rules.DAY_CLOSED(place=Place(**row), through=through_day, day=day)


async def _row(tx: Tx, place: str) -> dict[str, Any]:
    lock = " FOR SHARE" if tx.postgres else ""
    row = await tx.row(
        f"SELECT code, chart, place, name, name_en, closed_through FROM money_place WHERE code = $1{lock}",  # noqa: S608
        place,
    )
    assert row is not None, place
    return dict(row)
