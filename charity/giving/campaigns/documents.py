"""The printed filing form of a campaign's plan."""

import hashlib

from charity import clock, words
from charity.errors import NOT_FOUND
from charity.giving import campaigns
from charity.giving.campaigns import Shown, certified, screens
from charity.giving.campaigns.facts import FACTS, value_of
from charity.office import organisation
from charity.printing import pdfs
from charity.printing.filings import PrintedPlan, plan_html

_ELSEWHERE = frozenset({"filing_no"})
"""What stands in the head of the form."""


async def pdf(shown: Shown) -> bytes:
    """The form with all that is filled in; not_found (404) for a campaign that has nothing to file."""
    we = await organisation.get()
    if not campaigns.is_filed(shown.row):
        raise NOT_FOUND()
    row, kept = await certified.with_certificate(shown.row), await campaigns.facts_of(shown.row["slug"])
    printed = PrintedPlan(
        organisation=we.named,
        credit_code=we.credit_code,
        name=shown.row["name"],
        filing_no=shown.row["filing_no"],
        printed_on=clock.today().isoformat(),
        rows=[
            (words.translate(fact.words), screens.fact_words(fact, value_of(fact, row, kept)))
            for fact in FACTS
            if fact.field not in _ELSEWHERE
        ],
        demo=we.demo,
        lang=words.language(),
    )
    html = plan_html(printed)
    return await pdfs.for_staff(html, identifier=hashlib.sha256(html.encode()).digest()[:16])
