"""Purchases: what was paid for goods before they came (Dr 1141), and how much has come in (Dr 1201 / Cr 1141).

Aid opens a purchase when it pays a supplier's voucher; goods know the voucher's number, its fund and its
amount, and nothing else about it. Always true: what came in is never more than what was paid.
"""

from charity.db import reading
from charity.db.tables import Table
from charity.goods import rules
from charity.goods.models import PURCHASE, GoodsPurchase, PurchaseRow, PurchaseStatus
from charity.ledger.state import State
from charity.money import yuan


def wants(voucher: str) -> tuple[Table[PurchaseRow], str]:
    """The row that a command names before it calls one of the functions below."""
    return (PURCHASE, voucher)


def open(state: State, voucher: str, fund: str, amount_fen: int) -> None:  # noqa: A001 - the field's word
    """Goods of this value may now come in, into this fund. A voucher that bounced and is paid again is opened again."""
    row = state.row(PURCHASE, voucher)
    if row is None:
        opened = PurchaseStatus.OPEN.value
        row = PurchaseRow(voucher=voucher, fund=fund, amount_fen=amount_fen, received_fen=0, status=opened)
        state.add(PURCHASE, row)
        return
    assert row["status"] == PurchaseStatus.CLOSED, "a voucher is paid once"
    state.change(PURCHASE, voucher, fund=fund, amount_fen=amount_fen, status=PurchaseStatus.OPEN.value)


def close(state: State, voucher: str) -> None:
    """The payment bounced: nothing more may come in. Refused while goods that came in for it were not taken back."""
    row = state.row(PURCHASE, voucher)
    assert row is not None, "it was paid"
    if row["received_fen"]:
        raise rules.PURCHASE_USED(voucher=voucher, received_yuan=yuan(row["received_fen"]))
    state.change(PURCHASE, voucher, status=PurchaseStatus.CLOSED.value)


def receive(state: State, voucher: str, fund: str, value_fen: int) -> None:
    """Count goods that come in; refused when nothing was paid for them, from another fund, or not so much."""
    row = state.row(PURCHASE, voucher)
    if row is None or row["status"] != PurchaseStatus.OPEN:
        raise rules.VOUCHER_NOT_FOR(voucher=voucher)
    if row["fund"] != fund:
        raise rules.VOUCHER_FUND(voucher=voucher, fund=state.named(row["fund"]))
    left = row["amount_fen"] - row["received_fen"]
    if value_fen > left:
        raise rules.VOUCHER_SHORT(voucher=voucher, left_yuan=yuan(left), needed_yuan=yuan(value_fen))
    state.change(PURCHASE, voucher, received_fen=row["received_fen"] + value_fen)


def give_back(state: State, voucher: str, value_fen: int) -> None:
    """Goods that had come in were taken back by a reversal: as much may come in again."""
    row = state.row(PURCHASE, voucher)
    assert row is not None, "the goods were counted when they came in"
    state.change(PURCHASE, voucher, received_fen=row["received_fen"] - value_fen)


async def fund_of(voucher: str) -> str | None:
    """The fund that paid for a purchase; None when nothing was paid."""
    fund = await reading.value("SELECT fund FROM goods_purchase WHERE voucher = $1", voucher)
    return str(fund) if fund else None


async def between(after: str, last: str | None = None) -> dict[str, GoodsPurchase]:
    """The purchases of the vouchers after one and up to another, or to the end, by voucher: for `charity verify`."""
    rows = await reading.rows(
        "SELECT voucher, fund, amount_fen, received_fen, status FROM goods_purchase "
        "WHERE voucher > $1 AND (CAST($2 AS TEXT) IS NULL OR voucher <= $2)",
        after,
        last,
    )
    return {row["voucher"]: GoodsPurchase(**row) for row in rows}
