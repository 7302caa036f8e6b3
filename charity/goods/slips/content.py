"""What is confirmed when a slip is taken back."""

from collections.abc import Iterable

from charity.goods.slips.readers import Slip
from charity.ledger.content import Content


def content(
    *, number: str, kind: str, store: str, effective_on: str, reversed_by: str | None, lines: Iterable[tuple[int, int]]
) -> Content:
    """The content of a slip; `lines` are pieces (+ or −) and cost a piece of each."""
    counted = [(abs(quantity), cost) for quantity, cost in lines]
    facts = {
        "number": number,
        "kind": kind,
        "store": store,
        "effective_on": effective_on,
        "reversed_by": reversed_by,
        "pieces": sum(pieces for pieces, _ in counted),
        "amount_fen": sum(pieces * cost for pieces, cost in counted),
    }
    return Content(facts=facts)


def of(slip: Slip) -> Content:
    """The content of a slip that was read."""
    return content(
        number=slip.number,
        kind=slip.kind,
        store=slip.store,
        effective_on=slip.effective_on,
        reversed_by=slip.reversed_by,
        lines=[(line.quantity, line.cost_fen) for line in slip.lines],
    )
