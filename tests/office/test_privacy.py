"""The privacy notice has versions, and each pledge and gift keeps what its giver was shown and agreed to."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from cast import Cast
from giving.given import give, today
from page_forms import hidden_of

from charity import clock
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.office import kept, organisation, privacy, verify
from charity.people import persons
from charity.people.persons import Donor

API = "/api/v1"
ID = "11010519491231002X"
GIVER = {"kind": "person", "name": "王小明", "phone": "19900002222"}


async def published(house: Cast, text: str = "新的告知", days: int = 0) -> int:
    starts_on = clock.today() + timedelta(days=days)
    return await privacy.publish(text=text, text_en="New notice", starts_on=starts_on, by=house.admin)


async def test_the_text_that_comes_with_the_platform_names_who_we_are_in_both_languages(web: Any, house: Cast) -> None:
    own = organisation.Organisation("新会", "New", contact="某办公室", phone="0577-1", address="新街1号", demo=True)
    await organisation.change(own)
    page = (await web.as_().get("/privacy")).text
    for text in ("新会（以下称“我们”）", "某办公室", "0577-1", "新街1号", "保存三十年", "撤回", "监护人", "第 1 版"):
        assert text in page
    assert "{" not in page.partition("<main")[2].partition("</main>")[0]
    english = (await web.as_().get("/privacy", headers={"Cookie": "lang=en", "Accept-Language": "en"})).text
    assert "thirty years" in english
    assert "PIPL" not in page


async def test_what_nobody_has_entered_is_said_in_words_and_no_place_stays_open(web: Any, house: Cast) -> None:
    """Of a fresh installation; page and call, both languages; what stands for nothing is refused."""
    await transactions.run(lambda tx: tx.rows("DELETE FROM organisation_fact RETURNING id"))
    stranger = web.as_()
    for language, shown in (
        ("zh", "电话：（尚未登记电话）；地址：（尚未登记地址）"),
        ("en", "telephone: (phone not entered yet)"),
    ):
        page = (await stranger.get("/privacy", headers={"Cookie": f"lang={language}"})).text
        main = page.partition("<main")[2].partition("</main>")[0]
        assert (shown in main, "{" in main, "—" in main) == (True, False, False)
    answer = (await stranger.get(f"{API}/privacy")).json()
    assert ("（尚未登记联系人）" in answer["text"], "(contact not entered yet)" in answer["text_en"]) == (True, True)
    assert "{" not in answer["text"] + answer["text_en"]
    with pytest.raises(Refusal) as refused:
        await published(house, "请找 {contact} 或 {somebody}")
    assert [(error.field, dict(error.facts)["blank"]) for error in refused.value.fields] == [("text", "somebody")]
    await organisation.change(organisation.Organisation("新会", address="{phone} 街", demo=True))
    await published(house, "地址 {address}")
    assert "地址 {phone} 街" in (await stranger.get("/privacy")).text, "what was entered is no place to fill"


async def test_a_version_holds_from_its_day_and_earlier_ones_stay(web: Any, house: Cast) -> None:
    assert (await privacy.current()).version == 1
    assert await published(house, "明天的告知", days=1) == 2
    assert (await privacy.current()).version == (await privacy.current(kept=True)).version == 1
    with clock.fixed(clock.now() + timedelta(days=1)):
        assert (await privacy.current()).version == 2
    stranger = web.as_()
    assert "还没有生效" in (await stranger.get("/privacy?version=2")).text
    for version, text in ((1, "三十年"), (2, "明天的告知")):
        answer = (await stranger.get(f"{API}/privacy?version={version}")).json()
        assert (answer["version"], text in answer["text"]) == (version, True)
    assert (await stranger.get(f"{API}/privacy")).json()["version"] == 1
    for absent in ("/privacy?version=3", "/privacy?version=x", "/privacy?version=9999999"):
        assert (await stranger.get(absent)).status_code == 404


async def test_versions_that_are_published_at_once_follow_one_another(house: Cast) -> None:
    published = [
        privacy.publish(text=f"# 告知\n第 {n} 份", text_en="# Notice\ntext", starts_on=clock.today(), by=house.admin)
        for n in range(5)
    ]
    assert sorted(await asyncio.gather(*published)) == [2, 3, 4, 5, 6]


async def test_an_administrator_publishes_by_page_and_call_and_nobody_else(web: Any, house: Cast) -> None:
    admin, today = web.as_("admin"), clock.today().isoformat()
    page = (await admin.get("/privacy/edit")).text
    assert "保存三十年" in page
    typed = {"text": "# 第一\r\n内容", "text_en": "# One\r\nWords", "starts_on": today}
    answer = await admin.post("/privacy/edit", data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/privacy?version=2")
    shown = (await web.as_().get("/privacy")).text
    assert "<h2>第一</h2>" in shown
    assert "第 1 版" in shown
    for field, value in (("text", " "), ("text_en", ""), ("starts_on", "2020-01-01")):
        refused = await admin.post("/privacy/edit", data=typed | {field: value})
        assert (refused.status_code, f'id="f-{field}"' in refused.text) == (422, True)
    body = {"text": "三", "text_en": "Three", "starts_on": today}
    assert (await admin.post(f"{API}/privacy", json=body)).json()["version"] == 3
    for by in (house.accountant, house.auditor):
        with pytest.raises(Refusal):
            await privacy.publish(text="x", text_en="x", starts_on=clock.today(), by=by)
    late = (clock.today() + timedelta(days=9)).isoformat()
    await admin.post(f"{API}/privacy", json=body | {"starts_on": late})
    refused = await admin.post(f"{API}/privacy", json=body)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:charity:problem:privacy.order")


async def _consents(code: str) -> persons.Consents:
    donor = await reading.value("SELECT donor FROM pledge WHERE code = $1", code)
    return await persons.consents(str(donor))


async def test_the_giving_page_keeps_the_version_it_showed_and_refuses_an_older_one(web: Any, house: Cast) -> None:
    visitor = web.as_()
    page = (await visitor.get("/campaigns/one-day-2026/give")).text
    assert '<a href="/privacy?version=1">' in page
    fields = {**hidden_of(page), **GIVER, "amount": "10000", "seen_fen": "10000", "channel": "bank"}
    assert fields["notice"] == "1"
    made = await visitor.post("/campaigns/one-day-2026/give", data=fields)
    assert made.status_code == 303
    code = made.headers["location"].rpartition("/")[2]
    assert await _consents(code) == persons.Consents(1, sensitive=False)
    cashier = (await web.as_("cashier").get(f"/pledges/{code}/receive")).text
    assert "隐私告知第 1 版" in cashier
    without = await visitor.post(
        "/campaigns/one-day-2026/give", data=fields | {"notice": "", "idem": "5d1c9f0e2b7a4c6d8e3f0a1b2c4d5e6f"}
    )
    assert (without.status_code, "先阅读隐私告知" in without.text) == (422, True)
    await published(house)
    old = await visitor.post("/campaigns/one-day-2026/give", data=fields | {"idem": "6f1c9f0e2b7a4c6d8e3f0a1b2c4d5e60"})
    assert (old.status_code, "已更新为第 2 版" in old.text, 'value="2"' in old.text) == (422, True, True)
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 1


async def test_an_id_number_needs_an_agreement_of_its_own_where_the_notice_is_shown(web: Any, house: Cast) -> None:
    visitor = web.as_()
    page = (await visitor.get("/campaigns/one-day-2026/give")).text
    fields = {
        **hidden_of(page),
        **GIVER,
        "tax_id": ID,
        "fiscal_receipt": "1",
        "amount": "10000",
        "seen_fen": "10000",
        "channel": "bank",
    }
    refused = await visitor.post("/campaigns/one-day-2026/give", data=fields)
    assert (refused.status_code, "请单独勾选同意使用" in refused.text) == (422, True)
    made = await visitor.post(
        "/campaigns/one-day-2026/give", data=fields | {"sensitive": "1", "idem": "5d1c9f0e2b7a4c6d8e3f0a1b2c4d5e6f"}
    )
    assert await _consents(made.headers["location"].rpartition("/")[2]) == persons.Consents(1, sensitive=True)
    body = {
        "campaign": "one-day-2026", "amount_fen": 100, "channel": "bank", "public_name": False, "public_amount": True,
        "donor": {**GIVER, "tax_id": ID, "fiscal_receipt": True, "notice": 1},
    }  # fmt: skip
    answer = await visitor.post(f"{API}/pledges", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "donor.sensitive")
    body["donor"]["sensitive"] = True  # type: ignore[index]
    assert (await visitor.post(f"{API}/pledges", json=body)).status_code == 201


async def test_a_gift_keeps_the_notice_at_every_door_and_an_unknown_version_is_refused(web: Any, house: Cast) -> None:
    cashier = web.as_("cashier")
    body = {
        "campaign": "everyday", "amount_fen": 100, "received_on": today(), "channel": "cash",
        "donor": {**GIVER, "notice": 1},
    }  # fmt: skip
    made = (await cashier.post(f"{API}/donations", json=body, headers={"Idempotency-Key": "1"})).json()
    shown = (await cashier.get(f"/receipts/{made['receipt']['code']}")).text
    assert "隐私告知第 1 版" in shown
    silent = (await give(house, 100)).body["receipt"]["code"]
    assert "没有出示隐私告知" in (await cashier.get(f"/receipts/{silent}")).text
    body["donor"]["notice"] = 7  # type: ignore[index]
    refused = await cashier.post(f"{API}/donations", json=body, headers={"Idempotency-Key": "2"})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:charity:problem:privacy.changed")


async def test_a_consent_costs_a_gift_no_statement(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def read() -> list[privacy.Notice]:
        asked.append(1)
        return await privacy.every()

    monkeypatch.setattr("charity.office.privacy.readers._versions", kept.Kept(read))
    for _ in range(5):
        await give(house, 100, donor=Donor("person", "王小明", "19900002222", notice=1))
    assert len(asked) == 1
    assert await reading.value("SELECT COUNT(*) FROM person WHERE notice = 1") == 5


async def test_verify_names_a_version_that_is_missing_or_without_words(house: Cast) -> None:
    assert await published(house) == 2
    assert await published(house) == 3
    assert await verify.notices() == []
    for sql, named in (
        ("UPDATE privacy_notice SET text = '' WHERE version = 3 RETURNING version", 1),
        ("DELETE FROM privacy_notice WHERE version = 2 RETURNING version", 1),
    ):
        await transactions.run(lambda tx, sql=sql: tx.rows(sql))
        assert [failure.invariant for failure in await verify.notices()] == ["NOTICES"] * named, sql
