"""What a giver ticks and fills in belongs together: nothing is taken in silence, and nothing is dropped."""

import re
from datetime import timedelta
from typing import Any

import as_shown
import pytest
from cast import Cast
from giving.given import account_registered, today
from page_forms import form_of, hidden_of

from charity import clock
from charity.db import reading, sealed, transactions
from charity.giving import pledges
from charity.office import organisation
from charity.roles import SYSTEM

GIVE = "/campaigns/one-day-2026/give"
ID = "11010519491231002X"
CREDIT = "91350100M000100Y43"
SENT = {"kind": "person", "name": "林小溪", "channel": "bank", "amount": "10000", "seen_fen": "10000"}
UNNUMBERED = "要开票据，请填写统一社会信用代码或身份证号；不要票据，请取消勾选"
UNTICKED = "填了号码，没有勾选要票据：要票据请勾选，不要请清空号码"
NO_FISCAL = "匿名捐赠开不了公益事业捐赠票据：请取消勾选，或改选个人、单位"
NAMELESS = "匿名捐赠没有姓名可以公开：请取消勾选，或改选个人、单位"
APART = "身份证号是敏感个人信息：请单独勾选同意使用，或清空证件号码"


async def sent(web: Any, **fields: str) -> Any:
    client = web.as_()
    return await client.post(GIVE, data={**await form_of(client, GIVE), **SENT, **fields})


async def phone_registered(phone: str) -> None:
    fact = organisation.Fact(organisation.FactKind.PHONE, phone, organisation.EVER, None)
    await transactions.run(lambda tx: organisation.add(tx, fact, by=SYSTEM))
    organisation.forget()


async def people() -> list[dict[str, Any]]:
    return await reading.rows("SELECT p.* FROM person p JOIN pledge g ON g.donor = p.key ORDER BY g.created_at")


@pytest.mark.parametrize("seen", ["10000", ""])
@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"fiscal_receipt": "1"}, "tax_id", UNNUMBERED),
        ({"fiscal_receipt": "1", "tax_id": "　"}, "tax_id", UNNUMBERED),
        ({"tax_id": CREDIT}, "tax_id", UNTICKED),
        ({"tax_id": ID, "sensitive": "1"}, "tax_id", UNTICKED),
        ({"fiscal_receipt": "1", "tax_id": ID}, "sensitive", APART),
        ({"kind": "anonymous", "name": "", "fiscal_receipt": "1"}, "fiscal_receipt", NO_FISCAL),
        ({"kind": "anonymous", "name": "", "public_name": "1"}, "public_name", NAMELESS),
    ],
)
async def test_what_does_not_go_together_is_said_at_its_field(
    web: Any, house: Cast, fields: dict[str, str], field: str, words: str, seen: str
) -> None:
    """With a script (the sum was seen) and without one."""
    page = await sent(web, **fields, seen_fen=seen)
    assert page.status_code == 422
    assert page.text.count(words) == 2  # above the form and beside the field
    at = page.text.index(f'id="e-{field}"')
    opened = page.text.rfind('<details class="folded" open', 0, at)
    assert page.text.rfind('<details class="folded"', 0, at) == opened > 0
    for name, value in fields.items():
        assert re.search(rf'name="{name}"[^>]* value="{value}"', page.text) or not value.strip(), name
    assert await people() == []


@pytest.mark.parametrize("seen", ["10000", ""])
async def test_what_goes_together_is_kept_as_it_was_chosen(web: Any, house: Cast, seen: str) -> None:
    chosen = [
        {"kind": "organisation", "name": "溪东建材有限公司", "fiscal_receipt": "1", "tax_id": CREDIT.lower()},
        {"fiscal_receipt": "1", "tax_id": ID, "sensitive": "1", "public_name": "1"},
        {"kind": "anonymous", "name": "", "public_amount": "1"},
        {},
    ]
    for fields in chosen:
        page = await sent(web, **fields, seen_fen=seen)
        if not seen:
            assert "现在还没有登记" in page.text
            page = await web.as_().post(
                GIVE, data=hidden_of(page.text), headers={"cookie": page.request.headers["cookie"]}
            )
        assert page.status_code == 303, page.text
    rows = await people()
    numbers = [sealed.unseal("person", "id_number", row["key"], row["id_number"]) for row in rows]
    assert [(row["kind"], bool(row["fiscal_receipt"]), row["tax_id"]) for row in rows] == [
        ("organisation", True, CREDIT), ("person", True, ""), ("anonymous", False, ""), ("person", False, ""),
    ]  # fmt: skip
    assert numbers == ["", ID, "", ""]
    public = await reading.rows("SELECT public_name, public_amount FROM pledge ORDER BY created_at")
    assert [(bool(row["public_name"]), bool(row["public_amount"])) for row in public] == [
        (False, False), (True, False), (False, True), (False, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("pledges", {"campaign": "one-day-2026", "amount_fen": 100, "channel": "bank", "public_amount": False}),
        ("donations", {"campaign": "everyday", "amount_fen": 100, "channel": "cash", "received_on": "2026-10-08"}),
        ("goods/intakes", {"store": "LX01", "source": "gift", "lines": [{"barcode": "2001000100002", "quantity": 1}]}),
    ],
)
async def test_a_call_refuses_the_same(web: Any, house: Cast, call: str, more: dict[str, Any]) -> None:
    wrong = {
        "donor.tax_id": ({"kind": "person", "name": "林", "fiscal_receipt": True}, False, UNNUMBERED),
        "donor.fiscal_receipt": ({"kind": "anonymous", "fiscal_receipt": True}, False, NO_FISCAL),
        "public_name": ({"kind": "anonymous"}, True, NAMELESS),
    }
    for field, (donor, public, words) in wrong.items():
        body = {**more, "donor": donor, "public_name": public}
        answer = await web.as_("clerk" if "goods" in call else "cashier").post(
            f"/api/v1/{call}", json=body, headers={"Idempotency-Key": field}
        )
        assert (answer.status_code, answer.json()["errors"]) == (422, [{"field": field, "message": words}])


async def test_goods_that_nobody_is_named_for_publish_no_name(web: Any, house: Cast) -> None:
    body = {"store": "LX01", "source": "gift", "lines": [{"barcode": "2001000100002", "quantity": 1}]}
    body |= {"public_name": True}
    for donor in ({}, {"donor": None}):
        headers = {"Idempotency-Key": "nobody"}
        answer = await web.as_("clerk").post("/api/v1/goods/intakes", json=body | donor, headers=headers)
        assert (answer.status_code, answer.json()["errors"]) == (
            422, [{"field": "public_name", "message": NAMELESS}]
        )  # fmt: skip


def test_the_number_stands_behind_its_tick_on_every_form(web: Any) -> None:
    from charity.web.pages import FOLDER  # noqa: PLC0415

    for name in ("giving/pledges/give.html", "giving/donors/_giver.html"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        assert -1 < text.index('"fiscal_receipt", _(') < text.index('"tax_id", _(') < text.index('"sensitive", _(')


@pytest.mark.parametrize(
    ("giver", "title"),
    [
        (
            {"kind": "organisation", "name": "溪东建材有限公司", "tax_id": CREDIT},
            f"抬头：溪东建材有限公司；号码：{CREDIT}",
        ),
        ({"tax_id": ID, "sensitive": "1"}, "抬头：林小溪；号码：110***********002X"),
    ],
)
async def test_the_wish_for_a_fiscal_receipt_is_said_wherever_the_gift_is_seen(
    web: Any, house: Cast, giver: dict[str, str], title: str
) -> None:
    """To the giver, to the cashier who receives it and to staff; to whoever opens the receipt only that it was asked."""
    await account_registered()
    await phone_registered("0000-88886666")
    page = (await sent(web, **giver, fiscal_receipt="1")).headers["location"]
    other = (await sent(web, **giver | {"tax_id": ""})).headers["location"]
    ask = re.compile(
        r"需要公益事业捐赠票据.{0,400}索取。电话： <a class=\"nobr\" href=\"tel:0000-88886666\">", re.DOTALL
    )

    async def wish(address: str, who: str = "") -> tuple[bool, bool, bool]:
        text = (await (web.as_(who) if who else web.as_()).get(address)).text
        return bool(ask.search(text)), title in text, "需要</" in text or '需要<span class="sub">' in text

    for code, wanted in ((page[3:], True), (other[3:], False)):
        assert await wish(f"/p/{code}") == (wanted, False, False)
        assert (await wish(f"/pledges/{code}/receive", "cashier"))[1:] == (wanted, wanted)
        for fen in (4_000, 6_000):
            await as_shown.receive(code, amount_fen=fen, received_on=today(), channel="cash", by=house.cashier)
            assert await wish(f"/p/{code}") == (wanted, False, False), fen
        receipt = (await pledges.receipts_of(code))[0].code
        assert (await wish(f"/receipts/{receipt}", "cashier"))[1:] == (wanted, wanted)
        assert await wish(f"/r/{receipt}") == (wanted, False, False)
        await as_shown.void(receipt, reason="抬头写错", by=house.accountant)
        assert (await wish(f"/r/{receipt}"))[0] is False
    gone = (await sent(web, **giver, fiscal_receipt="1")).headers["location"]
    with clock.fixed(clock.now() + timedelta(days=31)):
        assert (await wish(gone))[0] is False
