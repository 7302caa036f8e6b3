"""Invitations as their holder opens them and as staff lists them.

Always true: the code itself is stored nowhere, so nobody can look it up again; an invitation that has ended says only
that, whoever holds it. Sources: Charity Law 29 and 30.
"""

from dataclasses import dataclass
from typing import Any

from charity import clock, tokens
from charity.db import reading, sealed
from charity.errors import Refusal
from charity.giving import campaigns, rules
from charity.giving.campaigns import Shown
from charity.giving.invitations.models import Invitation, InvitationRow
from charity.giving.kinds import PUBLISHED
from charity.roles import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class Opened:
    """A good invitation: its code as it stands in the address, and the campaign it leads to."""

    code: str
    campaign: Shown


def digest_of(code: str) -> str:
    """What is stored of a code, in whatever writing it was typed."""
    return tokens.digest(tokens.normalise(code))


def ended(row: InvitationRow, today: str) -> Refusal | None:
    """Why an invitation leads nowhere, or None; its last day counts whole in Asia/Shanghai."""
    if row["withdrawn_at"] is not None:
        return rules.INVITATION_WITHDRAWN()
    if row["expires_on"] < today:
        return rules.INVITATION_EXPIRED(day=row["expires_on"])
    return None


async def kept(code: str) -> InvitationRow | None:
    """The row of an invitation, good or not; None for no code of ours."""
    row = await reading.row("SELECT * FROM invitation WHERE digest = $1", digest_of(code))
    return InvitationRow(**row) if row else None  # type: ignore[typeddict-item] # a row of the table


async def opened(code: str) -> Opened:
    """The campaign that an invitation leads to; invitation.unknown (404), .withdrawn or .expired (410)."""
    row = await kept(code)
    if row is None:
        raise rules.INVITATION_UNKNOWN()
    refusal = ended(row, clock.today().isoformat())
    if refusal is not None:
        raise refusal
    shown = await campaigns.get(row["campaign"], by=SYSTEM)
    if shown.row["status"] not in PUBLISHED:
        raise rules.INVITATION_UNKNOWN()
    return Opened(tokens.normalise(code), shown)


async def every(slug: str, *, by: Actor) -> list[dict[str, Any]]:
    """All invitations of a campaign, the newest first: `key note expires_on made_at withdrawn_at state`."""
    rows = await Invitation.visible_to(by).filter(campaign_id=slug).order_by("-made_at", "-key")
    return [_listed(row) for row in rows]


def _listed(row: Invitation) -> dict[str, Any]:
    state = "good"
    if row.withdrawn_at:
        state = "withdrawn"
    elif row.expires_on < clock.today().isoformat():
        state = "expired"
    return {
        "key": row.key,
        "note": sealed.unseal("invitation", "note", row.key, row.note) or "",
        "expires_on": row.expires_on,
        "made_at": row.made_at,
        "withdrawn_at": row.withdrawn_at,
        "state": state,
    }
