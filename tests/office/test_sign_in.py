"""Signing in: sessions, when they end, and what a sign-in does not survive."""

import asyncio
from datetime import timedelta
from typing import Any

import argon2
import pytest
from conftest import Web
from office import given

from charity import clock, tokens
from charity.db import engine, reading
from charity.errors import Refusal
from charity.office import staff
from charity.office.sign_in import Authenticator, sessions
from charity.office.staff import passwords
from charity.roles import SYSTEM, Role
from charity.web import formats


async def test_a_right_password_begins_a_session_that_is_the_account(house: Any) -> None:
    clerk = await given.clerk(house)
    secret = await sessions.sign_in(login=" WANG ", password=given.PASSWORD)
    session = await Authenticator().session(tokens.digest(secret))
    assert session is not None
    assert session.actor == clerk


async def test_every_sign_in_makes_a_new_secret_and_only_its_digest_is_stored(house: Any) -> None:
    await given.clerk(house)
    first = await sessions.sign_in(login="wang", password=given.PASSWORD)
    second = await sessions.sign_in(login="wang", password=given.PASSWORD)
    assert first != second
    stored = {row["digest"] for row in await reading.rows("SELECT digest FROM session")}
    assert stored == {tokens.digest(first), tokens.digest(second)}


@pytest.mark.parametrize(
    ("login", "password"), [("wang", "wrong"), ("nobody", given.PASSWORD), ("wang", ""), ("", given.PASSWORD)]
)
async def test_a_wrong_sign_in_does_not_say_what_was_wrong(house: Any, login: str, password: str) -> None:
    await given.clerk(house)
    with pytest.raises(Refusal) as refused:
        await sessions.sign_in(login=login, password=password)
    assert refused.value.code == "sign_in.wrong"
    assert not await reading.rows("SELECT digest FROM session")


async def test_an_account_without_a_password_cannot_sign_in(house: Any) -> None:
    with pytest.raises(Refusal) as refused:
        await sessions.sign_in(login="cashier", password="")
    assert refused.value.code == "sign_in.wrong"


LIVES = (
    # roles, column, hours, whether the session lives
    ([Role.CASHIER], "seen_at", 0.49, True), ([Role.CASHIER], "seen_at", 0.51, False),
    ([Role.ACCOUNTANT], "seen_at", 0.51, False), ([Role.APPROVER], "seen_at", 0.51, False),
    ([Role.CASEWORKER], "seen_at", 0.51, False), ([Role.ADMIN], "seen_at", 0.51, False),
    ([Role.CLERK, Role.CASHIER], "seen_at", 0.51, False),
    ([Role.CLERK], "seen_at", 11.9, True), ([Role.MANAGER], "seen_at", 11.9, True),
    ([Role.CLERK, Role.MANAGER], "seen_at", 11.9, True), ([Role.CLERK, Role.AUDITOR], "seen_at", 2.1, False),
    ([Role.AUDITOR], "seen_at", 1.9, True), ([Role.AUDITOR], "seen_at", 2.1, False),
    ([Role.ORGANISER], "seen_at", 2.1, False),
    ([Role.CLERK], "created_at", 11.9, True), ([Role.CLERK], "created_at", 12.1, False),
    ([Role.CASHIER], "created_at", 11.9, True), ([Role.CASHIER], "created_at", 12.1, False),
)  # fmt: skip


@pytest.mark.parametrize(("roles", "column", "hours", "lives"), LIVES)
async def test_a_session_ends_after_the_idle_time_of_its_roles_and_in_any_case_after_a_shift(
    house: Any, *, roles: list[Role], column: str, hours: float, lives: bool
) -> None:
    who = await given.clerk(house, roles=roles, store=None)
    digest = tokens.digest(await sessions.sign_in(login="wang", password=given.PASSWORD))
    await given.aged(column, hours)
    assert (await Authenticator().session(digest) is not None) is lives
    assert bool(await sessions.own(who)) is lives


async def test_using_a_session_keeps_it_from_idling(house: Any) -> None:
    await given.clerk(house)
    digest = tokens.digest(await sessions.sign_in(login="wang", password=given.PASSWORD))
    await given.aged("seen_at", 1.5)
    assert await Authenticator().session(digest)
    assert clock.stamp(clock.now() - timedelta(minutes=1)) < await reading.value("SELECT seen_at FROM session")


async def test_signing_out_ends_the_session(house: Any) -> None:
    await given.clerk(house)
    digest = tokens.digest(await sessions.sign_in(login="wang", password=given.PASSWORD))
    await sessions.sign_out(digest)
    assert await Authenticator().session(digest) is None


async def test_a_sign_in_with_the_old_password_does_not_survive_its_change(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change comes while the old password is being hashed, and again after the session was made."""
    clerk = await given.clerk(house)
    checked, changed = asyncio.Event(), asyncio.Event()
    inner = passwords.matches

    async def slow(stored: str | None, password: str) -> bool:
        right = await inner(stored, password)
        checked.set()
        await changed.wait()
        return right

    with monkeypatch.context() as patch:
        patch.setattr(passwords, "matches", slow)
        signing_in = asyncio.create_task(sessions.sign_in(login="wang", password=given.PASSWORD))
        await checked.wait()
    await staff.change_password(current=given.PASSWORD, password="another good one", by=clerk)
    changed.set()
    with pytest.raises(Refusal) as refused:
        await signing_in
    assert refused.value.code == "sign_in.wrong"
    assert await given.live() == 0
    await sessions.sign_in(login="wang", password="another good one")
    await staff.change_password(current="another good one", password="a third good one", by=clerk)
    assert await given.live() == 0


async def test_a_sign_in_does_not_survive_that_its_account_is_disabled(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = await given.clerk(house)
    checked, disabled = asyncio.Event(), asyncio.Event()
    inner = passwords.matches

    async def slow(stored: str | None, password: str) -> bool:
        right = await inner(stored, password)
        checked.set()
        await disabled.wait()
        return right

    monkeypatch.setattr(passwords, "matches", slow)
    signing_in = asyncio.create_task(sessions.sign_in(login="wang", password=given.PASSWORD))
    await checked.wait()
    await staff.disable(key=clerk.key, by=house.admin)
    disabled.set()
    with pytest.raises(Refusal):
        await signing_in
    await staff.enable(key=clerk.key, by=house.admin)
    assert await given.live() == 0


async def test_eight_sign_ins_beside_a_change_of_password_leave_no_old_session(house: Any) -> None:
    clerk = await given.clerk(house)
    old = [sessions.sign_in(login="wang", password=given.PASSWORD) for _ in range(8)]
    change = staff.change_password(current=given.PASSWORD, password="another good one", by=clerk)
    await asyncio.gather(*old[:4], change, *old[4:], return_exceptions=True)
    assert await given.live() == 0


async def test_a_password_is_stored_as_argon2id(house: Any) -> None:
    await given.clerk(house)
    stored = await reading.value("SELECT password_hash FROM staff WHERE login = 'wang'")
    assert stored.startswith("$argon2id$")
    assert (passwords.COST.memory_cost, passwords.COST.time_cost) == (65_536, 3)
    assert argon2.PasswordHasher.from_parameters(passwords.COST).check_needs_rehash(stored)


async def test_too_many_sign_ins_at_once_are_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_waiting", passwords.WAITING_MAX)
    with pytest.raises(Refusal) as refused:
        await passwords.matches(None, given.PASSWORD)
    assert (refused.value.status, refused.value.retry_after_s) == (503, passwords.RETRY_AFTER_S)


async def test_old_sessions_are_swept(house: Any) -> None:
    await given.clerk(house)
    start = clock.now() - timedelta(hours=40)
    for minutes in range(4):
        with clock.fixed(start + timedelta(minutes=minutes)):
            await sessions.sign_in(login="wang", password=given.PASSWORD)
    with clock.fixed(start + timedelta(hours=36)):
        assert await sessions.sweep() == 0
    assert await sessions.sweep() == 2  # the last two say when the account was used
    left = await reading.rows("SELECT created_at FROM session ORDER BY created_at")
    assert [row["created_at"] for row in left] == [clock.stamp(start + timedelta(minutes=m)) for m in (2, 3)]


@pytest.mark.parametrize(("ahead", "lives"), [(timedelta(minutes=4), True), (timedelta(minutes=6), False)])
@pytest.mark.parametrize("column", ["created_at", "seen_at"])
async def test_a_clock_that_is_set_back_leaves_no_session_alive(
    house: Any, ahead: timedelta, column: str, *, lives: bool
) -> None:
    """One that began, or was used, in a wrong year lived until that year was over, and came alive again in it."""
    who = await given.clerk(house)
    digest = await given.signed_in("wang")
    await given.aged(column, -ahead.total_seconds() / 3_600)
    assert (await Authenticator().session(digest) is not None) is lives
    assert bool(await sessions.own(who)) is lives
    assert await sessions.sweep() == (not lives)


async def test_whoever_signs_in_sees_when_the_account_was_used_before(house: Any, web: Web) -> None:
    """Also who receives a password that its setter has used already."""
    await given.clerk(house, initial=True)
    first = await given.browser(web, "wang")
    assert "上次登录" not in (await first.get("/password")).text
    await given.aged("created_at", 5)
    used = formats.moment(await reading.value("SELECT created_at FROM session"))
    again = await given.browser(web, "wang")
    assert f"上次登录：{used}" in (await again.get("/password")).text
    await given.post(again, "/password", current=given.PASSWORD, password=given.OTHER)
    own = await given.browser(web, "wang", given.OTHER)
    assert "上次登录" in (await own.get("/desk")).text
    assert "上次登录" not in (await own.get("/desk")).text
    used = formats.moment(await reading.value("SELECT MAX(created_at) FROM session WHERE revoked_at IS NOT NULL"))
    assert f"上次登录：{used}" in (await own.get("/sessions")).text


@pytest.mark.parametrize("stopped", [None, "SQLITE_FULL"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_who_signs_out_is_signed_out_also_where_writing_has_stopped(
    house: Any, web: Web, stopped: str | None
) -> None:
    await given.made(house, "fang", Role.AUDITOR, by=SYSTEM)
    client = await given.browser(web, "fang")
    assert (await client.get("/desk")).status_code == 200
    engine.state().stopped = stopped
    answer = await given.post(client, "/desk", "/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await client.get("/desk")).status_code == 303, "to the sign-in page"
