"""`charity verify`, the public part: I12 (public totals are the ledger's) and I13 (no names in the books)."""

from typing import Any

from charity.db import engine, reading
from charity.errors import Failure
from charity.giving import campaigns
from charity.ledger import checks

SHOWN_MAX = 20
_FIGURES: checks.Check = (
    "I12",
    "campaign {slug} has no figures: no page shows it",
    "SELECT c.slug FROM campaign c LEFT JOIN campaign_figures f ON f.slug = c.slug WHERE f.slug IS NULL",
)


async def run() -> list[Failure]:
    """What does not hold; an empty list when all is well."""
    async with reading.snapshot():
        totals = await _totals()
    return [*totals, *await _names()]


async def _posted(kind: str) -> dict[str, dict[str, Any]]:
    """Sums of income postings and counts of entries by campaign, from the journal."""
    rows = await reading.rows(
        checks.sql(
            "SELECT @e.campaign AS campaign, CAST(SUM(-p.quantity) AS BIGINT) AS fen, COUNT(DISTINCT e.seq) AS n "
            "FROM entry e JOIN posting p ON p.seq = e.seq JOIN account a ON a.id = p.account "
            "WHERE e.kind = $1 AND a.chart IN ('4101', '2601') GROUP BY @e.campaign"
        ),
        kind,
    )
    return {r["campaign"]: r for r in rows}


async def _totals() -> list[Failure]:
    received, refunded = await _posted("gift.cash"), await _posted("gift.refund")
    givers = {
        r["campaign"]: r["n"]
        for r in await reading.rows(
            "SELECT campaign, COUNT(DISTINCT donor) AS n FROM donation WHERE kind = 'cash' GROUP BY campaign"
        )
    }
    none = {"fen": 0, "n": 0}
    failures = await checks.failures([_FIGURES])
    for shown in await campaigns.every(public=False):
        slug, said = shown.row["slug"], shown.figures
        posted, back = received.get(slug, none), refunded.get(slug, none)
        facts = (
            ("received_fen", said.received_fen, posted["fen"]),
            ("refunded_fen", said.refunded_fen, -back["fen"]),
            ("gifts", said.gifts, posted["n"]),
            ("donors", said.donors, givers.get(slug, 0)),
        )
        failures += [
            Failure("I12", f"campaign {slug}: the page says {name} {public}, the ledger {booked}")
            for name, public, booked in facts
            if public != booked
        ]
    return failures


async def _names() -> list[Failure]:
    """Bodies hold codes only: no text outside ASCII, and no text that is a mobile number or an ID number."""
    if engine.state().postgres:
        odd = "e.body ~ '[^ -~]|\"(1[3-9][0-9]{9}|[0-9]{17}[0-9X])\"'"
    else:
        globs = ("*[^ -~]*", f'*"1[3-9]{"[0-9]" * 9}"*', f'*"{"[0-9]" * 17}[0-9X]"*')
        odd = " OR ".join(f"e.body GLOB '{glob}'" for glob in globs)
    rows = await reading.rows(f"SELECT e.seq FROM entry e WHERE {odd} ORDER BY e.seq LIMIT {SHOWN_MAX}")  # noqa: S608
    return [Failure("I13", f"#{r['seq']}: the body holds text that is no code") for r in rows]
