"""Who we are: name, address, credit code; one row, printed on every page and paper."""

from dataclasses import asdict, dataclass

from charity.db import reading, transactions
from charity.db.transactions import Tx


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisation. `demo` marks every page and paper as 演示."""

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
"""Shown until `charity init` or the demo has said who we are."""


async def get() -> Organisation:
    """The organisation as it stands now."""
    row = await reading.row(
        "SELECT name, name_en, short, short_en, contact, phone, address, credit_code, demo "
        "FROM organisation WHERE id = 1"
    )
    return Organisation(**{**row, "demo": bool(row["demo"])}) if row else UNNAMED


async def describe(tx: Tx, said: Organisation) -> None:
    """Say who we are: makes or replaces the one row, in the caller's transaction."""
    await tx.rows("DELETE FROM organisation WHERE id = 1 RETURNING id")
    await tx.insert("organisation", [{"id": 1, **asdict(said), "short": said.short or said.name}])


async def change(said: Organisation) -> None:
    """The same in a transaction of its own."""
    await transactions.run(lambda tx: describe(tx, said))
