"""What is done to one account: what it ends of it, what it leaves, and that nothing of anybody else's changes."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from cast import Cast
from office import given

from charity import clock, tokens
from charity.db import reading, transactions
from charity.office import staff
from charity.office.models import ChangeKind
from charity.office.sign_in import sessions, two_step
from charity.office.staff import changes
from charity.office.staff import tokens as access_tokens
from charity.roles import SYSTEM, Actor, Role

BEFORE = "2026-01-02T03:04:05.000000Z"
"""When the sessions, tokens and changes ended that had ended before."""
TABLES = ("staff_role", "session", "token", "recovery_code", "staff_change", "staff_event")


@dataclass
class Stage:
    """Two accounts with the same belongings; what waits for `who` was asked by `one`, for `other` by `two`."""

    one: Actor
    two: Actor
    who: Actor
    secret: str
    codes: list[str]
    sessions: list[str]
    token: str
    other: Actor


async def _furnish(who: Actor, login: str, asker: Actor) -> tuple[list[str], str]:
    """Two live sessions and one token, one of each that has ended; a change of each kind that waits and one that ended."""
    live = [await given.signed_in(login) for _ in range(2)]
    token = await access_tokens.create(role=Role.APPROVER, login=login)

    async def work(tx: Any) -> None:
        ended = {"staff": who.key, "created_at": BEFORE, "revoked_at": BEFORE}
        await tx.insert("session", [{**ended, "digest": f"ended-{login}", "seen_at": BEFORE, "device": ""}])
        await tx.insert("token", [{**ended, "digest": f"ended-{login}", "name": "", "expires_at": clock.later(3600)}])
        asked = {"staff": who.key, "asked_at": BEFORE, "asked_by": asker.key, "roles": ""}
        settled = {"settled_at": BEFORE, "settled_by": asker.key, "outcome": "confirmed"}
        for kind in ChangeKind:
            row = asked | {"kind": kind.value, "password_hash": "#" if kind is ChangeKind.PASSWORD else None}
            if kind is ChangeKind.ROLES:
                row["roles"] = "auditor"
            await tx.insert("staff_change", [row | {"key": f"waits-{login}-{kind}"}])
            await tx.insert("staff_change", [row | settled | {"key": f"ended-{login}-{kind}"}])

    await transactions.run(work)
    return live, token


async def _set_up(house: Cast) -> Stage:
    one, two = await given.admins(house)
    who, secret, codes = await given.with_two_step(house, "lu")
    other, _, _ = await given.with_two_step(house, "yao")
    await _furnish(other, "yao", two)
    live, token = await _furnish(who, "lu", one)
    return Stage(one, two, who, secret, codes, live, token, other)


async def _rows(who: Actor) -> dict[str, list[dict[str, Any]]]:
    rows = {"staff": await reading.rows("SELECT * FROM staff WHERE key = $1", who.key)}
    for table in TABLES:
        listed = await reading.rows(f"SELECT * FROM {table} WHERE staff = $1", who.key)
        rows[table] = sorted(listed, key=lambda row: json.dumps(row, default=str))
    return rows


def _ended_before(rows: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [row for table in TABLES for row in rows[table] if BEFORE in {row.get("revoked_at"), row.get("settled_at")}]


def _left(rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What an account has: roles, live sessions and tokens, recovery codes not used, second factor, what waits."""
    return {
        "roles": sorted(row["role"] for row in rows["staff_role"]),
        "sessions": sum(row["revoked_at"] is None for row in rows["session"]),
        "tokens": sum(row["revoked_at"] is None for row in rows["token"]),
        "codes": sum(row["used_at"] is None for row in rows["recovery_code"]),
        "two_step": rows["staff"][0]["totp_secret"] is not None,
        "waits": sorted(row["kind"] for row in rows["staff_change"] if row["settled_at"] is None),
    }


ALL: dict[str, Any] = {
    "roles": ["approver"],
    "sessions": 3,
    "tokens": 1,
    "codes": 10,
    "two_step": True,
    "waits": ["password", "roles", "two_step"],
}
"""What `who` has in the beginning: three sessions, for the second factor was set up in one of them."""


def _assign(**chosen: Any) -> Callable[[Stage], Awaitable[Any]]:
    def work(s: Stage) -> Awaitable[Any]:
        fields = {"name": s.who.name, "roles": [Role.APPROVER], "store": None} | chosen
        return staff.assign(key=s.who.key, by=s.one, **fields)

    return work


def _confirm(kind: ChangeKind) -> Callable[[Stage], Awaitable[Any]]:
    return lambda s: changes.confirm(key=f"waits-lu-{kind}", by=s.two)


# What is done, what the account has otherwise than before, and the events it leaves: (act, detail).
DONE: dict[str, tuple[Callable[[Stage], Awaitable[Any]], dict[str, Any], list[tuple[str, str]]]] = {
    "disabled": (
        lambda s: staff.disable(key=s.who.key, by=s.one),
        {"sessions": 0, "tokens": 0, "waits": []},
        [("disabled", ""), ("token_ended", "1")],
    ),
    "another role": (
        _assign(roles=[Role.AUDITOR]),
        {"roles": ["auditor"], "sessions": 0, "waits": ["password", "two_step"]},
        [("roles", "auditor")],
    ),
    "a guarded role": (_assign(roles=[Role.CASHIER, Role.APPROVER]), {}, [("asked", "roles approver cashier")]),
    "a store": (_assign(store="LX01"), {"sessions": 0}, [("store", "LX01")]),
    "a name": (_assign(name="陆大有"), {}, [("name", "")]),
    "the same again": (_assign(), {}, []),
    "a password from the command line": (
        lambda s: staff.set_password(key=s.who.key, password=given.OTHER, by=SYSTEM),
        {"sessions": 0, "tokens": 0, "waits": ["roles", "two_step"]},
        [("token_ended", "1"), ("password", "")],
    ),
    "a password from an administrator": (
        lambda s: staff.set_password(key=s.who.key, password=given.OTHER, by=s.one),
        {},
        [("asked", "password")],
    ),
    "a lost phone at the command line": (
        lambda s: staff.end_two_step(key=s.who.key, by=SYSTEM),
        {"sessions": 0, "codes": 0, "two_step": False, "waits": ["password", "roles"]},
        [("two_step_off", "")],
    ),
    "a lost phone": (lambda s: staff.end_two_step(key=s.who.key, by=s.one), {}, [("asked", "two_step")]),
    "the own password": (
        lambda s: staff.change_password(current=given.PASSWORD, password=given.OTHER, by=s.who),
        {"sessions": 0, "waits": ["roles", "two_step"]},
        [("password", "")],
    ),
    "the own second factor ended": (
        lambda s: two_step.end(code=given.code(s.secret), by=s.who),
        {"sessions": 0, "codes": 0, "two_step": False},
        [("two_step_off", "")],
    ),
    "a code given": (lambda s: two_step.give(code=given.code(s.secret), session=s.sessions[0], by=s.who), {}, []),
    "a recovery code given": (
        lambda s: two_step.give(code=s.codes[0], session=s.sessions[0], by=s.who),
        {"codes": 9},
        [("recovery", "")],
    ),
    "new recovery codes": (lambda s: two_step.renew_codes(code=given.code(s.secret), by=s.who), {}, []),
    "a sign-out": (lambda s: sessions.sign_out(s.sessions[0]), {"sessions": 2}, []),
    "one session ended": (lambda s: sessions.end_own(digest=s.sessions[0], by=s.who), {"sessions": 2}, []),
    "the other sessions ended": (lambda s: sessions.end_others(keep=s.sessions[0], by=s.who), {"sessions": 1}, []),
    "a token revoked": (
        lambda s: access_tokens.revoke(token=tokens.digest(s.token)[:12], by=s.one),
        {"tokens": 0},
        [("token_ended", "")],
    ),
    "all tokens revoked": (
        lambda s: access_tokens.revoke_all(login="lu", by=s.one),
        {"tokens": 0},
        [("token_ended", "1")],
    ),
    "roles confirmed": (
        _confirm(ChangeKind.ROLES),
        {"roles": ["auditor"], "sessions": 0, "waits": ["password", "two_step"]},
        [("confirmed", "roles"), ("roles", "auditor")],
    ),
    "a password confirmed": (
        _confirm(ChangeKind.PASSWORD),
        {"sessions": 0, "tokens": 0, "waits": ["roles", "two_step"]},
        [("confirmed", "password"), ("token_ended", "1"), ("password", "")],
    ),
    "a lost phone confirmed": (
        _confirm(ChangeKind.TWO_STEP),
        {"sessions": 0, "codes": 0, "two_step": False, "waits": ["password", "roles"]},
        [("confirmed", "two_step"), ("two_step_off", "")],
    ),
    "a change stopped": (
        lambda s: changes.stop(key="waits-lu-roles", by=s.two),
        {"waits": ["password", "two_step"]},
        [("stopped", "roles")],
    ),
    "its asker disabled": (lambda s: staff.disable(key=s.one.key, by=SYSTEM), {"waits": []}, []),
}


@pytest.mark.parametrize("name", DONE)
async def test_what_is_done_to_an_account_ends_what_it_must_and_touches_nobody_else(house: Cast, name: str) -> None:
    s = await _set_up(house)
    work, otherwise, events = DONE[name]
    before, beside = await _rows(s.who), await _rows(s.other)
    assert _left(before) == ALL
    assert len(_ended_before(before)) == 5
    await work(s)
    after = await _rows(s.who)
    assert _left(after) == ALL | otherwise
    new = [row for row in after["staff_event"] if row not in before["staff_event"]]
    listed = [(row["act"], row["detail"]) for row in sorted(new, key=lambda row: row["id"])]
    if name == "a token revoked":
        listed = [
            (event, "") for event, detail in listed if detail == tokens.digest(s.token)[: access_tokens.ID_LENGTH]
        ]
    assert listed == events
    assert await _rows(s.other) == beside
    assert _ended_before(after) == _ended_before(before), "what had ended keeps its time and its outcome"
