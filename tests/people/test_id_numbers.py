"""A person's number is known by itself: sealed whoever gives it, and nothing is kept of the anonymous."""

from typing import Any

import pytest
from cast import Cast
from conftest import Web
from goods.given import RICE, in_days
from goods.given import opened as shop_opened

from charity import clock
from charity.db import reading, sealed
from charity.people import persons
from charity.people.id_numbers import credit_checks, id_checks, is_persons
from charity.people.masking import Reader
from charity.web import limits

ID = "33010119900101123" + "10X98765432"[
    sum(int(digit) * pow(2, 17 - n, 11) for n, digit in enumerate("33010119900101123")) % 11
]  # fmt: skip
CREDIT = "91350100M000100Y43"  # the example of GB 32100-2015


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    limits.reset()


def test_the_check_characters_are_those_of_the_standards() -> None:
    assert id_checks("11010519491231002X")  # the example of GB 11643-1999
    assert not id_checks("110105194912310021")
    assert credit_checks(CREDIT)
    assert not credit_checks("91350100M000100Y44")
    assert not credit_checks("91350100I000100Y43")


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X", "11010519491231002x", ID, " " + ID,
        "110105194912310021",  # a slip in the check digit makes it no organisation's
        "440524188001010014",  # GB 11643's second example, of 1880
        "110105491231002",  # 15 digits, before 1999
        "83000019810715006X",  # a residence permit
        "CAN110078010301",  # a permanent resident's card, before 2017
    ],
)  # fmt: skip
def test_a_number_with_a_day_of_birth_is_a_persons(number: str) -> None:
    assert is_persons(number)


@pytest.mark.parametrize(
    "number",
    [
        CREDIT, "51330000MJ8723456A", "913301027042538151",  # an organisation's, of digits only too
        "110105199002301234",  # no day
        "330102704253815", "12345678901234567890", "", "X", "３３０１０１１９９００１０１１２３４",
    ],
)  # fmt: skip
def test_a_number_without_a_day_is_none(number: str) -> None:
    assert not is_persons(number)


def test_a_credit_code_that_looks_like_a_day_is_told_by_its_check_character() -> None:
    """Both standards have 18 places: where both could be meant, the check character decides, in doubt for the person."""
    for n in range(31):
        text = f"11010519491231{n:03}"
        ends = {sign: text + sign for sign in "0123456789X"}
        for whole in ends.values():
            assert is_persons(whole) == (id_checks(whole) or not credit_checks(whole))


async def _rows() -> list[dict[str, Any]]:
    return await reading.rows("SELECT * FROM person")


def _gift(kind: str, **more: str) -> dict[str, Any]:
    return {
        "campaign": "everyday", "amount_fen": 100, "channel": "cash", "received_on": clock.today().isoformat(),
        "donor": {"kind": kind, **more},
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["person", "organisation"])
async def test_an_id_number_is_sealed_whatever_its_giver_says_to_be(house: Cast, web: Web, kind: str) -> None:
    body = _gift(kind, name="王小明", tax_id=ID, fiscal_receipt=True)
    sent = await web.as_("cashier").post("/api/v1/donations", json=body, headers={"Idempotency-Key": "k"})
    assert sent.status_code == 201, sent.text
    row = (await _rows())[0]
    assert row["tax_id"] == ""
    assert ID not in str(row)
    assert sealed.unseal("person", "id_number", row["key"], row["id_number"]) == ID
    assert row["id_number_index"] == sealed.blind_index("person", "id_number", ID)
    assert await persons.shown_id(row["key"], to=Reader.PERMITTED) == f"{ID[:3]}{'*' * 11}{ID[-4:]}"


async def test_an_id_number_is_not_kept_without_the_wish_for_a_fiscal_receipt(house: Cast, web: Web) -> None:
    body = _gift("person", name="王小明", tax_id=ID)
    sent = await web.as_("cashier").post("/api/v1/donations", json=body, headers={"Idempotency-Key": "k"})
    assert (sent.status_code, sent.json()["errors"][0]["field"]) == (422, "donor.tax_id"), sent.text
    assert await _rows() == []


async def test_an_organisations_code_stays_readable(house: Cast, web: Web) -> None:
    body = _gift("organisation", name="溪东建材有限公司", tax_id=CREDIT)
    sent = await web.as_("cashier").post("/api/v1/donations", json=body, headers={"Idempotency-Key": "k"})
    assert sent.status_code == 201, sent.text
    row = (await _rows())[0]
    assert (row["tax_id"], row["id_number"]) == (CREDIT, None)
    assert await persons.shown_id(row["key"], to=Reader.PERMITTED) == CREDIT


LEFT = {"name": "王小明", "phone": "19900001234", "email": "a@example.org", "tax_id": ID}


@pytest.mark.parametrize("field", LEFT)
@pytest.mark.parametrize("call", ["/api/v1/donations", "/api/v1/pledges", "/api/v1/goods/intakes"])
async def test_what_an_anonymous_giver_leaves_is_refused_by_the_api(
    house: Cast, web: Web, field: str, call: str
) -> None:
    body = _gift("anonymous", **{field: LEFT[field]})
    if call.endswith("pledges"):
        del body["received_on"]
        body |= {"public_name": False, "public_amount": False, "channel": "bank"}
    if call.endswith("intakes"):
        await shop_opened(house)
        line = {"barcode": RICE, "quantity": 1, "expires_on": in_days(9).isoformat()}
        body = {"store": "LX01", "source": "gift", "donor": body["donor"], "lines": [line]}
    before = len(await _rows())
    who = web.as_("clerk" if call.endswith("intakes") else "cashier")
    sent = await who.post(call, json=body, headers={"Idempotency-Key": "k"})
    assert sent.status_code == 422
    assert [error["field"] for error in sent.json()["errors"]] == [f"donor.{field}"]
    assert len(await _rows()) == before
    del body["donor"][field]
    assert (await who.post(call, json=body, headers={"Idempotency-Key": "k"})).status_code == 201


@pytest.mark.parametrize("field", ["name", "phone", "tax_id"])
async def test_what_an_anonymous_giver_leaves_is_refused_by_the_page(house: Cast, web: Web, field: str) -> None:
    form = {
        "campaign": "everyday", "kind": "anonymous", "amount_yuan": "1", "channel": "cash",
        "received_on": clock.today().isoformat(), "idem": "1" * 32,
    }  # fmt: skip
    refused = await web.as_("cashier").post("/donations/new", data={**form, field: LEFT[field]})
    assert refused.status_code == 422
    assert "匿名捐赠不留姓名" in refused.text
    assert f'href="#f-{field}"' in refused.text
    assert LEFT[field] in refused.text  # what was typed is still there
    assert await _rows() == []
    assert (await web.as_("cashier").post("/donations/new", data=form)).status_code == 303


@pytest.mark.parametrize("field", ["donor_name", "donor_phone"])
async def test_what_an_anonymous_giver_leaves_is_refused_by_the_intake_screen(
    house: Cast, web: Web, field: str
) -> None:
    await shop_opened(house)
    form = {
        "act": "finish", "source": "gift", "donor_kind": "anonymous", "code.0": RICE, "quantity.0": "1",
        "expires_on.0": in_days(9).isoformat(), "idem": "1" * 32,
    }  # fmt: skip
    before = len(await _rows())
    refused = await web.as_("clerk").post("/stores/LX01/in", data={**form, field: LEFT[field.removeprefix("donor_")]})
    assert refused.status_code == 422
    assert "匿名捐赠不留姓名" in refused.text
    assert len(await _rows()) == before
    assert (await web.as_("clerk").post("/stores/LX01/in", data=form)).status_code == 303
