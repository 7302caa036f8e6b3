"""What `charity verify` compares of donation boxes: two people, and one gift of the sum that they counted.

A gift that was booked anew after its correction is money of the same opening: with its sum, and no other gift is.
"""

import json
from collections import defaultdict

from charity import words
from charity.db import reading
from charity.errors import Failure
from charity.giving.boxes.sheets import counted_fen
from charity.ledger import entries


async def run() -> list[Failure]:
    """What does not hold; an empty list when all is well."""
    rows = await reading.rows(
        "SELECT o.number, o.sheets, o.amount_fen, o.status, o.counted_by, o.confirmed_by, o.opened_on, "
        "d.amount_fen AS gift_fen, d.channel, d.received_on FROM box_opening o "
        "LEFT JOIN donation d ON d.key = o.donation ORDER BY o.number"
    )
    failed = []
    for row in rows:
        booked = row["status"] == "confirmed"
        gift = (row["gift_fen"], row["channel"], row["received_on"])
        if counted_fen(dict(json.loads(row["sheets"]))) != row["amount_fen"]:
            failed.append(Failure("I10", words.say("开箱 {number} 的各券别合计不是它的金额", number=row["number"])))
        if booked != (row["confirmed_by"] is not None) or row["confirmed_by"] == row["counted_by"]:
            failed.append(Failure("I11", words.say("开箱 {number} 没有两个不同的人清点", number=row["number"])))
        if booked and gift != (row["amount_fen"], "box", row["opened_on"]):
            failed.append(Failure("I7", words.say("开箱 {number} 和它入账的捐赠不符", number=row["number"])))
    return failed + await _of_no_opening()


async def _of_no_opening() -> list[Failure]:
    """Gifts by the channel of boxes that stand, and that neither an opening booked nor a correction of its gift."""
    async with reading.snapshot():
        openings = await reading.rows("SELECT donation FROM box_opening WHERE donation IS NOT NULL")
        corrections = await reading.rows(
            "SELECT r.number, r.donation, d.amount_fen FROM gift_reversal r JOIN donation d ON d.key = r.donation "
            "WHERE d.channel = 'box' AND r.status = 'approved'"
        )
        gifts = await reading.rows(
            "SELECT key, seq, amount_fen, status FROM donation WHERE channel = 'box' ORDER BY seq"
        )
    corrects = await entries.facts("corrects", [row["seq"] for row in gifts])
    corrected = {row["number"]: row for row in corrections}
    anew: defaultdict[str | None, int] = defaultdict(int)
    for row in gifts:
        anew[corrects.get(row["seq"])] += row["amount_fen"]
    of_an_opening = {row["donation"] for row in openings}
    failed = []
    for row in gifts:
        key, number = row["key"], corrects.get(row["seq"])
        wrong = corrected.get(number)
        if wrong is not None and wrong["donation"] in of_an_opening and wrong["amount_fen"] == anew[number]:
            of_an_opening.add(key)  # and what stands for it once more
        elif key not in of_an_opening and row["status"] != "reversed":
            failed.append(Failure("I7", words.say("捐赠 {key} 记作箱内的钱，却不出自任何开箱", key=key)))
    return failed
