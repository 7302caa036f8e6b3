"""Institutions and branches are registered and changed by staff, and are so once a second person has seen them."""

from typing import Any

import pytest
from aid.given import Aid
from cast import Cast
from tampering import tampered

from charity.aid import verify
from charity.db import reading
from charity.people import institution_entries, institutions

PAGE, CALL = "/institutions", "/api/v1/aid/institutions"
CREDIT = "91350100M000100Y43"
ACCOUNT = "6217000012345678"
HOSPITAL = {
    "code": "LXI99",
    "name": "临溪市中医院",
    "kind": "hospital",
    "credit_code": CREDIT,
    "township": "",
    "account": ACCOUNT,
}


async def kept(house: Cast) -> tuple[Any, ...] | None:
    row = await institutions.with_code("LXI99", by=house.caseworker)
    return (row.name, row.kind, row.credit_code, institutions.bank_account(row)) if row else None


@pytest.mark.parametrize("call", [False, True])
async def test_an_institution_is_registered_and_changed_by_two_persons(web: Any, house: Cast, call: bool) -> None:  # noqa: FBT001
    async def post(who: str, what: str, typed: dict[str, str]) -> Any:
        if call:
            return await web.as_(who).post(f"{CALL}{what}", json=typed)
        address = what.removesuffix("/confirm") or "/new"
        return await web.as_(who).post(f"{PAGE}{address}", data=typed)

    done = 200 if call else 303
    assert (await post("caseworker", "", HOSPITAL)).status_code == (201 if call else 303)
    assert await kept(house) is None, "it waits"
    assert (await post("accountant", "", HOSPITAL)).status_code == 409
    (entry,) = await institution_entries.waiting(by=house.approver)
    look = f"/entries/{entry.key}"
    if not call:
        shown = (await web.as_("approver").get(f"{PAGE}{look}")).text
        assert (CREDIT in shown, ACCOUNT in shown) == (True, False)
    for who, account, status in (
        ("caseworker", ACCOUNT, 403),
        ("cashier", ACCOUNT, 403),
        ("approver", "6217000012345679", 422),
        ("approver", "", 422),
        ("approver", "6217 0000-1234 5678", done),
        ("approver", ACCOUNT, 409),
    ):
        answer = await post(who, f"{look}/confirm", {"account": account})
        assert answer.status_code == status, (who, account)
        assert ACCOUNT not in answer.text
    assert await kept(house) == ("临溪市中医院", "hospital", CREDIT, ACCOUNT)
    changed = {**HOSPITAL, "name": "临溪市人民医院", "account": ""}
    assert (await post("accountant", "", changed)).status_code == (201 if call else 303)
    (entry,) = await institution_entries.waiting(by=house.approver)
    assert (await post("approver", f"/entries/{entry.key}/refuse", {})).status_code == done
    assert await kept(house) == ("临溪市中医院", "hospital", CREDIT, ACCOUNT)
    await post("accountant", "", changed)
    (entry,) = await institution_entries.waiting(by=house.approver)
    assert (await post("caseworker", f"/entries/{entry.key}/confirm", {"account": ""})).status_code == done
    assert await kept(house) == ("临溪市人民医院", "hospital", CREDIT, ACCOUNT)
    history = [(e.name, str(e.status)) for e in await institution_entries.newest(code="LXI99", by=house.auditor)]
    assert history == [("临溪市人民医院", "confirmed"), ("临溪市人民医院", "refused"), ("临溪市中医院", "confirmed")]
    other = "6222000011112222"
    await post("caseworker", "", {**changed, "account": other})
    (entry,) = await institution_entries.waiting(by=house.approver)
    assert (await post("accountant", f"/entries/{entry.key}/confirm", {"account": other})).status_code == done
    assert await kept(house) == ("临溪市人民医院", "hospital", CREDIT, other)
    listed = await web.as_("auditor").get(CALL if call else PAGE)
    assert ("临溪市人民医院" in listed.text, "临溪市中医院" in listed.text, ACCOUNT in listed.text) == (
        True,
        True,
        False,
    )
    assert ACCOUNT.encode() not in b"".join(
        [row["bank_account"] or b"" for row in await reading.rows("SELECT bank_account FROM institution_entry")]
    )


@pytest.mark.parametrize("call", [False, True])
async def test_whoever_entered_an_institution_takes_it_back_while_it_waits(web: Any, house: Cast, call: bool) -> None:  # noqa: FBT001
    root = CALL if call else PAGE

    async def end(who: str, key: str, how: str = "/withdraw", **typed: str) -> int:
        how = "/confirm" if call and not how else how
        address, body = f"{root}/entries/{key}{how}", {"json": typed} if call else {"data": typed}
        return int((await web.as_(who).post(address, **body)).status_code)

    await web.as_("caseworker").post(CALL, json=HOSPITAL)
    (entry,) = await institution_entries.waiting(by=house.approver)
    look = f"{PAGE}/entries/{entry.key}"
    shown = [
        f"{look}/withdraw" in (await web.as_(who).get(look)).text for who in ("caseworker", "accountant", "approver")
    ]
    assert shown == [True, False, False]
    assert [await end(who, entry.key) for who in ("accountant", "approver", "cashier")] == [403] * 3
    assert await end("caseworker", "x") == 404
    assert await end("caseworker", entry.key) == (200 if call else 303)
    assert await institution_entries.waiting(by=house.approver) == []
    assert "由登记人撤回了" in (await web.as_("approver").get(look)).text
    assert [await end("caseworker", entry.key), await end("approver", entry.key, "", account=ACCOUNT)] == [409] * 2
    assert await kept(house) is None
    await web.as_("caseworker").post(CALL, json=HOSPITAL)
    (anew,) = await institution_entries.waiting(by=house.approver)
    assert await end("approver", anew.key, "", account=ACCOUNT) == (200 if call else 303)
    assert await end("caseworker", anew.key) == 409, "it was seen"
    assert await kept(house) == ("临溪市中医院", "hospital", CREDIT, ACCOUNT)
    history = [(e.key, str(e.status)) for e in await institution_entries.newest(code="LXI99", by=house.auditor)]
    assert history == [(anew.key, "confirmed"), (entry.key, "withdrawn")]
    assert [str(failure) for failure in await verify.run() if "LXI99" in str(failure)] == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"credit_code": "91350100M000100Y44"}, "credit_code"),
        ({"credit_code": "91350100M000100Y4"}, "credit_code"),
        ({"code": "lxi 9"}, "code"),
        ({"name": " "}, "name"),
        ({"name": "王\U00032fff"}, "rare"),
        ({"kind": "palace"}, "kind"),
        ({"township": "NOWHERE"}, "township"),
        ({"account": "12"}, "account"),
        ({"code": "INS-1", "kind": "branch"}, "kind"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(web: Any, aid: Aid, typed: dict[str, str], field: str) -> None:
    del aid
    body = HOSPITAL | typed
    if body["code"] == "INS-1":
        body["code"] = await reading.value("SELECT MIN(code) FROM institution WHERE kind <> 'branch'")
    answer = await web.as_("caseworker").post(CALL, json=body)
    assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, [field])
    page = await web.as_("caseworker").post(f"{PAGE}/new", data=body)
    assert (page.status_code, f'id="e-{field}"' in page.text) == (422, True)
    assert await reading.value("SELECT COUNT(*) FROM institution_entry") == 0
    if field == "rare":
        assert (await web.as_("caseworker").post(f"{PAGE}/new", data={**body, "rare": "1"})).status_code == 303


async def test_verify_names_an_institution_that_is_not_what_was_confirmed(web: Any, house: Cast) -> None:
    await web.as_("caseworker").post(CALL, json=HOSPITAL)
    (entry,) = await institution_entries.waiting(by=house.approver)
    await web.as_("approver").post(f"{CALL}/entries/{entry.key}/confirm", json={"account": ACCOUNT})
    assert [str(failure) for failure in await verify.run() if "LXI99" in str(failure)] == []
    for fault in ("name = '别的医院'", "credit_code = ''", "bank_account = NULL"):
        async with tampered(f"UPDATE institution SET {fault} WHERE code = 'LXI99'"):
            assert len([failure for failure in await verify.run() if "LXI99" in str(failure)]) == 1, fault


async def test_the_second_look_says_what_changes_and_which_institutions_look_like_it(web: Any, house: Cast) -> None:
    async def look(who: str = "approver") -> tuple[str, str]:
        (entry,) = await institution_entries.waiting(by=house.approver)
        return entry.key, (await web.as_(who).get(f"{PAGE}/entries/{entry.key}")).text

    await web.as_("caseworker").post(CALL, json=HOSPITAL)
    key, page = await look()
    assert ("这一条变更" in page, "原登记" in page, "已有同名" in page) == (False, False, False)
    await web.as_("approver").post(f"{CALL}/entries/{key}/confirm", json={"account": ACCOUNT})
    await web.as_("caseworker").post(CALL, json=HOSPITAL | {"name": "临溪市人民医院", "credit_code": "", "account": ""})
    key, page = await look()
    for shown in ("这一条变更", "原登记：临溪市中医院", f"原登记：{CREDIT}", "原来的账号不变"):
        assert shown in page, shown
    await web.as_("approver").post(f"{CALL}/entries/{key}/refuse", json={})
    assert "原登记" not in (await web.as_("approver").get(f"{PAGE}/entries/{key}")).text, "it was seen already"
    for typed, other in (
        ({"credit_code": ""}, True),
        ({"name": "别的医院"}, True),
        ({"name": "乙", "credit_code": ""}, False),
    ):
        await web.as_("caseworker").post(CALL, json=HOSPITAL | {"code": "LXI98"} | typed)
        key, page = await look()
        assert ("LXI99 临溪市中医院" in page) is other, typed
        await web.as_("approver").post(f"{CALL}/entries/{key}/refuse", json={})
