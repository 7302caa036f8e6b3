"""What the pages of organisers show, with words in the reader's language."""

from typing import Any

from markupsafe import Markup

from charity import clock, words
from charity.giving import organisers
from charity.office import organisation
from charity.office.organisation import FactKind
from charity.printing import qr
from charity.roles import Actor
from charity.settings import settings
from charity.web import formats
from charity.web.choices import status

STATE_WORDS = {
    "invited": "等本人加入",
    "expired": "已到期",
    "joined": "在用",
    "closed": "账号停用",
    "ended": "已结束",
}
STATE_TONES = {"invited": "wait", "expired": "none", "joined": "good", "closed": "bad", "ended": "none"}


def address_of(code: str) -> str:
    """The whole address of an invitation."""
    return f"{settings().public_url.rstrip('/')}/join/{code}"


def shown_once(made: organisers.Made) -> dict[str, Any]:
    """The code, its address and its picture, for whoever made it."""
    address = address_of(made.code)
    return {
        "code": made.code,
        "address": address,
        "typed_at": address.rpartition("/")[0],
        "expires_on": made.expires_on,
        "qr": Markup(qr.svg(address)),  # noqa: S704 - our own SVG
    }


async def rows(unit: str, *, by: Actor) -> list[dict[str, Any]]:
    """The organisers of a unit and its invitations as rows."""
    return [
        {
            "name": {"value": one.name or words.say("（未加入）"), "note": one.login},
            "state": status("closed" if one.closed and one.state == "joined" else one.state, STATE_WORDS, STATE_TONES),
            "made_by": {"value": one.made_by, "note": formats.moment(one.made_at)},
            "until": one.expires_on if one.state in {"invited", "expired"} else "",
            "joined_at": one.joined_at or "",
            "ended_at": one.ended_at or "",
        }
        for one in await organisers.every(unit, by=by)
    ]


async def reached() -> dict[str, str]:
    """Who we are and how we are reached, for whoever knows only a letter."""
    own = await organisation.facts_on(clock.today())
    return {"phone": own.value(FactKind.PHONE), "office": own.value(FactKind.ADDRESS)}
