"""The catalogue: which texts are barcodes, what is found, and what is entered."""

from typing import Any

import pytest
from goods.given import CATALOGUE, COAT, MILK, RICE, SALT, TOWEL, UNKNOWN, Shop

from charity import tokens
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.goods import barcodes, items
from charity.goods.items import Item


@pytest.mark.parametrize(
    ("barcode", "code", "facts"),
    [
        (RICE, None, {}),
        ("2001000100003", "barcode.check_digit", {"barcode": "2001000100003", "right": "2"}),
        ("200100010000", "barcode.check_digit", {"barcode": "200100010000", "right": "2"}),
        ("20010001000", "barcode.unreadable", {"barcode": "20010001000"}),
        (f"{RICE}0", "barcode.check_digit", {"barcode": f"{RICE}0", "right": "6"}),
        (f"{RICE}00", "barcode.unreadable", {"barcode": f"{RICE}0"}),
        ("16901234567899", "barcode.case", {"barcode": "16901234567899", "piece": "6901234567892"}),
        ("200100010000x", "barcode.unreadable", {"barcode": "200100010000X"}),
        ("２００１０００１００００２", None, {}),
        ("²" * 13, "barcode.unreadable", {"barcode": "²" * 13}),
        ("", "barcode.unreadable", {"barcode": ""}),
    ],
)
def test_a_barcode_is_a_number_of_a_piece_of_which_the_last_digit_checks_the_others(
    barcode: str, code: str | None, facts: dict[str, str]
) -> None:
    refusal = barcodes.unreadable(barcode)
    assert ((refusal.code, refusal.facts) if refusal else (None, {})) == (code, facts)


async def refused(call: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await call
    return caught.value


async def test_an_item_is_entered_whole_and_once(shop: Shop) -> None:
    oil = Item(UNKNOWN, "花生油 1L", "瓶", 20, "G099", "粮油主食", 1990, 540)
    count = await reading.value("SELECT COUNT(*) FROM item")
    assert await items.register(oil, by=shop.house.clerk) == oil
    assert await items.get(UNKNOWN) == oil
    refusal = await refused(items.register(Item(UNKNOWN, "别的", "袋", 1), by=shop.house.clerk))
    assert (refusal.code, refusal.facts) == ("item.known", {"barcode": UNKNOWN, "name": "花生油 1L"})
    assert await items.get(UNKNOWN) == oil
    assert await reading.value("SELECT COUNT(*) FROM item") == count + 1
    for barcode, code in (("2001000900009", "barcode.check_digit"), ("1", "barcode.unreadable")):
        assert (await refused(items.register(Item(barcode, "别的", "袋", 1), by=shop.house.clerk))).code == code
        assert (await refused(items.get(barcode))).code == code
    assert (await refused(items.register(Item("2001000900015", "别的", "袋", 1), by=shop.house.cashier))).status == 403
    assert await reading.value("SELECT COUNT(*) FROM item") == count + 1


EAN_8, UPC_A, UPC_E = "96385074", "012345000065", "01234565"


async def test_an_item_is_one_by_every_length_of_its_barcode(shop: Shop) -> None:
    for typed, kept in ((EAN_8, f"00000{EAN_8}"), (UPC_E, f"0{UPC_A}")):
        item = await items.register(Item(typed, "进口", "盒", 1), by=shop.house.clerk)
        assert item.barcode == kept
        assert await items.get(kept[-12:]) == await items.get(f"0{kept}") == await items.get(typed) == item
        assert await items.search(typed) == await items.search(f"0{kept}") == [item]
    for again in (UPC_A, f"0{UPC_A}", f"00{UPC_A}", "0-12345-00006-5"):
        assert (await refused(items.register(Item(again, "别的", "盒", 1), by=shop.house.clerk))).code == "item.known"


async def test_an_item_nobody_entered_is_unknown(shop: Shop) -> None:
    assert (await refused(items.get(UNKNOWN))).code == "barcode.unknown"
    assert await items.known([RICE, UNKNOWN, RICE]) == {RICE: CATALOGUE[0]}
    assert await items.known([]) == {}


async def test_items_are_found_by_a_part_of_their_name_number_or_barcode(shop: Shop) -> None:
    async def listed(text: str) -> list[str]:
        return [item.barcode for item in await items.search(text)]

    assert await listed(" 米 ") == [RICE]
    assert await listed("G0") == [RICE, SALT, MILK, TOWEL, COAT]
    assert await listed("G017") == [MILK]
    assert await listed(RICE[3:9]) == [RICE]
    for text in ("%", "_", "!", "没有"):
        assert await listed(text) == []
    assert await items.search("旧棉衣") == [CATALOGUE[2]]


def barcode(n: int) -> str:
    start = f"2009{n:08d}"
    return f"{start}{tokens.ean13_check(start)}"


async def test_a_long_catalogue_is_known_whole_and_twenty_are_shown(shop: Shop) -> None:
    """More items than one question asks for."""
    many = [Item(barcode(n), "蜡烛", "支", 1) for n in range(501)]
    await transactions.run(lambda tx: items.add(tx, many))
    known = await items.known(item.barcode for item in many)
    assert known == {item.barcode: item for item in many}
    assert await items.search("蜡烛") == many[:20]
