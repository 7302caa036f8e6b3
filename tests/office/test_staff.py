"""Accounts, sessions, tokens, stores: the doors of the office."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import argon2
import pytest

from charity import clock, tokens
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.office import organisation, staff, stores
from charity.office.sign_in import Authenticator, sessions
from charity.office.staff import passwords, weakness
from charity.office.staff import tokens as access_tokens
from charity.roles import SYSTEM, Actor, Role
from charity.web import auth, limits
from charity.web.visits import Visit

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    limits.reset()


async def _clerk(house: Any, login: str = "wang", **told: Any) -> Actor:
    given = {"name": "王店员", "roles": [Role.CLERK], "store": "LX01", "password": PASSWORD, "initial": False} | told
    return (await staff.create(login=login, by=house.admin, **given)).actor


async def _aged(column: str, hours: float) -> None:
    at = clock.stamp(clock.now() - timedelta(hours=hours))

    async def work(tx: Any) -> None:
        await tx.rows(f"UPDATE session SET {column} = $1 RETURNING digest", at)

    await transactions.run(work)


async def test_a_right_password_begins_a_session_that_is_the_account(house: Any) -> None:
    clerk = await _clerk(house)
    secret = await sessions.sign_in(login=" WANG ", password=PASSWORD)
    found = await Authenticator().session(tokens.digest(secret))
    assert found is not None
    assert found.actor == clerk


async def test_every_sign_in_makes_a_new_secret_and_only_its_digest_is_stored(house: Any) -> None:
    await _clerk(house)
    first = await sessions.sign_in(login="wang", password=PASSWORD)
    second = await sessions.sign_in(login="wang", password=PASSWORD)
    assert first != second
    stored = {row["digest"] for row in await reading.rows("SELECT digest FROM session")}
    assert stored == {tokens.digest(first), tokens.digest(second)}


@pytest.mark.parametrize(("login", "password"), [("wang", "wrong"), ("nobody", PASSWORD), ("wang", ""), ("", PASSWORD)])
async def test_a_wrong_sign_in_does_not_say_what_was_wrong(house: Any, login: str, password: str) -> None:
    await _clerk(house)
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
    who = await _clerk(house, roles=roles, store=None)
    digest = tokens.digest(await sessions.sign_in(login="wang", password=PASSWORD))
    await _aged(column, hours)
    assert (await Authenticator().session(digest) is not None) is lives
    assert bool(await sessions.own(who)) is lives


async def test_using_a_session_keeps_it_from_idling(house: Any) -> None:
    await _clerk(house)
    digest = tokens.digest(await sessions.sign_in(login="wang", password=PASSWORD))
    await _aged("seen_at", 1.5)
    assert await Authenticator().session(digest)
    assert clock.stamp(clock.now() - timedelta(minutes=1)) < await reading.value("SELECT seen_at FROM session")


async def test_signing_out_ends_the_session(house: Any) -> None:
    await _clerk(house)
    digest = tokens.digest(await sessions.sign_in(login="wang", password=PASSWORD))
    await sessions.sign_out(digest)
    assert await Authenticator().session(digest) is None


async def test_a_disabled_account_loses_its_sessions_and_tokens(house: Any) -> None:
    clerk = await _clerk(house)
    digest = tokens.digest(await sessions.sign_in(login="wang", password=PASSWORD))
    token = tokens.digest(await access_tokens.create(role=Role.CLERK, store="LX01", login="wang"))
    assert await Authenticator().token(token) == clerk
    await staff.disable(key=clerk.key, by=house.admin)
    assert await Authenticator().session(digest) is None
    assert await Authenticator().token(token) is None
    with pytest.raises(Refusal):
        await sessions.sign_in(login="wang", password=PASSWORD)
    await staff.enable(key=clerk.key, by=house.admin)
    assert await Authenticator().session(digest) is None
    assert await Authenticator().token(token) is None


async def test_a_change_of_roles_ends_the_sessions(house: Any) -> None:
    clerk = await _clerk(house)
    digest = tokens.digest(await sessions.sign_in(login="wang", password=PASSWORD))
    await staff.assign(key=clerk.key, name="王店员", roles=[Role.MANAGER], store="LX01", by=house.admin)
    assert await Authenticator().session(digest) is None
    assert (await staff.get(clerk.key)).roles == (Role.MANAGER,)


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
    for act in (
        staff.create(login="x1", name="某人", roles=[Role.CLERK], by=house.accountant),
        staff.disable(key=house.clerk.key, by=house.manager),
        staff.set_password(key=house.clerk.key, password=PASSWORD, by=house.auditor),
    ):
        with pytest.raises(Refusal) as refused:
            await act
        assert refused.value.status == 403


async def test_the_last_admin_who_can_sign_in_stays(house: Any) -> None:
    boss = await staff.create(login="boss", name="甲", roles=[Role.ADMIN], password=PASSWORD, by=house.admin)
    with pytest.raises(Refusal) as refused:
        await staff.disable(key=boss.key, by=house.admin)
    assert refused.value.code == "account.last_admin"
    with pytest.raises(Refusal):
        await staff.assign(key=boss.key, name="甲", roles=[Role.AUDITOR], store=None, by=house.admin)
    assert (await staff.get(boss.key)).roles == (Role.ADMIN,)
    await staff.create(login="boss2", name="乙", roles=[Role.ADMIN], password=PASSWORD, by=house.admin)
    await staff.disable(key=boss.key, by=house.admin)


@pytest.mark.parametrize("login", ["王", "A", "x", "1abc", "a b", "a" * 41, "a/b"])
async def test_a_login_is_plain_letters(house: Any, login: str) -> None:
    with pytest.raises(Refusal) as refused:
        await staff.create(login=login, name="某人", roles=[Role.CLERK], by=house.admin)
    assert [f.field for f in refused.value.fields] == ["login"]


async def test_a_login_is_taken_once(house: Any) -> None:
    with pytest.raises(Refusal) as refused:
        await _clerk(house, "cashier")
    assert refused.value.code == "account.login_taken"


WEAK = (
    "short", "1234567890", "password123", "wangwang1", "aaaaaaaaaaaa", "1212121212", "linxi-2026", "qwerty123456",
    "Qwerty!2026", "qwertyqwerty", "19851985dragon", "wang20260101", "WangWang2026", "cishan2026!", "cishan.charity",
    "ＣＩＳＨＡＮ２０２６", "慈善总会20261126", "临溪市慈善总会2026", "linxi_12345678", "Linxi+Charity+1", "xidong20260101",
    "溪东爱心超市888888", "beimenjiedao1", "!!!password!!!", "x" * 129,
)  # fmt: skip
STRONG = (
    "correct horse battery",
    "another good one",
    "wang keeps bees",
    "cishan-lantern-7",
    "9f4kd02lq1",
    "雨后春笋接连破土而出2",
)


@pytest.mark.parametrize("password", WEAK)
async def test_an_obvious_password_is_refused(house: Any, password: str) -> None:
    with pytest.raises(Refusal) as refused:
        weakness.must_be_good(password, "wang", await weakness.house_words())
    assert refused.value.fields[0].field == "password"


@pytest.mark.parametrize("password", STRONG)
async def test_a_password_that_takes_guessing_is_taken(house: Any, password: str) -> None:
    weakness.must_be_good(password, "wang", await weakness.house_words())


def test_the_demos_password_is_good_in_the_demo_only() -> None:
    weakness.must_be_good(weakness.DEMO, "wang", demo=True)
    with pytest.raises(Refusal):
        weakness.must_be_good("password123", "wang", demo=True)


def test_the_list_is_the_ten_thousand_commonest() -> None:
    assert len(weakness._common()) == 10_000
    assert (weakness.DATA / "LICENSES.txt").read_text(encoding="utf-8").count("MIT License") == 2


async def test_changing_ones_password_needs_the_present_one(house: Any) -> None:
    clerk = await _clerk(house)
    digest = tokens.digest(await sessions.sign_in(login="wang", password=PASSWORD))
    with pytest.raises(Refusal) as refused:
        await staff.change_password(current="wrong", password="another good one", by=clerk)
    assert refused.value.code == "password.wrong"
    await staff.change_password(current=PASSWORD, password="another good one", by=clerk)
    assert await Authenticator().session(digest) is None
    assert await sessions.sign_in(login="wang", password="another good one")


async def test_a_sign_in_with_the_old_password_does_not_survive_its_change(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change comes while the old password is being hashed, and again after the session was made."""
    clerk = await _clerk(house)
    checked, changed = asyncio.Event(), asyncio.Event()
    inner = passwords.matches

    async def slow(stored: str | None, password: str) -> bool:
        right = await inner(stored, password)
        checked.set()
        await changed.wait()
        return right

    with monkeypatch.context() as patch:
        patch.setattr(passwords, "matches", slow)
        signing_in = asyncio.create_task(sessions.sign_in(login="wang", password=PASSWORD))
        await checked.wait()
    await staff.change_password(current=PASSWORD, password="another good one", by=clerk)
    changed.set()
    with pytest.raises(Refusal) as refused:
        await signing_in
    assert refused.value.code == "sign_in.wrong"
    assert await _live() == 0
    await sessions.sign_in(login="wang", password="another good one")
    await staff.change_password(current="another good one", password="a third good one", by=clerk)
    assert await _live() == 0


async def test_a_sign_in_does_not_survive_that_its_account_is_disabled(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = await _clerk(house)
    checked, disabled = asyncio.Event(), asyncio.Event()
    inner = passwords.matches

    async def slow(stored: str | None, password: str) -> bool:
        right = await inner(stored, password)
        checked.set()
        await disabled.wait()
        return right

    monkeypatch.setattr(passwords, "matches", slow)
    signing_in = asyncio.create_task(sessions.sign_in(login="wang", password=PASSWORD))
    await checked.wait()
    await staff.disable(key=clerk.key, by=house.admin)
    disabled.set()
    with pytest.raises(Refusal):
        await signing_in
    await staff.enable(key=clerk.key, by=house.admin)
    assert await _live() == 0


async def test_eight_sign_ins_beside_a_change_of_password_leave_no_old_session(house: Any) -> None:
    clerk = await _clerk(house)
    old = [sessions.sign_in(login="wang", password=PASSWORD) for _ in range(8)]
    change = staff.change_password(current=PASSWORD, password="another good one", by=clerk)
    await asyncio.gather(*old[:4], change, *old[4:], return_exceptions=True)
    assert await _live() == 0


async def test_of_two_changes_of_one_password_at_once_one_counts(house: Any) -> None:
    clerk = await _clerk(house)
    new = ("another good one", "a third good one")
    done = await asyncio.gather(
        *(staff.change_password(current=PASSWORD, password=p, by=clerk) for p in new), return_exceptions=True
    )
    assert [type(d) for d in done].count(Refusal) == 1
    assert await sessions.sign_in(login="wang", password=new[1 if done[0] else 0])


async def _live() -> int:
    """Sessions that have not been ended."""
    return int(await reading.value("SELECT COUNT(*) FROM session WHERE revoked_at IS NULL"))


async def test_a_password_is_stored_as_argon2id(house: Any) -> None:
    await _clerk(house)
    stored = await reading.value("SELECT password_hash FROM staff WHERE login = 'wang'")
    assert stored.startswith("$argon2id$")
    assert (passwords.COST.memory_cost, passwords.COST.time_cost) == (65_536, 3)
    assert argon2.PasswordHasher.from_parameters(passwords.COST).check_needs_rehash(stored)


async def test_too_many_sign_ins_at_once_are_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_waiting", passwords.WAITING_MAX)
    with pytest.raises(Refusal) as refused:
        await passwords.matches(None, PASSWORD)
    assert (refused.value.status, refused.value.retry_after_s) == (503, passwords.RETRY_AFTER_S)


async def test_a_token_acts_as_one_account_made_when_missing(house: Any) -> None:
    first = await Authenticator().token(tokens.digest(await access_tokens.create(role=Role.CLERK, store="LX02")))
    second = await Authenticator().token(tokens.digest(await access_tokens.create(role=Role.CLERK, store="LX02")))
    other = await Authenticator().token(
        tokens.digest(await access_tokens.create(role=Role.CLERK, store="LX02", login="li"))
    )
    assert first is not None
    assert first == second
    assert first.store == "LX02"
    assert other is not None
    assert other.key != first.key


async def test_a_token_for_another_role_gives_the_account_that_role_unless_nobody_may_hold_both(house: Any) -> None:
    clerk = await _clerk(house)
    second = await Authenticator().token(tokens.digest(await access_tokens.create(role=Role.CASHIER, login="wang")))
    assert second is not None
    assert (second.key, second.roles) == (clerk.key, {Role.CLERK, Role.CASHIER})
    with pytest.raises(Refusal) as refused:
        await access_tokens.create(role=Role.ACCOUNTANT, login="wang")
    assert refused.value.code == "account.roles_conflict"
    with pytest.raises(Refusal):
        await access_tokens.create(role=Role.CLERK, store="LX02", login="wang")
    events = await reading.rows("SELECT act, detail FROM staff_event WHERE staff = $1 ORDER BY id", clerk.key)
    assert [(e["act"], e["detail"]) for e in events] == [
        ("created", "clerk"),
        ("roles", "cashier clerk"),
        ("token", "cashier"),
    ]


async def test_a_revoked_token_is_nobody(house: Any) -> None:
    token = tokens.digest(await access_tokens.create(role=Role.AUDITOR))
    assert await access_tokens.revoke_all(login="api-auditor", by=SYSTEM) == 1
    assert await Authenticator().token(token) is None


async def test_a_token_that_another_process_revoked_is_nobody_from_the_next_look_up_on(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = await access_tokens.create(role=Role.AUDITOR)
    auth.use(Authenticator())
    visit = Visit("id", "127.0.0.1", https=False, proxied=False, language="zh")
    assert (await auth.bearer(visit, f"Bearer {secret}")).roles == {Role.AUDITOR}
    assert await access_tokens.revoke_all(login="api-auditor", by=SYSTEM) == 1
    later = time.monotonic() + auth.KEPT_S + 0.001
    monkeypatch.setattr(time, "monotonic", lambda: later)
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            await auth.bearer(visit, f"Bearer {secret}")
        assert refused.value.status == 401


async def test_every_change_of_an_account_leaves_an_event(house: Any) -> None:
    clerk = await _clerk(house)
    await staff.assign(key=clerk.key, name="王店员", roles=[Role.MANAGER], store="LX02", by=house.admin)
    await staff.set_password(key=clerk.key, password="another good one", by=house.admin)
    await staff.disable(key=clerk.key, by=house.admin)
    events = await reading.rows("SELECT act, actor, detail FROM staff_event WHERE staff = $1 ORDER BY id", clerk.key)
    assert [e["act"] for e in events] == ["created", "store", "roles", "password", "disabled"]
    assert {e["actor"] for e in events} == {house.admin.key}
    assert not any("王" in e["detail"] for e in events)


async def test_names_are_told_by_key(house: Any) -> None:
    told = await staff.names([house.cashier.key, house.clerk.key, "nobody"])
    assert told == {house.cashier.key: house.cashier.name, house.clerk.key: house.clerk.name}
    assert await staff.names([]) == {}


async def test_stores_are_codes_and_names(house: Any) -> None:
    assert [s.code for s in await stores.every()] == ["LX00", "LX01", "LX02"]
    assert (await stores.get("LX01")).kind == "BRANCH"
    with pytest.raises(Refusal) as refused:
        await stores.get("LX99")
    assert (refused.value.code, refused.value.status) == ("store.unknown", 404)


async def test_the_api_lists_stores_to_any_role_and_to_no_stranger(web: Any) -> None:
    answer = await web.as_("nobody").get("/api/v1/stores")
    assert [s["code"] for s in answer.json()["items"]] == ["LX00", "LX01", "LX02"]
    assert (await web.as_().get("/api/v1/stores")).status_code == 401


async def test_who_we_are_is_told_and_replaced(house: Any) -> None:
    assert (await organisation.get()).name == "临溪市慈善总会"
    await organisation.change(organisation.Organisation("新会", short="新", demo=True))
    told = await organisation.get()
    assert (told.name, told.demo) == ("新会", True)


async def test_old_sessions_are_swept(house: Any) -> None:
    await _clerk(house)
    await sessions.sign_in(login="wang", password=PASSWORD)
    assert await sessions.sweep() == 0
    await _aged("created_at", 37)
    assert await sessions.sweep() == 1


OFFICE_PAGES = (
    "/accounts", "/accounts/new", "/accounts/changes", "/tokens", "/organisation", "/password", "/two-step", "/sessions",
    "/api-docs",
)  # fmt: skip


@pytest.mark.parametrize("page", OFFICE_PAGES)
async def test_the_pages_of_the_office_show(web: Any, page: str) -> None:
    for language in ("zh", "en"):
        answer = await web.as_("admin").get(page, headers={"Accept-Language": language})
        assert answer.status_code == 200
    assert not _chinese_left(answer.text), _chinese_left(answer.text)


def _chinese_left(text: str) -> list[str]:
    """Chinese words on an English page, other than names in the data and the language switch."""
    import re  # noqa: PLC0415

    found = re.findall(r">([^<]*[\u4e00-\u9fff][^<]*)<", text.split("<main")[1].split("</main>", maxsplit=1)[0])
    return [f for f in found if not any(known in f for known in ("测试", "店", "街道", "临溪", "超市", "用途"))]


async def test_an_admin_makes_and_closes_an_account_on_screen(web: Any, house: Any) -> None:
    admin = web.as_("admin")
    form = {"login": "zhao", "name": "赵", "roles": ["cashier", "accountant"], "store": "", "password": PASSWORD}
    answer = await admin.post("/accounts/new", data=form)
    assert answer.status_code == 422
    assert "出纳不得兼任会计" in answer.text
    assert PASSWORD not in answer.text
    answer = await admin.post("/accounts/new", data=form | {"roles": ["cashier"]})
    assert answer.status_code == 303
    place = answer.headers["location"]
    assert "赵" in (await admin.get(place)).text
    assert (await admin.get(f"{place}/disable")).status_code == 200
    assert (await admin.post(f"{place}/disable")).status_code == 303
    assert "已停用" in (await admin.get(place)).text
    assert (await admin.post(f"{place}/enable")).status_code == 303
    assert (await admin.get("/accounts/nobody")).status_code == 404
