"""Which unit an organiser works for, what an invitation leads to, and who was invited.

Always true: the code itself is stored nowhere, so nobody can look it up again; one that leads nowhere says why in one
sentence, and names neither the unit nor the person.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from charity import clock, tokens
from charity.db import reading, sealed
from charity.errors import Refusal
from charity.giving import rules
from charity.giving.organisers.models import Organiser
from charity.office import staff
from charity.roles import SYSTEM, Actor

LISTED_MAX: Final = 20
"""Organisers and invitations of a unit that its page shows, the newest first."""
State = Literal["invited", "expired", "joined", "ended"]
STATES: Final[tuple[State, ...]] = ("invited", "expired", "joined", "ended")

_UNIT_OF = (
    "SELECT o.work_unit FROM organiser o JOIN work_unit u ON u.code = o.work_unit "
    "WHERE o.staff = $1 AND o.ended_at IS NULL AND u.retired_at IS NULL"
)
AT_WORK: Final = "SELECT work_unit FROM organiser WHERE staff IS NOT NULL AND ended_at IS NULL"
"""The units that have an organiser now."""
OPENED: Final = (
    "SELECT o.key, o.work_unit, o.name, o.expires_on, o.made_by, o.staff, o.ended_at, u.name AS unit, u.retired_at, "
    "EXISTS (SELECT 1 FROM organiser p WHERE p.staff = o.made_by) AS handed_over "
    "FROM organiser o JOIN work_unit u ON u.code = o.work_unit WHERE o.digest = $1"
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A good invitation: its code as it stands in the address, whom it is for, and who invites to what."""

    code: str
    name: str
    work_unit: str
    unit: str
    invited_by: str
    expires_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """An organiser, or whoever was invited; `name` is "" where the invitation ended before anybody joined."""

    key: str
    name: str
    login: str
    made_by: str
    made_at: str
    expires_on: str
    joined_at: str | None
    ended_at: str | None
    closed: bool
    state: State


async def unit_of(by: Actor) -> str | None:
    """The code of the unit whose organiser this is now; None for whoever is none, or whose unit takes part no more."""
    if not by.may("roster.fill"):
        return None
    unit: str | None = await reading.value(_UNIT_OF, by.key)
    return unit


async def own_unit(*, by: Actor) -> str:
    """The same, or organiser.no_unit (403)."""
    unit = await unit_of(by)
    if unit is None:
        raise rules.ORGANISER_NO_UNIT()
    return unit


def digest_of(code: str) -> str:
    """What is stored of a code, in whatever writing it was typed."""
    return tokens.digest(tokens.normalise(code))


def over(row: dict[str, Any], today: str) -> Refusal | None:
    """Why an invitation leads nowhere, or None; its last day counts whole in Asia/Shanghai."""
    if row["staff"] is not None:
        return rules.ORGANISER_USED()
    if row["ended_at"] is not None:
        return rules.ORGANISER_ENDED()
    if row["expires_on"] < today:
        return rules.ORGANISER_EXPIRED(day=row["expires_on"])
    return rules.ORGANISER_UNIT_RETIRED() if row["retired_at"] else None


def name_of(key: str, name: bytes | None) -> str:
    """The sealed name of whoever was invited."""
    return sealed.unseal("organiser", "name", key, name) or ""


async def opened(code: str) -> Opened:
    """What an invitation leads to; organiser.unknown (404), or .used, .ended, .expired, .unit_retired (410)."""
    row = await reading.row(OPENED, digest_of(code))
    if row is None:
        raise rules.ORGANISER_UNKNOWN()
    refusal = over(row, clock.today().isoformat())
    if refusal is not None:
        raise refusal
    maker = await staff.get(row["made_by"], by=SYSTEM)
    if row["handed_over"] and (maker.disabled_at or not maker.actor.may("roster.fill")):
        raise rules.ORGANISER_ENDED()  # whose account was closed does not come back by his own invitation
    name = name_of(row["key"], row["name"])
    return Opened(tokens.normalise(code), name, row["work_unit"], row["unit"], maker.name, row["expires_on"])


async def every(unit: str, *, by: Actor) -> list[Appointment]:
    """Organisers and invitations of a unit that this reader sees, the newest first, the last LISTED_MAX of them."""
    rows = await (
        Organiser.visible_to(by)
        .filter(work_unit_id=unit)
        .order_by("-made_at", "-key")
        .limit(LISTED_MAX)
        .select_related("staff")
    )
    makers = await staff.names({row.made_by for row in rows})
    today = clock.today().isoformat()
    return [_appointment(row, makers.get(row.made_by, ""), today) for row in rows]


def _appointment(row: Organiser, made_by: str, today: str) -> Appointment:
    state: State = "joined"
    if row.ended_at:
        state = "ended"
    elif row.staff is None:
        state = "expired" if row.expires_on < today else "invited"
    return Appointment(
        key=row.key,
        name=row.staff.name if row.staff else name_of(row.key, row.name),
        login=row.staff.login if row.staff else "",
        made_by=made_by,
        made_at=row.made_at,
        expires_on=row.expires_on,
        joined_at=row.joined_at,
        ended_at=row.ended_at,
        closed=bool(row.staff and row.staff.disabled_at),
        state=state,
    )


async def gifts_of(unit: str, campaign: str) -> int:
    """How many gifts of a campaign came with the unit's tag: a number, no names and no sums."""
    count = await reading.value("SELECT gifts FROM unit_sum WHERE campaign = $1 AND work_unit = $2", campaign, unit)
    return int(count or 0)
