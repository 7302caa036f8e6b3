"""Kept sums: what registers and pages add up to, so that no page reads the rows that it does not show.

Always true: a sum is written in the batch that posts what it counts, and is what the journal and the rooms' rows add
up to; `charity verify` adds them up again (I12). Money is fen.
"""

from collections.abc import Sequence

from charity.db.tables import Sums
from charity.ledger import accounts as acc
from charity.ledger.accounts import Posting
from charity.ledger.state import State

DAYS = Sums(
    "day_sum",
    ("register", "day", "fund", "campaign", "programme", "store", "kind"),
    ("lines", "amount_fen", "recipients", "recipients_of_fund", "gifts", "payments"),
)
"""Lines of a register by the day on which the books took them; "" where a line has no campaign, programme or store.

`recipients` counts 人次 once an entry, `recipients_of_fund` once an entry and fund: the number on a payment, listed or
bare, and one each time goods are handed out; money passed on for others has none. `lines` counts what the register
lists: a reversal is a line of its own. What stands is counted apart: `gifts` less those that were reversed, `payments`
of money, and rosters of what a branch was paid, less those that were reversed; goods handed out are no payment.
"""
MONTHS = Sums("month_sum", (DAYS.keys[0], "month", *DAYS.keys[2:]), DAYS.amounts)
"""The same by month, as `2026-11`: a register of a year adds up months."""
DONORS = Sums("donor_sum", ("fund",), ("donors",))
"""Donors of each fund for all time, and under OWN those of all funds but agency ones (people/parties.py)."""
OWN = "*"
INCOME, OUTLAY = "donations", "disbursements"
CASH, IN_KIND = "cash", "in_kind"
_SPENT = (acc.COST, acc.AGENCY_DEBT)


def income(
    state: State, *, day: str, fund: str, campaign: str | None, store: str | None, kind: str, fen: int, gifts: int
) -> None:
    """One line of what came in: a gift (`gifts` 1); with `fen` below 0 a refund (0) or the reversal of a gift (-1)."""
    _add(state, (INCOME, day, fund, campaign or "", "", store or "", kind), 1, fen, 0, 0, gifts, 0)


def outlay(
    state: State,
    *,
    day: str,
    postings: Sequence[Posting],
    programme: str,
    store: str = "",
    recipients: int,
    payments: int,
    unvalued_of: str = "",
) -> None:
    """The lines of what went out: a line a posting of cost, or one without value, of the fund `unvalued_of`.

    With a `store` it was goods, and no payment. A reversal gives the negated postings, `recipients` below 0 and
    `payments` -1 instead of 1.
    """
    kind = IN_KIND if store else CASH
    charted = [(acc.split(account), fen) for account, _, fen in postings]
    valued = [(chart, fund, fen) for (chart, _, fund), fen in charted if chart in _SPENT]
    counted: set[str] = set()
    for n, (chart, fund, fen) in enumerate(valued or ([(acc.COST, unvalued_of, 0)] if unvalued_of else [])):
        people = recipients if chart == acc.COST else 0
        key = (OUTLAY, day, fund, "", programme, store, kind)
        once = 0 if n else payments
        _add(state, key, 1, fen, 0 if counted else people, 0 if fund in counted else people, 0, once)
        if people:
            counted.add(fund)


def _add(state: State, key: tuple[str, ...], *amounts: int) -> None:
    """To the sum of the day and to that of its month."""
    register, day, *rest = key
    state.tally(DAYS, key, *amounts)
    state.tally(MONTHS, (register, day[:7], *rest), *amounts)
