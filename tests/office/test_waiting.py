"""Changes that wait, to the moment: who counts as a second person, who ended what, and when an owner is at work."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from cast import Cast
from office import given

from charity import clock
from charity.db import reading, transactions
from charity.office import staff
from charity.office.models import ChangeKind, Outcome
from charity.office.staff import changes
from charity.office.staff import tokens as access_tokens
from charity.roles import MONEY, SYSTEM, Actor, Role

TICK, DAY = timedelta(microseconds=1), timedelta(hours=24)


async def due_of(who: Actor) -> str | None:
    (change,) = await changes.waiting_for(who.key, by=SYSTEM)
    return change.due_at


async def test_a_change_without_a_second_person_takes_effect_a_day_after_it_was_asked_for(house: Cast) -> None:
    one = await given.made(house, "one", Role.ADMIN, by=SYSTEM)
    await given.at_work(house)
    asked = clock.now()
    with clock.fixed(asked):
        who = await given.made(house, "lu", Role.APPROVER, by=one)
    assert await due_of(who) == clock.stamp(asked + DAY)
    with clock.fixed(asked + DAY - TICK):
        assert await changes.settle_due() == 0
    with clock.fixed(asked + DAY):
        assert await changes.settle_due() == 1
    (change,) = await changes.settled(by=SYSTEM)
    assert (change.settled_at, change.settled_by_name) == (clock.stamp(asked + DAY), None)


async def test_where_no_administrator_can_sign_in_a_role_still_takes_effect_by_its_time(house: Cast) -> None:
    await given.at_work(house)
    who = await given.made(house, "lu", Role.APPROVER, by=house.admin)
    with clock.fixed(clock.now() + DAY + TICK):
        assert await changes.settle_due() == 1
    assert await given.roles_of(who) == {Role.APPROVER}


@pytest.mark.parametrize(
    ("role", "more", "disabled", "second"),
    [
        (Role.ADMIN, {}, False, True),
        (Role.ADMIN, {}, True, False),
        (Role.ADMIN, {"password": ""}, False, False),
        (Role.AUDITOR, {}, False, False),
    ],
    ids=["an administrator", "disabled", "without a password", "no administrator"],
)
async def test_a_second_person_is_an_administrator_who_can_sign_in(
    house: Cast, role: Role, more: dict[str, Any], *, disabled: bool, second: bool
) -> None:
    one = await given.made(house, "one", Role.ADMIN, by=SYSTEM)
    await given.at_work(house)
    other = await given.made(house, "two", role, by=SYSTEM, **more)
    if disabled:
        await staff.disable(key=other.key, by=SYSTEM)
    who = await given.made(house, "lu", Role.APPROVER, by=one)
    assert (await due_of(who) is None) is second


async def test_who_a_change_is_about_is_no_second_person(house: Cast) -> None:
    one, two = await given.admins(house)
    await staff.set_password(key=two.key, password=given.OTHER, by=one)
    assert await due_of(two) is not None


async def test_notice_is_given_to_the_changes_alone_whose_second_person_is_gone(house: Cast) -> None:
    one, two = await given.admins(house)
    three = await given.made(house, "three", Role.ADMIN, by=SYSTEM)
    who = await given.made(house, "lu", Role.APPROVER, by=one)
    await staff.set_password(key=two.key, password=given.OTHER, by=one)
    assert (await due_of(who), await due_of(two)) == (None, None)
    await staff.disable(key=three.key, by=SYSTEM)
    at = clock.now()
    with clock.fixed(at):
        assert await changes.settle_due() == 0
    with clock.fixed(at + timedelta(hours=1)):
        assert await changes.settle_due() == 0
    assert (await due_of(who), await due_of(two)) == (None, clock.stamp(at + DAY)), "from the first time on"


async def _confirmed(one: Actor, two: Actor, house: Cast, key: str, who: Actor) -> None:
    await changes.confirm(key=key, by=two)


async def _stopped(one: Actor, two: Actor, house: Cast, key: str, who: Actor) -> None:
    await changes.stop(key=key, by=house.cashier)


async def _replaced(one: Actor, two: Actor, house: Cast, key: str, who: Actor) -> None:
    await staff.assign(key=who.key, name=who.name, roles=[Role.CASHIER], store=None, by=two)


async def _replaced_at_the_command_line(one: Actor, two: Actor, house: Cast, key: str, who: Actor) -> None:
    await staff.assign(key=who.key, name=who.name, roles=[Role.CASHIER], store=None, by=SYSTEM)


async def _asker_gone(one: Actor, two: Actor, house: Cast, key: str, who: Actor) -> None:
    await staff.disable(key=one.key, by=two)


async def _asker_gone_at_the_command_line(one: Actor, two: Actor, house: Cast, key: str, who: Actor) -> None:
    await staff.disable(key=one.key, by=SYSTEM)


@pytest.mark.parametrize(
    ("event", "outcome", "settled_by"),
    [
        (_confirmed, Outcome.CONFIRMED, "two某"),
        (_stopped, Outcome.STOPPED, "cashier 测试"),
        (_replaced, Outcome.REPLACED, "two某"),
        (_replaced_at_the_command_line, Outcome.REPLACED, None),
        (_asker_gone, Outcome.STOPPED, "two某"),
        (_asker_gone_at_the_command_line, Outcome.STOPPED, None),
    ],
)
async def test_a_change_says_how_it_ended_and_by_whom(
    house: Cast, event: Callable[..., Awaitable[None]], outcome: Outcome, settled_by: str | None
) -> None:
    one, two = await given.admins(house)
    who = await given.made(house, "lu", Role.APPROVER, by=one)
    change = await given.only_change()
    assert (change.login, change.name, change.asked_by_name) == ("lu", "lu某", "one某")
    await event(one, two, house, change.key, who)
    (ended,) = [c for c in await changes.settled(by=SYSTEM) if c.key == change.key]
    assert (ended.kind, ended.roles) == (ChangeKind.ROLES, (Role.APPROVER,))
    assert (ended.outcome, ended.settled_by_name) == (outcome, settled_by)
    assert ended.settled_at is not None


async def test_the_fifty_changes_that_ended_last_are_shown_the_newest_first(house: Cast) -> None:
    times = [clock.stamp(clock.now() - timedelta(minutes=n)) for n in range(52)]
    rows = [
        {
            "key": f"change{n}", "staff": house.clerk.key, "kind": "password", "roles": "", "asked_at": at,
            "asked_by": house.admin.key, "settled_at": None if n == 0 else at, "outcome": None if n == 0 else "due",
        }
        for n, at in enumerate(times)
    ]  # fmt: skip
    await transactions.run(lambda tx: tx.insert("staff_change", rows))
    assert [change.key for change in await changes.settled(by=SYSTEM)] == [f"change{n}" for n in range(1, 51)]


async def test_waiting_changes_are_shown_the_oldest_first(house: Cast) -> None:
    one, _ = await given.admins(house)
    who = [await given.made(house, login, Role.APPROVER, by=one) for login in ("lu", "an")]
    assert [change.staff for change in await changes.waiting(by=SYSTEM)] == [actor.key for actor in who]
    await staff.end_two_step(key=house.cashier.key, by=one)
    await staff.set_password(key=house.cashier.key, password=given.OTHER, by=one)
    kinds = [change.kind for change in await changes.waiting_for(house.cashier.key, by=SYSTEM)]
    assert kinds == [ChangeKind.TWO_STEP, ChangeKind.PASSWORD]


# -- when an owner is at work ---------------------------------------------------------------------------


async def at_work_since(who: Actor) -> str | None:
    at: str | None = await reading.value("SELECT confirmed_at FROM staff WHERE key = $1", who.key)
    return at


@pytest.mark.parametrize("role", sorted(Role))
async def test_the_owner_of_a_money_role_is_at_work_with_a_password_of_the_own(house: Cast, role: Role) -> None:
    who = await given.made(house, "lu", role, by=SYSTEM)
    first = await at_work_since(who)
    assert (first is not None) is (role in MONEY)
    new = await given.made(house, "an", role, by=SYSTEM, initial=True)
    assert await at_work_since(new) is None
    await staff.change_password(current=given.PASSWORD, password=given.OTHER, by=new)
    assert (await at_work_since(new) is not None) is (role in MONEY)
    await staff.change_password(current=given.PASSWORD, password=given.OTHER, by=who)
    assert await at_work_since(who) == first, "the first time counts"


async def test_a_token_that_works_puts_its_account_to_work_and_no_other(house: Cast) -> None:
    without = await given.made(house, "an", Role.CASHIER, by=SYSTEM, password="")
    assert await at_work_since(without) is None
    stopped = await given.made(house, "lu", Role.AUDITOR, by=SYSTEM, password="")
    initial = await given.made(house, "bo", Role.CASHIER, by=SYSTEM, initial=True)
    await access_tokens.create(role=Role.AUDITOR, login="lu")
    await access_tokens.create(role=Role.CASHIER, login="bo")
    await access_tokens.revoke_all(login="lu", by=SYSTEM)
    await staff.assign(key=stopped.key, name="陆", roles=[Role.CASHIER], store=None, by=SYSTEM)
    assert (await at_work_since(stopped), await at_work_since(initial)) == (None, None)
    await access_tokens.create(role=Role.CASHIER, login="lu")
    assert await at_work_since(stopped) is not None
    assert await at_work_since(without) is None


async def test_who_gets_a_money_role_beside_a_password_of_the_own_is_at_work(house: Cast) -> None:
    who = await given.made(house, "lu", Role.CLERK, by=SYSTEM)
    assert await at_work_since(who) is None
    await staff.assign(key=who.key, name="陆", roles=[Role.CASHIER], store=None, by=SYSTEM)
    assert await at_work_since(who) is not None


async def test_an_administrator_who_is_disabled_is_not_the_one_who_must_stay(house: Cast) -> None:
    boss = await given.made(house, "boss", Role.ADMIN, by=SYSTEM)
    other = await given.made(house, "other", Role.ADMIN, by=SYSTEM)
    await given.made(house, "lu", Role.AUDITOR, by=SYSTEM)
    await staff.disable(key=other.key, by=SYSTEM)
    assert await given.refused_with(staff.disable(key=boss.key, by=SYSTEM)) == "account.last_admin"
    assert (await staff.get(boss.key, by=SYSTEM)).disabled_at is None


@pytest.mark.parametrize(
    "work",
    [
        lambda by: staff.end_two_step(key="nobody", by=by),
        lambda by: staff.set_password(key="nobody", password=given.OTHER, by=by),
        lambda by: staff.assign(key="nobody", name="某", roles=[Role.AUDITOR], store=None, by=by),
        lambda by: staff.disable(key="nobody", by=by),
        lambda by: staff.enable(key="nobody", by=by),
        lambda by: staff.get("nobody", by=by),
        lambda by: staff.required("nobody", by=by),
        lambda by: access_tokens.revoke_all(login="nobody", by=by),
    ],
    ids=["two_step", "password", "assign", "disable", "enable", "get", "required", "tokens"],
)
async def test_an_account_that_is_none_is_refused(house: Cast, work: Callable[[Actor], Awaitable[Any]]) -> None:
    assert await given.refused_with(work(house.admin)) == "account.unknown"
