"""Work units are kept by the accountant: registered, changed as they were shown, taken out, and brought back."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from cast import Cast
from giving.given import give, promised

from bench import printed_pages
from charity import clock
from charity.db import reading
from charity.errors import Refusal
from charity.giving import pledges, work_units

PAGE, CALL = "/work-units", "/api/v1/work-units"
NEW = {"code": "LXU03", "name": "市教育局", "kind": "government", "reference": "YRJ26-03"}


class Door:
    """The same act through the pages and through the calls; what is refused answers (status, fields)."""

    def __init__(self, web: Any, *, call: bool) -> None:
        self.web, self.call = web, call

    async def post(self, path: str, who: str = "accountant", **typed: Any) -> tuple[int, list[str]]:
        client = self.web.as_(who)
        if self.call:
            typed = {name: value for name, value in typed.items() if value != ""}
            if str(typed.get("staff", "")).isdigit():
                typed["staff"] = int(typed["staff"])
            answer = await client.post(CALL + path.replace("/new", "").replace("/edit", ""), json=typed)
            fields = [one["field"] for one in answer.json().get("errors", [])] if answer.status_code >= 400 else []
        else:
            if "show_amount" in typed:
                typed["show_amount"] = "1" if typed["show_amount"] else ""
            answer = await client.post(PAGE + path, data=typed)
            fields = [name for name in typed if f'id="e-{name}"' in answer.text]
        return (200 if answer.status_code in {200, 201, 303} else answer.status_code), fields


@pytest.fixture(params=["page", "call"])
def door(request: pytest.FixtureRequest, web: Any) -> Door:
    return Door(web, call=request.param == "call")


async def _since(code: str = "LXU03") -> str:
    return str(await reading.value("SELECT changed_at FROM work_unit WHERE code = $1", code))


async def test_a_code_typed_on_a_phone_leads_to_its_unit(house: Cast, web: Any) -> None:
    client = web.as_("accountant")
    done = await client.post(f"{PAGE}/new", data={**NEW, "code": "lxu03"})
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}/LXU03")
    assert (await client.get(f"{PAGE}/LXU03")).status_code == 200
    called = await client.post(CALL, json={**NEW, "code": "lxu04", "name": "市医院", "reference": "YRJ26-04"})
    assert called.json()["code"] == "LXU04"


async def test_a_unit_is_registered_with_what_is_its_own(house: Cast, door: Door) -> None:
    assert await door.post("/new", **NEW, staff="86", show_amount=True) == (200, [])
    kept = await work_units.get("LXU03", by=house.accountant)
    assert (kept.name, kept.kind, kept.reference, kept.staff, kept.show_amount) == (
        "市教育局",
        "government",
        "YRJ26-03",
        86,
        True,
    )
    assert kept.changed_by == house.accountant.key
    for typed, status, field in (
        ({}, 409, "code"),
        ({"code": "LXU04"}, 409, "name"),
        ({"code": "LXU04", "name": "市 教育局"}, 409, "name"),
        ({"code": "LXU04", "name": "市水务局"}, 409, "reference"),
        ({"code": "LXU04", "name": "市水务局", "reference": "yrj-2603"}, 409, "reference"),
        ({"code": "LXU04", "name": "市水务局", "reference": "YRJ26-O3"}, 409, "reference"),
        ({"code": "lxu/4", "name": "市水务局"}, 422, "code"),
        ({"code": "LXU04", "name": "局" * 61}, 422, "name"),
        ({"code": "LXU04", "name": "市水务局", "kind": "church"}, 422, "kind"),
        ({"code": "LXU04", "name": "市水务局", "reference": "号-1"}, 422, "reference"),
        ({"code": "LXU04", "name": "市水务局", "reference": "-A"}, 422, "reference"),
        ({"code": "LXU04", "name": "市水务局", "reference": "YRJ26-04", "staff": "0"}, 422, "staff"),
        ({"code": "LXU04", "name": "市水务局", "reference": "YRJ26-04", "staff": "1000001"}, 422, "staff"),
        ({"code": "LXU04", "name": "市水务局", "reference": "YRJ26-04", "staff": "8.6"}, 422, "staff"),
    ):
        assert await door.post("/new", **(NEW | typed)) == (status, [field]), typed
    for who in ("cashier", "auditor", "manager", "admin"):
        assert (await door.post("/new", who, **(NEW | {"code": "LXU09"})))[0] == 403
    assert [unit.code for unit in await work_units.every()] == ["LXU02", "LXU03"]
    assert await door.post("/new", **(NEW | {"code": "LXU04", "name": "市水务局", "reference": "YRJ26-04"})) == (
        200,
        [],
    )


async def test_of_two_accountants_the_second_sees_what_the_first_wrote(house: Cast, door: Door) -> None:
    await work_units.add(**NEW, by=house.accountant)
    since = await _since()
    typed = {**NEW, "name": "市教育局机关", "staff": "1,2", "changed_at": since}
    del typed["code"]
    assert await door.post("/LXU03/edit", **typed) == (422, ["staff"])
    assert await door.post("/LXU03/edit", **(typed | {"staff": "68"})) == (200, [])
    late = await door.post("/LXU03/edit", **(typed | {"name": "市教育体育局", "staff": "70"}))
    assert late[0] == 409
    row = await work_units.get("LXU03", by=house.accountant)
    assert (row.name, row.staff) == ("市教育局机关", 68)
    assert await door.post(
        "/LXU03/edit", **(typed | {"name": "市民政局", "staff": "", "changed_at": row.changed_at})
    ) == (
        409,
        ["name"],
    )
    assert (await door.post("/NONE/edit", **(typed | {"staff": ""})))[0] == 404


async def test_the_form_goes_on_from_what_somebody_else_saved(house: Cast, web: Any) -> None:
    await work_units.add(**NEW, by=house.accountant)
    since = await _since()
    typed = {"name": "市教育局机关", "kind": "school", "reference": "YRJ26-03", "staff": "", "changed_at": since}
    await work_units.change("LXU03", **(typed | {"name": "市教体局", "staff": 7}), by=house.accountant)
    page = await web.as_("accountant").post(f"{PAGE}/LXU03/edit", data=typed)
    assert page.status_code == 409
    assert "刚才有人改过" in page.text
    assert "市教体局" in page.text
    assert 'value="市教育局机关"' in page.text, "what was typed is still there"
    assert f'value="{await _since()}"' in page.text, "and can be saved over what is now shown"


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_name_is_taken_once_however_many_register_it(house: Cast, *, at_once: bool) -> None:
    made = [
        work_units.add(**(NEW | {"code": f"LXU1{n}", "reference": f"R-{n}"}), by=house.accountant) for n in range(3)
    ]
    if at_once:
        outcomes = await asyncio.gather(*made, return_exceptions=True)
    else:
        outcomes = [(await asyncio.gather(one, return_exceptions=True))[0] for one in made]
    assert sorted(o.code if isinstance(o, Refusal) else "kept" for o in outcomes) == [
        "kept",
        "work_unit.name",
        "work_unit.name",
    ]


async def test_a_retired_unit_takes_no_new_gift_through_any_door_and_keeps_what_it_gave(
    house: Cast, web: Any, door: Door
) -> None:
    await work_units.add(**NEW, by=house.accountant)
    await give(house, 500, work_unit="LXU03")
    promise = await promised(work_unit="LXU03")
    assert (await door.post("/LXU03/retire", "cashier", changed_at=await _since()))[0] == 403
    assert (await door.post("/LXU03/retire", changed_at="2020-01-01"))[0] == 409
    assert await door.post("/LXU03/retire", changed_at=await _since()) == (200, [])
    assert (await door.post("/LXU03/retire", changed_at=await _since()))[0] == 409, "once"
    assert [unit.code for unit in await work_units.every()] == ["LXU02"]
    for refused in (give(house, 600, work_unit="LXU03"), promised(work_unit="LXU03")):
        with pytest.raises(Refusal, match=r"work_unit\.retired"):
            await refused
    assert "市教育局" not in (await web.as_("cashier").get("/donations/new")).text
    shown = pledges.content_of(await pledges.get(promise))
    received = await pledges.receive(
        promise,
        amount_fen=20_000,
        confirmed_amount_fen=20_000,
        received_on=clock.today().isoformat(),
        channel="cash",
        content_hash=shown.hash,
        by=house.cashier,
    )
    assert received.status in {200, 201}, "what was promised before is received"
    given = await work_units.giving_of("LXU03", by=house.accountant)
    assert [(row["campaign"], row["gifts"]) for row in given] == [("one-day-2026", 2)]
    page = await web.as_("auditor").get(f"{PAGE}/LXU03")
    assert "已停用" in page.text
    assert "恢复" not in page.text, "an auditor only reads"
    assert (await door.post("/LXU03/edit", **(NEW | {"changed_at": await _since()})))[0] in {409, 422}
    again = NEW | {"code": "LXU05"}
    assert await door.post("/new", **again) == (409, ["reference"]), "old slips have it"
    await work_units.add(**(again | {"reference": "YRJ26-05"}), by=house.accountant)  # its name is free
    assert (await door.post("/LXU03/revive", changed_at=await _since()))[0] == 409, "and taken by now"
    await work_units.retire("LXU05", changed_at=await _since("LXU05"), by=house.accountant)
    assert await door.post("/LXU03/revive", changed_at=await _since()) == (200, [])
    await give(house, 600, work_unit="LXU03")


async def test_the_list_finds_a_unit_by_what_one_knows_of_it(house: Cast, web: Any) -> None:
    await work_units.add(**NEW, by=house.accountant)
    await work_units.add(
        code="LXU13", name="城关街道_和平社区", kind="community", reference="YRJ26-13", by=house.accountant
    )
    await work_units.retire("LXU13", changed_at=await _since("LXU13"), by=house.accountant)
    client = web.as_("cashier")
    for asked, codes in (
        ({}, ["LXU02", "LXU03", "LXU13"]),
        ({"text": "教育"}, ["LXU03"]),
        ({"text": "lxu1"}, ["LXU13"]),
        ({"text": "YRJ26-03"}, ["LXU03"]),
        ({"text": "_"}, ["LXU13"]),
        ({"text": "%"}, []),
        ({"kind": "community"}, ["LXU13"]),
        ({"state": "active"}, ["LXU02", "LXU03"]),
        ({"state": "retired"}, ["LXU13"]),
    ):
        answer = await client.get(CALL, params=asked)
        assert [one["code"] for one in answer.json()["items"]] == codes, asked
        page = (await client.get(PAGE, params=asked)).text
        assert [code for code in ("LXU02", "LXU03", "LXU13") if f"/work-units/{code}" in page] == codes, asked
    first = (await client.get(CALL, params={"limit": 2})).json()
    rest = (await client.get(CALL, params={"limit": 2, "after": first["next"]})).json()
    assert [one["code"] for one in [*first["items"], *rest["items"]]] == ["LXU02", "LXU03", "LXU13"]
    assert rest["next"] is None
    assert (await client.get(PAGE, params={"kind": "church"})).status_code == 422
    assert (await client.get(f"{CALL}/LXU03")).json()["giving"] == []
    for text in ("LXU03", "市教育局", "YRJ26-03"):
        answered = await client.post("/desk/search", data={"q": text})
        assert f"{PAGE}/LXU03" in (answered.headers.get("location", "") or answered.text), text
    assert (await web.as_("clerk").get(PAGE)).status_code == 403


async def test_the_poster_of_a_unit_leads_to_the_form_with_the_unit_chosen(house: Cast, web: Any) -> None:
    await work_units.add(**NEW, by=house.accountant)
    cashier = web.as_("cashier")
    href = f"{PAGE}/LXU03/poster/one-day-2026.pdf"
    assert href in (await cashier.get(f"{PAGE}/LXU03")).text
    printed = await cashier.get(href)
    assert printed.headers["content-type"] == "application/pdf"
    (sheet,) = printed_pages.sheets(printed.content)
    assert list(sheet.codes) == ["http://127.0.0.1:8000/campaigns/one-day-2026/give?work_unit=LXU03"]
    for text in ("市教育局", "YRJ26-03", "自愿捐赠"):
        assert printed_pages.flat(text) in sheet.text
    form = await web.as_(None).get("/campaigns/one-day-2026/give?work_unit=LXU03")
    assert '<option value="LXU03" selected>' in form.text
    assert (await cashier.get(f"{PAGE}/LXU03/poster/everyday.pdf")).status_code == 404
    ends = datetime.fromisoformat(str(await reading.value("SELECT ends_on FROM campaign WHERE slug = 'one-day-2026'")))
    for days, status in ((0, 200), (1, 409)):
        with clock.fixed(ends.replace(hour=12, tzinfo=clock.SHANGHAI) + timedelta(days=days)):
            assert (await cashier.get(href)).status_code == status, "to its last day"
            assert (href in (await cashier.get(f"{PAGE}/LXU03")).text) is (status == 200)
    assert (await cashier.get(f"{PAGE}/NONE/poster/one-day-2026.pdf")).status_code == 404
    assert (await web.as_("clerk").get(href)).status_code == 403
    await work_units.retire("LXU03", changed_at=await _since(), by=house.accountant)
    assert (await cashier.get(href)).status_code == 409
    assert href not in (await cashier.get(f"{PAGE}/LXU03")).text
