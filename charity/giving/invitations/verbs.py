"""Making and withdrawing invitations, and whether one admits its holder to a campaign.

Always true: only a campaign by invitation has invitations, and nobody promises it anything without a good one; what
was promised before an invitation was withdrawn stands.
"""

from dataclasses import dataclass
from datetime import date

from charity import clock, tokens
from charity.db import sealed, transactions
from charity.db.tables import Table
from charity.db.transactions import Tx
from charity.giving import campaigns, rules
from charity.giving.campaigns import Known
from charity.giving.invitations.models import INVITATION, InvitationRow
from charity.giving.invitations.readers import digest_of, ended, kept
from charity.giving.kinds import Reach
from charity.ledger.state import State
from charity.roles import Actor
from charity.words import Term

NOTE_MAX = 100
INVITATIONS_MAX = 1_000
"""Of one campaign, withdrawn and ended ones too: the list shows them all."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new invitation. `code` is shown to whoever made it, once: only its hash is kept."""

    key: str
    code: str


async def make(slug: str, *, expires_on: date, note: str = "", by: Actor) -> Made:
    """Make an invitation that is good to the end of a day; refuses public or ended campaigns and days that are over."""
    by.must("campaign.manage")
    campaign = await campaigns.get(slug, by=by)
    if campaign.row["reach"] != Reach.TARGETED:
        raise rules.INVITATION_NOT_HERE()
    if campaign.row["status"] in ("closed", "archived"):
        raise rules.CAMPAIGN_NOT_OPEN(
            name=campaign.row["name"], state=Term(campaigns.STATUS_WORDS[campaign.row["status"]])
        )
    last = campaign.row["ends_on"]
    if expires_on < clock.today() or (last is not None and expires_on.isoformat() > last):
        raise rules.INVITATION_DAYS()
    made = Made(tokens.key16(), tokens.code128())
    row = {
        "key": made.key,
        "campaign": slug,
        "digest": digest_of(made.code),
        "note": sealed.seal("invitation", "note", made.key, note),
        "expires_on": expires_on.isoformat(),
        "made_by": by.key,
        "made_at": clock.stamp(),
    }

    async def work(tx: Tx) -> None:
        known = await tx.row("SELECT COUNT(*) AS n FROM invitation WHERE campaign = $1", slug)
        if known is not None and known["n"] >= INVITATIONS_MAX:
            raise rules.INVITATIONS_TOO_MANY(most=INVITATIONS_MAX)
        await tx.insert("invitation", [row])

    await transactions.run(work)
    return made


async def withdraw(key: str, *, by: Actor) -> str:
    """Let an invitation lead nowhere from now on; the slug of its campaign. Refuses one that was withdrawn already."""
    by.must("campaign.manage")

    async def work(tx: Tx) -> str:
        row = await tx.row("SELECT campaign, withdrawn_at FROM invitation WHERE key = $1", key)
        if row is None:
            raise rules.INVITATION_UNKNOWN()
        done = await tx.rows(
            "UPDATE invitation SET withdrawn_by = $2, withdrawn_at = $3 WHERE key = $1 AND withdrawn_at IS NULL "
            "RETURNING key",
            key,
            by.key,
            clock.stamp(),
        )
        if not done:
            raise rules.INVITATION_DONE()
        return str(row["campaign"])

    return await transactions.run(work)


def wants(campaign: Known, code: str) -> list[tuple[Table[InvitationRow], str]]:
    """What `must_admit` has to see of the database."""
    return [(INVITATION, digest_of(code))] if campaign.reach == Reach.TARGETED and code else []


def must_admit(state: State, campaign: Known, code: str, *, today: str) -> None:
    """Refuse a promise to a campaign by invitation without a good one of it: a stranger knows no such campaign."""
    if campaign.reach != Reach.TARGETED:
        return
    _judge(state.row(INVITATION, digest_of(code)) if code else None, campaign, today)


async def must_be_invited(campaign: Known, code: str, *, today: str) -> None:
    """The same as it stands now: before anything else is said of a campaign that a stranger does not know."""
    if campaign.reach == Reach.TARGETED:
        _judge(await kept(code) if code else None, campaign, today)


def _judge(row: InvitationRow | None, campaign: Known, today: str) -> None:
    if row is None or row["campaign"] != campaign.slug:
        raise rules.CAMPAIGN_UNKNOWN(campaign=campaign.slug)
    refusal = ended(row, today)
    if refusal is not None:
        raise refusal
