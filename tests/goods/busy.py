"""A shop in which every kind of slip, lot and grant stands, for `charity verify` to look at."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import as_shown
from goods.given import COAT, DONOR, RICE, SALT, TOWEL, Shop, in_days, issue

from charity import clock
from charity.goods import intake, points, purchases
from charity.goods.intake import IntakeLine
from charity.goods.till import Line
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Wants, submit

OLD, PAID_TWICE, UNUSED = "BF-2026-000001", "BF-2026-000002", "BF-2026-000003"


@dataclass
class Busy:
    """A shop in which every kind of slip, lot and grant stands; slips by number, lots by code."""

    shop: Shop
    gift: str
    receipt: tuple[str, str]
    replaced: tuple[str, str]
    coats: str
    agency: str
    bought: str
    elsewhere: str
    gone: str
    out: str
    back: str
    free: str
    later: str
    rice: str
    coat: str
    rice_bought: str
    lot_gone: str


async def purchase(number: str, amount_fen: int, fund: str, *, again: bool = False) -> None:
    """A purchase as aid opens it when it pays, and closes it when the payment bounced."""

    def decide(state: State) -> Answer:
        if again:
            purchases.close(state, number)
        purchases.open(state, number, fund, amount_fen)
        return Answer(201, {})

    await submit(Command(decide, Wants(rows=[purchases.wants(number)])))


async def take_in(shop: Shop, *lines: IntakeLine, **values: Any) -> dict[str, Any]:
    values = {"store": "LX01", "source": "gift", "by": shop.house.clerk} | values
    return (await intake.take_in(lines=lines, **values)).body


async def reverse(shop: Shop, number: str) -> str:
    return str((await as_shown.reverse(number=number, reason="错", by=shop.house.manager)).body["number"])


async def busied(shop: Shop) -> Busy:
    lines = (
        IntakeLine(RICE, 5, in_days(300), unit_value_fen=2650, evidence="invoice"),
        IntakeLine(COAT, 3),
        IntakeLine(SALT, 3, total_value_fen=1000, evidence="market"),
    )
    gift = await take_in(shop, *lines, donor=DONOR, fund="F-WARM", campaign="everyday")
    first = gift["receipt"]
    fresh = (await as_shown.replace(first["code"], reason="写错", by=shop.house.accountant)).body
    coats = await shop.bring_answer(COAT, 7)
    agency = await shop.bring_answer(SALT, 2, unit_value_fen=250, fund="F-WC08")
    await purchase(OLD, 4_500, "F-WARM")
    lines = (IntakeLine(RICE, 2, in_days(340), unit_value_fen=2000), IntakeLine(SALT, 2, unit_value_fen=250))
    bought = await take_in(shop, *lines, source="purchase", voucher=OLD)
    await purchase(PAID_TWICE, 1_000, "F-WARM")
    line = IntakeLine(SALT, 1, unit_value_fen=1000)
    await reverse(shop, (await take_in(shop, line, source="purchase", voucher=PAID_TWICE))["number"])
    await purchase(PAID_TWICE, 4_000, "F-GEN", again=True)
    await take_in(shop, IntakeLine(SALT, 1, unit_value_fen=900), source="purchase", voucher=PAID_TWICE)
    await purchase(UNUSED, 100, "F-GEN")
    north = replace(shop.house.clerk, store="LX02")
    line = IntakeLine(SALT, 4, unit_value_fen=250, evidence="invoice")
    elsewhere = await take_in(shop, line, store="LX02", by=north)
    wrong = await shop.bring_answer(SALT, 1, unit_value_fen=500, fund="F-EDU")
    gone = await reverse(shop, wrong["number"])
    await shop.bring(TOWEL, 2)
    out = await issue(shop, Line(2, barcode=RICE), Line(1, barcode=RICE), Line(1, barcode=COAT))
    taken = await issue(shop, Line(2, barcode=SALT), Line(1, barcode=COAT), card=shop.card2)
    back = await reverse(shop, taken.body["number"])
    free = await issue(shop, Line(2, barcode=TOWEL), card=shop.card2)
    with clock.fixed(clock.now() + timedelta(days=92)):  # 60 points of one cycle and 18 of the next
        await points.grant_cycle(by=shop.house.caseworker)
        later = await issue(shop, Line(3, barcode=RICE), card=shop.card2)
    return Busy(
        shop,
        gift["number"],
        (first["code"], first["number"]),
        (fresh["code"], fresh["number"]),
        coats["number"],
        agency["number"],
        bought["number"],
        elsewhere["number"],
        gone,
        out.body["number"],
        back,
        free.body["number"],
        later.body["number"],
        rice=gift["lots"][0]["code"],
        coat=out.body["lines"][2]["lot"],
        rice_bought=bought["lots"][0]["code"],
        lot_gone=wrong["lots"][0]["code"],
    )
