"""What `charity verify` compares of donation boxes: two people, and one gift of the sum that they counted."""

import json

from charity import words
from charity.db import reading
from charity.errors import Failure
from charity.giving.boxes.sheets import counted_fen


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
    return failed
