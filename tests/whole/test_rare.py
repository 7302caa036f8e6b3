"""A character that no font has is asked about once, at every door where a text is kept that will be printed."""

import uuid
from typing import Any

import pytest
from cast import Cast, resolved
from conftest import Web
from giving.given import today
from goods.given import SALT
from goods.given import opened as shop_opened

from charity.app import PREFIX
from charity.db import reading

ODD = "王\U00032fff"
FORM = {"sec-fetch-site": "same-origin"}
GOODS = [{"barcode": SALT, "quantity": 1, "unit_value_fen": 250, "evidence": "invoice"}]
MONEY = {"campaign": "everyday", "amount_fen": 100}
PUBLIC = {"public_name": False, "public_amount": False}


def keyed() -> dict[str, str]:
    return {"Idempotency-Key": uuid.uuid4().hex}


@pytest.mark.parametrize(
    ("who", "call", "body", "field"),
    [
        ("cashier", "/donations", MONEY | {"channel": "cash", "received_on": today}, "donor.rare"),
        ("cashier", "/pledges", MONEY | {"channel": "bank"} | PUBLIC, "donor.rare"),
        ("cashier", "/pledges", MONEY | {"channel": "bank", "message": ODD} | PUBLIC, "message"),
        ("clerk", "/goods/intakes", {"store": "LX01", "source": "gift", "lines": GOODS}, "donor.rare"),
    ],
)
async def test_a_call_asks_as_a_page_does(
    house: Cast, web: Web, who: str, call: str, body: dict[str, Any], field: str
) -> None:
    """Nothing is kept before it is said to be so; a name in usual characters is not asked about."""
    await shop_opened(house)
    client = web.as_(who)
    for name, rare, status in (("王明", False, 201), (ODD, False, 422), (ODD, True, 201)):
        plain = field == "message" and name == "王明"
        sent = resolved(body) | {
            "donor": {"kind": "person", "name": "王明" if field == "message" else name, "rare": rare}
        }
        sent |= {"message": "好"} if plain else {}
        answer = await client.post(PREFIX + call, json=sent, headers=keyed())
        assert answer.status_code == status, answer.text
        if status == 422:
            assert [(e["field"], "〓" in e["message"]) for e in answer.json()["errors"]] == [(field, True)]
    assert await reading.value("SELECT COUNT(*) FROM person WHERE kind = 'person'") == 2


async def test_the_goods_counter_asks_and_loses_nothing(house: Cast, web: Web) -> None:
    await shop_opened(house)
    clerk, address = web.as_("clerk"), "/stores/LX01/in"
    line = {"code.0": SALT, "quantity.0": "3", "evidence.0": "invoice", "value.0": "2.50", "act": "finish"}
    line["per.0"] = "unit"
    sent = {"source": "gift", "donor_kind": "person", "donor_name": ODD, "idem": "a" * 32, **line}
    asked = await clerk.post(address, data=sent, headers=FORM)
    assert (asked.status_code, 'name="rare"' in asked.text, ODD in asked.text, "〓" in asked.text) == (422, *3 * [True])
    assert await reading.value("SELECT COUNT(*) FROM goods_document") == 0
    assert (await clerk.post(address, data=sent | {"rare": "1"}, headers=FORM)).status_code == 303


async def test_the_till_asks_about_who_collects(house: Cast, web: Web) -> None:
    shop = await shop_opened(house)
    await shop.bring(SALT, 2)
    clerk, address = web.as_("clerk"), "/stores/LX01/out"
    who = {"proxy": "1", "proxy_name": ODD, "proxy_reason": "腿伤"}
    sent = {"card": shop.card, "code.0": SALT, "quantity.0": "1", "act": "finish", "idem": "b" * 32, **who}
    asked = await clerk.post(address, data=sent, headers=FORM)
    assert (asked.status_code, 'name="rare"' in asked.text, "〓" in asked.text) == (422, True, True)
    assert (await clerk.post(address, data=sent | {"rare": "1"}, headers=FORM)).status_code == 303
    body = {"store": "LX01", "card": shop.card, "lines": [{"barcode": SALT, "quantity": 1}]}
    for rare, status in ((False, 422), (True, 201)):
        proxy = {"name": ODD, "reason": "腿伤", "rare": rare}
        answer = await clerk.post(f"{PREFIX}/goods/issues", json=body | {"proxy": proxy}, headers=keyed())
        assert answer.status_code == status, answer.text


async def test_the_memo_of_a_payment_is_asked_about(house: Cast, web: Web) -> None:
    cashier = web.as_("cashier")
    form = {
        "campaign": "everyday", "kind": "person", "name": "王明", "amount_yuan": "1", "channel": "cash",
        "received_on": today(), "memo": f"给{ODD}", "idem": "c" * 32,
    }  # fmt: skip
    asked = await cashier.post("/donations/new", data=form, headers=FORM)
    assert (asked.status_code, 'name="rare"' in asked.text, "〓" in asked.text) == (422, True, True)
    assert await reading.value("SELECT COUNT(*) FROM donation") == 0
    assert (await cashier.post("/donations/new", data=form | {"rare": "1"}, headers=FORM)).status_code == 303


async def test_the_name_of_a_member_of_staff_is_asked_about(house: Cast, web: Web) -> None:
    """It is printed as who handled a receipt."""
    admin = web.as_("admin")
    form = {"login": "newone", "name": ODD, "roles": ["clerk"], "store": "LX01", "password": "a long new password"}
    asked = await admin.post("/accounts/new", data=form, headers=FORM)
    assert (asked.status_code, 'name="rare"' in asked.text, "〓" in asked.text) == (422, True, True)
    made = await admin.post("/accounts/new", data=form | {"rare": "1"}, headers=FORM)
    assert made.status_code == 303, made.text
    assert 'name="rare" value="1" checked' in (await admin.get(made.headers["location"])).text
