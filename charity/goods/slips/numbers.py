"""The numbers of slips, without a gap per store, kind and year, and the row that carries one."""

from charity.db import sealed
from charity.goods.models import DocumentRow
from charity.ledger import numbers
from charity.ledger.state import Entry, State
from charity.roles import Actor


def series(prefix: str, store: str, year: int) -> tuple[str, int]:
    """The series that numbers a store's slips of one kind."""
    return f"{prefix}-{store}", year


def next_number(state: State, prefix: str, store: str, year: int) -> str:
    """The next number; the command wants its `series`."""
    name, year = series(prefix, store, year)
    return numbers.written(name, year, state.number(name, year))


def row(
    number: str,
    kind: str,
    store: str,
    entry: Entry,
    by: Actor,
    *,
    reverses: str | None = None,
    reason: str = "",
) -> DocumentRow:
    """The row of a slip; the writer's command adds it."""
    return DocumentRow(
        number=number,
        kind=kind,
        store=store,
        effective_on=entry.effective_on,
        seq=entry.seq,
        at=entry.recorded_at,
        actor=by.key,
        reverses=reverses,
        reversed_by=None,
        reason=sealed.seal("goods_document", "reason", number, reason),
    )
