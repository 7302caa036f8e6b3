"""Who we are: name, address, credit code; one row, shown on every page and printed document."""

from dataclasses import dataclass, fields

from charity.office.models import OrganisationRow
from charity.roles import PUBLIC


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisation. `demo` marks every page and printed document as 演示."""

    name: str
    name_en: str = ""
    short: str = ""
    short_en: str = ""
    contact: str = ""
    phone: str = ""
    address: str = ""
    credit_code: str = ""
    demo: bool = False


UNNAMED = Organisation("慈善会", "Charity Federation", "慈善会", "Charity")
"""Shown until `charity init` or the demo has described the organisation."""


async def get() -> Organisation:
    """The organisation as described last."""
    row = await OrganisationRow.visible_to(PUBLIC).first()
    return Organisation(**{field.name: getattr(row, field.name) for field in fields(Organisation)}) if row else UNNAMED
