"""The check of a receipt: a verdict, the facts as printed with the giver masked, the path of the money."""

from dataclasses import dataclass
from typing import Any

from charity import clock, words
from charity.disclosure import uses
from charity.disclosure.uses import PublicUse
from charity.giving import campaigns, on_receipts, receipts
from charity.giving.kinds import GiftKind
from charity.giving.models import Receipt
from charity.ledger import entries, figures, tracing
from charity.ledger import funds as ledger_funds
from charity.office import staff
from charity.people import masking, persons
from charity.people.masking import Reader, What

FIFO = "同一基金里的钱按收到的先后依次使用（先进先出），这是记账的约定，不表示某一元钱买了某一件物品。"
VERDICTS = {
    "issued": ("收据有效", "good", "这张收据由{organisation}开具，没有作废，也没有更换。"),
    "voided": ("收据已作废", "bad", "{day} 由 {who} 作废，不能再作为凭证。"),
    "replaced": ("收据已更换", "wait", "{day} 由 {who} 更换，请以新收据为准。"),
}
"""By status: label, tone, sentence."""
MONEY_STAYS = "钱没有退回，去向不变。"
"""What is said of a receipt that ended while the gift stands."""


@dataclass(frozen=True, slots=True)
class Path:
    """Where the money on a receipt is: the payments, and the sums in fen.

    `corrected_fen` was recorded by mistake and taken out of the books: it was never given, and is no refund.
    """

    uses: list[PublicUse]
    given_fen: int
    spent_fen: int
    refunded_fen: int
    unspent_fen: int
    corrected_fen: int
    agency: bool

    @property
    def advanced(self) -> bool:
        """Whether some of it is with a branch whose roster is still to come: that is not used yet."""
        return any(use.kind == "advanced" for use in self.uses)


@dataclass(frozen=True, slots=True)
class Checked:
    """A receipt as everybody may see it."""

    row: Receipt
    received_on: str
    donor: str
    handler: str
    campaign: str
    fund: str
    entry: str
    path: Path
    replaced_by: dict[str, str] | None
    replaces: dict[str, str] | None
    ended_on: str
    ended_by: str
    """The day on which it was voided or replaced, and by whom; "" while it is in force. Why stays in the office."""
    fingerprint: str
    """The hash of its entry, hex."""
    fiscal: bool
    """Whether a 公益事业捐赠票据 is still to be asked for: it was wanted, and this receipt is in force."""
    positions: list[tuple[str, int, int]]
    """(fund, first fen, the fen behind the last) of its gifts in the order of each fund's money."""


async def check(code: str) -> Checked:
    """A receipt by its code, or receipt.unknown (404)."""
    row = await receipts.get(code)
    person = (await persons.names([row.donor_id])).get(row.donor_id)
    gifts = await receipts.gifts(code)
    donor = persons.shown(person, to=Reader.HOLDER, consent=await receipts.may_be_named(row, gifts))
    slugs = [row.campaign_id] if row.campaign_id else list(dict.fromkeys(gift.campaign_id or "" for gift in gifts))
    on = await on_receipts.contents(row.number)
    money = list(dict.fromkeys([row.fund, *on.funds]))
    names, funds = await campaigns.names(slugs), await ledger_funds.names(money)
    called = await staff.names([key for key in (row.handler, row.ended_by) if key])
    return Checked(
        row,
        gifts[0].received_on,
        donor,
        masking.show(What.HANDLER, called.get(row.handler, ""), to=Reader.HOLDER),
        words.listed(names[slug] for slug in slugs if slug in names),
        words.listed(funds.get(fund, fund) for fund in money),
        await entries.id_of(row.seq),
        await path(row.number),
        await _other(row.replaced_by_id),
        await _other(row.replaces_id),
        clock.business_date(row.ended_at).isoformat() if row.ended_at else "",
        masking.show(What.HANDLER, called.get(row.ended_by or "", ""), to=Reader.HOLDER),
        await entries.leaf_of(row.seq) or "",
        row.status == "issued" and await persons.wants_fiscal(row.donor_id),
        [
            (funds.get(fund, fund), start, stop)
            for fund, start, stop in await tracing.positions(on.in_force if row.kind == GiftKind.CASH else [])
        ],
    )


async def path(number: str) -> Path:
    """What the gifts on the receipt of this number were used for so far, from the fund streams."""
    on = await on_receipts.contents(number)
    traced, state = await tracing.together(on.in_force)
    kinds = await figures.fund_kinds()
    agency = any(kinds.get(fund) == "agency" for fund in on.funds)
    shown = await uses.of_gifts(traced)
    return Path(shown, state.given, state.spent, state.refunded, state.unspent, on.corrected_fen, agency)


async def items(row: Receipt) -> list[dict[str, Any]]:
    """The goods on a receipt, as it prints them; none of money."""
    lines = (await receipts.goods_lines([row.number])).get(row.number, [])
    return [
        {"name": line.name, "measure": line.measure, "quantity": line.quantity, "amount": line.amount_fen or None}
        for line in lines
    ]


async def _other(code: str | None) -> dict[str, str] | None:
    if code is None:
        return None
    row = await receipts.get(code)
    return {"code": row.code, "number": row.number}


def answer(checked: Checked) -> dict[str, Any]:
    """The contract's JSON of a receipt; the giver is masked."""
    row, walked = checked.row, checked.path
    return {
        "number": row.number,
        "status": row.status,
        "delivery": row.delivery,
        "amount_fen": row.amount_fen,
        "donor": checked.donor,
        "handler": checked.handler,
        "campaign": row.campaign_id,
        "fund": row.fund,
        "issued_on": row.issued_on,
        "entry": checked.entry,
        "uses": [
            {
                "on": use.on,
                "programme": use.programme,
                "amount_fen": use.amount_fen,
                "of_fen": use.of_fen,
                "recipients": use.recipients,
            }
            for use in walked.uses
        ],
        "spent_fen": walked.spent_fen,
        "refunded_fen": walked.refunded_fen,
        "unspent_fen": walked.unspent_fen,
        "received_on": checked.received_on,
        "ended_on": checked.ended_on or None,
        "replaced_by": checked.replaced_by,
        "seq": row.seq,
        "fingerprint": checked.fingerprint,
    }
