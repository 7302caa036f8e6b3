"""Staff accounts: who may hold which roles, what a change ends, and its events."""

from typing import Any

import pytest
from office import given

from charity import tokens
from charity.db import reading
from charity.errors import Refusal
from charity.office import staff
from charity.office.sign_in import Authenticator, sessions
from charity.office.staff import tokens as access_tokens
from charity.roles import SYSTEM, Role


async def test_a_disabled_account_loses_its_sessions_and_tokens(house: Any) -> None:
    clerk = await given.clerk(house)
    digest = tokens.digest(await sessions.sign_in(login="wang", password=given.PASSWORD))
    token = tokens.digest(await access_tokens.create(role=Role.CLERK, store="LX01", login="wang"))
    assert await Authenticator().token(token) == clerk
    await staff.disable(key=clerk.key, by=house.admin)
    assert await Authenticator().session(digest) is None
    assert await Authenticator().token(token) is None
    with pytest.raises(Refusal):
        await sessions.sign_in(login="wang", password=given.PASSWORD)
    await staff.enable(key=clerk.key, by=house.admin)
    assert await Authenticator().session(digest) is None
    assert await Authenticator().token(token) is None


async def test_a_change_of_roles_ends_the_sessions(house: Any) -> None:
    clerk = await given.clerk(house)
    digest = tokens.digest(await sessions.sign_in(login="wang", password=given.PASSWORD))
    await staff.assign(key=clerk.key, name="王店员", roles=[Role.MANAGER], store="LX01", by=house.admin)
    assert await Authenticator().session(digest) is None
    assert (await staff.get(clerk.key, by=SYSTEM)).roles == (Role.MANAGER,)


async def test_nobody_is_cashier_and_accountant(house: Any) -> None:
    for make in (
        staff.create(login="both", name="两职", roles=[Role.CASHIER, Role.ACCOUNTANT], by=house.admin),
        staff.assign(
            key=house.cashier.key, name="出纳", roles=[Role.CASHIER, Role.ACCOUNTANT], store=None, by=house.admin
        ),
    ):
        with pytest.raises(Refusal) as refused:
            await make
        assert refused.value.code == "account.roles_conflict"


async def test_only_an_admin_manages_accounts(house: Any) -> None:
    for call in (
        staff.create(login="x1", name="某人", roles=[Role.CLERK], by=house.accountant),
        staff.disable(key=house.clerk.key, by=house.manager),
        staff.set_password(key=house.clerk.key, password=given.PASSWORD, by=house.auditor),
    ):
        with pytest.raises(Refusal) as refused:
            await call
        assert refused.value.status == 403


async def test_the_last_admin_who_can_sign_in_stays(house: Any) -> None:
    boss = await staff.create(login="boss", name="甲", roles=[Role.ADMIN], password=given.PASSWORD, by=house.admin)
    with pytest.raises(Refusal) as refused:
        await staff.disable(key=boss.key, by=house.admin)
    assert refused.value.code == "account.last_admin"
    with pytest.raises(Refusal):
        await staff.assign(key=boss.key, name="甲", roles=[Role.AUDITOR], store=None, by=house.admin)
    assert (await staff.get(boss.key, by=SYSTEM)).roles == (Role.ADMIN,)
    await staff.create(login="boss2", name="乙", roles=[Role.ADMIN], password=given.PASSWORD, by=house.admin)
    await staff.disable(key=boss.key, by=house.admin)


@pytest.mark.parametrize("login", ["王", "A", "x", "1abc", "a b", "a" * 41, "a/b"])
async def test_a_login_is_plain_letters(house: Any, login: str) -> None:
    with pytest.raises(Refusal) as refused:
        await staff.create(login=login, name="某人", roles=[Role.CLERK], by=house.admin)
    assert [f.field for f in refused.value.fields] == ["login"]


async def test_a_login_is_taken_once(house: Any) -> None:
    with pytest.raises(Refusal) as refused:
        await given.clerk(house, "cashier")
    assert refused.value.code == "account.login_taken"


async def test_every_change_of_an_account_leaves_an_event(house: Any) -> None:
    clerk = await given.clerk(house)
    await staff.assign(key=clerk.key, name="王店员", roles=[Role.MANAGER], store="LX02", by=house.admin)
    await staff.set_password(key=clerk.key, password="another good one", by=house.admin)
    await staff.disable(key=clerk.key, by=house.admin)
    events = await reading.rows("SELECT act, actor, detail FROM staff_event WHERE staff = $1 ORDER BY id", clerk.key)
    assert [e["act"] for e in events] == ["created", "store", "roles", "password", "disabled"]
    assert {e["actor"] for e in events} == {house.admin.key}
    assert not any("王" in e["detail"] for e in events)


async def test_names_are_told_by_key(house: Any) -> None:
    names = await staff.names([house.cashier.key, house.clerk.key, "nobody"])
    assert names == {house.cashier.key: house.cashier.name, house.clerk.key: house.clerk.name}
    assert await staff.names([]) == {}
