"""The basket that a form carries, and what a scan means: no database, no HTTP."""

from dataclasses import replace
from typing import Any

import pytest
from goods.given import RICE, SALT

from charity.errors import Refusal
from charity.goods.limits import QUANTITY_MAX, UNDO_MAX
from charity.goods.scanning import baskets, keys
from charity.goods.scanning.baskets import Basket, Row

THREE = (Row("A", 1), Row("B", 5), Row("C", 9))


@pytest.mark.parametrize(
    ("pressed", "rows"),
    [
        ("less:1", (Row("A", 1), Row("B", 4), Row("C", 9))),
        ("more:1", (Row("A", 1), Row("B", 6), Row("C", 9))),
        ("less:0", THREE),
        ("more:0", (Row("A", 2), Row("B", 5), Row("C", 9))),
        ("more:2", (Row("A", 1), Row("B", 5), Row("C", 10))),
        ("drop:0", (Row("B", 5), Row("C", 9))),
        ("drop:2", (Row("A", 1), Row("B", 5))),
        ("again:1", (Row("A", 1), Row("B", 5), Row("B", 1), Row("C", 9))),
        ("again:0", (Row("A", 1), Row("A", 1), Row("B", 5), Row("C", 9))),
        ("more:3", THREE),
        ("drop:3", THREE),
        ("drop:-1", THREE),
        ("drop:", THREE),
        ("drop:x", THREE),
        ("drop:１", THREE),
        ("drop:²", THREE),
        ("more:" + "9" * 5000, THREE),
        ("scan", THREE),
        ("scan:1", THREE),
        ("finish:0", THREE),
        ("double:0", THREE),
    ],
)
def test_a_button_changes_its_line_and_no_other(pressed: str, rows: tuple[Row, ...]) -> None:
    basket = Basket(rows=THREE, pressed=pressed, card="C1")
    assert basket.changed() == replace(basket, rows=rows)


def test_a_count_stays_between_one_and_the_most() -> None:
    most = Basket(rows=(Row("A", QUANTITY_MAX), Row("B", QUANTITY_MAX - 1), Row("C", 0)))
    assert replace(most, pressed="more:0").changed().rows[0].quantity == QUANTITY_MAX
    assert replace(most, pressed="more:1").changed().rows[1].quantity == QUANTITY_MAX
    assert replace(most, pressed="less:2").changed().rows[2].quantity == 1
    assert most.with_code("B", 1).rows[1].quantity == QUANTITY_MAX
    with pytest.raises(Refusal) as caught:
        most.with_code("B", 2)
    assert caught.value.code == "till.count"


def test_a_line_comes_again_as_often_as_the_basket_has_room() -> None:
    basket = Basket(rows=THREE, pressed="again:0", limit=4)
    full = basket.changed()
    assert [row.code for row in full.rows] == ["A", "A", "B", "C"]
    assert full.changed() == full


def test_a_code_is_added_to_its_last_line_or_to_a_new_one() -> None:
    basket = Basket(rows=(*THREE, Row("A", 3)), limit=5)
    assert basket.with_code("A").rows == (*THREE, Row("A", 4))
    assert basket.with_code("B", 2).rows == (Row("A", 1), Row("B", 7), Row("C", 9), Row("A", 3))
    assert basket.with_code("C").rows == (Row("A", 1), Row("B", 5), Row("C", 10), Row("A", 3))
    assert Basket(rows=(Row("A", 1),)).with_code("A", 2).rows == (Row("A", 3),)
    added = basket.with_code("D", 2, expires_on="2030-01-01")
    assert added.rows == (*basket.rows, Row("D", 2, "2030-01-01", expires_read="2030-01-01"))
    assert added.with_code("D", expires_on="2030-01-01").rows[-1].quantity == 3
    assert replace(added, limit=9).with_code("D", expires_on="2031-01-01").rows[-1].quantity == 1
    assert Basket().with_code("D").rows == (Row("D", 1),)
    assert added.with_code("D").rows[-1].quantity == 3
    with pytest.raises(Refusal) as caught:
        added.with_code("E")
    assert (caught.value.code, caught.value.facts) == ("issue.basket_full", {"limit": 5})


def test_the_last_scans_are_remembered_and_the_first_ones_forgotten() -> None:
    basket = Basket()
    for n in range(UNDO_MAX + 2):
        basket = basket.remembering(f"A{n}", 1)
    last = [f"A{n}" for n in range(2, UNDO_MAX + 2)]
    assert [row.code for row in basket.history] == last
    assert [row.code for row in baskets.read({"history": f"7*B {basket.remembered()}"}).history] == last


def test_a_key_leads_to_the_next_one_and_none_to_none() -> None:
    key = "0123456789abcdef0123456789abcdef"
    assert keys.following(key) == keys.following(key) != keys.following(key.upper())
    assert keys.bound(keys.following(key), "s", "/p", []) is not None
    assert (keys.following(""), keys.bound("", "s", "/p", [])) == ("", None), "else all without one would share one"


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("1", 1),
        ("007", 7),
        ("1000000", 1_000_000),
        ("1000001", 0),
        ("99999999", 0),
        ("010000000", 0),
        ("0" * 40 + "7", 7),
        ("9" * 5_000, 0),
        ("0", 0),
        ("-1", 0),
        ("1.5", 0),
        ("１", 1),
        ("²", 0),
        ("x", 0),
        ("", 0),
    ],
)
def test_a_count_is_whole_and_in_bounds_or_none(typed: str, count: int) -> None:
    kept = "" if count else typed
    assert baskets.read({"code.0": RICE, "quantity.0": typed}).rows == (Row(RICE, count, typed=kept),)
    if kept:
        assert baskets.read({"code.0": RICE, "quantity.0": typed}).with_code(RICE).rows[1:] == (Row(RICE, 1),)


def test_a_basket_is_read_as_it_was_sent() -> None:
    sent: dict[str, Any] = {
        "code.0": "b7-k2",
        "quantity.0": ["1", "2", " 3 "],
        "expires_on.0": "2030-01-01",
        "value.0": "12.00",
        "evidence.0": "invoice",
        "code.1": SALT,
        "quantity.1": "2",
        "code.3": RICE,
        "quantity.3": "2",
        "act": "more:0",
        "scan": " x ",
        "card": "c-1",
        "proxy": "1",
        "proxy_name": "李阿姨",
        "proxy_reason": "住院",
        "fund": "F-GEN",
    }
    assert baskets.read(sent, header=("fund", "source")) == Basket(
        rows=(Row("B7K2", 3, "2030-01-01", "12.00", "invoice"), Row(SALT, 2)),
        pressed="more:0",
        scans=("x",),
        card="C1",
        proxy=True,
        proxy_name="李阿姨",
        proxy_reason="住院",
        header={"fund": "F-GEN", "source": ""},
    )
    assert baskets.read({}) == Basket()
    assert Basket().proxy is False
    assert len(baskets.read({f"code.{n}": RICE for n in range(9)}, limit=4).rows) == 4
    assert Row(SALT, 2).hidden(7) == {"code.7": SALT, "quantity.7": "2"}
