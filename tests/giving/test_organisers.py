"""An organiser joins by a code that is good once, sees his own unit, and is nobody as soon as another one takes over."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cast import Cast
from conftest import Web
from giving.given import account_registered, code_of, roster_filled

from charity import clock
from charity.db import reading
from charity.errors import Refusal
from charity.giving import organisers, roster_sheets, unit_rosters, work_units
from charity.office import sign_in, staff
from charity.roles import Actor, Role
from charity.web import limits

PASSWORD = "correct horse battery"
UNIT = "LXU03"
FORM = {"sec-fetch-site": "same-origin"}


async def unit(house: Cast, code: str = UNIT) -> str:
    await work_units.add(
        code=code, name=f"单位{code}", kind="school", reference=f"YRJ26-{code[3:]}", by=house.accountant
    )
    return code


async def invited(house: Cast, code: str = UNIT, name: str = "余涛") -> organisers.Made:
    return await organisers.invite(code, name=name, by=house.accountant)


async def joined(made: organisers.Made, login: str = "yutao") -> Actor:
    await organisers.join(made.code, login=login, password=PASSWORD)
    row = await reading.row("SELECT key, name FROM staff WHERE login = $1", login)
    assert row is not None
    return Actor(row["key"], row["name"], frozenset({Role.ORGANISER}))


async def refused(code: str, login: str = "other") -> str:
    with pytest.raises(Refusal) as error:
        await organisers.join(code, login=login, password=PASSWORD)
    return code_of(error)


async def _since(code: str = UNIT) -> str:
    return str(await reading.value("SELECT changed_at FROM work_unit WHERE code = $1", code))


async def test_who_was_invited_joins_once_and_has_the_unit(house: Cast) -> None:
    await unit(house)
    made = await invited(house)
    opened = await organisers.opened(made.code.lower().replace("-", " "))
    assert (opened.unit, opened.name, opened.invited_by) == ("单位LXU03", "余涛", house.accountant.name)
    who = await joined(made)
    assert (who.name, await organisers.unit_of(who)) == ("余涛", UNIT)
    assert await refused(made.code) == "organiser.used"
    row = await reading.row("SELECT * FROM organiser WHERE staff = $1", who.key)
    assert row is not None
    assert row["name"] is None, "the account has the name now"
    assert made.code not in str(row)
    assert made.code.replace("-", "") not in str(row), "only the hash of a code is kept"


async def test_of_two_who_use_one_code_at_once_one_wins(house: Cast) -> None:
    await unit(house)
    made = await invited(house)
    both = (organisers.join(made.code, login=login, password=PASSWORD) for login in ("first", "second"))
    answers = await asyncio.gather(*both, return_exceptions=True)
    lost = [answer for answer in answers if answer is not None]
    assert [getattr(one, "code", one) for one in lost] == ["organiser.used"]
    assert await reading.value("SELECT COUNT(*) FROM staff WHERE login IN ('first', 'second')") == 1


async def test_two_invitations_at_once_leave_one_that_opens(house: Cast) -> None:
    await unit(house)
    made = await asyncio.gather(invited(house, name="甲一"), invited(house, name="乙二"))
    codes = [await refused(one.code, login="") for one in made]
    assert sorted(codes) == ["fields.unreadable", "organiser.ended"], (
        "of one the login is looked at, of the other nothing"
    )


async def test_a_code_leads_nowhere_when_it_was_renewed_taken_back_or_of_a_retired_unit(house: Cast) -> None:
    await unit(house)
    first = await invited(house)
    second = await invited(house, name="柳青")
    assert await refused(first.code) == "organiser.ended"
    await organisers.end(UNIT, by=house.accountant)
    assert await refused(second.code) == "organiser.ended"
    third = await invited(house)
    await work_units.retire(UNIT, changed_at=await _since(), by=house.accountant)
    assert await refused(third.code) == "organiser.unit_retired"
    with pytest.raises(Refusal) as error:
        await invited(house)
    assert code_of(error) == "work_unit.retired"
    assert await refused("2222-2222-2222-2222") == "organiser.unknown"


@pytest.mark.parametrize(("after", "code"), [(timedelta(0), ""), (timedelta(seconds=1), "organiser.expired")])
async def test_the_last_day_of_an_invitation_counts_whole_in_shanghai(house: Cast, after: timedelta, code: str) -> None:
    await unit(house)
    with clock.fixed(datetime(2026, 11, 10, 16, 30, tzinfo=UTC)):  # half past midnight of the eleventh
        made = await invited(house)
    assert made.expires_on == "2026-11-25"
    with clock.fixed(datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC) + after):
        if code:
            assert await refused(made.code) == code
        else:
            await organisers.join(made.code, login="yutao", password=PASSWORD)


async def test_an_invitation_that_nobody_used_forgets_its_name_a_month_after_its_last_day(house: Cast) -> None:
    await unit(house)
    await unit(house, "LXU04")
    with clock.fixed(datetime(2026, 11, 10, 4, tzinfo=UTC)):
        made = await invited(house)  # till the 24th
        who = await joined(await invited(house, "LXU04"))
    for day, count in ((datetime(2026, 12, 24, 15, 59, tzinfo=UTC), 0), (datetime(2026, 12, 24, 16, tzinfo=UTC), 1)):
        with clock.fixed(day):
            assert await organisers.forget() == count
    row = await reading.row("SELECT name, ended_by FROM organiser WHERE key = $1", made.key)
    assert row == {"name": None, "ended_by": "system"}
    assert await organisers.unit_of(who) == "LXU04"


async def test_whoever_takes_over_ends_the_one_before_with_his_sessions(house: Cast, web: Web) -> None:
    await unit(house)
    before = await joined(await invited(house))
    secret = await sign_in.sessions.sign_in(login="yutao", password=PASSWORD)
    made = await organisers.hand_over(name="柳青", by=before)
    assert await organisers.unit_of(before) == UNIT, "till the next one joins he goes on"
    after = await joined(made, "liuqing")
    assert (await organisers.unit_of(before), await organisers.unit_of(after)) == (None, UNIT)
    client = web.as_("")
    client.cookies.set("session", secret)
    assert (await client.get("/my-unit")).headers["location"].startswith("/sign-in")
    with pytest.raises(Refusal) as error:
        await sign_in.sessions.sign_in(login="yutao", password=PASSWORD)
    assert code_of(error) == "sign_in.wrong"
    with pytest.raises(Refusal) as error:
        await organisers.hand_over(name="又一", by=before)
    assert code_of(error) == "organiser.no_unit"


async def test_whose_account_was_closed_does_not_come_back_by_his_own_invitation(house: Cast) -> None:
    await unit(house)
    who = await joined(await invited(house))
    made = await organisers.hand_over(name="余涛", by=who)
    await staff.disable(key=who.key, by=house.admin)
    assert await refused(made.code) == "organiser.ended"
    assert [one.state for one in await organisers.every(UNIT, by=house.accountant)] == ["invited", "joined"]
    await joined(await invited(house, name="柳青"), "liuqing")


async def test_a_retired_unit_is_nobodys_at_the_next_request(house: Cast, web: Web) -> None:
    client = web.as_("organiser")
    assert (await client.get("/my-unit")).status_code == 200
    await work_units.retire("LXU02", changed_at=await _since("LXU02"), by=house.accountant)
    assert await organisers.unit_of(house.organiser) is None
    for page in ("/my-unit", "/my-unit/hand-over", "/my-unit/poster/one-day-2026.pdf"):
        assert (await client.get(page)).status_code == 403, page
    assert (await client.post("/my-unit/hand-over", data={"name": "柳青"})).status_code == 403


async def test_an_organiser_opens_nothing_of_another_unit(house: Cast, web: Web) -> None:
    await unit(house)
    made = await invited(house)
    await joined(made)
    client = web.as_("organiser")
    for page in ("", "/organiser", "/organiser/end", "/edit", "/poster/one-day-2026.pdf"):
        for code in (UNIT, "LXU02"):
            assert (await client.get(f"/work-units/{code}{page}")).status_code == 403, page
    other = await invited(house)
    letter = await client.post("/my-unit/hand-over/letter.pdf", data={"code": other.code})
    assert letter.status_code == 404, "the code of another unit prints no letter"
    assert await organisers.every(UNIT, by=house.organiser) == []


async def test_the_page_shows_a_code_once_and_a_letter_of_it(house: Cast, web: Web) -> None:
    await unit(house)
    page = await web.as_("accountant").post(f"/work-units/{UNIT}/organiser", data={"name": "余涛"})
    code = re.findall(r"/join/([0-9A-Z-]{19})<", page.text)[0]
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    again = await web.as_("accountant").get(f"/work-units/{UNIT}/organiser")
    assert ("余涛" in again.text, code in again.text) == (True, False)
    letter = await web.as_("accountant").post(f"/work-units/{UNIT}/organiser/letter.pdf", data={"code": code})
    assert (letter.status_code, letter.content[:5]) == (200, b"%PDF-")
    for name in ("", " ", "x" * 41, "a\u202eb"):
        bad = await web.as_("accountant").post(f"/work-units/{UNIT}/organiser", data={"name": name})
        assert (bad.status_code, 'id="e-name"' in bad.text) == (422, True), name
    rare = await web.as_("accountant").post(f"/work-units/{UNIT}/organiser", data={"name": "余\U00032fff"})
    assert (rare.status_code, 'name="rare"' in rare.text) == (422, True)


async def _form(client: Any, address: str, **typed: str) -> Any:
    page = await client.get(address)
    token = re.findall(r'name="csrf" value="([^"]+)"', page.text)[-1]
    return await client.post(address, data={"csrf": token, **typed}, headers=FORM)


async def test_whoever_was_invited_joins_on_the_page_and_lands_on_his_unit(
    house: Cast, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="charity")
    await account_registered()
    await unit(house)
    made, client = await invited(house), web.as_("")
    typed = await _form(client, "/join", code=made.code.lower())
    address = typed.headers["location"]
    assert (typed.status_code, address) == (303, f"/join/{made.code.replace('-', '')}")
    page = await client.get(address)
    assert ("单位LXU03" in page.text, "余涛" in page.text) == (True, True)
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("same-origin", "no-store")
    weak = await _form(client, address, login="yutao", password="yutao12345")
    assert (weak.status_code, 'value="yutao"' in weak.text, 'id="e-password"' in weak.text) == (422, True, True)
    for guess in ("yutao20261127", "danweilxu03123"):  # the own name, and the unit's
        weak = await _form(client, address, login="liu", password=guess)
        assert (weak.status_code, "太容易猜" in weak.text) == (422, True), guess
    taken = await _form(client, address, login="cashier", password=PASSWORD)
    assert (taken.status_code, 'id="e-login"' in taken.text) == (422, True)
    done = await _form(client, address, login=" YuTao ", password=PASSWORD)
    assert (done.status_code, done.headers["location"]) == (303, "/my-unit")
    mine = await client.get("/my-unit")
    for text in ("单位LXU03", "YRJ26-03", "/my-unit/poster/one-day-2026.pdf", "0 笔"):
        assert text in mine.text, text
    assert (await client.get("/my-unit/poster/one-day-2026.pdf")).content[:5] == b"%PDF-"
    assert (await client.get("/desk")).headers["location"] == "/my-unit"
    used = await web.as_("").get(address)
    assert (used.status_code, "已经用过" in used.text) == (410, True)
    lines = [str(vars(record)) for record in caplog.records]
    assert lines
    assert not [line for line in lines if made.code in line or made.code.replace("-", "") in line]


async def test_an_organiser_is_led_to_his_roster_once_it_is_there(house: Cast, web: Web) -> None:
    await unit(house)
    made, client = await invited(house), web.as_("")
    done = await _form(client, f"/join/{made.code}", login="yutao", password=PASSWORD)
    assert done.status_code == 303
    before = (await client.get("/my-unit")).text
    assert ("还不能填报名册" in before, "/one-day?campaign=" in before) == (True, False)
    office = web.as_("cashier")
    shown = (await office.get(f"/work-units/{UNIT}")).text
    assert 'action="/one-day/invite"' in shown
    begun = await office.post("/one-day/invite", data={"campaign": "one-day-2026", "work_unit": UNIT})
    assert begun.status_code == 303
    (roster,) = await unit_rosters.of_unit(UNIT, by=house.cashier)
    assert roster.status == "joined", "its organiser had joined before the roster was begun"
    assert re.search(rf'href="/one-day/{roster.key}">填报名册<', (await client.get("/my-unit")).text)
    await unit_rosters.add(roster.key, roster_sheets.Typed("王伟", "100"), by=house.cashier)
    shown = unit_rosters.locked_content(await unit_rosters.get(roster.key, by=house.cashier)).hash
    await unit_rosters.lock(roster.key, content_hash=shown, by=house.cashier)
    assert re.search(rf'href="/one-day/{roster.key}">看名册<', (await client.get("/my-unit")).text)
    shown = (await office.get(f"/work-units/{UNIT}")).text
    assert ('action="/one-day/invite"' in shown, f'href="/one-day/{roster.key}"' in shown) == (False, True)


async def test_guessed_codes_wait_longer_and_longer(house: Cast, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    await unit(house)
    made, client = await invited(house), web.as_("")
    limits.reset()
    monkeypatch.setattr(limits, "ADDRESS", limits.Patience("address", 3, 900, 300))
    for n in range(3):
        assert (await client.get(f"/join/2222-2222-2222-222{n + 2}")).status_code == 404
    late = await client.get(f"/join/{made.code}")
    assert (late.status_code, "retry-after" in late.headers) == (429, True)


async def test_programs_invite_list_and_end(house: Cast, web: Web) -> None:
    await unit(house)
    client, path = web.as_("accountant"), f"/api/v1/work-units/{UNIT}/organisers"
    made = await client.post(path, json={"name": "余涛"})
    assert made.status_code == 201
    assert made.json()["address"].endswith(f"/join/{made.json()['code']}")
    listed = (await client.get(path)).json()["items"]
    assert [(one["name"], one["state"]) for one in listed] == [("余涛", "invited")]
    assert made.json()["code"] not in str(listed)
    assert (await client.post(f"{path}/end")).json() == {"work_unit": UNIT}
    assert (await client.post(f"{path}/end")).json()["type"].endswith("organiser.none")
    assert (await client.post(path.replace(UNIT, "LXU99"), json={"name": "余涛"})).status_code == 404


async def test_an_organiser_cannot_use_up_the_invitations_of_his_unit(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could have followed him any more, whatever the office did."""
    await unit(house)
    who = await joined(await invited(house))
    monkeypatch.setattr(organisers.verbs, "ORGANISERS_MAX", 6)
    monkeypatch.setattr(organisers.verbs, "HANDED_OVER_MAX", 3, raising=False)
    with pytest.raises(Refusal) as error:
        for _ in range(9):
            await organisers.hand_over(name="柳青", by=who)
    assert code_of(error) == "organiser.too_many"
    after = await joined(await invited(house, name="柳青"), "liuqing")
    assert await organisers.unit_of(after) == UNIT


async def test_an_organiser_does_not_keep_staff_from_printing(house: Cast, web: Web) -> None:
    """Forty papers of a roster at once: the cashier's receipt was refused, and every other one waited for them."""
    key, _ = await roster_filled(house)
    limits.reset()
    asked = [f"/one-day/{key}/all.pdf", f"/one-day/{key}/slip.pdf", "/my-unit/poster/one-day-2026.pdf"]
    asked += ["/my-unit/poster/none.pdf"] * 5
    answers = [(await web.as_("organiser").get(page)).status_code for page in asked]
    assert answers[-2:] == [429, 429]
    assert (await web.as_("organiser").post("/my-unit/hand-over/letter.pdf", data={"code": "2222"})).status_code == 429
    office = [(await web.as_("cashier").get(f"/one-day/{key}/slip.pdf")).status_code for _ in range(8)]
    assert 429 not in office
