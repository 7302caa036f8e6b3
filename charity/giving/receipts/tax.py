"""Whether what was given in a year can be deducted: said only where the organisation was qualified for that year."""

from datetime import date

from charity import words
from charity.office import organisation
from charity.office.organisation import FactKind

CLAIM = "本单位具有 {year} 年度公益性捐赠税前扣除资格（{notice}），凭公益事业捐赠票据可用于税前扣除"


async def tax_note(received_on: str) -> str:
    """The claim for a gift of this day, in the current language; "" in a year without the qualification."""
    day = date.fromisoformat(received_on)
    fact = (await organisation.facts_on(day)).get(FactKind.TAX_DEDUCTION)
    return words.say(CLAIM, year=day.year, notice=fact.value) if fact else ""
