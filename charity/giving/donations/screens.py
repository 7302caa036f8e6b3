"""What the form of a gift offers: how money can have reached us, and the campaigns that take it."""

from charity.giving import campaigns
from charity.giving.channels import CHANNELS
from charity.office import organisation
from charity.web.choices import choices


async def received_choices() -> list[dict[str, str]]:
    """How money can have reached us; the sandbox only in the demo."""
    demo = (await organisation.get()).demo
    labels = {c.code: c.words for c in CHANNELS.values() if demo or not c.only_demo}
    return choices(labels)


async def campaign_choices() -> list[dict[str, str]]:
    """The campaigns that take money now."""
    return [{"value": s.row["slug"], "label": s.name} for s in await campaigns.every() if s.row["status"] == "active"]
