"""Receipts many at a time. What another did meanwhile to one of them is said, and holds up none of the others."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from charity.db import sealed
from charity.errors import Refusal
from charity.giving import receipts, rules
from charity.giving.models import RECEIPT, Donation
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor

BATCH_MAX = 200
REACHED = frozenset({"sent", "handed"})
"""What a batch does not say anew: somebody else did. A wrong one is put right on the page of its receipt."""


async def deliver_together(
    codes: Sequence[str], *, delivery: str, note: str = "", by: Actor, idem: Idem | None = None
) -> Answer:
    """Note how several receipts reached their givers: 200 `{delivered: [number], ended: [number]}`.

    One that was voided, replaced, sent or handed over since it was shown is among `ended`, and stays as it is.
    """
    by.must("gift.receive")
    wanted = sorted(set(codes))
    if not 0 < len(wanted) <= BATCH_MAX:
        raise rules.RECEIPT_BATCH(most=BATCH_MAX)
    if delivery not in receipts.DELIVERY_WORDS:
        raise rules.DELIVERY_UNKNOWN()
    if delivery == "kept_undelivered" and not note.strip():
        raise rules.DELIVERY_NOTE()
    notes = {code: sealed.seal("receipt", "delivery_note", code, note.strip()) for code in wanted}

    def decide(state: State) -> Answer:
        delivered, ended = [], []
        for code in wanted:
            row = state.row(RECEIPT, code)
            if row is None:
                raise rules.RECEIPT_UNKNOWN()
            if row["status"] != "issued" or row["delivery"] in REACHED:
                ended.append(row["number"])
                continue
            state.change(RECEIPT, code, delivery=delivery, delivery_note=notes[code])
            delivered.append(row["number"])
        return Answer(200, {"delivered": sorted(delivered), "ended": sorted(ended)})

    return await submit(Command(decide, wants=Wants(rows=[(RECEIPT, code) for code in wanted]), idem=idem))


async def issue_for(
    donations: Sequence[str], *, by: Actor, idem: Idem | None = None
) -> tuple[list[dict[str, str]], list[Refusal]]:
    """Receipts over gifts that have none, one for each giver and for each gift of goods; and what was refused."""
    by.must("gift.receive")
    wanted = sorted(set(donations))
    if not 0 < len(wanted) <= receipts.TOGETHER_MAX:
        raise rules.RECEIPT_BATCH(most=receipts.TOGETHER_MAX)
    together: dict[tuple[str, str], list[str]] = defaultdict(list)
    gifts = {gift.key: gift for gift in await Donation.visible_to(by).filter(key__in=wanted)}
    if len(gifts) != len(wanted):
        raise rules.DONATION_UNKNOWN()
    for key in wanted:
        gift = gifts[key]
        together[gift.donor_id, "" if gift.kind == "cash" else key].append(key)
    issued, refused = [], []
    for n, keys in enumerate(together.values()):
        own = replace(idem, key=f"{idem.key}-{n}") if idem else None
        try:
            issued.append((await receipts.issue_anew(donations=keys, by=by, idem=own)).body)
        except Refusal as refusal:
            refused.append(refusal)
    return issued, refused
