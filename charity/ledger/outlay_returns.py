"""Part of a payment that came back: its highest positions are free again, and the next payments use them first.

Which positions a payment holds is no key that a command could name, so it is read under the writer's lock.
"""

from collections.abc import Mapping
from typing import Any

from charity.ledger import accounts as acc
from charity.ledger.accounts import Posting
from charity.ledger.loading import Loader
from charity.ledger.state import Entry, Flows, State
from charity.ledger.streams import Piece, last_of, length

_HELD = "SELECT start, stop FROM segment WHERE owner_seq = $1 AND fund = $2 AND kind = 'spent' ORDER BY start"


async def load(loader: Loader, payment_seq: int, fund: str) -> list[Piece]:
    """The positions that a payment holds; to be awaited in the `load` of a command that is `alone`."""
    await loader.funds([fund])
    return [(row["start"], row["stop"]) for row in await loader.rows(_HELD, payment_seq, fund)]


def post(
    state: State,
    held: list[Piece],
    *,
    kind: str,
    fund: str,
    account: str,
    place: str,
    amount_fen: int,
    effective_on: str,
    actor: str,
    party: str,
    facts: Mapping[str, Any],
) -> Entry:
    """Append the return: what stood on `account` lies in `place` again; `facts` name the programme it was paid for."""
    pieces = last_of(held, amount_fen)
    assert length(pieces) == amount_fen, "no more comes back than the payment holds"
    state.use(fund, facts, -amount_fen)
    lines: list[Posting] = [(place, acc.CNY, amount_fen), (account, acc.CNY, -amount_fen)]
    return state.post(
        kind,
        lines,
        effective_on=effective_on,
        actor=actor,
        party=party,
        facts=dict(facts),
        flows=Flows(release=[(fund, pieces)]),
    )
