"""What the accountant's page of invitations shows, with words in the reader's language."""

from typing import Any

from charity.giving import invitations
from charity.roles import Actor
from charity.settings import settings
from charity.web.choices import status

STATE_WORDS = {"good": "有效", "expired": "已到期", "withdrawn": "已撤回"}
STATE_TONES = {"good": "good", "expired": "none", "withdrawn": "bad"}


def address_of(code: str) -> str:
    """The whole address of an invitation, to be sent to whoever is invited."""
    return f"{settings().public_url.rstrip('/')}/i/{code}"


async def rows(slug: str, *, by: Actor) -> list[dict[str, Any]]:
    """The invitations of a campaign, each with its state in words."""
    listed = await invitations.every(slug, by=by)
    return [{**row, "shown": status(row["state"], STATE_WORDS, STATE_TONES)} for row in listed]
