"""The versions of the privacy notice: kept for ever, for each gift says which one was agreed to (PIPL 17)."""

from collections.abc import Sequence
from dataclasses import dataclass

from charity import clock, words
from charity.office import organisation, rules
from charity.office.kept import Kept
from charity.office.models import PrivacyNotice
from charity.roles import PUBLIC


@dataclass(frozen=True, slots=True)
class Notice:
    """A version; it holds from the business date `starts_on` until a later one does.

    `text` and `text_en` have a paragraph a line and headings after `# `; `{organisation}` and so on are who we are.
    """

    version: int
    starts_on: str
    text: str
    text_en: str
    entered_at: str
    entered_by: str


async def every() -> list[Notice]:
    """All versions, the newest first."""
    rows = await PrivacyNotice.visible_to(PUBLIC).order_by("-version")
    return [Notice(r.version, r.starts_on, r.text, r.text_en, r.entered_at, r.entered_by) for r in rows]


_versions = Kept(every)
forget = _versions.forget


async def current(*, kept: bool = False) -> Notice:
    """The version that holds today. `kept`: as this process knew it some seconds ago at the earliest, unread."""
    return holding(await (_versions.get() if kept else every()))


def holding(versions: Sequence[Notice]) -> Notice:
    """The one of all versions, the newest first, that holds today."""
    today = clock.today().isoformat()
    return next(notice for notice in versions if notice.starts_on <= today)


async def get(version: int) -> Notice:
    """One version, or privacy.unknown (404)."""
    asked = next((notice for notice in await every() if notice.version == version), None)
    if asked is None:
        raise rules.NOTICE_UNKNOWN(version=version)
    return asked


async def text_of(notice: Notice) -> list[tuple[str, str]]:
    """The lines of a version in the reader's language, `("heading" | "paragraph", words)`, with who we are today."""
    english, we = words.language() == "en", await organisation.get()
    text = notice.text_en if english else notice.text
    places = {
        "{organisation}": (english and we.name_en) or we.name,
        "{contact}": we.contact or "—",
        "{phone}": we.phone or "—",
        "{address}": we.address or "—",
    }
    for place, value in places.items():
        text = text.replace(place, value)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [("heading", line[2:]) if line.startswith("# ") else ("paragraph", line) for line in lines]
