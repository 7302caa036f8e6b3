"""A consent is taken back: by the giver with his receipt or his pledge, or by the desk; nothing shows it from then on."""

import re
from typing import Any

import pytest
from cast import Cast
from conftest import Web
from giving.given import WANG, all_is_well, code_of, give, promised, today
from giving.test_pages import API
from page_forms import form_of, hidden_of
from reports.given import read

from charity.db import reading, sealed
from charity.errors import Refusal
from charity.giving import consents, donations, pledges
from charity.giving.kinds import Consent
from charity.people.persons import Donor
from charity.printing.document import Filters
from charity.web import limits

OPEN = {"public_name": True, "public_amount": True}
FIRM = Donor("organisation", "恒溪纺织有限公司", "19900002222")
TAIL = "2222"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    limits.reset()


async def flags(table: str = "donation") -> list[tuple[bool, bool]]:
    rows = await reading.rows(f"SELECT public_name, public_amount FROM {table}")
    return [(bool(row["public_name"]), bool(row["public_amount"])) for row in rows]


async def kept() -> list[tuple[str, str, str]]:
    rows = await reading.rows("SELECT what, door, withdrawn_by FROM consent_withdrawal ORDER BY withdrawn_at, what")
    return [(row["what"], row["door"], row["withdrawn_by"]) for row in rows]


async def shown(web: Web) -> str:
    page = (await web.as_().get("/campaigns/one-day-2026")).text
    (gifts,) = re.findall(r'<ul class="gifts">(.*?)</ul>', page, re.DOTALL)
    return re.sub(r"<[^>]*>|\s", "", gifts)


async def refused(doing: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        await doing
    return code_of(refusal)


async def test_a_giver_takes_back_his_name_with_the_second_secret_of_his_receipt(web: Web, house: Cast) -> None:
    made = (await give(house, 700, donor=FIRM, channel="bank", channel_ref="R1", **OPEN)).body["receipt"]
    assert (await shown(web)).startswith("恒溪纺织有限公司¥7.00")
    code, client = made["code"], web.as_()
    hidden = await form_of(client, f"/r/{code}/full")
    proof = {**hidden, "number": made["number"], "secret": TAIL}
    whole = await client.post(f"/r/{code}/full", data=proof)
    assert "查看或撤回我的同意" in whole.text
    page = await client.post(f"/r/{code}/consents", data=proof)
    assert [name for name in ("name", "amount", "contact") if f'id="f-{name}"' in page.text] == [
        "name",
        "amount",
        "contact",
    ]
    assert "收不回来" in page.text
    nothing = await client.post(f"/r/{code}/consents/withdraw", data=proof)
    assert (nothing.status_code, "请勾选要撤回的同意" in nothing.text) == (422, True)
    done = await client.post(f"/r/{code}/consents/withdraw", data={**proof, **hidden_of(page.text), "name": "1"})
    assert (done.status_code, "已撤回：公开姓名或单位名称" in done.text) == (200, True)
    assert await flags() == [(False, True)]
    assert await kept() == [("name", "receipt", "")]
    assert await shown(web) == f"爱心单位¥7.00{today()}"
    rows, _ = await read("donations", Filters.of(today(), today()))
    assert [(row["donor"], row["consent"]) for row in rows] == [("爱心单位", "仅金额")]
    assert (await client.get(f"{API}/receipts/{code}")).json()["donor"] == "爱心单位"
    again = await client.post(f"/r/{code}/consents/withdraw", data={**proof, "name": "1"})
    assert (again.status_code, await kept()) == (409, [("name", "receipt", "")])
    await all_is_well()


async def test_who_does_not_prove_himself_takes_nothing_back(web: Web, house: Cast) -> None:
    made = (await give(house, 700, **OPEN)).body["receipt"]
    client, address = web.as_(), f"{API}/receipts/{made['code']}/consents/withdraw"
    for proof in ({"number": made["number"], "secret": "2223"}, {"pledge": "A" * 26}, {}):
        answer = await client.post(address, json={"what": ["name"], **proof})
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:charity:problem:receipt.not_proven")
    hidden = await form_of(client, f"/r/{made['code']}/full")
    wrong = {**hidden, "number": made["number"], "secret": "2223", "name": "1"}
    assert (await client.post(f"/r/{made['code']}/consents/withdraw", data=wrong)).status_code == 403
    assert (await flags(), await kept()) == ([(True, True)], [])
    assert await reading.value("SELECT wrong FROM receipt_guess") == 2
    right = {"what": ["name", "amount"], "number": made["number"], "secret": TAIL}
    answer = await client.post(address, json=right)
    assert (answer.status_code, answer.json()) == (200, {"withdrawn": ["name", "amount"], "on": today()})


async def test_a_pledge_taken_back_reaches_its_gifts_and_what_comes_later(web: Web, house: Cast) -> None:
    code = await promised(amount_fen=1_000, **OPEN)
    row = await pledges.get(code)

    async def arrived(fen: int) -> None:
        seen = pledges.content_of(await pledges.get(code)).hash
        more: dict[str, Any] = {"received_on": today(), "channel": "cash", "by": house.cashier, "content_hash": seen}
        await pledges.receive(code, amount_fen=fen, confirmed_amount_fen=fen, **more)

    await arrived(400)
    client = web.as_()
    page = (await client.get(f"/p/{code}/consents")).text
    assert "王小明" not in page
    assert row.reference in page
    hidden = hidden_of(page)
    answer = await client.post(f"/p/{code}/consents", data={**hidden, "name": "1", "contact": "1"})
    assert answer.status_code == 303
    await arrived(600)
    assert await flags("pledge") == [(False, True)]
    assert await flags() == [(False, True)] * 2
    assert await kept() == [("contact", "pledge", ""), ("name", "pledge", "")]
    answer = await client.post(f"{API}/pledges/{code}/consents/withdraw", json={"what": ["contact", "amount"]})
    assert answer.json()["withdrawn"] == ["amount"], "the contact was taken back before"
    assert await flags() == [(False, False)] * 2
    await all_is_well()


async def test_a_pledge_taken_back_while_its_money_is_recorded_publishes_nothing(house: Cast) -> None:
    """The gift takes what holds when it is decided, not what was read before."""
    code = await promised(amount_fen=1_000, **OPEN)
    asked = await pledges.get(code)
    await consents.by_pledge(code, [Consent.NAME])
    more: dict[str, Any] = {"received_on": today(), "channel": "cash", "by": house.cashier}
    old = asked

    async def as_read_before(_: str) -> Any:
        return old

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("charity.giving.pledges.verbs.get", as_read_before)
        seen = pledges.content_of(asked).hash
        await pledges.receive(code, amount_fen=400, confirmed_amount_fen=400, content_hash=seen, **more)
    assert await flags() == [(False, True)]


async def test_the_desk_takes_back_in_the_givers_name_with_a_reason(web: Web, house: Cast) -> None:
    gift = (await give(house, 700, **OPEN)).body["id"]
    assert await refused(consents.at_the_desk(gift, [Consent.NAME], reason=" ", by=house.cashier)) == "reason.needed"
    assert await refused(consents.at_the_desk(gift, [], reason="本人来电", by=house.cashier)) == "consent.unchosen"
    assert (
        await refused(consents.at_the_desk("x", [Consent.NAME], reason="本人", by=house.cashier)) == "donation.unknown"
    )
    desk = web.as_("cashier")
    hidden = await form_of(desk, f"/donations/{gift}/consents")
    empty = await desk.post(f"/donations/{gift}/consents", data={**hidden, "name": "1", "reason": ""})
    assert (empty.status_code, ' name="name" value="1" checked' in empty.text) == (422, True)
    asked = {**hidden, "name": "1", "contact": "1", "reason": "本人持身份证提出"}
    assert (await desk.post(f"/donations/{gift}/consents", data=asked)).status_code == 303
    assert (await flags(), await kept()) == (
        [(False, True)],
        [("contact", "desk", house.cashier.key), ("name", "desk", house.cashier.key)],
    )
    row = await reading.row("SELECT key, reason FROM consent_withdrawal WHERE what = 'name'")
    assert sealed.unseal("consent_withdrawal", "reason", row["key"], row["reason"]) == "本人持身份证提出"
    page = (await desk.get(f"/donations/{gift}")).text
    assert f"{today()} 撤回公开姓名（服务台代办）：本人持身份证提出" in page
    assert f"{today()} 起不要联系（服务台代办）" in page
    assert "服务台代办）：本人持身份证提出" in page
    again = {"what": ["name", "contact"], "reason": "再来一次"}
    answer = await desk.post(f"{API}/donations/{gift}/consents/withdraw", json=again)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:charity:problem:consent.none")


async def test_one_transfer_for_several_purposes_is_taken_back_whole(house: Cast) -> None:
    parts = [donations.Part("one-day-2026", None, 100), donations.Part("everyday", None, 200)]
    more: dict[str, Any] = {"received_on": today(), "channel": "cash", "donor": WANG, "by": house.cashier}
    made = (await donations.receive_together(parts=parts, confirmed_amount_fen=300, **more, **OPEN)).body
    await consents.at_the_desk(made["gifts"][1]["id"], [Consent.AMOUNT], reason="本人来电", by=house.cashier)
    assert await flags() == [(True, False)] * 2
    other = (await give(house, 500, donor=WANG, **OPEN)).body["id"]
    assert (await flags())[-1] == (True, True), other


async def test_a_consent_taken_back_reaches_all_rows_of_the_giver_and_nobody_elses(house: Cast) -> None:
    """A giver has a row for each gift: one phone or one identity is one giver, two identities are two."""
    phone = "13900001111"
    again = Donor("person", "王小明", "+86 139 0000 1111")
    first = (await give(house, 100, donor=Donor("person", "王小明", phone), **OPEN)).body["id"]
    for donor in (again, Donor("person", "李四", "13900002222"), Donor("organisation", "某厂", phone)):
        await give(house, 200, donor=donor, **OPEN)
    code = await promised(amount_fen=1_000, donor=again, **OPEN)
    other = await promised(amount_fen=1_000, donor=Donor("person", "李四", "13900002222"), **OPEN)
    await consents.at_the_desk(first, [Consent.NAME, Consent.CONTACT], reason="本人来电", by=house.cashier)
    rows = await reading.rows("SELECT public_name, public_amount FROM donation ORDER BY seq")
    assert [(bool(r["public_name"]), bool(r["public_amount"])) for r in rows] == [(False, True)] * 2 + [
        (True, True)
    ] * 2
    assert [bool((await pledges.get(one)).public_name) for one in (code, other)] == [False, True]
    assert [what for what, *_ in await kept()] == ["contact"] * 3 + ["name"] * 3
    assert await refused(consents.by_pledge(code, [Consent.NAME, Consent.CONTACT])) == "consent.none"
    await all_is_well()


async def test_two_identities_with_one_phone_are_two_givers(house: Cast) -> None:
    phone = "13900003333"
    man = Donor("person", "王一", phone, "", "110101199003070038")
    wife = Donor("person", "李二", phone, "", "110101199003078021")
    seen = [(await give(house, 100, donor=donor, **OPEN)).body["id"] for donor in (man, wife, man)]
    await consents.at_the_desk(seen[0], [Consent.NAME], reason="本人来电", by=house.cashier)
    rows = await reading.rows("SELECT public_name FROM donation ORDER BY seq")
    assert [bool(row["public_name"]) for row in rows] == [False, True, False]


async def test_a_promise_in_anothers_name_takes_nothing_of_his_back_when_its_money_came_either(house: Cast) -> None:
    """Anybody may promise and pay with anybody's number: its address and its receipt prove nothing about other gifts."""
    await give(house, 700, donor=FIRM, **OPEN)
    code = await promised(amount_fen=1_000, donor=FIRM, **OPEN)
    await consents.by_pledge(code, [Consent.NAME, Consent.CONTACT])
    assert (await flags(), await flags("pledge")) == ([(True, True)], [(False, True)])
    assert [what for what, *_ in await kept()] == ["contact", "name"]
    assert await refused(consents.by_pledge(code, [Consent.NAME, Consent.CONTACT])) == "consent.none"
    more: dict[str, Any] = {"received_on": today(), "channel": "cash", "by": house.cashier}

    async def arrived(pledge: str) -> str:
        seen = pledges.content_of(await pledges.get(pledge)).hash
        paid = await pledges.receive(pledge, amount_fen=1_000, confirmed_amount_fen=1_000, content_hash=seen, **more)
        return str(paid.body["receipt"]["code"])

    await arrived(code)
    await consents.by_pledge(code, [Consent.AMOUNT])
    assert sorted(await flags()) == [(False, False), (True, True)]
    other = await promised(amount_fen=1_000, donor=FIRM, **OPEN)
    receipt = await arrived(other)
    assert await consents.of_receipt(receipt) == (Consent.NAME, Consent.AMOUNT, Consent.CONTACT)
    await consents.by_receipt(receipt, list(Consent), pledge=other)
    assert sorted(await flags()) == [(False, False), (False, False), (True, True)]
    assert sorted(await flags("pledge")) == [(False, False), (True, True)], "what comes for it later is another receipt"
    rows = await reading.rows("SELECT DISTINCT person FROM consent_withdrawal")
    assert len(rows) == 2, "one of each pledge"
    await all_is_well()


async def test_each_page_says_what_is_covered_and_the_desk_offers_all_of_the_giver(web: Web, house: Cast) -> None:
    hidden = (await give(house, 700, donor=FIRM)).body
    code = await promised(amount_fen=1_000, donor=FIRM, **OPEN)
    proof = {"number": hidden["receipt"]["number"], "secret": TAIL}
    client, address = web.as_(), f"/r/{hidden['receipt']['code']}"
    page = (await client.post(f"{address}/consents", data={**await form_of(client, f"{address}/full"), **proof})).text
    assert ("只撤回这张收据上的捐赠" in page, 'id="f-name"' in page) == (True, False)
    assert "只撤回这笔认捐、为它到账的捐赠" in (await client.get(f"/p/{code}/consents")).text
    desk = (await web.as_("cashier").get(f"/donations/{hidden['id']}/consents")).text
    assert "至今的全部捐赠和认捐，不只是这一笔" in desk
    assert [name for name in ("name", "amount", "contact") if f'id="f-{name}"' in desk] == ["name", "amount", "contact"]
    more: dict[str, Any] = {"reason": "本人持身份证提出", "by": house.cashier}
    await consents.at_the_desk(hidden["id"], list(Consent), **more)
    assert await flags("pledge") == [(False, False)]
    assert await refused(consents.at_the_desk(hidden["id"], list(Consent), **more)) == "consent.none"
