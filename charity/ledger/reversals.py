"""Undoing an entry: its exact negation, at most once, never of a reversal (I6).

An inflow whose money has moved on cannot be reversed: the refusal lists what to reverse first. A gift can: the fund's
next free gifts take over what is used (`gift_back`). A payment that bounced gives its positions back to the stream;
the next payment uses them first.
"""

from typing import Any

from charity.ledger import accounts as acc
from charity.ledger import rules, takeovers
from charity.ledger.loading import Loader
from charity.ledger.state import Entry, Flows, State
from charity.ledger.streams import SEGMENTS_WITHIN, Piece, length, overlap
from charity.ledger.takeovers import Leaving

REVERSAL, CORRECTION = "gift.reversal", "gift.correction"
CORRECTIONS = (REVERSAL, CORRECTION)
"""The entries that undo a gift which was never one, or never so: in its year, or in a later one."""
RECLASSIFIED = "money.reclassified"
_TAKEN = f"SELECT owner_seq FROM segment WHERE {SEGMENTS_WITHIN} ORDER BY owner_seq"  # noqa: S608


async def load(loader: Loader, seq: int, *, on: str) -> dict[str, Any]:
    """The body of the entry to reverse on a day, with its holdings and streams; to be awaited in `Command.load`."""
    body = await _loaded(loader, seq, on)
    taken: dict[int, None] = {}
    for fund, pieces in body.get("flows", {}).get("received", []):
        for start, stop in pieces:
            for row in await loader.rows(_TAKEN, fund, start, stop):
                taken[row["owner_seq"]] = None
    body["moved_on"] = list(taken)
    return body


async def load_gift(loader: Loader, seq: int, *, fund: str, amount_fen: int, on: str) -> tuple[dict[str, Any], Leaving]:
    """A gift's entry and what leaves with it, for `gift_back`; to be awaited in the `load` of a command that is alone.

    Refuses a gift of which something was given back, and a fund that would be short.
    """
    body = await _loaded(loader, seq, on)
    _must_stand(body)
    return body, await takeovers.load(loader, seq, fund=fund, payer=fund, amount_fen=amount_fen)


async def _loaded(loader: Loader, seq: int, on: str) -> dict[str, Any]:
    body = await loader.entry(seq)
    if body is None:  # it is being written by an earlier command of this very batch
        raise rules.BUSY()
    places = [a for a, _, quantity in body["postings"] if quantity > 0 and acc.is_money_place(a)]
    await loader.money_places(places, on=on)
    return body


def reverse(
    state: State,
    body: dict[str, Any],
    *,
    kind: str,
    effective_on: str,
    actor: str,
    reason_code: str,
    payer: int | None = None,
    **facts: Any,
) -> Entry:
    """Append the reversal of a loaded entry; its reason is a code, never free text.

    What the entry had freed of a payment, the payment `payer` takes again: the same positions while they are free, else
    the next ones.
    """
    _must_stand(body)
    flows = body.get("flows", {})
    back = [(fund, _pieces(pieces)) for fund, pieces in flows.get("received", [])]
    for fund, pieces in back:
        if length(overlap(state.stream(fund).free, pieces)) != length(pieces):
            raise rules.MONEY_MOVED_ON(entries="、".join(f"#{n}" for n in body["moved_on"]))
    released = [(f, _pieces(p)) for name in ("spent", "moved", "refunded") for f, p in flows.get(name, [])]
    again = [(fund, length(_pieces(pieces))) for fund, pieces in flows.get("released", [])]
    assert bool(again) == (payer is not None), "what came back came of a payment"
    assert not flows.keys() & {"reowned", "owned"}, "a refund of spent money is not reversed but given again"
    for fund, pieces in flows.get("spent", []):
        state.use(fund, body["facts"], -length(_pieces(pieces)))
    return state.post(
        kind,
        _negated(body),
        effective_on=effective_on,
        actor=actor,
        party=body["party"],
        facts={"reason": reason_code, "of": body["seq"], **facts},
        flows=Flows(refund=back, release=released, spend=again, payer=payer) if back or released or again else None,
        reverses=body["seq"],
    )


def gift_back(
    state: State,
    body: dict[str, Any],
    leaving: Leaving,
    *,
    through: str | None,
    effective_on: str,
    actor: str,
    **facts: str,
) -> Entry:
    """Append the reversal of a gift, spent or not: its exact negation (`gift.reversal`).

    With `through`, the chart of corrections of earlier years, its income stands in closed books and the correction is
    an entry of its own (`gift.correction`), which reverses none.
    """
    lines = _negated(body)
    if through is not None:
        lines = [
            (acc.money(through, leaving.fund) if acc.changes_worth(account) else account, unit, fen)
            for account, unit, fen in lines
        ]
    return state.post(
        REVERSAL if through is None else CORRECTION,
        lines,
        effective_on=effective_on,
        actor=actor,
        party=body["party"],
        facts={**facts, "of": body["seq"]},
        flows=leaving.flows(),
        reverses=body["seq"] if through is None else None,
    )


def fetch_back(state: State, body: dict[str, Any], *, effective_on: str, actor: str, **facts: str) -> None:
    """Before `gift_back`: let the place of a gift have its money again that was moved on since, as to the bank.

    It comes from where the fund has most, by an entry of its own (`money.reclassified`). What the fund has nowhere is
    left to the refusal of `gift_back`.
    """
    came = [line for line in body["postings"] if line[2] > 0 and acc.is_money_place(line[0])]
    if not came:  # it was held before, for the general fund: 2209 gets it back
        return
    (account, _, _), amount_fen = came[0], sum(fen for other, _, fen in came if other == came[0][0])
    short = amount_fen - state.balance(account)
    if short <= 0:
        return
    lines: list[acc.Posting] = []
    places = state.money_places(acc.fund(account))
    for other, held_fen in sorted(places, key=lambda held: (-held[1], held[0])):
        taken = min(short, held_fen) if other != account else 0
        if taken > 0:
            lines.append((other, acc.CNY, -taken))
            short -= taken
    if short or not lines:
        return
    arriving = -sum(fen for _, _, fen in lines)
    state.post(
        RECLASSIFIED,
        [(account, acc.CNY, arriving), *lines],
        effective_on=effective_on,
        actor=actor,
        facts={**facts, "of": body["seq"]},
    )


def _must_stand(body: dict[str, Any]) -> None:
    if body["reversed"] is not None:
        raise rules.REVERSED_ALREADY()
    if "reverses" in body:
        raise rules.REVERSAL_OF_REVERSAL()


def _negated(body: dict[str, Any]) -> list[acc.Posting]:
    return [(account, unit, -quantity) for account, unit, quantity in body["postings"]]


def _pieces(pieces: list[list[int]]) -> list[Piece]:
    return [(start, stop) for start, stop in pieces]
