"""When sessions and tokens end, to the microsecond; what is noted of their use; whose they are."""

from datetime import datetime, timedelta
from typing import Any

import argon2
import pytest
from cast import Cast
from office import given

from charity import clock, tokens
from charity.db import reading, transactions
from charity.office import staff
from charity.office.sign_in import Authenticator, sessions
from charity.office.staff import passwords
from charity.office.staff import tokens as access_tokens
from charity.roles import SYSTEM, Role

TICK = timedelta(microseconds=1)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def put(sql: str, *values: Any) -> None:
    assert await transactions.run(lambda tx: tx.rows(sql, *values))


async def session_times(digest: str, *, created: datetime, seen: datetime) -> None:
    sql = "UPDATE session SET created_at = $2, seen_at = $3 WHERE digest = $1 RETURNING digest"
    await put(sql, digest, clock.stamp(created), clock.stamp(seen))


async def seen(digest: str) -> str:
    return str(await reading.value("SELECT seen_at FROM session WHERE digest = $1", digest))


@pytest.mark.parametrize(
    ("role", "idle"),
    [(Role.CASHIER, 30 * MINUTE), (Role.AUDITOR, 2 * HOUR), (Role.CLERK, 12 * HOUR), (Role.MANAGER, 12 * HOUR)],
)
async def test_a_session_ends_at_the_end_of_its_idle_time_and_twelve_hours_after_it_began(
    house: Cast, role: Role, idle: timedelta
) -> None:
    who = await given.made(house, "lu", role, by=SYSTEM)
    at, digest = clock.now(), await given.signed_in("lu")
    with clock.fixed(at):
        for created, used, lives in (
            (at - idle + TICK, at - idle + TICK, True),
            (at - idle + TICK, at - idle, False),
            (at - 12 * HOUR + TICK, at, True),
            (at - 12 * HOUR, at, False),
            (at + 5 * MINUTE, at, True),
            (at + 5 * MINUTE + TICK, at, False),
            (at, at + 5 * MINUTE, True),
            (at, at + 5 * MINUTE + TICK, False),
        ):
            await session_times(digest, created=created, seen=used)
            assert [row.digest for row in await sessions.own(who)] == [digest] * lives, (created - at, used - at)
            assert (await Authenticator().session(digest) is not None) is lives, (created - at, used - at)


async def test_the_use_of_a_session_is_noted_once_a_minute_and_of_no_other(house: Cast) -> None:
    await given.made(house, "lu", Role.CASHIER, by=SYSTEM)
    at, digest, beside = clock.now(), await given.signed_in("lu"), await given.signed_in("lu")
    untouched = await seen(beside)
    with clock.fixed(at):
        for used, noted in ((at - MINUTE, at - MINUTE), (at - MINUTE - TICK, at), (at + TICK, at + TICK)):
            await session_times(digest, created=at - HOUR, seen=used)
            assert await Authenticator().session(digest)
            assert await seen(digest) == clock.stamp(noted), used - at
    assert await seen(beside) == untouched


async def test_the_use_of_a_token_is_noted_once_an_hour_until_its_end_and_of_no_other(house: Cast) -> None:
    digest, beside = [tokens.digest(await access_tokens.create(role=Role.AUDITOR)) for _ in range(2)]
    at = clock.now()
    sql = "SELECT seen_at FROM token WHERE digest = $1"
    with clock.fixed(at):
        for used, noted in ((at - HOUR, at - HOUR), (at - HOUR - TICK, at)):
            await put("UPDATE token SET seen_at = $2 WHERE digest = $1 RETURNING digest", digest, clock.stamp(used))
            assert await Authenticator().token(digest)
            assert await reading.value(sql, digest) == clock.stamp(noted), used - at
        assert await reading.value(sql, beside) is None
        for end, works in ((at + TICK, True), (at, False)):
            await put("UPDATE token SET expires_at = $2 WHERE digest = $1 RETURNING digest", digest, clock.stamp(end))
            assert (await Authenticator().token(digest) is not None) is works
            (listed,) = [t for t in await access_tokens.every(by=SYSTEM) if digest.startswith(t.id)]
            assert listed.works is works


async def test_a_session_or_token_that_ended_or_never_was_is_nobodys_while_others_work(house: Cast) -> None:
    who = await given.made(house, "lu", Role.CASHIER, by=SYSTEM)
    await given.made(house, "yao", Role.CLERK, store="LX01")
    await given.signed_in("yao")
    ended, live = await given.signed_in("lu"), await given.signed_in("lu")
    stopped, working = [
        tokens.digest(await access_tokens.create(role=Role.CASHIER, login="lu", name=n)) for n in ("a", "b")
    ]
    await sessions.sign_out(ended)
    await access_tokens.revoke(token=stopped[:12], by=SYSTEM)
    door = Authenticator()
    assert (await door.session(ended), await door.session("none")) == (None, None)
    assert (await door.token(stopped), await door.token("none")) == (None, None)
    session = await door.session(live)
    assert session is not None
    assert (session.actor, await door.token(working)) == (who, who)
    await put("UPDATE staff SET disabled_at = $2 WHERE key = $1 RETURNING key", who.key, clock.stamp())
    assert (await door.session(live), await door.token(working)) == (None, None)


async def test_what_has_ended_keeps_its_time_and_its_last_use(house: Cast) -> None:
    who = await given.made(house, "lu", Role.CASHIER, by=SYSTEM)
    digest = await given.signed_in("lu")
    await sessions.sign_out(digest)
    before = await reading.rows("SELECT * FROM session")
    assert before[0]["revoked_at"] is not None
    with clock.fixed(clock.now() + HOUR):
        await sessions.sign_out(digest)
        await sessions.end_own(digest=digest, by=who)
        await sessions.end_others(keep="", by=who)
        await sessions._seen(sessions._SEEN, digest)  # ended between the look-up and the note
    assert await reading.rows("SELECT * FROM session") == before


async def test_ones_own_sessions_are_listed_by_their_last_use_and_the_sign_in_before_is_ones_own(house: Cast) -> None:
    who = await given.made(house, "lu", Role.CASHIER, by=SYSTEM)
    await given.made(house, "yao", Role.CASHIER, by=SYSTEM)
    at, begun = clock.now(), []
    for n, login in enumerate(("lu", "lu", "yao", "lu", "lu")):
        with clock.fixed(at + n * TICK):
            begun.append(await given.signed_in(login))
    first, second, stranger, third, last = begun
    await session_times(first, created=at, seen=at + MINUTE)
    await sessions.sign_out(last)
    assert [row.digest for row in await sessions.own(who)] == [first, third, second]
    for session, before in ((first, None), (second, first), (third, second), (last, third), (stranger, None)):
        row = await sessions.before(session=session, by=who)
        assert (row and row.digest) == before


async def test_sessions_are_swept_a_day_after_their_end_but_the_last_two_of_each_account(house: Cast) -> None:
    at, kept, gone = clock.now(), list[str](), list[str]()
    old = at - 36 * HOUR
    for login, ages in (("lu", (old - 2 * TICK, old - TICK, old, at)), ("yao", (old - 2 * TICK, old - TICK))):
        await given.made(house, login, Role.CASHIER, by=SYSTEM)
        for created in ages:
            digest = await given.signed_in(login)
            await session_times(digest, created=created, seen=created)
            (gone if login == "lu" and created < old else kept).append(digest)
    for ahead, swept in ((5 * MINUTE, False), (5 * MINUTE + TICK, True)):
        for times in ({"created": at + ahead, "seen": at}, {"created": at, "seen": at + ahead}):
            digest = await given.signed_in("lu")
            await session_times(digest, **times)
            (gone if swept else kept).append(digest)
    with clock.fixed(at):
        assert await sessions.sweep() == len(gone) == 4
    assert {row["digest"] for row in await reading.rows("SELECT digest FROM session")} == set(kept)


async def test_of_sessions_that_are_a_day_over_only_those_before_the_last_two_go(house: Cast) -> None:
    await given.made(house, "lu", Role.CASHIER, by=SYSTEM)
    at, digests = clock.now(), []
    for n in range(3):
        digests.append(await given.signed_in("lu"))
        await session_times(digests[-1], created=at - 36 * HOUR + (n - 1) * TICK, seen=at - 36 * HOUR)
    with clock.fixed(at - TICK):
        assert await sessions.sweep() == 0
    with clock.fixed(at):
        assert await sessions.sweep() == 1
    assert {row["digest"] for row in await reading.rows("SELECT digest FROM session")} == set(digests[1:])


async def test_a_sign_in_keeps_the_device_and_makes_an_old_hash_new(house: Cast) -> None:
    who = await given.made(house, "lu", Role.CASHIER, by=SYSTEM)
    sql = "SELECT password_hash FROM staff WHERE key = $1"
    present = await reading.value(sql, who.key)
    await sessions.sign_in(login="lu", password=given.PASSWORD, device="Edge · Windows")
    assert await reading.value(sql, who.key) == present
    assert await reading.value("SELECT device FROM session") == "Edge · Windows"
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=32, parallelism=1).hash(given.PASSWORD)
    await put("UPDATE staff SET password_hash = $2 WHERE key = $1 RETURNING key", who.key, weak)
    assert passwords.outdated(weak)
    await sessions.sign_in(login="lu", password=given.PASSWORD)
    fresh = await reading.value(sql, who.key)
    assert (fresh != weak, passwords.outdated(fresh)) == (True, False)
    assert await sessions.sign_in(login="lu", password=given.PASSWORD)


async def test_a_password_is_read_up_to_the_longest_there_may_be(house: Cast) -> None:
    longest = "correct horse battery " * 5 + "stapled to the door"[:18]
    assert len(longest) == 128
    await staff.create(login="lu", name="陆", roles=[Role.CASHIER], password=longest, by=SYSTEM)
    assert await sessions.sign_in(login="lu", password=longest)
    assert await given.refused_with(sessions.sign_in(login="lu", password=longest[:-1])) == "sign_in.wrong"
