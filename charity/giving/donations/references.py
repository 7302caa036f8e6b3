"""`charity verify`: every gift's payment number is kept for it (I7).

A gift that a later line of one transfer is names the first one in its entry (`together`); a reversed gift has given
its number back. What is written as it is compared is looked up by the database, the rest here.
"""

from dataclasses import replace

from charity import words
from charity.db import reading
from charity.errors import Failure
from charity.giving.models import Donation
from charity.ledger import entries, payment_numbers
from charity.ledger.payment_numbers import Claim, PaymentKind
from charity.roles import SYSTEM

CHUNK = 100_000
FAILURES_MAX = 20
_SUSPECTS = (
    "SELECT d.key, d.seq, d.channel, d.channel_ref FROM donation d WHERE d.seq > $1 AND d.seq <= $2 "
    "AND d.channel_ref <> '' AND d.status <> 'reversed' AND NOT EXISTS (SELECT 1 FROM payment_number c "
    "WHERE c.key = d.channel || ':' || d.channel_ref AND c.kind = 'gift' AND c.lines > 0 AND c.holder = d.key)"
)


async def wrong() -> list[Failure]:
    """What does not hold; an empty list when all is well."""
    failed: list[Failure] = []
    head = int(await reading.value("SELECT MAX(seq) FROM donation") or 0)
    for after in range(0, head + 1, CHUNK):
        async with reading.snapshot():  # a chunk at a time: a server beside us goes on writing
            rows = await reading.tuples(_SUSPECTS, after, after + CHUNK)
            seqs = {key: seq for key, seq, _, _ in rows}
            claims = [Claim(channel, ref, key, key) for key, _, channel, ref in rows]
            lost = await payment_numbers.unkept(PaymentKind.GIFT, claims)
            firsts = await entries.facts("together", [seqs[claim.key] for claim in lost])
            lost = [replace(claim, holder=firsts.get(seqs[claim.key], claim.key)) for claim in lost]
            lost = await payment_numbers.unkept(PaymentKind.GIFT, lost)
        failed += [Failure("I7", words.say("捐赠 {key} 的流水号没有登记为已用", key=claim.key)) for claim in lost]
    async with reading.snapshot():
        carried = await reading.value("SELECT COUNT(*) FROM donation WHERE channel_ref <> '' AND status <> 'reversed'")
        kept = await payment_numbers.held(PaymentKind.GIFT)
    if carried != kept:
        failed += await _unclaimed()
    return failed[:FAILURES_MAX]


async def _unclaimed() -> list[Failure]:
    """Numbers that are kept for a gift which does not carry them, or for more or fewer gifts than there are."""
    wrong = []
    async for rows in payment_numbers.chunks(PaymentKind.GIFT):
        gifts = await Donation.visible_to(SYSTEM).in_bulk([row["holder"] for row in rows], "key")
        for row in rows:
            gift = gifts.get(row["holder"])
            places = Claim(gift.channel, gift.channel_ref, gift.key, gift.key).places if gift else ()
            if row["key"] not in places:
                wrong.append(Failure("I7", words.say("流水号 {key} 登记在一笔不带它的捐赠名下", key=row["key"])))
    return wrong or [Failure("I7", words.say("流水号登记的捐赠笔数与捐赠不符"))]
