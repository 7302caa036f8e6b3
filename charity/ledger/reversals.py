"""Undoing an entry: its exact negation, at most once, never of a reversal (I6).

An inflow whose money has moved on cannot be reversed: the refusal lists what to reverse first.
A payment that bounced gives its positions back to the stream; the next payment uses them first.
"""

from typing import Any

from charity.ledger import rules
from charity.ledger.loading import Loader
from charity.ledger.state import FUND_SUMS, Entry, Flows, State
from charity.ledger.streams import SEGMENTS_WITHIN, Piece, length, overlap

_TAKEN = f"SELECT owner_seq FROM segment WHERE {SEGMENTS_WITHIN} ORDER BY owner_seq"  # noqa: S608


async def load(loader: Loader, seq: int) -> dict[str, Any]:
    """The body of the entry to reverse, with its holdings and streams; to be awaited in `Command.load`."""
    body = await loader.entry(seq)
    if body is None:  # it is being written by an earlier command of this very batch
        raise rules.BUSY()
    taken: dict[int, None] = {}
    for fund, pieces in body.get("flows", {}).get("received", []):
        for start, stop in pieces:
            for row in await loader.rows(_TAKEN, fund, start, stop):
                taken[row["owner_seq"]] = None
    body["moved_on"] = list(taken)
    return body


def reverse(state: State, body: dict[str, Any], *, kind: str, effective_on: str, actor: str, reason_code: str) -> Entry:
    """Append the reversal of a loaded entry; its reason is a code, never free text."""
    if body["reversed"] is not None:
        raise rules.REVERSED_ALREADY()
    if "reverses" in body:
        raise rules.REVERSAL_OF_REVERSAL()
    flows = body.get("flows", {})
    back = [(fund, _pieces(pieces)) for fund, pieces in flows.get("received", [])]
    for fund, pieces in back:
        if length(overlap(state.stream(fund).free, pieces)) != length(pieces):
            raise rules.MONEY_MOVED_ON(entries="、".join(f"#{n}" for n in body["moved_on"]))
    released = [(f, _pieces(p)) for name in ("spent", "moved", "refunded") for f, p in flows.get(name, [])]
    assert not flows.get("reowned"), "a refund of spent money is not reversed but given again"
    for fund, pieces in flows.get("spent", []):
        state.tally(FUND_SUMS, (fund,), -length(_pieces(pieces)))
    return state.post(
        kind,
        [(account, unit, -quantity) for account, unit, quantity in body["postings"]],
        effective_on=effective_on,
        actor=actor,
        party=body["party"],
        facts={"reason": reason_code, "of": body["seq"]},
        flows=Flows(refund=back, release=released) if back or released else None,
        reverses=body["seq"],
    )


def _pieces(pieces: list[list[int]]) -> list[Piece]:
    return [(start, stop) for start, stop in pieces]
