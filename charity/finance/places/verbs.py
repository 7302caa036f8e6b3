"""What `charity bank` does, for the accountant: the same verbs of the ledger, with who did it in the log."""

import logging

from charity.db import transactions
from charity.giving import channels
from charity.ledger import accounts, places
from charity.roles import Actor

log = logging.getLogger("charity.places")


async def open_bank(*, place: str, name: str, name_en: str = "", by: Actor) -> None:
    """Open a bank account under the code `place`, as CCB-02. It stays. Raises field errors."""
    by.must("place.manage")
    row = {"chart": accounts.BANK, "place": place, "name": name.strip(), "name_en": name_en.strip()}
    await transactions.run(lambda tx: places.open_place(tx, **row))
    _log("bank.opened", place, by)


async def rename(*, code: str, name: str, name_en: str = "", by: Actor) -> None:
    """Call a till, a bank account or a platform something else; what was booked before shows the new name, too."""
    by.must("place.manage")
    place = await places.get(code, field="code")
    names = {"name": name.strip(), "name_en": name_en.strip()}
    await transactions.run(lambda tx: places.rename(tx, place.code, **names))
    _log("bank.renamed", code, by)


async def pay_from(*, code: str, by: Actor) -> None:
    """Let this bank account pay when the cashier chooses none."""
    by.must("place.manage")
    await transactions.run(lambda tx: places.pay_from(tx, code))
    _log("bank.pays", code, by)


async def receive_into(*, code: str, by: Actor) -> None:
    """Let gifts by bank come into this account from now on."""
    by.must("place.manage")
    await transactions.run(lambda tx: places.receive_into(tx, code))
    channels.forget()
    _log("bank.receives", code, by)


def _log(event: str, place: str, by: Actor) -> None:
    log.info(event, extra={"place": place, "by": by.key})
