"""Aid cards as the till, the API and `charity cards list` read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from charity import clock, tokens
from charity.db import reading
from charity.errors import FieldError, Rule
from charity.goods import points, rules
from charity.people import households, masking
from charity.people.masking import Reader, What
from charity.roles import Actor
from charity.words import Term

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


def why_unusable(
    card: Mapping[str, Any], household: Mapping[str, Any], day: str, field: str = "card"
) -> list[tuple[FieldError, Rule]]:
    """Why this card cannot be used on a day, since when; empty when it can."""
    broken: list[tuple[FieldError, Rule]] = []

    def refuse(rule: Rule, **facts: object) -> None:
        broken.append((rules.at(field, rule, **facts), rule))

    if card["status"] == "suspended":
        refuse(rules.CARD_SUSPENDED, since=card["status_on"], reason=Term(SUSPENSIONS.get(card["reason"], "—")))
    if card["status"] == "lost":
        refuse(rules.CARD_LOST, since=card["status_on"])
    if card["allowed_until"] is not None and card["allowed_until"] < day:
        refuse(rules.CARD_EXPIRED, until=card["allowed_until"])
    if household["status"] != "active":
        refuse(rules.HOUSEHOLD_CLOSED)
    return broken


async def _row(code: str) -> dict[str, Any]:
    """A card with its household: refuses a code that cannot be one (422) or is not known (404)."""
    code = tokens.normalise(code[: tokens.TEXT_MAX])
    if not tokens.card_valid(code):
        raise rules.CARD_UNREADABLE()
    row = await reading.row(
        "SELECT c.code, c.household, c.status, c.status_on, c.reason, c.allowed_until, h.head_name, h.category, "
        "h.members, h.status AS household_status FROM card c JOIN household h ON h.key = c.household WHERE c.code = $1",
        code,
    )
    if row is None:
        raise rules.CARD_NOT_FOUND()
    return row


async def view(code: str, *, by: Actor) -> CardView:
    """A card for the till and the API."""
    by.must("card.read")
    row = await _row(code)
    broken = why_unusable(row, {"status": row["household_status"]}, clock.today().isoformat())
    return CardView(
        code=row["code"],
        household=row["household"],
        status=row["status"],
        points=await points.balance(row["household"]),
        members=row["members"],
        category=households.CATEGORY_WORDS[row["category"]],
        masked_name=masking.show(What.RECIPIENT, row["head_name"], to=Reader.STAFF),
        allowed_until=row["allowed_until"],
        refusals=tuple(broken),
    )


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
