"""Who we are: name, address, credit code; one row, shown on every page and printed document."""

from dataclasses import dataclass

from charity.db import reading


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
    row = await reading.row(
        "SELECT name, name_en, short, short_en, contact, phone, address, credit_code, demo "
        "FROM organisation WHERE id = 1"
    )
    return Organisation(**{**row, "demo": bool(row["demo"])}) if row else UNNAMED
