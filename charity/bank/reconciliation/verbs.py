"""What a bank that states no balance had at the end of a day, said by the accountant, once a place."""

import logging

from charity import clock
from charity.bank import rules
from charity.db import transactions
from charity.db.transactions import Tx
from charity.ledger import accounts as acc
from charity.ledger import closed_days, places
from charity.roles import Actor

log = logging.getLogger("charity.bank")


async def state_opening(*, place: str, on: str, fen: int, by: Actor) -> None:
    """State the bank's balance at the end of a day; it stays, so a second one is refused (409)."""
    by.must("bank.match")
    at = await places.get(place, field="place")
    if at.chart not in {acc.BANK, acc.OTHER_MONEY}:
        raise rules.STATEMENT_PLACE()
    if on > clock.today().isoformat():
        raise rules.OPENING_LATER()
    row = [at.code, on, fen, by.key, clock.stamp()]

    async def work(tx: Tx) -> None:
        if through := await closed_days.held(tx, at.code):
            raise rules.OPENING_CLOSED(day=through)
        stated = await tx.rows(
            "INSERT INTO bank_opening (place, on_day, fen, set_by, set_at) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (place) DO NOTHING RETURNING place",
            *row,
        )
        if not stated:
            raise rules.OPENING_STATED()

    await transactions.run(work)
    log.info("opening.stated", extra={"place": at.code, "on": on, "fen": fen, "by": by.key})
