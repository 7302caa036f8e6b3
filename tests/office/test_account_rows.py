"""Accounts, tokens and the second factor as they are stored and listed; each limit on both of its sides."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cast import Cast
from office import given

from charity import clock, tokens
from charity.db import reading, transactions
from charity.errors import Refusal, Rule
from charity.office import organisation, rules, staff, stores
from charity.office.models import Staff
from charity.office.sign_in import Authenticator, sessions, two_step
from charity.office.staff import Account, weakness
from charity.office.staff import tokens as access_tokens
from charity.roles import SYSTEM, Role

ROLES = [Role.CLERK]


async def stored(key: str) -> dict[str, Any]:
    (row,) = await reading.rows("SELECT * FROM staff WHERE key = $1", key)
    return row


async def events(key: str) -> list[tuple[str, str]]:
    rows = await reading.rows("SELECT act AS event, detail FROM staff_event WHERE staff = $1 ORDER BY id", key)
    return [(row["event"], row["detail"]) for row in rows]


# -- accounts -------------------------------------------------------------------------------------------


async def test_an_account_is_listed_as_it_was_made(house: Cast) -> None:
    at = clock.now()
    with clock.fixed(at):
        made = await staff.create(
            login="wang", name="王店员", roles=[Role.MANAGER, Role.CLERK], store="LX01", password=given.PASSWORD,
            by=house.admin, key="a" * 32,
        )  # fmt: skip
    assert made == Account(
        "a" * 32, "wang", "王店员", (Role.CLERK, Role.MANAGER), "LX01", None, clock.stamp(at), can_sign_in=True
    )
    assert [account for account in await staff.every(by=SYSTEM) if account.login == "wang"] == [made]
    assert await staff.by_login("wang", by=SYSTEM) == await staff.required("wang", by=SYSTEM) == made
    assert await staff.by_login("nobody", by=SYSTEM) is None
    row = await stored(made.key)
    assert bool(row["password_initial"])
    await staff.disable(key=made.key, by=house.admin)
    assert (await staff.get(made.key, by=SYSTEM)).disabled_at is not None
    _, secret, _ = await given.with_two_step(house)
    assert secret
    listed = {account.login: (account.two_step, account.can_sign_in) for account in await staff.every(by=SYSTEM)}
    assert (listed["lu"], listed["wang"], listed["cashier"]) == ((True, True), (False, True), (False, False))
    assert list(listed) == sorted(listed)


@pytest.mark.parametrize(
    ("more", "initial"),
    [
        ({"password": given.PASSWORD}, True),
        ({"password": given.PASSWORD, "initial": False}, False),
        ({}, False),
        ({"initial": False}, False),
    ],
)
async def test_a_first_password_is_one_that_somebody_else_has_set(
    house: Cast, more: dict[str, Any], *, initial: bool
) -> None:
    made = await staff.create(login="wang", name="王", roles=ROLES, store="", by=house.admin, **more)
    row = await stored(made.key)
    assert (bool(row["password_initial"]), row["store"]) == (initial, None)
    assert (len(made.key), made.can_sign_in) == (32, "password" in more)
    await staff.set_password(key=made.key, password=given.OTHER, by=house.admin)
    assert bool((await stored(made.key))["password_initial"])
    await staff.set_password(key=made.key, password=given.OTHER, by=house.admin, initial=False)
    assert not (await stored(made.key))["password_initial"]


@pytest.mark.parametrize(
    ("login", "name", "fields"),
    [
        ("ab", "王" * 40, []),
        ("a" * 40, "王", []),
        ("a", "王", ["login"]),
        ("a" * 41, "王", ["login"]),
        ("wang", "王" * 41, ["name"]),
        ("wang", " ", ["name"]),
        ("wang", "王\x00", ["name"]),
        ("A", "", ["login", "name"]),
    ],
)
async def test_logins_have_two_to_forty_characters_and_names_at_most_forty(
    house: Cast, login: str, name: str, fields: list[str]
) -> None:
    making = staff.create(login=login, name=name, roles=ROLES, by=house.admin)
    if fields:
        with pytest.raises(Refusal) as refused:
            await making
        assert [error.field for error in refused.value.fields] == fields
        assert await staff.by_login(login, by=SYSTEM) is None
        return
    made = await making
    with pytest.raises(Refusal) as refused:
        await staff.assign(key=made.key, name="王" * 41, roles=ROLES, store=None, by=house.admin)
    assert [error.field for error in refused.value.fields] == ["name"]
    assert (await staff.get(made.key, by=SYSTEM)).name == name


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"store": "LX99"}, "account.store_unknown"),
        ({"roles": []}, "account.roles_none"),
        ({"roles": [Role.CASHIER, Role.ACCOUNTANT]}, "account.roles_conflict"),
        ({"roles": [Role.ADMIN, Role.CASHIER]}, "account.roles_admin"),
        ({"password": "123456789"}, "password.weak"),
        ({"password": "password123"}, "password.common"),
    ],
)
async def test_what_an_account_cannot_be_is_refused_when_it_is_made_and_when_it_changes(
    house: Cast, fields: dict[str, Any], code: str
) -> None:
    new = {"login": "wang", "name": "王", "roles": ROLES, "by": house.admin} | fields
    assert await given.refused_with(staff.create(**new)) == code
    assert await staff.by_login("wang", by=SYSTEM) is None
    before = await stored(house.clerk.key)
    if "password" in fields:
        change = staff.set_password(key=house.clerk.key, password=fields["password"], by=house.admin)
    else:
        chosen = {"name": "王", "roles": ROLES, "store": None} | fields
        change = staff.assign(key=house.clerk.key, by=house.admin, **chosen)
    assert await given.refused_with(change) == code
    assert await stored(house.clerk.key) == before


async def test_the_demos_password_may_be_set_in_the_demo_only(house: Cast) -> None:
    setting = {"key": house.clerk.key, "password": weakness.DEMO, "by": house.admin}
    assert await given.refused_with(staff.set_password(**setting)) == "password.common"
    await organisation.change(organisation.Organisation("演示会", demo=True))
    await staff.set_password(**setting)
    assert await sessions.sign_in(login="clerk", password=weakness.DEMO)


async def test_an_account_closes_and_opens_once_and_nobody_closes_his_own(house: Cast) -> None:
    one, two = await given.admins(house)
    assert await given.refused_with(staff.disable(key=one.key, by=one)) == "account.not_oneself"
    clerk = await given.made(house, "wang", Role.CLERK)
    for _ in range(2):
        await staff.disable(key=clerk.key, by=one)
    first = (await stored(clerk.key))["disabled_at"]
    assert first is not None
    for _ in range(2):
        await staff.enable(key=clerk.key, by=two)
    assert (await stored(clerk.key))["disabled_at"] is None
    assert await events(clerk.key) == [("created", "clerk"), ("disabled", ""), ("enabled", "")]
    assert (await stored(house.clerk.key))["disabled_at"] is None


async def test_an_account_has_the_name_and_the_store_that_were_saved_last(house: Cast) -> None:
    who = await given.made(house, "wang", Role.CLERK)
    for name, store in (("王大明", "LX02"), ("王大明", "LX01"), ("王明", None), ("王明", "")):
        await staff.assign(key=who.key, name=name, roles=ROLES, store=store, by=house.admin)
        account = await staff.get(who.key, by=SYSTEM)
        assert (account.name, account.store) == (name, store or None)
    assert await events(who.key) == [
        ("created", "clerk"), ("name", ""), ("store", "LX02"), ("store", "LX01"), ("name", ""), ("store", ""),
    ]  # fmt: skip
    assert (await staff.get(house.clerk.key, by=SYSTEM)).store == "LX01"


async def test_an_account_whose_roles_wait_begins_with_the_others(house: Cast) -> None:
    one, _ = await given.admins(house)
    who = await given.made(house, "wang", Role.CLERK, Role.CASHIER, by=one)
    assert await given.roles_of(who) == {Role.CLERK}
    assert await events(who.key) == [("created", "clerk"), ("asked", "roles cashier clerk")]


async def test_an_admin_is_there_when_one_can_sign_in(house: Cast) -> None:
    assert not await staff.has_admin()
    await given.made(house, "lu", Role.AUDITOR, by=SYSTEM)
    assert not await staff.has_admin()
    boss = await given.made(house, "boss", Role.ADMIN, by=SYSTEM)
    assert await staff.has_admin()
    await transactions.run(
        lambda tx: tx.rows("UPDATE staff SET disabled_at = $2 WHERE key = $1 RETURNING key", boss.key, clock.stamp())
    )
    assert not await staff.has_admin()


STATUSES = {
    404: {"store.unknown", "account.unknown", "change.unknown", "token.none", "privacy.unknown", "fact.unknown"},
    403: {"sign_in.waiting", "fact.own"},
    503: {"sign_in.busy"},
    422: {
        "account.login_taken", "account.roles_conflict", "account.roles_admin", "account.not_to_oneself",
        "account.own_password", "account.roles_none", "account.store_unknown", "sign_in.wrong", "code.wrong",
        "code.unreadable", "two_step.stale", "password.wrong", "password.same", "password.weak", "password.common",
        "privacy.changed", "privacy.order", "privacy.past", "fact.other", "code.none", "code.of_another", "code.unfamiliar",
    },
    409: {
        "account.own_two_step", "change.settled", "change.same_person", "account.last_admin", "account.not_oneself",
        "two_step.on", "two_step.off", "init.done", "fact.in_part", "fact.seen",
    },
}  # fmt: skip


def test_a_rule_of_the_office_answers_what_is_unknown_wrong_or_too_late() -> None:
    listed = [rule for rule in vars(rules).values() if isinstance(rule, Rule)]
    assert {status: {rule.code for rule in listed if rule.status == status} for status in STATUSES} == STATUSES
    assert len(listed) == sum(len(codes) for codes in STATUSES.values())
    for rule in listed:
        assert rule.status == 422 or rule.field is None, rule.code


# -- the organisation -----------------------------------------------------------------------------------


async def test_who_we_are_is_kept_whole_and_a_short_name_is_the_name_where_there_is_none(house: Cast) -> None:
    own = organisation.Organisation("新会", "New", "新", "N", "某人", "0577-1", "新街1号", "51330000MJ0000000X")
    own = replace(own, certificate=(await organisation.get()).certificate)  # a fact with its days, entered apart
    await organisation.change(own)
    assert await organisation.get() == own
    assert not own.demo
    await organisation.change(replace(own, short="", demo=True))
    assert await organisation.get() == replace(own, short="新会", demo=True)
    await transactions.run(lambda tx: tx.rows("DELETE FROM organisation WHERE id = 1 RETURNING id"))
    assert await organisation.get() == organisation.UNNAMED


async def test_a_township_is_added_with_its_people_or_with_none(house: Cast) -> None:
    new = [stores.Township("T1", "新镇", "R", 12_000, 300), stores.Township("T2", "空镇", "R")]
    shop = stores.Store("LX09", "流动车", "T1", "MOBILE")
    await transactions.run(lambda tx: stores.add(tx, townships=new, stores=[shop]))
    assert [t for t in await stores.townships() if t.code.startswith("T")] == new
    assert (new[1].population, new[1].eligible) == (0, 0)
    assert (await stores.get("LX09"), (await stores.names())["LX09"]) == (shop, "流动车")
    assert (await stores.township_names())["T2"] == "空镇"
    assert await stores.served("LX01", by=house.clerk) == await stores.get("LX01")
    assert await given.refused_with(stores.served("LX09", by=house.clerk)) == "store.other"


# -- tokens ---------------------------------------------------------------------------------------------


async def test_a_token_is_listed_with_its_times_the_working_ones_first(house: Cast) -> None:
    at = clock.now()
    await given.made(house, "zhou", Role.AUDITOR)
    with clock.fixed(at):
        secret = await access_tokens.create(role=Role.CLERK, store="LX02")
        await access_tokens.create(role=Role.AUDITOR, login="zhou", name="n" * 81, days=1)
        await access_tokens.create(role=Role.AUDITOR, login="an", name="安")
    await access_tokens.revoke_all(login="an", by=SYSTEM)
    listed = [t for t in await access_tokens.every(by=SYSTEM) if t.login in {"api-clerk-lx02", "zhou", "an"}]
    assert [(t.login, t.works) for t in listed] == [("api-clerk-lx02", True), ("zhou", True), ("an", False)]
    begun, end = clock.stamp(at), clock.stamp(at + timedelta(days=365))
    clerk, account = listed[0], await staff.required("api-clerk-lx02", by=SYSTEM)
    assert clerk == access_tokens.Token(
        tokens.digest(secret)[:12], account.key, "api-clerk-lx02", "api-clerk-lx02", begun, end, None, None
    )
    assert (account.name, account.store, account.can_sign_in) == ("api-clerk-lx02", "LX02", False)
    assert (listed[1].name, listed[1].expires_at) == ("n" * 80, clock.stamp(at + timedelta(days=1)))
    assert (listed[2].name, (await staff.required("an", by=SYSTEM)).name) == ("安", "安")
    with clock.fixed(at + timedelta(days=365)):
        assert not clerk.works


async def test_a_token_is_for_the_store_of_its_account_and_for_an_account_in_use(house: Cast) -> None:
    clerk = await given.clerk(house)
    making = access_tokens.create(role=Role.CLERK, login="wang", store="LX02")
    assert await given.refused_with(making) == "token.store"
    for store in (None, "LX01"):
        await access_tokens.create(role=Role.CLERK, login="wang", store=store)
    await staff.disable(key=clerk.key, by=house.admin)
    assert await given.refused_with(access_tokens.create(role=Role.AUDITOR, login="wang")) == "token.disabled"
    assert await given.roles_of(clerk) == {Role.CLERK}
    assert await events(clerk.key) == [
        ("created", "clerk"), ("token", "clerk"), ("token", "clerk"), ("disabled", ""), ("token_ended", "2"),
    ]  # fmt: skip


async def test_an_account_that_is_disabled_while_its_token_is_made_gets_none(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = await given.clerk(house)
    await transactions.run(
        lambda tx: tx.rows("UPDATE staff SET disabled_at = $2 WHERE key = $1 RETURNING key", clerk.key, clock.stamp())
    )
    monkeypatch.setattr(access_tokens, "_must_fit", lambda *_: None)  # it was in use when that was asked
    assert await given.refused_with(access_tokens.create(role=Role.CLERK, login="wang")) == "token.disabled"
    assert not await reading.rows("SELECT digest FROM token WHERE staff = $1", clerk.key)


async def test_a_token_of_an_account_without_any_role_opens_nothing(house: Cast) -> None:
    digest = tokens.digest(await access_tokens.create(role=Role.AUDITOR))
    assert await Authenticator().token(digest) == (await staff.required("api-auditor", by=SYSTEM)).actor
    await transactions.run(lambda tx: tx.rows("DELETE FROM staff_role WHERE role = 'auditor' RETURNING role"))
    assert await Authenticator().token(digest) is None


async def test_a_beginning_that_fits_two_tokens_revokes_neither(house: Cast) -> None:
    rows = [
        {"digest": f"{start}{'0' * 60}", "staff": house.auditor.key, "name": "", "created_at": clock.stamp(),
         "expires_at": clock.later(3600)}
        for start in ("abcd", "abce")
    ]  # fmt: skip
    await transactions.run(lambda tx: tx.insert("token", rows))
    assert await given.refused_with(access_tokens.revoke(token="abc", by=SYSTEM)) == "token.none"
    assert (await access_tokens.revoke(token="abcd", by=SYSTEM)).id == "abcd00000000"
    assert await events(house.auditor.key) == [("token_ended", "abcd00000000")]
    assert (await access_tokens.revoke(token="abc", by=SYSTEM)).id == "abce00000000"


async def test_a_token_that_somebody_else_stops_at_the_same_moment_is_stopped_once(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = tokens.digest(await access_tokens.create(role=Role.AUDITOR))
    inner = access_tokens.every

    async def slow(**asked: Any) -> list[access_tokens.Token]:
        listed = await inner(**asked)
        await access_tokens.revoke_all(login="api-auditor", by=SYSTEM)
        return listed

    monkeypatch.setattr(access_tokens, "every", slow)
    assert await given.refused_with(access_tokens.revoke(token=digest[:12], by=SYSTEM)) == "token.none"
    account = await staff.required("api-auditor", by=SYSTEM)
    assert await events(account.key) == [("created", "auditor"), ("token", "auditor"), ("token_ended", "1")]
    stopping = access_tokens.revoke_all(login="api-auditor", by=house.auditor)
    assert await given.refused_with(stopping) == "not_yours"


# -- the second factor ----------------------------------------------------------------------------------


async def test_the_second_factor_begins_with_ten_codes_for_one_session_and_an_event(house: Cast) -> None:
    who, _, codes = await given.with_two_step(house)
    assert len(codes) == len(set(codes)) == await two_step.codes_left(by=who) == 10
    assert await events(who.key) == [("created", "approver"), ("two_step_on", "")]
    assert [row["code_at"] is not None for row in await reading.rows("SELECT code_at FROM session")] == [True]
    fresh = await two_step.renew_codes(code=codes[0], by=who)
    assert len(set(fresh)) == await two_step.codes_left(by=who) == 10
    assert await events(who.key) == [("created", "approver"), ("two_step_on", ""), ("recovery", "")]


@pytest.mark.parametrize("begun", [False, True])
async def test_a_code_for_a_session_that_has_ended_is_refused_and_not_used_up(house: Cast, *, begun: bool) -> None:
    if begun:
        who, _, codes = await given.with_two_step(house)
        ended = await given.signed_in("lu")
        await sessions.sign_out(ended)
        assert await given.refused_with(two_step.give(code=codes[0], session=ended, by=who)) == "code.wrong"
        assert await two_step.codes_left(by=who) == 10
        return
    who = await given.made(house, "lu", Role.APPROVER, by=SYSTEM)
    ended, secret = await given.signed_in("lu"), two_step.new_secret()
    await sessions.sign_out(ended)
    asked = {"secret": secret, "code": given.code(secret), "current": given.PASSWORD, "session": ended, "by": who}
    assert await given.refused_with(two_step.begin(**asked)) == "code.wrong"
    assert (await two_step.is_on(by=who), await two_step.codes_left(by=who)) == (False, 0)


async def _password_changed(house: Cast, key: str) -> None:
    await staff.set_password(key=key, password=given.OTHER, by=SYSTEM)


async def _disabled(house: Cast, key: str) -> None:
    sql = "UPDATE staff SET disabled_at = $2 WHERE key = $1 RETURNING key"
    await transactions.run(lambda tx: tx.rows(sql, key, clock.stamp()))


@pytest.mark.parametrize("event", [_password_changed, _disabled])
async def test_a_second_factor_is_not_set_up_over_a_change_that_came_while_the_password_was_read(
    house: Cast, monkeypatch: pytest.MonkeyPatch, event: Callable[[Cast, str], Awaitable[None]]
) -> None:
    who = await given.made(house, "lu", Role.CLERK, by=SYSTEM)
    secret, inner = two_step.new_secret(), two_step.with_password

    async def slow(**asked: Any) -> Staff:
        own = await inner(**asked)
        await event(house, who.key)
        return own

    monkeypatch.setattr(two_step, "with_password", slow)
    session = await given.signed_in("lu")
    asked = {"secret": secret, "code": given.code(secret), "current": given.PASSWORD, "session": session, "by": who}
    assert await given.refused_with(two_step.begin(**asked)) == "two_step.on"
    assert (await two_step.is_on(by=who), await two_step.codes_left(by=who)) == (False, 0)


async def test_a_disabled_account_gives_no_code(house: Cast) -> None:
    who, secret, _ = await given.with_two_step(house)
    session = await given.signed_in("lu")
    await _disabled(house, who.key)
    giving = two_step.give(code=given.code(secret), session=session, by=who)
    assert await given.refused_with(giving) == "two_step.off"


def test_a_secret_is_thirty_two_characters_and_its_address_names_account_and_house() -> None:
    secret = two_step.new_secret()
    assert two_step.is_secret(secret)
    assert not any(two_step.is_secret(text) for text in (secret[:-1], secret + "A", secret.lower(), "", "1" * 32))
    address = two_step.address(secret, "lu", "临溪慈善")
    assert address.startswith("otpauth://totp/")
    assert f"secret={secret}" in address
    assert ":lu?" in address
