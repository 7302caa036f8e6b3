"""What the form of a gift offers: how money can have reached us, and the campaigns that take it."""

from charity.errors import Refusal
from charity.giving import campaigns, channels, rules, unidentified
from charity.giving.donations import readers
from charity.roles import Actor
from charity.web.choices import choices


async def received_choices(*, also: str = "") -> list[dict[str, str]]:
    """How money can have reached us; the sandbox only in the demo. What two count only where it is `also` offered."""
    return choices({one.code: one.words for one in await channels.here() if not one.counted or one.code == also})


def read_back(refusal: Refusal | None) -> str:
    """The typed sum in capitals where it has to be typed a second time; else ""."""
    if refusal is None or refusal.code not in {rules.AMOUNT_UNCONFIRMED.code, rules.AMOUNT_TWICE.code}:
        return ""
    return str(refusal.facts["capitals"])


async def corrected_values(number: str, *, by: Actor) -> dict[str, str]:
    """What the form begins with when a gift is booked anew: all that was not wrong as a rule. The giver is typed."""
    gift = await readers.corrected(number, by=by)
    values = {"campaign": gift.campaign_id or "", "work_unit": gift.work_unit_id or "", "channel": gift.channel}
    values |= {
        "corrects": number,
        "channel_ref": gift.channel_ref or await unidentified.drawn_by(gift.seq),
        "received_on": gift.received_on,
    }
    return values | {
        "public_name": "1" if gift.public_name else "",
        "public_amount": "1" if gift.public_amount else "",
    }


async def fund_choices() -> list[dict[str, str]]:
    """What a giver may designate today with any campaign that takes money now, after the campaign's own purpose."""
    offered = await campaigns.funds_offered(await campaigns.money_takers())
    return choices({code: f"{code} {name}" for code, name in sorted(offered.items())}, "按活动的用途")


async def campaign_choices(*, anew: bool = False) -> list[dict[str, str]]:
    """The campaigns that take money now; `anew`: and those that are closed, for a gift that is booked anew."""
    return [{"value": slug, "label": name} for slug, name in (await campaigns.money_takers(closed=anew)).items()]
