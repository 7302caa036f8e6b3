"""Boxes and their openings, as far as the reader sees them."""

from charity.giving import rules
from charity.giving.boxes.models import BoxOpening, DonationBox, OpeningStatus
from charity.roles import Actor

SHOWN = 30
"""Openings on a page."""
BOXES_MAX = 500


async def boxes(*, by: Actor) -> list[DonationBox]:
    """All boxes by code."""
    by.must("box.read")
    return await DonationBox.visible_to(by).order_by("code").limit(BOXES_MAX)


async def get(code: str, *, by: Actor) -> DonationBox:
    """One box, or box.unknown."""
    by.must("box.read")
    box = await DonationBox.visible_to(by).get_or_none(code=code)
    if box is None:
        raise rules.BOX_UNKNOWN(code=code)
    return box


async def opening(number: str, *, by: Actor) -> BoxOpening:
    """One opening, or box.opening_unknown."""
    by.must("box.read")
    row = await BoxOpening.visible_to(by).get_or_none(number=number)
    if row is None:
        raise rules.BOX_OPENING_UNKNOWN()
    return row


async def openings(*, after: str = "", limit: int = SHOWN, by: Actor) -> tuple[list[BoxOpening], str]:
    """Openings, the newest number first, and the cursor of the next page, "" for none."""
    by.must("box.read")
    query = BoxOpening.visible_to(by)
    if after:
        query = query.filter(number__lt=after)
    rows = await query.order_by("-number").limit(limit + 1)
    return rows[:limit], rows[limit - 1].number if len(rows) > limit else ""


async def unconfirmed(on: str, *, by: Actor) -> list[str]:
    """Numbers of openings up to a day that wait for a second person: their cash lies in the till and in no book."""
    rows = BoxOpening.visible_to(by).filter(status=OpeningStatus.COUNTED.value, opened_on__lte=on)
    return [str(number) for number in await rows.order_by("number").limit(SHOWN).values_list("number", flat=True)]


async def waiting(*, by: Actor) -> list[BoxOpening]:
    """Openings that wait for a second person, the oldest first."""
    by.must("box.read")
    return await BoxOpening.visible_to(by).filter(status=OpeningStatus.COUNTED.value).order_by("number").limit(SHOWN)
