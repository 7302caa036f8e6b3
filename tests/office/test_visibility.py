"""Who may see which rows of the office, whatever page, call or job asks."""

from typing import Any

import pytest
from office import given

from charity.errors import Refusal
from charity.office import organisation, staff, stores
from charity.office.models import OrganisationRow, RecoveryCode, Session, Staff, StaffEvent, StaffRole, StoreRow, Token
from charity.office.sign_in import sessions, two_step
from charity.office.staff import changes
from charity.office.staff import tokens as access_tokens
from charity.roles import PUBLIC, SYSTEM, Role


async def test_whoever_manages_accounts_sees_all_of_them(house: Any) -> None:
    await given.clerk(house)
    for by in (house.admin, SYSTEM):
        assert {house.cashier.key, house.clerk.key} <= {account.key for account in await staff.every(by=by)}
        assert (await staff.get(house.cashier.key, by=by)).roles == (Role.CASHIER,)
        assert await StaffEvent.visible_to(by).count() > 0


async def test_the_others_see_their_own_account_alone(house: Any) -> None:
    for by in (house.cashier, house.clerk):
        assert [account.key for account in await staff.every(by=by)] == [by.key]
        assert (await staff.get(by.key, by=by)).roles == tuple(by.roles)
        with pytest.raises(Refusal):
            await staff.get(house.admin.key, by=by)
        assert await staff.by_login("admin", by=by) is None
        assert {row.staff for row in await StaffRole.visible_to(by)} == {by.key}
        assert await StaffEvent.visible_to(by).count() == 0
    assert await Staff.visible_to(PUBLIC).count() == await StaffRole.visible_to(PUBLIC).count() == 0


async def test_whoever_has_a_key_sees_the_name_and_nothing_else(house: Any) -> None:
    assert await staff.names([house.cashier.key, "nobody"]) == {house.cashier.key: house.cashier.name}


async def test_tokens_are_seen_by_whoever_manages_accounts(house: Any) -> None:
    await access_tokens.create(role=Role.AUDITOR)
    assert "api-auditor" in [token.login for token in await access_tokens.every(by=house.admin)]
    assert await access_tokens.every(by=house.auditor) == []
    assert await Token.visible_to(PUBLIC).count() == 0


async def test_a_waiting_change_is_seen_by_administrators_and_holders_of_money_roles(house: Any) -> None:
    one, _ = await given.admins(house)
    who = await given.made(house, "lu", Role.APPROVER, by=one)
    for by in (one, house.accountant, house.cashier, SYSTEM):
        assert [change.staff for change in await changes.waiting(by=by)] == [who.key]
        assert [change.staff for change in await changes.waiting_for(who.key, by=by)] == [who.key]
    (change,) = await changes.waiting(by=one)
    for by in (house.clerk, house.auditor, who, PUBLIC):
        assert await changes.waiting(by=by) == await changes.waiting_for(who.key, by=by) == []
    await changes.stop(key=change.key, by=house.cashier)
    assert [change.key for change in await changes.settled(by=one)] == [change.key]
    assert await changes.settled(by=house.clerk) == []


async def test_sessions_and_recovery_codes_are_ones_own(house: Any) -> None:
    who, _, _ = await given.with_two_step(house)
    other = await given.clerk(house)
    await given.signed_in("wang")
    assert {row.staff_id for row in await sessions.own(who)} == {who.key}
    assert {row.staff_id for row in await sessions.own(other)} == {other.key}
    assert await two_step.is_on(by=who)
    assert not await two_step.is_on(by=other)
    assert await two_step.codes_left(by=who) == two_step.CODES
    assert await two_step.codes_left(by=house.admin) == 0
    assert await Session.visible_to(house.admin).count() == await RecoveryCode.visible_to(PUBLIC).count() == 0


async def test_everybody_sees_who_we_are_and_where_our_stores_are(house: Any) -> None:
    await organisation.change(organisation.Organisation("新会"))
    assert await OrganisationRow.visible_to(PUBLIC).count() == 1
    assert await StoreRow.visible_to(PUBLIC).count() == len(await stores.every()) > 0
    assert {store.township for store in await stores.every()} <= {t.code for t in await stores.townships()}
