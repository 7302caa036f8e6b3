"""What the form of a gift offers: how money can have reached us, and the campaigns that take it."""

from charity.giving import campaigns, channels
from charity.web.choices import choices


async def received_choices() -> list[dict[str, str]]:
    """How money can have reached us; the sandbox only in the demo."""
    return choices({channel.code: channel.words for channel in await channels.here()})


async def campaign_choices() -> list[dict[str, str]]:
    """The campaigns that take money now."""
    return [{"value": s.row["slug"], "label": s.name} for s in await campaigns.every() if s.row["status"] == "active"]
