"""A second person, a second factor, and what ends by itself: no administrator alone reaches the money."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pyotp
import pytest
from cast import Cast
from conftest import Web

from charity import clock, tokens
from charity.db import reading, transactions
from charity.desk import tasks
from charity.errors import Refusal
from charity.office import organisation, staff, verify
from charity.office.models import ChangeKind, Outcome
from charity.office.sign_in import Authenticator, sessions, two_step
from charity.office.staff import changes
from charity.office.staff import tokens as access_tokens
from charity.office.staff.changes import Change
from charity.roles import MONEY, SYSTEM, Actor, Role
from charity.web import auth, limits
from charity.web.auth import Owes

PASSWORD = "correct horse battery"
OTHER = "another good one"
ACCOUNT_OF = dict[str, Actor]


@pytest.fixture(autouse=True)
def fresh() -> None:
    limits.reset()
    auth.forget()


async def _made(house: Cast, login: str, *roles: Role, by: Actor | None = None, **more: Any) -> Actor:
    given = {"name": f"{login}某", "password": PASSWORD, "initial": False} | more
    made = await staff.create(login=login, roles=roles, by=by or house.admin, **given)
    return made.actor


async def _at_work(house: Cast) -> Actor:
    """The first owner of a money role is at work: from now on changes wait."""
    return await _made(house, "first", Role.CASHIER, by=SYSTEM)


async def _admins(house: Cast) -> tuple[Actor, Actor]:
    """Two administrators who can sign in, and a cashier at work."""
    one = await _made(house, "one", Role.ADMIN, by=SYSTEM)
    two = await _made(house, "two", Role.ADMIN, by=SYSTEM)
    await _at_work(house)
    return one, two


async def _roles(who: Actor) -> set[Role]:
    return set((await staff.get(who.key)).roles)


async def _only() -> Change:
    (change,) = await changes.waiting()
    return change


async def _refused(work: Any) -> str:
    with pytest.raises(Refusal) as refused:
        await work
    return refused.value.code


# -- a second person -----------------------------------------------------------------------------------


async def test_while_the_house_is_set_up_money_roles_take_effect_at_once(house: Cast) -> None:
    for role in sorted(MONEY):
        who = await _made(house, f"new-{role}", role, initial=True)
        assert await _roles(who) == {role}
    assert await changes.waiting() == []


async def test_the_first_owner_of_a_money_role_who_is_at_work_ends_the_setting_up(house: Cast) -> None:
    cashier = await _made(house, "shen", Role.CASHIER, initial=True)
    assert await _roles(await _made(house, "gu", Role.ACCOUNTANT, initial=True)) == {Role.ACCOUNTANT}
    await staff.change_password(current=PASSWORD, password=OTHER, by=cashier)
    assert await _roles(await _made(house, "lu", Role.APPROVER)) == set()
    # Taking all money roles away again does not bring the setting up back.
    for login in ("shen", "gu"):
        found = await staff.required(login)
        await staff.assign(key=found.key, name=found.name, roles=[Role.AUDITOR], store=None, by=house.admin)
    assert await _roles(await _made(house, "ye", Role.CASEWORKER)) == set()


async def test_a_working_token_of_a_money_role_ends_the_setting_up_too(house: Cast) -> None:
    await access_tokens.create(role=Role.CASHIER)
    assert await _roles(await _made(house, "lu", Role.APPROVER)) == set()


async def test_a_clerk_needs_no_second_person(house: Cast) -> None:
    one, _ = await _admins(house)
    clerk = await _made(house, "fang", Role.CLERK, by=one)
    await staff.assign(key=clerk.key, name="方", roles=[Role.MANAGER, Role.AUDITOR], store="LX01", by=one)
    await staff.set_password(key=clerk.key, password=OTHER, by=one)
    await staff.end_two_step(key=clerk.key, by=one)
    assert await changes.waiting() == []
    assert await _roles(clerk) == {Role.MANAGER, Role.AUDITOR}


@pytest.mark.parametrize("role", sorted({*MONEY, Role.ADMIN}))
async def test_a_new_guarded_role_waits_for_another_administrator(house: Cast, role: Role) -> None:
    one, two = await _admins(house)
    who = await _made(house, "fang", Role.AUDITOR, by=one)
    await staff.assign(key=who.key, name="方", roles=[role], store=None, by=one)
    assert await _roles(who) == {Role.AUDITOR}
    change = await _only()
    assert (change.kind, change.roles, change.asked_by, change.due_at) == (ChangeKind.ROLES, (role,), one.key, None)
    assert await _refused(changes.confirm(key=change.key, by=one)) == "change.same_person"
    assert await _refused(changes.confirm(key=change.key, by=house.cashier)) == "not_yours"
    assert await _refused(changes.confirm(key="nothing", by=two)) == "change.unknown"
    digest = tokens.digest(await sessions.sign_in(login="fang", password=PASSWORD))
    await changes.confirm(key=change.key, by=two)
    assert await _roles(who) == {role}
    assert await Authenticator().session(digest) is None
    assert await _refused(changes.confirm(key=change.key, by=two)) == "change.settled"
    acts = [r["act"] for r in await reading.rows("SELECT act FROM staff_event WHERE staff = $1 ORDER BY id", who.key)]
    assert acts == ["created", "name", "asked", "confirmed", "roles"]


async def test_an_account_with_a_waiting_role_alone_cannot_sign_in_before(house: Cast) -> None:
    one, two = await _admins(house)
    await _made(house, "lu", Role.APPROVER, by=one)
    assert await _refused(sessions.sign_in(login="lu", password="wrong")) == "sign_in.wrong"
    assert await _refused(sessions.sign_in(login="lu", password=PASSWORD)) == "sign_in.waiting"
    await changes.confirm(key=(await _only()).key, by=two)
    assert await sessions.sign_in(login="lu", password=PASSWORD)


async def test_who_a_change_is_about_does_not_confirm_it(house: Cast) -> None:
    one, two = await _admins(house)
    await _made(house, "three", Role.ADMIN, by=SYSTEM)
    await staff.set_password(key=two.key, password=OTHER, by=one)
    assert await _refused(changes.confirm(key=(await _only()).key, by=two)) == "change.same_person"


@pytest.mark.parametrize("role", sorted({*MONEY, Role.ADMIN}))
async def test_a_password_for_who_holds_a_guarded_role_waits(house: Cast, role: Role) -> None:
    one, two = await _admins(house)
    who = await _made(house, "shen", role, by=SYSTEM)
    await staff.set_password(key=who.key, password=OTHER, by=one)
    assert await _refused(sessions.sign_in(login="shen", password=OTHER)) == "sign_in.wrong"
    assert await sessions.sign_in(login="shen", password=PASSWORD)
    await changes.confirm(key=(await _only()).key, by=two)
    assert await _refused(sessions.sign_in(login="shen", password=PASSWORD)) == "sign_in.wrong"
    found = await Authenticator().session(tokens.digest(await sessions.sign_in(login="shen", password=OTHER)))
    assert found is not None
    assert found.owes == Owes.PASSWORD
    stored = await reading.rows("SELECT password_hash FROM staff_change")
    assert [row["password_hash"] for row in stored] == [None]


async def test_nobody_gives_himself_a_role_nor_a_password(house: Cast) -> None:
    one = await _made(house, "one", Role.ADMIN)
    for roles in ([Role.ADMIN, Role.AUDITOR], [Role.CASHIER], [Role.CLERK]):
        assert (
            await _refused(staff.assign(key=one.key, name="一", roles=roles, store=None, by=one))
            == "account.not_to_oneself"
        )
    assert await _refused(staff.set_password(key=one.key, password=OTHER, by=one)) == "account.own_password"
    assert await _refused(staff.end_two_step(key=one.key, by=one)) == "account.own_two_step"
    both = await _made(house, "both", Role.ADMIN, Role.AUDITOR)
    await staff.assign(key=both.key, name="二", roles=[Role.ADMIN], store=None, by=both)
    assert await _roles(both) == {Role.ADMIN}


@pytest.mark.parametrize("role", sorted(MONEY | {Role.MANAGER}))
async def test_an_administrator_holds_neither_money_nor_a_store(house: Cast, role: Role) -> None:
    for by in (house.admin, SYSTEM):
        made = staff.create(login="both", name="两职", roles=[Role.ADMIN, role], by=by)
        assert await _refused(made) == "account.roles_admin"
    one = await _made(house, "one", Role.ADMIN)
    assert await _refused(access_tokens.create(role=role, login="one")) == "account.roles_admin"
    assert await _roles(one) == {Role.ADMIN}


async def test_one_administrator_alone_waits_a_day_and_everybody_concerned_is_told(house: Cast) -> None:
    one = await _made(house, "one", Role.ADMIN, by=SYSTEM)
    cashier = await _at_work(house)
    who = await _made(house, "lu", Role.APPROVER, by=one)
    asked = clock.now()
    change = await _only()
    assert change.due_at is not None
    assert abs(clock.instant(change.due_at) - asked - timedelta(hours=24)) < timedelta(minutes=1)
    for told in (cashier, one, house.accountant, house.approver, house.caseworker):
        assert "/accounts/changes" in [task.href for task in await tasks.tasks(told)], told.name
    for untold in (house.clerk, house.manager, house.auditor, house.nobody):
        assert "/accounts/changes" not in [task.href for task in await tasks.tasks(untold)], untold.name
    assert await _later(asked + timedelta(hours=23, minutes=58)) == 0
    assert await _roles(who) == set()
    assert await _later(asked + timedelta(hours=24, minutes=1)) == 1
    assert await _roles(who) == {Role.APPROVER}
    assert [c.outcome for c in await changes.settled()] == [Outcome.DUE]
    assert await _later(asked + timedelta(hours=25)) == 0


async def _later(at: datetime) -> int:
    with clock.telling(at):
        return await changes.settle_due()


async def test_where_there_is_a_second_administrator_no_time_is_enough(house: Cast) -> None:
    one, _ = await _admins(house)
    who = await _made(house, "lu", Role.APPROVER, by=one)
    assert await _later(clock.now() + timedelta(days=400)) == 0
    assert await _roles(who) == set()


async def test_an_administrator_cannot_make_a_second_self_to_confirm_with(house: Cast) -> None:
    one = await _made(house, "one", Role.ADMIN, by=SYSTEM)
    await _at_work(house)
    self = await _made(house, "self", Role.ADMIN, by=one)
    assert await _roles(self) == set()
    assert await _refused(sessions.sign_in(login="self", password=PASSWORD)) == "sign_in.waiting"


async def test_whoever_is_told_may_stop_it(house: Cast) -> None:
    one = await _made(house, "one", Role.ADMIN, by=SYSTEM)
    cashier = await _at_work(house)
    who = await _made(house, "lu", Role.APPROVER, by=one)
    change = await _only()
    assert await _refused(changes.stop(key=change.key, by=house.auditor)) == "not_yours"
    await changes.stop(key=change.key, by=cashier)
    assert await _later(clock.now() + timedelta(days=2)) == 0
    assert await _roles(who) == set()
    assert await _refused(changes.stop(key=change.key, by=cashier)) == "change.settled"


async def test_a_later_change_replaces_the_waiting_one(house: Cast) -> None:
    one, two = await _admins(house)
    who = await _made(house, "fang", Role.AUDITOR, by=one)
    for roles in ([Role.CASHIER], [Role.APPROVER]):
        await staff.assign(key=who.key, name="方", roles=roles, store=None, by=one)
    assert (await _only()).roles == (Role.APPROVER,)
    first = next(c for c in await changes.settled() if c.roles == (Role.CASHIER,))
    assert await _refused(changes.confirm(key=first.key, by=two)) == "change.settled"
    await staff.assign(key=who.key, name="方", roles=[Role.CLERK], store="LX01", by=one)
    assert await changes.waiting() == []
    assert await _roles(who) == {Role.CLERK}


async def _disabled(house: Cast, one: Actor, two: Actor, who: Actor) -> None:
    await staff.disable(key=who.key, by=two)


async def _asker_disabled(house: Cast, one: Actor, two: Actor, who: Actor) -> None:
    await staff.disable(key=one.key, by=two)


async def _asker_demoted(house: Cast, one: Actor, two: Actor, who: Actor) -> None:
    await staff.assign(key=one.key, name="一", roles=[Role.AUDITOR], store=None, by=two)


@pytest.mark.parametrize("event", [_disabled, _asker_disabled, _asker_demoted])
async def test_what_waits_falls_with_the_account_or_with_who_asked(house: Cast, event: Callable[..., Any]) -> None:
    one, two = await _admins(house)
    who = await _made(house, "fang", Role.AUDITOR, by=one)
    await staff.assign(key=who.key, name="方", roles=[Role.CASHIER], store=None, by=one)
    await event(house, one, two, who)
    assert await changes.waiting() == []
    assert await _roles(who) == {Role.AUDITOR}


async def test_a_role_that_was_taken_away_meanwhile_is_new_again(house: Cast) -> None:
    """Two administrators save the same old form: the second one must not bring back what the first took away."""
    one, two = await _admins(house)
    who = await _made(house, "shen", Role.CASHIER, Role.AUDITOR, by=SYSTEM)
    await staff.assign(key=who.key, name="沈", roles=[Role.AUDITOR], store=None, by=two)
    await staff.assign(key=who.key, name="沈", roles=[Role.CASHIER, Role.AUDITOR], store=None, by=one)
    assert await _roles(who) == {Role.AUDITOR}
    assert (await _only()).roles == (Role.AUDITOR, Role.CASHIER)


async def test_of_a_confirmation_and_a_stop_at_once_one_counts(house: Cast) -> None:
    one, two = await _admins(house)
    who = await _made(house, "lu", Role.APPROVER, by=one)
    key = (await _only()).key
    done = await asyncio.gather(
        *(changes.confirm(key=key, by=two) for _ in range(3)),
        *(changes.stop(key=key, by=house.cashier) for _ in range(3)),
        changes.settle_due(),
        return_exceptions=True,
    )
    assert [type(d) for d in done].count(Refusal) == 5
    (change,) = await changes.settled()
    assert await _roles(who) == ({Role.APPROVER} if change.outcome is Outcome.CONFIRMED else set())


async def test_the_command_line_takes_effect_at_once_and_leaves_an_event(house: Cast) -> None:
    await _at_work(house)
    who = await _made(house, "lu", Role.APPROVER, by=SYSTEM)
    await staff.set_password(key=who.key, password=OTHER, by=SYSTEM)
    await access_tokens.create(role=Role.CASHIER, login="lu")
    assert await _roles(who) == {Role.APPROVER, Role.CASHIER}
    assert await changes.waiting() == []
    events = await reading.rows("SELECT actor, act FROM staff_event WHERE staff = $1 ORDER BY id", who.key)
    assert [e["act"] for e in events] == ["created", "password", "roles", "token"]
    assert {e["actor"] for e in events} == {"system"}


async def test_verify_names_accounts_that_hold_what_an_older_version_allowed(house: Cast) -> None:
    assert await verify.run() == []
    row = {"staff": house.admin.key, "role": "approver"}
    await transactions.run(lambda tx: tx.insert("staff_role", [row]))
    (failure,) = await verify.run()
    assert "account admin is admin and approver" in failure.words


# -- tokens --------------------------------------------------------------------------------------------


async def test_a_token_ends_by_its_time(house: Cast) -> None:
    digest = tokens.digest(await access_tokens.create(role=Role.AUDITOR, days=30))
    with clock.telling(clock.now() + timedelta(days=29, hours=23)):
        assert await Authenticator().token(digest)
    with clock.telling(clock.now() + timedelta(days=30, minutes=1)):
        assert await Authenticator().token(digest) is None
        assert [t.works for t in await access_tokens.every() if t.login == "api-auditor"] == [False]


async def test_a_token_without_an_end_opens_nothing(house: Cast) -> None:
    digest = tokens.digest(await access_tokens.create(role=Role.AUDITOR))
    await transactions.run(lambda tx: tx.rows("UPDATE token SET expires_at = NULL RETURNING digest"))
    assert await Authenticator().token(digest) is None


async def test_a_token_says_when_it_was_used_last(house: Cast) -> None:
    digest = tokens.digest(await access_tokens.create(role=Role.AUDITOR))
    used = clock.now()
    assert await Authenticator().token(digest)
    for later, noted in ((timedelta(minutes=50), used), (timedelta(minutes=70), used + timedelta(minutes=70))):
        with clock.telling(used + later):
            await Authenticator().token(digest)
        (token,) = [t for t in await access_tokens.every() if t.login == "api-auditor"]
        assert token.seen_at is not None
        assert abs(clock.instant(token.seen_at) - noted) < timedelta(minutes=1)


async def test_a_password_from_somebody_else_ends_the_tokens_and_ones_own_does_not(house: Cast) -> None:
    clerk = await _made(house, "fang", Role.CLERK, store="LX01")
    digest = tokens.digest(await access_tokens.create(role=Role.CLERK, login="fang"))
    await staff.change_password(current=PASSWORD, password=OTHER, by=clerk)
    assert await Authenticator().token(digest) == clerk
    await staff.set_password(key=clerk.key, password=PASSWORD, by=house.admin)
    assert await Authenticator().token(digest) is None


async def test_one_token_is_revoked_by_its_beginning(house: Cast) -> None:
    first, second = [tokens.digest(await access_tokens.create(role=Role.AUDITOR)) for _ in range(2)]
    assert await _refused(access_tokens.revoke(token="", by=SYSTEM)) == "token.none"
    assert await _refused(access_tokens.revoke(token="zz", by=SYSTEM)) == "token.none"
    assert await _refused(access_tokens.revoke(token=first[:12], by=house.auditor)) == "not_yours"
    assert (await access_tokens.revoke(token=first[:12].upper(), by=house.admin)).login == "api-auditor"
    assert await Authenticator().token(first) is None
    assert await Authenticator().token(second)
    assert await _refused(access_tokens.revoke(token=first[:12], by=SYSTEM)) == "token.none"


# -- the second factor ---------------------------------------------------------------------------------


def _code(secret: str, at: datetime | None = None, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at((at or clock.now()) + timedelta(seconds=steps * two_step.STEP_S))


async def _signed_in(login: str) -> str:
    return tokens.digest(await sessions.sign_in(login=login, password=PASSWORD))


async def _with_two_step(house: Cast, login: str = "lu", role: Role = Role.APPROVER) -> tuple[Actor, str, list[str]]:
    who = await _made(house, login, role, by=SYSTEM)
    secret = two_step.new_secret()
    session = await _signed_in(login)
    # Begun some steps ago, so that the present step is free.
    with clock.telling(clock.now() - timedelta(minutes=2)):
        codes = await two_step.begin(secret=secret, code=_code(secret), session=session, by=who)
    return who, secret, codes


@pytest.mark.parametrize(("role", "asked"), [(role, role in {Role.ADMIN, Role.APPROVER}) for role in sorted(Role)])
async def test_administrators_and_approvers_owe_a_second_factor(house: Cast, role: Role, *, asked: bool) -> None:
    await _made(house, "lu", role, by=SYSTEM)
    found = await Authenticator().session(await _signed_in("lu"))
    assert found is not None
    assert found.owes == (Owes.TWO_STEP if asked else None)


async def test_a_first_password_is_changed_before_anything_else(house: Cast) -> None:
    who = await _made(house, "lu", Role.APPROVER, initial=True)
    found = await Authenticator().session(await _signed_in("lu"))
    assert found is not None
    assert found.owes == Owes.PASSWORD
    assert await _refused(staff.change_password(current=PASSWORD, password=PASSWORD, by=who)) == "password.same"
    await staff.change_password(current=PASSWORD, password=OTHER, by=who)
    again = await Authenticator().session(tokens.digest(await sessions.sign_in(login="lu", password=OTHER)))
    assert again is not None
    assert again.owes == Owes.TWO_STEP


async def test_a_demo_asks_for_neither(house: Cast) -> None:
    await _made(house, "lu", Role.APPROVER, initial=True)
    await organisation.change(organisation.Organisation("演示会", demo=True))
    found = await Authenticator().session(await _signed_in("lu"))
    assert found is not None
    assert found.owes is None
    assert "/two-step" in [task.href for task in await tasks.tasks(found.actor)]


async def test_who_has_a_second_factor_gives_it_at_every_sign_in(house: Cast) -> None:
    who, secret, _ = await _with_two_step(house)
    digest = await _signed_in("lu")
    found = await Authenticator().session(digest)
    assert found is not None
    assert found.owes == Owes.CODE
    for wrong in ("000000" if _code(secret) != "000000" else "000001", _code(secret, steps=3), _code(secret, steps=-3)):
        assert await _refused(two_step.give(code=wrong, session=digest, by=who)) == "code.wrong"
    for unreadable in ("12345", "abc", "1234567", "", "x" * 40):
        assert await _refused(two_step.give(code=unreadable, session=digest, by=who)) == "code.unreadable"
    typed = _code(secret).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    await two_step.give(code=f" {typed[:3]} {typed[3:]} ", session=digest, by=who)
    found = await Authenticator().session(digest)
    assert found is not None
    assert found.owes is None


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_phone_may_be_one_step_early_or_late(house: Cast, steps: int, *, fits: bool) -> None:
    who, secret, _ = await _with_two_step(house)
    digest = await _signed_in("lu")
    at = clock.now()
    with clock.telling(at):
        given = two_step.give(code=_code(secret, at, steps), session=digest, by=who)
        if fits:
            await given
        else:
            assert await _refused(given) == "code.wrong"


async def test_no_step_is_used_twice_not_even_at_the_same_moment(house: Cast) -> None:
    who, secret, _ = await _with_two_step(house)
    digests = [await _signed_in("lu") for _ in range(4)]
    at = clock.now()
    with clock.telling(at):
        code = _code(secret, at)
        done = await asyncio.gather(
            *(two_step.give(code=code, session=digest, by=who) for digest in digests), return_exceptions=True
        )
        assert [type(d) for d in done].count(Refusal) == 3
        early = _code(secret, at, -1)
        assert await _refused(two_step.give(code=early, session=digests[0], by=who)) == "code.wrong"
        await two_step.give(code=_code(secret, at, 1), session=digests[1], by=who)


async def test_a_recovery_code_works_once_and_for_its_owner_only(house: Cast) -> None:
    who, _, codes = await _with_two_step(house)
    other, _, others = await _with_two_step(house, "zhong")
    assert len(set(codes)) == two_step.CODES
    digest = await _signed_in("lu")
    assert await _refused(two_step.give(code=others[0], session=digest, by=who)) == "code.wrong"
    await two_step.give(code=codes[0].lower().replace("-", " "), session=digest, by=who)
    assert await _refused(two_step.give(code=codes[0], session=digest, by=who)) == "code.wrong"
    assert await two_step.codes_left(who.key) == two_step.CODES - 1
    assert await two_step.codes_left(other.key) == two_step.CODES
    stored = {row["digest"] for row in await reading.rows("SELECT digest FROM recovery_code")}
    assert not stored & {tokens.normalise(code) for code in codes}


async def test_one_recovery_code_at_two_doors_at_once_opens_one(house: Cast) -> None:
    who, _, codes = await _with_two_step(house)
    digests = [await _signed_in("lu") for _ in range(4)]
    done = await asyncio.gather(
        *(two_step.give(code=codes[0], session=digest, by=who) for digest in digests), return_exceptions=True
    )
    assert [type(d) for d in done].count(Refusal) == 3


async def test_new_recovery_codes_end_the_old_ones(house: Cast) -> None:
    who, secret, codes = await _with_two_step(house)
    fresh = await two_step.renew_codes(code=_code(secret), by=who)
    digest = await _signed_in("lu")
    assert await _refused(two_step.give(code=codes[1], session=digest, by=who)) == "code.wrong"
    await two_step.give(code=fresh[1], session=digest, by=who)


async def test_the_secret_is_sealed(house: Cast) -> None:
    _, secret, _ = await _with_two_step(house)
    stored = bytes(await reading.value("SELECT totp_secret FROM staff WHERE login = 'lu'"))
    assert secret.encode() not in stored


async def test_a_second_factor_is_set_up_once_and_with_a_right_code(house: Cast) -> None:
    who = await _made(house, "lu", Role.APPROVER, by=SYSTEM)
    session, secret = await _signed_in("lu"), two_step.new_secret()
    wrong = "000000" if _code(secret) != "000000" else "000001"
    assert await _refused(two_step.begin(secret=secret, code=wrong, session=session, by=who)) == "code.wrong"
    assert await _refused(two_step.begin(secret="x", code="123456", session=session, by=who)) == "two_step.stale"
    assert not await two_step.is_on(who.key)
    begun = [two_step.begin(secret=secret, code=_code(secret), session=session, by=who) for _ in range(2)]
    done = await asyncio.gather(*begun, return_exceptions=True)
    assert [type(d) for d in done].count(Refusal) == 1
    assert await two_step.codes_left(who.key) == two_step.CODES


async def test_ending_it_signs_out_everywhere(house: Cast) -> None:
    who, secret, codes = await _with_two_step(house)
    digest = await _signed_in("lu")
    await two_step.give(code=_code(secret), session=digest, by=who)
    await two_step.end(code=codes[0], by=who)
    assert await Authenticator().session(digest) is None
    assert await _refused(two_step.end(code=codes[1], by=who)) == "two_step.off"
    assert await two_step.codes_left(who.key) == 0


async def test_a_lost_phone_of_an_approver_waits_for_a_second_person(house: Cast) -> None:
    one, two = await _admins(house)
    who, _, _ = await _with_two_step(house)
    await staff.end_two_step(key=who.key, by=one)
    assert await two_step.is_on(who.key)
    assert (await _only()).kind is ChangeKind.TWO_STEP
    await changes.confirm(key=(await _only()).key, by=two)
    assert not await two_step.is_on(who.key)


# -- pages ---------------------------------------------------------------------------------------------


def _token(page: httpx2.Response) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert found is not None, page.text
    return found[1]


async def _post(client: httpx2.AsyncClient, page: str, to: str = "", **fields: str) -> httpx2.Response:
    token = _token(await client.get(page))
    return await client.post(to or page, data={"csrf": token, **fields})


async def _browser(web: Web, login: str, password: str = PASSWORD) -> httpx2.AsyncClient:
    client = web.as_()
    answer = await _post(client, "/sign-in", login=login, password=password)
    assert answer.status_code == 303, answer.text
    return client


async def test_a_first_sign_in_goes_by_password_and_second_factor_to_the_desk(house: Cast, web: Web) -> None:
    who = await _made(house, "lu", Role.APPROVER, initial=True)
    client = await _browser(web, "lu")
    for path in ("/desk", "/vouchers", "/two-step", "/sessions", "/accounts/changes"):
        assert (await client.get(path)).headers["location"] == f"/password?next={path}"
    assert (await client.get("/sign-in")).headers["location"].startswith("/password?")
    answer = await _post(client, "/password", current=PASSWORD, password=OTHER)
    assert answer.headers["location"] == "/sign-in?after=password"
    assert "请用新密码登录" in (await client.get("/sign-in?after=password")).text
    client = await _browser(web, "lu", OTHER)
    assert (await client.get("/desk")).headers["location"] == "/two-step?next=/desk"
    assert (await client.post("/desk/search", data={"q": "x"})).headers["location"] in {"/sign-in", "/two-step"}
    page = await client.get("/two-step?next=/vouchers")
    assert page.headers["cache-control"] == "no-store"
    secret = re.findall(r'name="secret" value="([A-Z2-7]{32})"', page.text)[0]
    wrong = await client.post("/two-step", data={"csrf": _token(page), "secret": secret, "code": "000000"})
    assert (wrong.status_code, secret in wrong.text) == (422, True)
    form = {"csrf": _token(page), "secret": secret, "code": _code(secret), "next": "/vouchers"}
    codes = await client.post("/two-step", data=form)
    shown = re.findall(r'<li class="code">([\w-]+)</li>', codes.text)
    assert len(shown) == two_step.CODES
    assert 'href="/vouchers"' in codes.text
    assert (await client.get("/desk")).status_code == 200
    assert await two_step.is_on(who.key)
    client = await _browser(web, "lu", OTHER)
    assert (await client.get("/vouchers")).headers["location"] == "/sign-in/code?next=/vouchers"
    assert (await _post(client, "/sign-in/code", code="ABCD")).status_code == 422
    answer = await _post(client, "/sign-in/code?next=/vouchers", "/sign-in/code", code=shown[0], next="/vouchers")
    assert answer.headers["location"] == "/vouchers"
    assert (await client.get("/vouchers")).status_code == 200


async def test_what_is_left_to_do_opens_no_other_step(house: Cast, web: Web) -> None:
    """Who owes the code may neither change the password nor take the second factor away."""
    await _with_two_step(house)
    client = await _browser(web, "lu")
    token = _token(await client.get("/sign-in/code"))
    for path in ("/password", "/two-step", "/two-step/codes", "/two-step/end", "/sessions/end"):
        answer = await client.post(path, data={"csrf": token, "current": PASSWORD, "password": OTHER, "code": "1"})
        assert answer.headers["location"] in {"/sign-in", "/sign-in/code?next=/desk"}, path
    assert await sessions.sign_in(login="lu", password=PASSWORD)


async def test_codes_are_not_guessed(house: Cast, web: Web) -> None:
    await _with_two_step(house)
    statuses = []
    for _ in range(2):  # a new session does not make the wrong ones forgotten
        client = await _browser(web, "lu")
        token = _token(await client.get("/sign-in/code"))
        for _ in range(4):
            answer = await client.post("/sign-in/code", data={"csrf": token, "code": "AAAA-AAAA-AAAA-AAAA"})
            statuses.append(answer.status_code)
    assert statuses == [422] * limits.CODE.free + [429] * 3


async def test_ones_own_sessions_are_listed_and_ended_and_nobody_elses(house: Cast, web: Web) -> None:
    clerk = await _made(house, "fang", Role.CLERK, store="LX01")
    await _made(house, "yao", Role.CLERK, store="LX01")
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    here, there, others = [await _browser(web, login) for login in ("fang", "fang", "yao")]
    there.headers["user-agent"] = agent
    await there.post("/sign-out", data={"csrf": _token(await there.get("/desk"))})
    assert (await _post(there, "/sign-in", login="fang", password=PASSWORD)).status_code == 303
    page = (await here.get("/sessions")).text
    assert "Edge · Windows" in page
    assert len(await sessions.own(clerk)) == 2
    digest = tokens.digest(there.cookies["session"])
    assert digest in page
    answer = await _post(others, "/sessions", "/sessions/end", session=digest)
    assert answer.status_code == 303
    assert (await there.get("/desk")).status_code == 200
    await _post(here, "/sessions", "/sessions/end", session=digest)
    assert (await there.get("/desk")).status_code == 303
    assert (await others.get("/desk")).status_code == 200
    again = await _browser(web, "fang")
    await _post(here, "/sessions", "/sessions/end")
    assert (await again.get("/desk")).status_code == 303
    assert (await here.get("/desk")).status_code == 200


async def test_a_change_is_confirmed_and_stopped_on_screen(house: Cast, web: Web) -> None:
    await _admins(house)
    admin = web.as_("admin")
    form = {"login": "lu", "name": "陆", "roles": ["approver"], "store": "", "password": PASSWORD}
    answer = await admin.post("/accounts/new", data=form)
    assert answer.status_code == 303
    page = (await admin.get(answer.headers["location"])).text
    assert "等待确认：岗位改为：审批人" in page
    key = (await _only()).key
    own = await admin.post(f"/accounts/changes/{key}/confirm")
    assert (own.status_code, "要由另一位管理员确认" in own.text) == (409, True)
    cashier = web.as_("cashier")
    assert "等待确认" in (await cashier.get("/desk")).text
    page = (await cashier.get("/accounts/changes")).text
    assert f"/accounts/changes/{key}/stop" in page
    assert f"/accounts/changes/{key}/confirm" not in page
    assert (await cashier.post(f"/accounts/changes/{key}/stop")).status_code == 303
    assert "已停止" in (await cashier.get("/accounts/changes")).text


async def test_tokens_are_listed_and_revoked_on_screen(house: Cast, web: Web) -> None:
    await access_tokens.create(role=Role.AUDITOR, name="报表程序")
    admin = web.as_("admin")
    page = (await admin.get("/tokens")).text
    assert "报表程序" in page
    (token,) = [t for t in await access_tokens.every() if t.login == "api-auditor"]
    assert (await admin.post(f"/tokens/{token.id}/revoke")).status_code == 303
    assert f"/tokens/{token.id}/revoke" not in (await admin.get("/tokens")).text
    assert (await admin.post(f"/tokens/{token.id}/revoke")).status_code == 404
