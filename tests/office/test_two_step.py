"""The second factor, what a session still owes, and the pages of both."""

import asyncio
import re

import pytest
from cast import Cast
from conftest import Web
from office import given

from charity import clock, tokens
from charity.db import reading
from charity.desk import tasks
from charity.errors import Refusal
from charity.office import organisation, staff
from charity.office.sign_in import Authenticator, sessions, two_step
from charity.roles import SYSTEM, Role
from charity.web import limits
from charity.web.auth import Owes


@pytest.mark.parametrize(("role", "asked"), [(role, role in {Role.ADMIN, Role.APPROVER}) for role in sorted(Role)])
async def test_administrators_and_approvers_owe_a_second_factor(house: Cast, role: Role, *, asked: bool) -> None:
    await given.made(house, "lu", role, by=SYSTEM)
    session = await Authenticator().session(await given.signed_in("lu"))
    assert session is not None
    assert session.owes == (Owes.TWO_STEP if asked else None)


async def test_a_first_password_is_changed_before_anything_else(house: Cast) -> None:
    who = await given.made(house, "lu", Role.APPROVER, initial=True)
    session = await Authenticator().session(await given.signed_in("lu"))
    assert session is not None
    assert session.owes == Owes.PASSWORD
    assert (
        await given.refused_with(staff.change_password(current=given.PASSWORD, password=given.PASSWORD, by=who))
        == "password.same"
    )
    await staff.change_password(current=given.PASSWORD, password=given.OTHER, by=who)
    again = await Authenticator().session(tokens.digest(await sessions.sign_in(login="lu", password=given.OTHER)))
    assert again is not None
    assert again.owes == Owes.TWO_STEP


async def test_a_demo_asks_for_neither(house: Cast) -> None:
    await given.made(house, "lu", Role.APPROVER, initial=True)
    await organisation.change(organisation.Organisation("演示会", demo=True))
    session = await Authenticator().session(await given.signed_in("lu"))
    assert session is not None
    assert session.owes is None
    assert "/two-step" in [task.href for task in await tasks.tasks(session.actor)]


async def test_who_has_a_second_factor_gives_it_at_every_sign_in(house: Cast) -> None:
    who, secret, _ = await given.with_two_step(house)
    digest = await given.signed_in("lu")
    session = await Authenticator().session(digest)
    assert session is not None
    assert session.owes == Owes.CODE
    for wrong in (
        "000000" if given.code(secret) != "000000" else "000001",
        given.code(secret, steps=3),
        given.code(secret, steps=-3),
    ):
        assert await given.refused_with(two_step.give(code=wrong, session=digest, by=who)) == "code.wrong"
    for unreadable in ("12345", "abc", "1234567", "", "x" * 40):
        assert await given.refused_with(two_step.give(code=unreadable, session=digest, by=who)) == "code.unreadable"
    typed = given.code(secret).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    await two_step.give(code=f" {typed[:3]} {typed[3:]} ", session=digest, by=who)
    session = await Authenticator().session(digest)
    assert session is not None
    assert session.owes is None


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_phone_may_be_one_step_early_or_late(house: Cast, steps: int, *, fits: bool) -> None:
    who, secret, _ = await given.with_two_step(house)
    digest = await given.signed_in("lu")
    at = clock.now()
    with clock.fixed(at):
        giving = two_step.give(code=given.code(secret, at, steps), session=digest, by=who)
        if fits:
            await giving
        else:
            assert await given.refused_with(giving) == "code.wrong"


async def test_no_step_is_used_twice_not_even_at_the_same_moment(house: Cast) -> None:
    who, secret, _ = await given.with_two_step(house)
    digests = [await given.signed_in("lu") for _ in range(4)]
    at = clock.now()
    with clock.fixed(at):
        code = given.code(secret, at)
        done = await asyncio.gather(
            *(two_step.give(code=code, session=digest, by=who) for digest in digests), return_exceptions=True
        )
        assert [type(d) for d in done].count(Refusal) == 3
        early = given.code(secret, at, -1)
        assert await given.refused_with(two_step.give(code=early, session=digests[0], by=who)) == "code.wrong"
        await two_step.give(code=given.code(secret, at, 1), session=digests[1], by=who)


async def test_a_recovery_code_works_once_and_for_its_owner_only(house: Cast) -> None:
    who, _, codes = await given.with_two_step(house)
    other, _, others = await given.with_two_step(house, "zhong")
    assert len(set(codes)) == two_step.CODES
    digest = await given.signed_in("lu")
    assert await given.refused_with(two_step.give(code=others[0], session=digest, by=who)) == "code.wrong"
    await two_step.give(code=codes[0].lower().replace("-", " "), session=digest, by=who)
    assert await given.refused_with(two_step.give(code=codes[0], session=digest, by=who)) == "code.wrong"
    assert await two_step.codes_left(by=who) == two_step.CODES - 1
    assert await two_step.codes_left(by=other) == two_step.CODES
    stored = {row["digest"] for row in await reading.rows("SELECT digest FROM recovery_code")}
    assert not stored & {tokens.normalise(code) for code in codes}


async def test_one_recovery_code_at_two_doors_at_once_opens_one(house: Cast) -> None:
    who, _, codes = await given.with_two_step(house)
    digests = [await given.signed_in("lu") for _ in range(4)]
    done = await asyncio.gather(
        *(two_step.give(code=codes[0], session=digest, by=who) for digest in digests), return_exceptions=True
    )
    assert [type(d) for d in done].count(Refusal) == 3


async def test_new_recovery_codes_end_the_old_ones(house: Cast) -> None:
    who, secret, codes = await given.with_two_step(house)
    fresh = await two_step.renew_codes(code=given.code(secret), by=who)
    digest = await given.signed_in("lu")
    assert await given.refused_with(two_step.give(code=codes[1], session=digest, by=who)) == "code.wrong"
    await two_step.give(code=fresh[1], session=digest, by=who)


async def test_the_secret_is_sealed(house: Cast) -> None:
    _, secret, _ = await given.with_two_step(house)
    stored = bytes(await reading.value("SELECT totp_secret FROM staff WHERE login = 'lu'"))
    assert secret.encode() not in stored


async def test_a_second_factor_is_set_up_once_and_with_a_right_code(house: Cast) -> None:
    who = await given.made(house, "lu", Role.APPROVER, by=SYSTEM)
    session, secret = await given.signed_in("lu"), two_step.new_secret()
    wrong = "000000" if given.code(secret) != "000000" else "000001"
    right = {"secret": secret, "code": given.code(secret), "current": given.PASSWORD, "session": session, "by": who}
    for refusal, fields in (
        ("code.wrong", {"code": wrong}),
        ("two_step.stale", {"secret": "x"}),
        ("password.wrong", {"current": given.OTHER}),  # an open browser alone gives nobody's phone the account
    ):
        assert await given.refused_with(two_step.begin(**(right | fields))) == refusal
    assert not await two_step.is_on(by=who)
    begun = [two_step.begin(**right) for _ in range(2)]
    done = await asyncio.gather(*begun, return_exceptions=True)
    assert [type(d) for d in done].count(Refusal) == 1
    assert await two_step.codes_left(by=who) == two_step.CODES


async def test_ending_it_signs_out_everywhere(house: Cast) -> None:
    who, secret, codes = await given.with_two_step(house)
    digest = await given.signed_in("lu")
    await two_step.give(code=given.code(secret), session=digest, by=who)
    await two_step.end(code=codes[0], by=who)
    assert await Authenticator().session(digest) is None
    assert await given.refused_with(two_step.end(code=codes[1], by=who)) == "two_step.off"
    assert await two_step.codes_left(by=who) == 0


async def test_a_first_sign_in_goes_by_password_and_second_factor_to_the_desk(house: Cast, web: Web) -> None:
    who = await given.made(house, "lu", Role.APPROVER, initial=True)
    client = await given.browser(web, "lu")
    for path in ("/desk", "/vouchers", "/two-step", "/sessions", "/accounts/changes"):
        assert (await client.get(path)).headers["location"] == f"/password?next={path}"
    assert (await client.get("/sign-in")).headers["location"].startswith("/password?")
    answer = await given.post(client, "/password", current=given.PASSWORD, password=given.OTHER)
    assert answer.headers["location"] == "/sign-in?after=password"
    assert "请用新密码登录" in (await client.get("/sign-in?after=password")).text
    client = await given.browser(web, "lu", given.OTHER)
    assert (await client.get("/desk")).headers["location"] == "/two-step?next=/desk"
    assert (await client.post("/desk/search", data={"q": "x"})).headers["location"] == "/two-step?next=/desk"
    page = await client.get("/two-step?next=/vouchers")
    assert page.headers["cache-control"] == "no-store"
    secret = re.findall(r'name="secret" value="([A-Z2-7]{32})"', page.text)[0]
    wrong = await client.post(
        "/two-step", data={"csrf": given.csrf(page), "secret": secret, "code": "000000", "current": given.OTHER}
    )
    assert (wrong.status_code, secret in wrong.text) == (422, True)
    form = {"csrf": given.csrf(page), "secret": secret, "code": given.code(secret), "next": "/vouchers"}
    assert (await client.post("/two-step", data=form)).status_code == 422  # without the password
    codes = await client.post("/two-step", data=form | {"current": given.OTHER})
    shown = re.findall(r'<li class="code">([\w-]+)</li>', codes.text)
    assert len(shown) == two_step.CODES
    assert 'href="/vouchers"' in codes.text
    assert (await client.get("/desk")).status_code == 200
    assert await two_step.is_on(by=who)
    client = await given.browser(web, "lu", given.OTHER)
    assert (await client.get("/vouchers")).headers["location"] == "/sign-in/code?next=/vouchers"
    assert "上次登录" not in (await client.get("/sign-in/code")).text  # whoever has the password alone learns nothing
    assert (await given.post(client, "/sign-in/code", code="ABCD")).status_code == 422
    answer = await given.post(client, "/sign-in/code?next=/vouchers", "/sign-in/code", code=shown[0], next="/vouchers")
    assert answer.headers["location"] == "/vouchers"
    assert "上次登录" in (await client.get("/sessions")).text
    assert (await client.get("/vouchers")).status_code == 200


async def test_what_is_left_to_do_opens_no_other_step(house: Cast, web: Web) -> None:
    """Who owes the code may neither change the password nor take the second factor away."""
    await given.with_two_step(house)
    client = await given.browser(web, "lu")
    token = given.csrf(await client.get("/sign-in/code"))
    for path in ("/password", "/two-step", "/two-step/codes", "/two-step/end", "/sessions/end"):
        answer = await client.post(
            path, data={"csrf": token, "current": given.PASSWORD, "password": given.OTHER, "code": "1"}
        )
        assert answer.headers["location"].partition("?")[0] in {"/sign-in", "/sign-in/code"}, path
    assert await sessions.sign_in(login="lu", password=given.PASSWORD)


async def test_codes_are_not_guessed(house: Cast, web: Web) -> None:
    await given.with_two_step(house)
    statuses = []
    for _ in range(2):  # a new session does not make the wrong ones forgotten
        client = await given.browser(web, "lu")
        token = given.csrf(await client.get("/sign-in/code"))
        for _ in range(4):
            answer = await client.post("/sign-in/code", data={"csrf": token, "code": "AAAA-AAAA-AAAA-AAAA"})
            statuses.append(answer.status_code)
    assert statuses == [422] * limits.CODE.free + [429] * 3


async def test_ones_own_sessions_are_listed_and_ended_and_nobody_elses(house: Cast, web: Web) -> None:
    clerk = await given.made(house, "fang", Role.CLERK, store="LX01")
    await given.made(house, "yao", Role.CLERK, store="LX01")
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    here, there, others = [await given.browser(web, login) for login in ("fang", "fang", "yao")]
    there.headers["user-agent"] = agent
    await there.post("/sign-out", data={"csrf": given.csrf(await there.get("/desk"))})
    assert (await given.post(there, "/sign-in", login="fang", password=given.PASSWORD)).status_code == 303
    page = (await here.get("/sessions")).text
    assert "Edge · Windows" in page
    assert len(await sessions.own(clerk)) == 2
    digest = tokens.digest(there.cookies["session"])
    assert digest in page
    answer = await given.post(others, "/sessions", "/sessions/end", session=digest)
    assert answer.status_code == 303
    assert (await there.get("/desk")).status_code == 200
    await given.post(here, "/sessions", "/sessions/end", session=digest)
    assert (await there.get("/desk")).status_code == 303
    assert (await others.get("/desk")).status_code == 200
    again = await given.browser(web, "fang")
    await given.post(here, "/sessions", "/sessions/end")
    assert (await again.get("/desk")).status_code == 303
    assert (await here.get("/desk")).status_code == 200
