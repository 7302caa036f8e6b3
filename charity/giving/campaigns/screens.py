"""What the accountant's pages of campaigns show, with words in the reader's language."""

from typing import Any

from charity import words
from charity.giving import campaigns
from charity.ledger import funds
from charity.roles import Actor
from charity.web.choices import status

CAMPAIGN_TONES = {"draft": "none", "filed": "wait", "active": "good", "closed": "none", "archived": "none"}


async def campaign_rows(*, by: Actor) -> list[dict[str, Any]]:
    """All campaigns, drafts too, for the accountant."""
    money = await funds.names()
    return [
        {
            "name": s.name,
            "href": f"/desk/campaigns/{s.row['slug']}",
            "kind": words.translate(campaigns.KIND_WORDS[s.row["kind"]]),
            "starts_on": s.row["starts_on"],
            "ends_on": s.row["ends_on"],
            "fund": money.get(s.row["fund"], s.row["fund"]),
            "status": status(s.row["status"], campaigns.STATUS_WORDS, CAMPAIGN_TONES),
            "received": s.figures.net_fen,
        }
        for s in await campaigns.every(by=by)
    ]


async def campaign_page(slug: str, *, by: Actor) -> dict[str, Any]:
    """One campaign for the accountant: what the gate still wants, and what may be done."""
    shown = await campaigns.get(slug, by=by)
    row = shown.row
    return {
        "shown": shown,
        "row": row,
        "fund": (await funds.names()).get(row["fund"], row["fund"]),
        "state": status(row["status"], campaigns.STATUS_WORDS, CAMPAIGN_TONES),
        "kind": words.translate(campaigns.KIND_WORDS[row["kind"]]),
        "missing": [words.translate(m) for m in campaigns.gate(row)] if row["status"] in {"draft", "filed"} else [],
        "file_by": campaigns.file_by(row),
    }
