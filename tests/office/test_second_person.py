"""A second person: no administrator alone reaches the money."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from cast import Cast
from conftest import Web
from office import given

from charity import clock, tokens
from charity.db import reading, transactions
from charity.desk import tasks
from charity.errors import Refusal
from charity.office import staff, verify
from charity.office.models import ChangeKind, Outcome
from charity.office.sign_in import Authenticator, sessions, two_step
from charity.office.staff import changes
from charity.office.staff import tokens as access_tokens
from charity.roles import MONEY, SYSTEM, Actor, Role
from charity.web.auth import Owes

ACCOUNT_OF = dict[str, Actor]


async def test_while_the_house_is_set_up_money_roles_take_effect_at_once(house: Cast) -> None:
    for role in sorted(MONEY):
        who = await given.made(house, f"new-{role}", role, initial=True)
        assert await given.roles_of(who) == {role}
    assert await changes.waiting(by=SYSTEM) == []


async def test_the_first_owner_of_a_money_role_who_is_at_work_ends_the_setting_up(house: Cast) -> None:
    cashier = await given.made(house, "shen", Role.CASHIER, initial=True)
    assert await given.roles_of(await given.made(house, "gu", Role.ACCOUNTANT, initial=True)) == {Role.ACCOUNTANT}
    await staff.change_password(current=given.PASSWORD, password=given.OTHER, by=cashier)
    assert await given.roles_of(await given.made(house, "lu", Role.APPROVER)) == set()
    # Taking all money roles away again does not bring the setting up back.
    for login in ("shen", "gu"):
        account = await staff.required(login, by=SYSTEM)
        await staff.assign(key=account.key, name=account.name, roles=[Role.AUDITOR], store=None, by=house.admin)
    assert await given.roles_of(await given.made(house, "ye", Role.CASEWORKER)) == set()


async def test_a_working_token_of_a_money_role_ends_the_setting_up_too(house: Cast) -> None:
    await access_tokens.create(role=Role.CASHIER)
    assert await given.roles_of(await given.made(house, "lu", Role.APPROVER)) == set()


async def test_a_clerk_needs_no_second_person(house: Cast) -> None:
    one, _ = await given.admins(house)
    clerk = await given.made(house, "fang", Role.CLERK, by=one)
    await staff.assign(key=clerk.key, name="方", roles=[Role.MANAGER, Role.AUDITOR], store="LX01", by=one)
    await staff.set_password(key=clerk.key, password=given.OTHER, by=one)
    await staff.end_two_step(key=clerk.key, by=one)
    assert await changes.waiting(by=SYSTEM) == []
    assert await given.roles_of(clerk) == {Role.MANAGER, Role.AUDITOR}


@pytest.mark.parametrize("role", sorted({*MONEY, Role.ADMIN}))
async def test_a_new_guarded_role_waits_for_another_administrator(house: Cast, role: Role) -> None:
    one, two = await given.admins(house)
    who = await given.made(house, "fang", Role.AUDITOR, by=one)
    await staff.assign(key=who.key, name="方", roles=[role], store=None, by=one)
    assert await given.roles_of(who) == {Role.AUDITOR}
    change = await given.only_change()
    assert (change.kind, change.roles, change.asked_by, change.due_at) == (ChangeKind.ROLES, (role,), one.key, None)
    assert await given.refused_with(changes.confirm(key=change.key, by=one)) == "change.same_person"
    assert await given.refused_with(changes.confirm(key=change.key, by=house.cashier)) == "not_yours"
    assert await given.refused_with(changes.confirm(key="nothing", by=two)) == "change.unknown"
    digest = tokens.digest(await sessions.sign_in(login="fang", password=given.PASSWORD))
    await changes.confirm(key=change.key, by=two)
    assert await given.roles_of(who) == {role}
    assert await Authenticator().session(digest) is None
    assert await given.refused_with(changes.confirm(key=change.key, by=two)) == "change.settled"
    events = [r["act"] for r in await reading.rows("SELECT act FROM staff_event WHERE staff = $1 ORDER BY id", who.key)]
    assert events == ["created", "name", "asked", "confirmed", "roles"]


async def test_an_account_with_a_waiting_role_alone_cannot_sign_in_before(house: Cast) -> None:
    one, two = await given.admins(house)
    await given.made(house, "lu", Role.APPROVER, by=one)
    assert await given.refused_with(sessions.sign_in(login="lu", password="wrong")) == "sign_in.wrong"
    assert await given.refused_with(sessions.sign_in(login="lu", password=given.PASSWORD)) == "sign_in.waiting"
    await changes.confirm(key=(await given.only_change()).key, by=two)
    assert await sessions.sign_in(login="lu", password=given.PASSWORD)


async def test_who_a_change_is_about_does_not_confirm_it(house: Cast) -> None:
    one, two = await given.admins(house)
    await given.made(house, "three", Role.ADMIN, by=SYSTEM)
    await staff.set_password(key=two.key, password=given.OTHER, by=one)
    assert (
        await given.refused_with(changes.confirm(key=(await given.only_change()).key, by=two)) == "change.same_person"
    )


@pytest.mark.parametrize("role", sorted({*MONEY, Role.ADMIN}))
async def test_a_password_for_who_holds_a_guarded_role_waits(house: Cast, role: Role) -> None:
    one, two = await given.admins(house)
    who = await given.made(house, "shen", role, by=SYSTEM)
    await staff.set_password(key=who.key, password=given.OTHER, by=one)
    assert await given.refused_with(sessions.sign_in(login="shen", password=given.OTHER)) == "sign_in.wrong"
    assert await sessions.sign_in(login="shen", password=given.PASSWORD)
    await changes.confirm(key=(await given.only_change()).key, by=two)
    assert await given.refused_with(sessions.sign_in(login="shen", password=given.PASSWORD)) == "sign_in.wrong"
    session = await Authenticator().session(tokens.digest(await sessions.sign_in(login="shen", password=given.OTHER)))
    assert session is not None
    assert session.owes == Owes.PASSWORD
    stored = await reading.rows("SELECT password_hash FROM staff_change")
    assert [row["password_hash"] for row in stored] == [None]


async def test_nobody_gives_himself_a_role_nor_a_password(house: Cast) -> None:
    one = await given.made(house, "one", Role.ADMIN)
    for roles in ([Role.ADMIN, Role.AUDITOR], [Role.CASHIER], [Role.CLERK]):
        assert (
            await given.refused_with(staff.assign(key=one.key, name="一", roles=roles, store=None, by=one))
            == "account.not_to_oneself"
        )
    assert (
        await given.refused_with(staff.set_password(key=one.key, password=given.OTHER, by=one))
        == "account.own_password"
    )
    assert await given.refused_with(staff.end_two_step(key=one.key, by=one)) == "account.own_two_step"
    both = await given.made(house, "both", Role.ADMIN, Role.AUDITOR)
    await staff.assign(key=both.key, name="二", roles=[Role.ADMIN], store=None, by=both)
    assert await given.roles_of(both) == {Role.ADMIN}


@pytest.mark.parametrize("role", sorted(MONEY | {Role.MANAGER}))
async def test_an_administrator_holds_neither_money_nor_a_store(house: Cast, role: Role) -> None:
    for by in (house.admin, SYSTEM):
        made = staff.create(login="both", name="两职", roles=[Role.ADMIN, role], by=by)
        assert await given.refused_with(made) == "account.roles_admin"
    one = await given.made(house, "one", Role.ADMIN)
    assert await given.refused_with(access_tokens.create(role=role, login="one")) == "account.roles_admin"
    assert await given.roles_of(one) == {Role.ADMIN}


async def test_one_administrator_alone_waits_a_day_and_everybody_concerned_is_told(house: Cast) -> None:
    one = await given.made(house, "one", Role.ADMIN, by=SYSTEM)
    cashier = await given.at_work(house)
    who = await given.made(house, "lu", Role.APPROVER, by=one)
    asked = clock.now()
    change = await given.only_change()
    assert change.due_at is not None
    assert abs(clock.instant(change.due_at) - asked - timedelta(hours=24)) < timedelta(minutes=1)
    for reader in (cashier, one, house.accountant, house.approver, house.caseworker):
        assert "/accounts/changes" in [task.href for task in await tasks.tasks(reader)], reader.name
    for untold in (house.clerk, house.manager, house.auditor, house.organiser):
        assert "/accounts/changes" not in [task.href for task in await tasks.tasks(untold)], untold.name
    assert await _later(asked + timedelta(hours=23, minutes=58)) == 0
    assert await given.roles_of(who) == set()
    assert await _later(asked + timedelta(hours=24, minutes=1)) == 1
    assert await given.roles_of(who) == {Role.APPROVER}
    assert [c.outcome for c in await changes.settled(by=SYSTEM)] == [Outcome.DUE]
    assert await _later(asked + timedelta(hours=25)) == 0


async def _later(at: datetime) -> int:
    with clock.fixed(at):
        return await changes.settle_due()


async def test_a_change_that_would_take_the_last_administrator_does_not_take_effect(house: Cast) -> None:
    keyless = await given.made(house, "keyless", Role.ADMIN, by=SYSTEM, password="")
    last = await given.made(house, "last", Role.ADMIN, by=SYSTEM)
    await given.at_work(house)
    await staff.assign(key=last.key, name="某", roles=[Role.CASEWORKER], store=None, by=keyless)
    assert (await given.only_change()).due_at is not None
    assert await _later(clock.now() + timedelta(days=2)) == 0
    assert await given.roles_of(last) == {Role.ADMIN}
    await given.made(house, "next", Role.ADMIN, by=SYSTEM)
    assert await _later(clock.now() + timedelta(days=2)) == 1
    assert await given.roles_of(last) == {Role.CASEWORKER}


async def test_where_there_is_a_second_administrator_no_time_is_enough(house: Cast) -> None:
    one, _ = await given.admins(house)
    who = await given.made(house, "lu", Role.APPROVER, by=one)
    assert await _later(clock.now() + timedelta(days=400)) == 0
    assert await given.roles_of(who) == set()


async def test_an_administrator_cannot_make_a_second_self_to_confirm_with(house: Cast) -> None:
    one = await given.made(house, "one", Role.ADMIN, by=SYSTEM)
    await given.at_work(house)
    self = await given.made(house, "self", Role.ADMIN, by=one)
    assert await given.roles_of(self) == set()
    assert await given.refused_with(sessions.sign_in(login="self", password=given.PASSWORD)) == "sign_in.waiting"


async def test_whoever_is_told_may_stop_it(house: Cast) -> None:
    one = await given.made(house, "one", Role.ADMIN, by=SYSTEM)
    cashier = await given.at_work(house)
    who = await given.made(house, "lu", Role.APPROVER, by=one)
    change = await given.only_change()
    assert await given.refused_with(changes.stop(key=change.key, by=house.auditor)) == "not_yours"
    await changes.stop(key=change.key, by=cashier)
    assert await _later(clock.now() + timedelta(days=2)) == 0
    assert await given.roles_of(who) == set()
    assert await given.refused_with(changes.stop(key=change.key, by=cashier)) == "change.settled"


async def test_a_later_change_replaces_the_waiting_one(house: Cast) -> None:
    one, two = await given.admins(house)
    who = await given.made(house, "fang", Role.AUDITOR, by=one)
    for roles in ([Role.CASHIER], [Role.APPROVER]):
        await staff.assign(key=who.key, name="方", roles=roles, store=None, by=one)
    assert (await given.only_change()).roles == (Role.APPROVER,)
    first = next(c for c in await changes.settled(by=SYSTEM) if c.roles == (Role.CASHIER,))
    assert await given.refused_with(changes.confirm(key=first.key, by=two)) == "change.settled"
    await staff.assign(key=who.key, name="方", roles=[Role.CLERK], store="LX01", by=one)
    assert await changes.waiting(by=SYSTEM) == []
    assert await given.roles_of(who) == {Role.CLERK}


async def _disabled(house: Cast, one: Actor, two: Actor, who: Actor) -> None:
    await staff.disable(key=who.key, by=two)


async def _asker_disabled(house: Cast, one: Actor, two: Actor, who: Actor) -> None:
    await staff.disable(key=one.key, by=two)


async def _asker_demoted(house: Cast, one: Actor, two: Actor, who: Actor) -> None:
    await staff.assign(key=one.key, name="一", roles=[Role.AUDITOR], store=None, by=two)


async def _asker_demoted_by_two(house: Cast, one: Actor, two: Actor, who: Actor) -> None:
    """His new role is a money role: it waits, and a second person takes him out of administration."""
    three = await given.made(house, "three", Role.ADMIN, by=SYSTEM)
    await staff.assign(key=one.key, name="一", roles=[Role.CASEWORKER], store=None, by=two)
    change = next(c for c in await changes.waiting(by=SYSTEM) if c.staff == one.key)
    await changes.confirm(key=change.key, by=three)


@pytest.mark.parametrize("event", [_disabled, _asker_disabled, _asker_demoted, _asker_demoted_by_two])
async def test_what_waits_falls_with_the_account_or_with_who_asked(house: Cast, event: Callable[..., Any]) -> None:
    one, two = await given.admins(house)
    who = await given.made(house, "fang", Role.AUDITOR, by=one)
    await staff.assign(key=who.key, name="方", roles=[Role.CASHIER], store=None, by=one)
    await event(house, one, two, who)
    assert await changes.waiting(by=SYSTEM) == []
    assert await given.roles_of(who) == {Role.AUDITOR}


async def test_a_role_that_was_taken_away_meanwhile_is_new_again(house: Cast) -> None:
    """Two administrators save the same old form: the second one must not bring back what the first took away."""
    one, two = await given.admins(house)
    who = await given.made(house, "shen", Role.CASHIER, Role.AUDITOR, by=SYSTEM)
    await staff.assign(key=who.key, name="沈", roles=[Role.AUDITOR], store=None, by=two)
    await staff.assign(key=who.key, name="沈", roles=[Role.CASHIER, Role.AUDITOR], store=None, by=one)
    assert await given.roles_of(who) == {Role.AUDITOR}
    assert (await given.only_change()).roles == (Role.AUDITOR, Role.CASHIER)


async def test_of_a_confirmation_and_a_stop_at_once_one_counts(house: Cast) -> None:
    one, two = await given.admins(house)
    who = await given.made(house, "lu", Role.APPROVER, by=one)
    key = (await given.only_change()).key
    done = await asyncio.gather(
        *(changes.confirm(key=key, by=two) for _ in range(3)),
        *(changes.stop(key=key, by=house.cashier) for _ in range(3)),
        changes.settle_due(),
        return_exceptions=True,
    )
    assert [type(d) for d in done].count(Refusal) == 5
    (change,) = await changes.settled(by=SYSTEM)
    assert await given.roles_of(who) == ({Role.APPROVER} if change.outcome is Outcome.CONFIRMED else set())


async def test_the_command_line_takes_effect_at_once_and_leaves_an_event(house: Cast) -> None:
    await given.at_work(house)
    who = await given.made(house, "lu", Role.APPROVER, by=SYSTEM)
    await staff.set_password(key=who.key, password=given.OTHER, by=SYSTEM)
    await access_tokens.create(role=Role.CASHIER, login="lu")
    assert await given.roles_of(who) == {Role.APPROVER, Role.CASHIER}
    assert await changes.waiting(by=SYSTEM) == []
    events = await reading.rows("SELECT actor, act FROM staff_event WHERE staff = $1 ORDER BY id", who.key)
    assert [e["act"] for e in events] == ["created", "password", "roles", "token"]
    assert {e["actor"] for e in events} == {"system"}


async def test_verify_names_accounts_that_hold_what_an_older_version_allowed(house: Cast) -> None:
    assert await verify.run() == []
    row = {"staff": house.admin.key, "role": "approver"}
    await transactions.run(lambda tx: tx.insert("staff_role", [row]))
    (failure,) = await verify.run()
    assert "账号 admin 同时是 admin 和 approver" in failure.words


async def test_a_lost_phone_of_an_approver_waits_for_a_second_person(house: Cast) -> None:
    one, two = await given.admins(house)
    who, _, _ = await given.with_two_step(house)
    await staff.end_two_step(key=who.key, by=one)
    assert await two_step.is_on(by=who)
    assert (await given.only_change()).kind is ChangeKind.TWO_STEP
    await changes.confirm(key=(await given.only_change()).key, by=two)
    assert not await two_step.is_on(by=who)


async def test_a_change_is_confirmed_and_stopped_on_screen(house: Cast, web: Web) -> None:
    await given.admins(house)
    admin = web.as_("admin")
    form = {"login": "lu", "name": "陆", "roles": ["approver"], "store": "", "password": given.PASSWORD}
    answer = await admin.post("/accounts/new", data=form)
    assert answer.status_code == 303
    page = (await admin.get(answer.headers["location"])).text
    assert "等待确认：岗位改为：审批人" in page
    key = (await given.only_change()).key
    own = await admin.post(f"/accounts/changes/{key}/confirm")
    assert (own.status_code, "要由另一位管理员确认" in own.text) == (409, True)
    cashier = web.as_("cashier")
    assert "等待确认" in (await cashier.get("/desk")).text
    page = (await cashier.get("/accounts/changes")).text
    assert f"/accounts/changes/{key}/stop" in page
    assert f"/accounts/changes/{key}/confirm" not in page
    assert (await cashier.post(f"/accounts/changes/{key}/stop")).status_code == 303
    assert "已停止" in (await cashier.get("/accounts/changes")).text


async def test_a_change_whose_second_administrator_is_gone_waits_a_day_from_then(house: Cast) -> None:
    one = await given.made(house, "one", Role.ADMIN, by=SYSTEM)
    two = await given.made(house, "two", Role.ADMIN, by=SYSTEM)
    await given.at_work(house)
    await given.made(house, "lu", Role.APPROVER, by=one)
    assert await changes.settle_due() == 0
    assert (await given.only_change()).due_at is None
    await staff.disable(key=two.key, by=SYSTEM)
    assert await changes.settle_due() == 0
    due = (await given.only_change()).due_at
    assert due is not None
    assert abs(clock.instant(due) - clock.now() - timedelta(hours=24)) < timedelta(minutes=1)
