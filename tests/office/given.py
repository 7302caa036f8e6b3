"""Ready-made situations of the office: accounts at work, sessions, and browsers signed in."""

import re
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pyotp
import pytest
from cast import Cast
from conftest import Web

from charity import clock, tokens
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.office import staff
from charity.office.sign_in import sessions, two_step
from charity.office.staff import changes
from charity.office.staff.changes import Change
from charity.roles import SYSTEM, Actor, Role

PASSWORD = "correct horse battery"
OTHER = "another good one"


async def clerk(house: Any, login: str = "wang", **more: Any) -> Actor:
    fields = {"name": "王店员", "roles": [Role.CLERK], "store": "LX01", "password": PASSWORD, "initial": False} | more
    return (await staff.create(login=login, by=house.admin, **fields)).actor


async def aged(column: str, hours: float) -> None:
    at = clock.stamp(clock.now() - timedelta(hours=hours))

    async def work(tx: Any) -> None:
        await tx.rows(f"UPDATE session SET {column} = $1 RETURNING digest", at)

    await transactions.run(work)


async def live() -> int:
    """Sessions that have not been ended."""
    return int(await reading.value("SELECT COUNT(*) FROM session WHERE revoked_at IS NULL"))


async def made(house: Cast, login: str, *roles: Role, by: Actor | None = None, **more: Any) -> Actor:
    fields = {"name": f"{login}某", "password": PASSWORD, "initial": False} | more
    account = await staff.create(login=login, roles=roles, by=by or house.admin, **fields)
    return account.actor


async def at_work(house: Cast) -> Actor:
    """The first owner of a money role is at work: from now on changes wait."""
    return await made(house, "first", Role.CASHIER, by=SYSTEM)


async def admins(house: Cast) -> tuple[Actor, Actor]:
    """Two administrators who can sign in, and a cashier at work."""
    one = await made(house, "one", Role.ADMIN, by=SYSTEM)
    two = await made(house, "two", Role.ADMIN, by=SYSTEM)
    await at_work(house)
    return one, two


async def roles_of(who: Actor) -> set[Role]:
    return set((await staff.get(who.key, by=SYSTEM)).roles)


async def only_change() -> Change:
    (change,) = await changes.waiting(by=SYSTEM)
    return change


async def refused_with(work: Any) -> str:
    with pytest.raises(Refusal) as refused:
        await work
    return refused.value.code


def code(secret: str, at: datetime | None = None, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at((at or clock.now()) + timedelta(seconds=steps * two_step.STEP_S))


async def signed_in(login: str) -> str:
    return tokens.digest(await sessions.sign_in(login=login, password=PASSWORD))


async def with_two_step(house: Cast, login: str = "lu", role: Role = Role.APPROVER) -> tuple[Actor, str, list[str]]:
    who = await made(house, login, role, by=SYSTEM)
    secret = two_step.new_secret()
    session = await signed_in(login)
    # Begun some steps ago, so that the present step is free.
    with clock.fixed(clock.now() - timedelta(minutes=2)):
        codes = await two_step.begin(secret=secret, code=code(secret), current=PASSWORD, session=session, by=who)
    return who, secret, codes


def csrf(page: httpx2.Response) -> str:
    field = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert field is not None, page.text
    return field[1]


async def post(client: httpx2.AsyncClient, page: str, to: str = "", **fields: str) -> httpx2.Response:
    token = csrf(await client.get(page))
    return await client.post(to or page, data={"csrf": token, **fields})


async def browser(web: Web, login: str, password: str = PASSWORD) -> httpx2.AsyncClient:
    client = web.as_()
    answer = await post(client, "/sign-in", login=login, password=password)
    assert answer.status_code == 303, answer.text
    return client
