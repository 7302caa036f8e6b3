"""Access tokens of programs: whom they act as, and when they end."""

import time
from datetime import timedelta
from typing import Any

import pytest
from cast import Cast
from conftest import Web
from office import given

from charity import clock, tokens
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.office import staff
from charity.office.sign_in import Authenticator
from charity.office.staff import tokens as access_tokens
from charity.roles import SYSTEM, Role
from charity.web import auth
from charity.web.contexts import RequestContext


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
    clerk = await given.clerk(house)
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
    context = RequestContext("id", "127.0.0.1", https=False, proxied=False, language="zh")
    assert (await auth.bearer(context, f"Bearer {secret}")).roles == {Role.AUDITOR}
    assert await access_tokens.revoke_all(login="api-auditor", by=SYSTEM) == 1
    later = time.monotonic() + auth.KEPT_S + 0.001
    monkeypatch.setattr(time, "monotonic", lambda: later)
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            await auth.bearer(context, f"Bearer {secret}")
        assert refused.value.status == 401


async def test_a_token_ends_by_its_time(house: Cast) -> None:
    digest = tokens.digest(await access_tokens.create(role=Role.AUDITOR, days=30))
    with clock.fixed(clock.now() + timedelta(days=29, hours=23)):
        assert await Authenticator().token(digest)
    with clock.fixed(clock.now() + timedelta(days=30, minutes=1)):
        assert await Authenticator().token(digest) is None
        assert [t.works for t in await access_tokens.every(by=SYSTEM) if t.login == "api-auditor"] == [False]


async def test_a_token_without_an_end_opens_nothing(house: Cast) -> None:
    digest = tokens.digest(await access_tokens.create(role=Role.AUDITOR))
    await transactions.run(lambda tx: tx.rows("UPDATE token SET expires_at = NULL RETURNING digest"))
    assert await Authenticator().token(digest) is None


async def test_a_token_says_when_it_was_used_last(house: Cast) -> None:
    digest = tokens.digest(await access_tokens.create(role=Role.AUDITOR))
    used = clock.now()
    assert await Authenticator().token(digest)
    for later, noted in ((timedelta(minutes=50), used), (timedelta(minutes=70), used + timedelta(minutes=70))):
        with clock.fixed(used + later):
            await Authenticator().token(digest)
        (token,) = [t for t in await access_tokens.every(by=SYSTEM) if t.login == "api-auditor"]
        assert token.seen_at is not None
        assert abs(clock.instant(token.seen_at) - noted) < timedelta(minutes=1)


async def test_a_password_from_somebody_else_ends_the_tokens_and_ones_own_does_not(house: Cast) -> None:
    clerk = await given.made(house, "fang", Role.CLERK, store="LX01")
    digest = tokens.digest(await access_tokens.create(role=Role.CLERK, login="fang"))
    await staff.change_password(current=given.PASSWORD, password=given.OTHER, by=clerk)
    assert await Authenticator().token(digest) == clerk
    await staff.set_password(key=clerk.key, password=given.PASSWORD, by=house.admin)
    assert await Authenticator().token(digest) is None


async def test_one_token_is_revoked_by_its_beginning(house: Cast) -> None:
    first, second = [tokens.digest(await access_tokens.create(role=Role.AUDITOR)) for _ in range(2)]
    assert await given.refused_with(access_tokens.revoke(token="", by=SYSTEM)) == "token.none"
    assert await given.refused_with(access_tokens.revoke(token="zz", by=SYSTEM)) == "token.none"
    assert await given.refused_with(access_tokens.revoke(token=first[:12], by=house.auditor)) == "not_yours"
    assert (await access_tokens.revoke(token=first[:12].upper(), by=house.admin)).login == "api-auditor"
    assert await Authenticator().token(first) is None
    assert await Authenticator().token(second)
    assert await given.refused_with(access_tokens.revoke(token=first[:12], by=SYSTEM)) == "token.none"


async def test_tokens_are_listed_and_revoked_on_screen(house: Cast, web: Web) -> None:
    await access_tokens.create(role=Role.AUDITOR, name="报表程序")
    admin = web.as_("admin")
    page = (await admin.get("/tokens")).text
    assert "报表程序" in page
    (token,) = [t for t in await access_tokens.every(by=SYSTEM) if t.login == "api-auditor"]
    assert (await admin.post(f"/tokens/{token.id}/revoke")).status_code == 303
    assert f"/tokens/{token.id}/revoke" not in (await admin.get("/tokens")).text
    assert (await admin.post(f"/tokens/{token.id}/revoke")).status_code == 404
