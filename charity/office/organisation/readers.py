"""Who we are: name, credit code, and how to reach us today; shown on every page and printed document."""

from dataclasses import dataclass

from charity import clock, words
from charity.office.models import FactKind, OrganisationRow
from charity.office.organisation import facts
from charity.roles import PUBLIC


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisation. `demo` marks every page and printed document as 演示.

    `contact`, `phone`, `address` and what follows them are facts of today (facts.py); "" where there is none.
    """

    name: str
    name_en: str = ""
    short: str = ""
    short_en: str = ""
    contact: str = ""
    phone: str = ""
    address: str = ""
    credit_code: str = ""
    demo: bool = False
    complaint_phone: str = ""
    icp: str = ""
    police: str = ""
    certificate: str = ""
    tax_deduction: str = ""

    @property
    def named(self) -> str:
        """Its name in the reader's language, where it has one."""
        return (words.language() == "en" and self.name_en) or self.name


DATED = (
    FactKind.CONTACT,
    FactKind.PHONE,
    FactKind.ADDRESS,
    FactKind.COMPLAINT_PHONE,
    FactKind.ICP,
    FactKind.POLICE,
    FactKind.CERTIFICATE,
    FactKind.TAX_DEDUCTION,
)
"""The facts that an Organisation has as attributes of the same name."""
UNNAMED = Organisation("慈善会", "Charity Federation", "慈善会", "Charity")
"""Shown until `charity init` or the demo has described the organisation."""


async def get() -> Organisation:
    """The organisation as described last, with the facts of today."""
    row = await OrganisationRow.visible_to(PUBLIC).first()
    if row is None:
        return UNNAMED
    today = await facts.facts_on(clock.today())
    return Organisation(
        name=row.name,
        name_en=row.name_en,
        short=row.short,
        short_en=row.short_en,
        credit_code=row.credit_code,
        demo=bool(row.demo),
        **{kind.value: today.value(kind) for kind in DATED},
    )
