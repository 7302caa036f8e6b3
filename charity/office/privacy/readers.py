"""The versions of the privacy notice: kept for ever, for each gift says which one was agreed to (PIPL 17)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from charity import clock, words
from charity.office import organisation, rules
from charity.office.kept import Kept
from charity.office.models import PrivacyNotice
from charity.roles import PUBLIC

BLANK: Final = re.compile(r"\{([^{}\n]*)\}")
"""What is filled in when a notice is shown."""
BLANKS: Final = ("organisation", "contact", "phone", "address")


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


async def filled(notice: Notice, language: str) -> str:
    """The whole text of a version in a language, with who we are today; what nobody has entered is said in words."""
    we = await organisation.get()
    with words.speaking(language):
        known = {
            "organisation": we.named,
            "contact": we.contact or words.say("（尚未登记联系人）"),
            "phone": we.phone or words.say("（尚未登记电话）"),
            "address": we.address or words.say("（尚未登记地址）"),
        }
        unknown = words.say("（尚未登记）")
    text = notice.text_en if language == "en" else notice.text
    return BLANK.sub(lambda blank: known.get(blank[1], unknown), text)


async def text_of(notice: Notice) -> list[tuple[str, str]]:
    """The lines of a version in the reader's language, `("heading" | "paragraph", words)`, with who we are today."""
    text = await filled(notice, words.language())
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [("heading", line[2:]) if line.startswith("# ") else ("paragraph", line) for line in lines]
