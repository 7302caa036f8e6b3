"""What goods tests start from: a small catalogue, a card with points, and what every one of them does."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from cast import Cast

from charity import clock, words
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.goods import cards, intake, items, points, till
from charity.goods.intake import IntakeLine
from charity.goods.items import Item
from charity.goods.till import Line
from charity.ledger import accounts as acc
from charity.ledger.writer import Answer
from charity.people.persons import Donor

RICE, SALT, COAT, MILK, TOWEL = "2001000100002", "2002000900005", "2007004400001", "2003001700007", "2004003100000"
UNKNOWN = "2001000900008"
DONOR = Donor("organisation", "恒溪纺织有限公司")
CATALOGUE = (
    Item(RICE, "大米(晚籼) 5kg", "袋", 26, "G001", "粮油主食", 2650, 365),
    Item(SALT, "食用盐 400g", "袋", 3, "G009", "副食调味", 250, None),
    Item(COAT, "旧棉衣 成人(已消毒)", "件", 5, "G044", "旧衣(消毒打包)", None, None),
    Item(MILK, "纯牛奶 250ml×16", "箱", 42, "G017", "乳品营养", 4200, 180),
    Item(TOWEL, "毛巾 纯棉", "条", 0, "G031", "清洁日化", 990, None),
)


@dataclass
class Shop:
    """The cast with a shop: one card (180 points) and one of another household (60 points)."""

    house: Cast
    card: str
    card2: str

    async def bring(self, barcode: str, quantity: int, **values: Any) -> str:
        """Take one line in as a gift; the lot's code."""
        answer = await self.bring_answer(barcode, quantity, **values)
        return str(answer["lots"][0]["code"])

    async def bring_answer(self, barcode: str, quantity: int, **values: Any) -> dict[str, Any]:
        header = {name: values.pop(name) for name in ("fund", "campaign", "donor") if name in values}
        known = next(item for item in CATALOGUE if item.barcode == barcode)
        if known.shelf_life_days and "expires_on" not in values:
            values["expires_on"] = in_days(known.shelf_life_days)
        if "unit_value_fen" in values or "total_value_fen" in values:
            values = {"evidence": "invoice", "value_checked": True} | values
        line = IntakeLine(barcode, quantity, **values)
        by = self.house.clerk
        return (await intake.take_in(store="LX01", source="gift", lines=[line], by=by, **header)).body

    async def on_hand(self, lot: str, store: str = "LX01") -> int:
        return await holding(acc.shelf(store), acc.lot(lot))

    async def points(self, household: str | None = None) -> int:
        return await points.balance(household or self.house.household)


async def holding(account: str, unit: str) -> int:
    quantity = await reading.value(
        "SELECT h.quantity FROM holding h JOIN account a ON a.id = h.account JOIN unit u ON u.id = h.unit "
        "WHERE a.code = $1 AND u.code = $2",
        account,
        unit,
    )
    return int(quantity or 0)


async def counts() -> dict[str, int]:
    """How many rows there are of everything a verb could write."""
    tables = ("entry", "goods_document", "goods_line", "lot", "donation", "receipt", "person", "series", "idem")
    return {table: await reading.value(f"SELECT COUNT(*) FROM {table}") for table in tables}


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


async def catalogued() -> None:
    """Enter the catalogue: the books have not begun by that."""
    await transactions.run(lambda tx: items.add(tx, CATALOGUE))


async def opened(house: Cast) -> Shop:
    await catalogued()
    return await served(house)


async def served(house: Cast) -> Shop:
    """The shop of a house with a catalogue."""
    card = await cards.issue(household=house.household, by=house.caseworker)
    card2 = await cards.issue(household=house.household2, by=house.caseworker)
    await points.grant_cycle(by=house.caseworker)
    return Shop(house, card, card2)


def sentence(refusal: Refusal) -> str:
    return words.say(refusal.words, **refusal.facts)


async def issue(shop: Shop, *lines: Line, card: str | None = None, **values: object) -> Answer:
    return await till.issue(store="LX01", card=card or shop.card, lines=list(lines), by=shop.house.clerk, **values)


async def refused(shop: Shop, *lines: Line, card: str | None = None) -> Refusal:
    """The refusal of an issue, after which nothing was written."""
    before = await counts()
    with pytest.raises(Refusal) as caught:
        await issue(shop, *lines, card=card)
    assert await counts() == before
    return caught.value
