"""How money that nobody can name is booked (docs/field.md 4.6 entry 15), inside a command of the writer.

Held: Dr the place of money / Cr 2209, both with the general fund, on the day that the bank says, or the first open one
where that day is closed. Undone while nothing of it was used: the exact negation, of the day on which it is undone.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from charity.db import sealed
from charity.db.tables import Table
from charity.giving import rules
from charity.giving.channels import CHANNELS
from charity.giving.unidentified.models import UNIDENTIFIED, UnidentifiedRow
from charity.ledger import accounts as acc
from charity.ledger import numbers, payment_numbers, reversals
from charity.ledger.loading import Loader
from charity.ledger.payment_numbers import Holder, PaymentKind
from charity.ledger.state import Entry, State
from charity.ledger.writer import Wants
from charity.money import yuan

PREFIX, SERIES = "ZS", "unidentified"
BANK = "bank"
"""The channel of every bank account."""
KIND, REVERSAL = "unidentified.held", "unidentified.reversal"
ACCOUNT = acc.money(acc.OTHER_PAYABLE, acc.GENERAL_FUND, "unidentified")
"""What is owed of all of it: refunds that are due stand in `2209/-/…`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A line as it is held: where and when its money came, fen, the bank's number, and what is known of it."""

    place: str
    on: str
    fen: int
    line: str
    match: str
    channel_ref: str
    note: str

    @property
    def account(self) -> str:
        """Where the money lies."""
        return f"{self.place}/{acc.GENERAL_FUND}"

    @property
    def channel(self) -> str:
        """Whose numbers the line carries."""
        chart, _, place = self.place.partition("/")
        if chart == acc.BANK:
            return BANK
        return next((way.code for way in CHANNELS.values() if (way.chart, way.place) == (chart, place)), "")


def wants_to_hold(one: Held, year: int) -> Wants:
    """What a command names that holds a line."""
    return Wants(series=[(SERIES, year)], rows=payment_numbers.wants(one.channel, one.channel_ref))


async def must_not_be_held(loader: Loader, line: str) -> None:
    """Refuse a line that is held; to be awaited in the `load` of a command that holds it."""
    rows: list[Any] = [row for row in loader.added(UNIDENTIFIED, line=line) if row["reversal_seq"] is None]
    rows += await loader.rows("SELECT number FROM unidentified WHERE line = $1 AND reversal_seq IS NULL", line)
    if rows:
        raise rules.UNIDENTIFIED_HELD(number=rows[0]["number"])


def hold(state: State, one: Held, *, today: date, actor: str) -> tuple[UnidentifiedRow, Entry]:
    """Book it and add its row. The bank's number belongs to it from now on; without one nobody has it."""
    number = numbers.written(PREFIX, today.year, state.number(SERIES, today.year))
    payment_numbers.take(state, one.channel, one.channel_ref, Holder(PaymentKind.UNIDENTIFIED, number))
    entry = state.post(
        KIND,
        [(one.account, acc.CNY, one.fen), (ACCOUNT, acc.CNY, -one.fen)],
        effective_on=state.open_day_at(one.place, one.on, today.isoformat()),
        actor=actor,
        facts={"unidentified": number, "match": one.match, "on": one.on},
    )
    row = UnidentifiedRow(
        number=number,
        year=today.year,
        place=one.place,
        on_day=one.on,
        fen=one.fen,
        left_fen=one.fen,
        line=one.line,
        match=one.match,
        channel=one.channel,
        channel_ref=one.channel_ref if payment_numbers.normal(one.channel_ref) else "",
        note=sealed.seal("unidentified", "note", number, one.note),
        held_by=actor,
        held_at=state.now,
        seq=entry.seq,
        reversed_by=None,
        reversed_at=None,
        reversal_seq=None,
        reason=None,
    )
    state.add(UNIDENTIFIED, row)
    return row, entry


def stored(state: State, number: str) -> UnidentifiedRow:
    """The row that a command named, or unidentified.unknown."""
    row = state.row(UNIDENTIFIED, number)
    if row is None:
        raise rules.UNIDENTIFIED_UNKNOWN()
    return row


def wants_to_free(row: UnidentifiedRow) -> list[tuple[Table[Any], str]]:
    """What a command names to give the bank's number of a line free."""
    return payment_numbers.wants_to_free(row["channel"], row["channel_ref"], row["number"])


def reverse(state: State, number: str, body: dict[str, Any], *, on: str, reason: str, actor: str) -> Entry:
    """Take it back whose entry `body` is, while nothing of it was used; who held it does not take it back."""
    row = stored(state, number)
    if row["reversal_seq"] is not None:
        raise rules.UNIDENTIFIED_REVERSED(number=number)
    if row["held_by"] == actor:  # who was the cashier then
        raise rules.UNIDENTIFIED_OWN(number=number)
    if row["left_fen"] != row["fen"]:
        raise rules.UNIDENTIFIED_USED(number=number, used_yuan=yuan(row["fen"] - row["left_fen"]))
    payment_numbers.free(state, row["channel"], row["channel_ref"], number)
    entry = reversals.reverse(
        state, body, kind=REVERSAL, effective_on=on, actor=actor, reason_code="unidentified.reversal"
    )
    state.change(
        UNIDENTIFIED,
        number,
        left_fen=0,
        reversed_by=actor,
        reversed_at=state.now,
        reversal_seq=entry.seq,
        reason=sealed.seal("unidentified", "reason", number, reason),
    )
    return entry
