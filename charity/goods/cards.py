"""Aid cards. A card only points to a household, so a lost card loses no points.

Always true: a household has at most one active card (unique index); a lost card never comes back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from charity import clock, tokens
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.errors import FieldError, Refusal, Rule
from charity.goods import points, rules
from charity.people import households, persons
from charity.roles import Actor

SUSPENSIONS: Final = {
    "review": "等待年度复核",
    "moved": "已迁出本市",
    "ended": "救助资格终止",
    "misuse": "使用异常待查",
}


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as the till sees it: never a name, only 王*."""

    code: str
    household: str
    status: str
    points: int
    members: int
    category: str
    masked_name: str
    allowed_until: str | None
    refusals: tuple[tuple[FieldError, Rule], ...] = ()


async def issue(*, household: str, by: Actor, allowed_until: date | None = None) -> str:
    """Give a household (key) its card; refuses a second active one. The new code."""
    by.must("card.manage")
    return await transactions.run(lambda tx: _add(tx, household, allowed_until.isoformat() if allowed_until else None))


async def replace_lost(*, card: str, by: Actor) -> str:
    """Mark a card lost and give the same household a new one; the new code."""
    by.must("card.manage")

    async def work(tx: Tx) -> str:
        old = await _changed(tx, card, "lost", "", ("active", "suspended"))
        code = await _add(tx, old["household"], old["allowed_until"])
        await tx.rows("UPDATE card SET replaced_by = $2 WHERE code = $1 RETURNING code", card, code)
        return code

    return await transactions.run(work)


async def suspend(*, card: str, reason: str, by: Actor) -> None:
    """Suspend an active card; `reason` is one of SUSPENSIONS."""
    by.must("card.manage")
    assert reason in SUSPENSIONS, reason
    await transactions.run(lambda tx: _changed(tx, card, "suspended", reason, ("active",)))


async def resume(*, card: str, by: Actor) -> None:
    """Let a suspended card be used again."""
    by.must("card.manage")
    await transactions.run(lambda tx: _changed(tx, card, "active", "", ("suspended",)))


async def add_many(tx: Tx, household_keys: list[str], *, allowed_until: str | None = None) -> list[str]:
    """Cards for households that have none, in the caller's transaction; codes in the same order."""
    day, at = clock.today().isoformat(), clock.stamp()
    codes = [tokens.card_code() for _ in household_keys]
    rows: list[dict[str, Any]] = [
        {
            "code": code,
            "household": key,
            "status": "active",
            "status_on": day,
            "allowed_until": allowed_until,
            "created_at": at,
        }
        for code, key in zip(codes, household_keys, strict=True)
    ]
    await tx.insert("card", rows)
    return codes


async def _add(tx: Tx, household: str, allowed_until: str | None) -> str:
    active = await tx.row("SELECT code FROM card WHERE household = $1 AND status = 'active'", household)
    if active is not None:
        raise rules.CARD_HAD()
    return (await add_many(tx, [household], allowed_until=allowed_until))[0]


async def _changed(tx: Tx, card: str, status: str, reason: str, from_: tuple[str, ...]) -> dict[str, Any]:
    """Change a card's state by a conditional update; the row as it is now."""
    row = await tx.row(
        f"UPDATE card SET status = $2, reason = $3, status_on = $4 WHERE code = $1 "  # noqa: S608
        f"AND status IN ({reading.places(len(from_), 5)}) RETURNING code, household, allowed_until",
        tokens.normalise(card),
        status,
        reason,
        clock.today().isoformat(),
        *from_,
    )
    if row is not None:
        return row
    known = await tx.row("SELECT code FROM card WHERE code = $1", tokens.normalise(card))
    raise rules.CARD_NOT_ACTIVE() if known else rules.CARD_NOT_FOUND()


def standing(
    card: Mapping[str, Any], household: Mapping[str, Any], day: str, field: str = "card"
) -> list[tuple[FieldError, Rule]]:
    """Why this card cannot be used on a day, since when; empty when it can."""
    broken: list[tuple[FieldError, Rule]] = []

    def say(rule: Rule, **facts: object) -> None:
        broken.append((rules.at(field, rule, **facts), rule))

    if card["status"] == "suspended":
        say(rules.CARD_SUSPENDED, since=card["status_on"], reason=rules.Word(SUSPENSIONS.get(card["reason"], "—")))
    if card["status"] == "lost":
        say(rules.CARD_LOST, since=card["status_on"])
    if card["allowed_until"] is not None and card["allowed_until"] < day:
        say(rules.CARD_EXPIRED, until=card["allowed_until"])
    if household["status"] != "active":
        say(rules.HOUSEHOLD_CLOSED)
    return broken


async def row(code: str) -> dict[str, Any]:
    """A card with its household: refuses a code that cannot be one (422) or is not known (404)."""
    code = tokens.normalise(code[: tokens.TEXT_MAX])
    if not tokens.card_valid(code):
        raise rules.CARD_UNREADABLE()
    found = await reading.row(
        "SELECT c.code, c.household, c.status, c.status_on, c.reason, c.allowed_until, h.head_name, h.category, "
        "h.members, h.status AS household_status FROM card c JOIN household h ON h.key = c.household WHERE c.code = $1",
        code,
    )
    if found is None:
        raise rules.CARD_NOT_FOUND()
    return found


async def view(code: str, *, by: Actor) -> CardView:
    """A card for the till and the API."""
    by.must("card.read")
    found = await row(code)
    broken = standing(found, {"status": found["household_status"]}, clock.today().isoformat())
    return CardView(
        code=found["code"],
        household=found["household"],
        status=found["status"],
        points=await points.balance(found["household"]),
        members=found["members"],
        category=households.CATEGORY_WORDS[found["category"]],
        masked_name=persons.masked_name("person", found["head_name"]),
        allowed_until=found["allowed_until"],
        refusals=tuple(broken),
    )


def refusal(found: CardView) -> Refusal | None:
    """All that stands against the use of a card, as one refusal."""
    return rules.together(rules.NOT_ISSUED, found.refusals) if found.refusals else None


async def active(*, store: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """Codes of active cards for `charity cards list`: code, points, members; no names."""
    sql = (
        "SELECT c.code, c.household, h.members, h.store FROM card c JOIN household h ON h.key = c.household "
        "WHERE c.status = 'active' AND h.status = 'active' AND (h.store = $1 OR $1 = '') ORDER BY c.code LIMIT $2"
    )
    rows = await reading.rows(sql, store or "", limit)
    left: dict[str, int] = {}
    for n in range(0, len(rows), 500):
        left |= await points.balances([r["household"] for r in rows[n : n + 500]])
    return [
        {"code": r["code"], "store": r["store"], "members": r["members"], "points": left.get(r["household"], 0)}
        for r in rows
    ]
