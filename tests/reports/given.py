"""Situations of the registers: gifts, payments, goods in and out, and a town with all of them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import as_shown
from cast import Cast
from giving.given import approved

from charity import clock, tokens
from charity.aid import payments, vouchers
from charity.aid.vouchers import Content
from charity.app import DOCUMENTS
from charity.db import transactions
from charity.documents import facts
from charity.giving import donations, refunds
from charity.goods import cards, intake, items, points, till
from charity.goods.intake import IntakeLine
from charity.goods.items import Item
from charity.goods.till import Line, Proxy
from charity.people import persons
from charity.people.persons import Donor
from charity.printing.document import Filters, Totals

BANK = "1002/ICBC-01"
REPORTS = {document.name: document for document in DOCUMENTS}
RICE, SOAP = "6901234567892", "6923456789012"
YEAR = (f"{clock.today().year}-01-01", f"{clock.today().year}-12-31")


def noon(day: str) -> Any:
    """The clock at noon of a day in Shanghai."""
    at = date.fromisoformat(day)
    return clock.fixed(datetime(at.year, at.month, at.day, 4, tzinfo=UTC))


def whole_year(**chosen: Any) -> Filters:
    return Filters.of(*YEAR, **chosen)


async def give(house: Cast, amount_fen: int, name: str = "张三丰", **more: Any) -> str:
    """A gift to the bank that pays, received today unless it is back-dated."""
    answer = await donations.receive(
        campaign=more.pop("campaign", "everyday"),
        amount_fen=amount_fen,
        received_on=more.pop("received_on", clock.today().isoformat()),
        channel="bank",
        channel_ref=tokens.key16(),
        donor=more.pop("donor", Donor("person", name)),
        by=house.cashier,
        **more,
    )
    return str(answer.body["id"])


async def pay(
    house: Cast,
    amount_fen: int,
    programme: str | None,
    fund: str,
    payee_kind: Any = "household",
    payee: str = "HH0001",
    paid_from: str = BANK,
    **more: Any,
) -> str:
    content = Content(
        programme=programme,
        fund=fund,
        payee_kind=payee_kind,
        payee=payee,
        amount_fen=amount_fen,
        reason="秘密事由",
        **{"recipients": 3, **more},
    )
    made = await vouchers.make(content=content, by=house.caseworker)
    number, shown = made.body["number"], made.body["content_hash"]
    for approver in (house.approver, house.approver2):
        await vouchers.approve(number=number, content_hash=shown, by=approver)
    await payments.pay(
        number=number,
        paid_on=clock.today(),
        channel_ref=f"ICBC{number}" if paid_from == BANK else "",
        paid_from=paid_from,
        content_hash=shown,
        by=house.cashier2,
    )
    return str(number)


async def take_in(house: Cast, barcode: str, quantity: int, unit_value_fen: int | None = None, **more: Any) -> str:
    line = IntakeLine(
        barcode,
        quantity,
        clock.today() + timedelta(days=20),
        unit_value_fen,
        evidence="invoice" if unit_value_fen else "none",
        value_checked=True,
    )
    answer = await intake.take_in(
        store="LX01", source="gift", lines=[line], by=house.clerk, donor=Donor("organisation", "溪东商会"), **more
    )
    return str(answer.body["number"])


async def catalogue() -> None:
    """The two items that the shops here have."""

    async def work(tx: transactions.Tx) -> None:
        await items.add(tx, [Item(RICE, "大米", "袋", 10), Item(SOAP, "肥皂", "块", 1)])

    await transactions.run(work)


async def busy_town(house: Cast) -> Cast:
    """A day of the town: gifts, a refund, goods in and out, a payment, agency money in and on."""
    await catalogue()
    await give(house, 10_000)
    gift = await give(house, 5_000, "李四", campaign="dream-2026")
    asked = await refunds.request(gift, amount_fen=2_000, cause="mistaken", reason="重复付款", by=house.accountant)
    await approved(asked.body["number"], house.accountant2)
    await give(house, 70_000, "王五", campaign="wenchuan-2008")
    await take_in(house, RICE, 10, 2_500)
    await take_in(house, SOAP, 30)
    await points.grant_cycle(by=house.caseworker)
    card = await cards.issue(household=house.household, by=house.caseworker)
    for lines in ([Line(2, RICE), Line(3, SOAP)], [Line(4, SOAP)]):
        await till.issue(store="LX01", card=card, lines=lines, by=house.clerk)
    await pay(house, 4_000, "P03", "F-GEN")
    await pay(house, 30_000, "P90", "F-WC08", "institution", "YL01")
    return house


STUDENT = "f" * 32
"""A person whom the eventful town pays."""


async def eventful_town(house: Cast) -> Cast:
    """Gifts of every consent, goods of two funds in one basket, a payment to each kind of payee, and what was undone."""
    student = persons.person_row(Donor("person", "李学生"), key=STUDENT)
    with noon("2026-09-10"):
        await catalogue()
        await transactions.run(lambda tx: tx.insert("person", [student]))
        await give(house, 10_000, public_name=True, public_amount=True)
        gift = await give(house, 5_000, "李四", campaign="dream-2026", public_name=True, public_amount=False)
        await give(house, 70_000, "王五", campaign="wenchuan-2008")
        nobody = {"channel": "cash", "donor": Donor("anonymous", ""), "by": house.cashier}
        await donations.receive(campaign="everyday", amount_fen=88, received_on="2026-09-08", **nobody)
        await take_in(house, SOAP, 5, 300)
        rice = await take_in(house, RICE, 4, 2_500)
        await take_in(house, RICE, 2)
        await points.grant_cycle(by=house.caseworker)
        card = await cards.issue(household=house.household, by=house.caseworker)
    with noon("2026-09-11"):
        await take_in(house, SOAP, 5, 300, fund="F-WARM")  # ends a day later: the soap of F-GEN goes first
    with noon("2026-09-15"):
        issued = await till.issue(store="LX01", card=card, lines=[Line(7, SOAP)], by=house.clerk)
    sql = "UPDATE household SET category = 'EDGE' WHERE code = 'HH0001' RETURNING key"
    await transactions.run(lambda tx: tx.rows(sql))
    with noon("2026-09-20"):
        await pay(house, 4_000, "P03", "F-GEN")
        await pay(house, 600, "P01", "F-EDU", "person", STUDENT)
        await pay(house, 30_000, "P90", "F-WC08", "institution", "YL01")
        await pay(house, 1_000, "P05", "F-GEN", "supplier", "GY01")  # bought, not yet handed out: in no line
    with noon("2026-09-28"):
        await till.issue(store="LX01", card=card, lines=[Line(1, SOAP)], by=house.clerk, proxy=Proxy("邻居", "生病"))
        asked = await refunds.request(gift, amount_fen=2_000, cause="mistaken", reason="重复付款", by=house.accountant)
        await approved(asked.body["number"], house.accountant2)
    with noon("2026-10-20"):
        await as_shown.reverse(number=issued.body["number"], reason="扫错卡", by=house.manager)
        await as_shown.reverse(number=rice, reason="数错", by=house.manager)
    return house


def printed(rows: Iterable[dict[str, Any]], *names: str) -> str:
    """Lines of a register with a bar between its columns, and an address of a receipt without its code."""
    lines = []
    for row in rows:
        texts = ["-" if row[name] is None else str(row[name]) for name in names]
        lines.append("|".join("/r/…" if text.startswith("/r/") else text for text in texts))
    return "\n".join(lines)


async def read(name: str, filters: Filters, limit: int = 1000) -> tuple[list[dict[str, Any]], Totals]:
    """All rows of a register, page by page, and its totals."""
    report, seq = REPORTS[name], await facts.head_seq()
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        page = await report.page(filters, seq, after, limit)
        rows += page.rows
        after = page.next
        if after is None:
            return rows, await report.totals(filters, seq)
