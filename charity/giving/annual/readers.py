"""The gifts of whoever a receipt is made out to, of one calendar year: that of the day on which they arrived, in China.

A giver is the party of his rows (charity/people/parties.py: one identity, or one phone), of those that bear the name
on this receipt: two who share a phone are not shown each other's gifts. Of a nameless giver it is the gifts of his
receipt. The staff on a unit's receipt are givers of their own. A gift that was refunded or corrected, and a receipt
that was voided, stand in the list as such; only what stands is added up.
"""

from dataclasses import dataclass
from typing import Final

from charity import clock
from charity.giving import campaigns, receipts, rules
from charity.giving.models import Donation, Receipt
from charity.ledger import funds
from charity.people import parties, persons
from charity.people.masking import Reader
from charity.roles import SYSTEM

GIFTS_MAX: Final = 500
YEARS_BACK: Final = 10


@dataclass(frozen=True, slots=True)
class Gift:
    """A line. `amount_fen` is None for goods without evidence of value; `stands_fen` is what of it counts.

    `state` is ok, refunded, partly or corrected; `receipt` the last receipt that it was on, "" for none, and
    `receipt_status` what that is worth.
    """

    key: str
    received_on: str
    kind: str
    project: str
    amount_fen: int | None
    refunded_fen: int
    stands_fen: int
    state: str
    receipt: str
    receipt_status: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A year of a giver. `kind` is person, organisation or anonymous; names come as their reader may see them."""

    year: int
    giver: str
    kind: str
    name: str
    id_shown: str
    gifts: list[Gift]

    @property
    def money_fen(self) -> int:
        """Money that stands."""
        return sum(gift.stands_fen for gift in self.gifts if gift.kind == "cash")

    @property
    def goods_fen(self) -> int:
        """The evidenced value of goods that stand."""
        return sum(gift.stands_fen for gift in self.gifts if gift.kind != "cash")


def years() -> list[int]:
    """The years that may be asked for, this one first."""
    this = clock.today().year
    return [this - back for back in range(YEARS_BACK + 1)]


async def statement(code: str, year: int, *, to: Reader) -> Statement:
    """The year of whoever the receipt of this code is made out to; the caller has asked who may see it.

    Raises receipt.unknown, annual.year and annual.many.
    """
    if year not in years():
        raise rules.ANNUAL_YEAR(first=years()[-1], last=years()[0])
    receipt = await receipts.get(code)
    person = (await persons.names([receipt.donor_id])).get(receipt.donor_id)
    rows = await _gifts_of(receipt, person.name if person else "", year)
    names = await campaigns.names([row.campaign_id for row in rows])
    money = await funds.names([row.fund for row in rows])
    numbers = await receipts.numbers_of([row.key for row in rows])
    kept = await Receipt.visible_to(SYSTEM).filter(number__in=set(numbers.values())) if numbers else []
    statuses = {one.number: str(one.status) for one in kept}
    gifts = [
        _line(
            row, names.get(row.campaign_id or "", "") or money.get(row.fund, row.fund), number, statuses.get(number, "")
        )
        for row in rows
        for number in [numbers.get(row.key, "")]
    ]
    return Statement(
        year=year,
        giver=receipt.donor_id,
        kind=person.kind if person else "anonymous",
        name=persons.shown(person, to=to),
        id_shown=await persons.shown_id(receipt.donor_id, to=to),
        gifts=gifts,
    )


async def _gifts_of(receipt: Receipt, name: str, year: int) -> list[Donation]:
    """The gifts of this giver, in the order in which they arrived."""
    own = await parties.rows_of(receipt.donor_id)
    named = await persons.names(own)
    keys = [key for key in own if key == receipt.donor_id or (name and key in named and named[key].name == name)]
    begin, end = f"{year}-01-01", f"{year}-12-31"
    query = Donation.visible_to(SYSTEM).filter(donor_id__in=keys, received_on__gte=begin, received_on__lte=end)
    rows = await query.order_by("received_on", "seq", "key").limit(GIFTS_MAX + 1)
    if len(rows) > GIFTS_MAX:
        raise rules.ANNUAL_MANY(most=GIFTS_MAX)
    return list(rows)


def _line(row: Donation, project: str, number: str, receipt_status: str) -> Gift:
    given = row.amount_fen or 0
    if row.status == "reversed":
        state, stands = "corrected", 0
    elif row.refunded_fen and row.refunded_fen >= given:
        state, stands = "refunded", 0
    else:
        state, stands = "partly" if row.refunded_fen else "ok", given - row.refunded_fen
    return Gift(
        key=row.key,
        received_on=row.received_on,
        kind=str(row.kind),
        project=project,
        amount_fen=row.amount_fen,
        refunded_fen=row.refunded_fen,
        stands_fen=stands,
        state=state,
        receipt=number,
        receipt_status=receipt_status,
    )
