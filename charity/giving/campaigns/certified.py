"""Whether a campaign may go on asking the public today: under the certificate, with all facts on its page.

The last good day of a certificate counts whole in Asia/Shanghai: whoever asks says a business date. Money that arrived
on a good day is booked on any later one, and so is what was promised on one. Sources: Charity Law 22, 24, 25.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from charity import clock, words
from charity.db import reading
from charity.errors import Refusal
from charity.giving import rules
from charity.giving.campaigns import facts, filings
from charity.giving.campaigns.readers import Known
from charity.giving.kinds import PUBLISHED, Reach
from charity.office import organisation
from charity.office.organisation import FactKind

_BETWEEN = re.compile(r"[\W_]+")
_NUMBERS = re.compile(r"\d{8,}")
"""Numbers of accounts in a text without what stands between their groups."""


async def certificate(day: date, *, kept: bool = False) -> organisation.Fact | None:
    """The certificate for public fundraising that is good on a day; `kept`: as this process knew it seconds ago."""
    return (await organisation.facts_on(day, kept=kept)).get(FactKind.CERTIFICATE)


async def with_certificate(row: Mapping[str, Any]) -> dict[str, Any]:
    """A campaign's row with the certificate under which it runs, by its number and last good day; "" for none.

    It is that of today; of a campaign that has not begun that of its first day, of one that is over that of its last.
    """
    today = clock.today().isoformat()
    day = min(max(today, row["starts_on"]), row["ends_on"] or today) if row["reach"] == "public" else today
    good = await certificate(date.fromisoformat(day))
    return {**row, "certificate": good.value if good else "", "certified_until": good.ends_on if good else None}


async def must_be_certified(campaign: Known, *, on: str) -> None:
    """Refuse a public campaign what is given on a day without a good certificate. Costs a gift no statement."""
    if not filings.is_filed({"reach": campaign.reach, "kind": campaign.kind}):
        return
    if await certificate(date.fromisoformat(on), kept=True) is None:
        raise rules.CERTIFICATE_NOT_GOOD(day=on)


async def must_go_on(campaign: Known) -> None:
    """Refuse a new promise to a campaign that may not ask the public today."""
    row = await reading.row("SELECT * FROM campaign WHERE slug = $1", campaign.slug)
    assert row is not None, "campaigns are never deleted"
    if row["status"] not in PUBLISHED and campaign.reach == Reach.PUBLIC:
        raise rules.CAMPAIGN_UNKNOWN(campaign=campaign.slug)  # nobody hears of a draft by guessing its slug
    refusal = await paused(row)
    if refusal is not None:
        raise refusal


async def paused(row: Mapping[str, Any]) -> Refusal | None:
    """Why an active campaign takes no new gifts of the public today; None when it does."""
    today = clock.today()
    if row["status"] != "active" or not filings.is_filed(row):
        return None
    good = await certificate(today)
    if good is None:
        return rules.CERTIFICATE_NOT_GOOD(day=today.isoformat())
    if facts.missing({**row, "certificate": good.value}, await facts.of(row["slug"]), filing=False):
        return rules.CAMPAIGN_UNFILLED()
    return None


async def receiving_of(slug: str) -> str:
    """The account that givers are shown: what the plan says, while it says the organisation's own account of today.

    The organisation's was seen by two persons (office/organisation); another one in a plan is not shown to a giver,
    not beside ours either, nor when ours was withdrawn or is over.
    """
    planned = (await facts.of(slug)).get("receiving", "")
    own = await organisation.facts_on(clock.today())
    if FactKind.ACCOUNT_NUMBER not in own.registered:
        return planned
    number = own.value(FactKind.ACCOUNT_NUMBER)
    if not number:
        return words.say("收款账户正在变更，请先与我们联系，暂时不要转账")
    holder, bank = own.value(FactKind.ACCOUNT_HOLDER), own.value(FactKind.ACCOUNT_BANK)
    stripped = _BETWEEN.sub("", planned)
    if (
        set(_NUMBERS.findall(stripped)) == {number}
        and all(_BETWEEN.sub("", part) in stripped for part in (holder, bank))
        and words.language() == "zh"
    ):  # the plan's own words, which are in Chinese
        return planned
    return words.say("户名 {holder}；开户行 {bank}；账号 {number}", holder=holder, bank=bank, number=number)
