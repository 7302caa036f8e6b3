"""Money that nobody can name is held in 2209: matched at once, nobody's gift, taken back while nothing of it was used."""

import asyncio
import re
from typing import Any

import pytest
from bank.given import BANK, Line, came, lines, open_movements, states, waiting
from cast import Cast
from giving.given import all_is_well, balance, give
from page_forms import hidden_of

from charity import clock
from charity.bank import matching, reconciliation, unidentified, verify
from charity.bank.movements import follow
from charity.db import reading
from charity.errors import Refusal
from charity.giving import unidentified as held_money
from charity.ledger import money_day
from charity.money import yuan

API = "/api/v1/bank"
TODAY = clock.today().isoformat()
OWED, LIES = "2209/unidentified/F-GEN", "1002/ICBC-01/F-GEN"


async def held(house: Cast, fen: int = 28_669_000, **line: Any) -> str:
    """A line that came and is held: its number."""
    await came(house, Line(fen, **{"name": "无名氏", "reference": f"REF-{fen}", **line}))
    one = next(each for each in await lines(house) if each.row["status"] == "open")
    return str((await unidentified.hold(one.row["key"], note="问过银行", by=house.cashier)).body["number"])


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


async def sound() -> None:
    assert await verify.run() == []
    assert await all_is_well() == []
    day = await money_day.read(TODAY)
    assert (day.apart_fen, day.unbooked_fen) == (0, 0)


async def test_a_line_that_nobody_can_name_is_held_and_matched_at_once(house: Cast) -> None:
    await give(house, 5_000, channel="bank", channel_ref="GIFT-1", campaign="everyday")
    free = await reading.value("SELECT available_fen FROM fund_balance WHERE fund = 'F-GEN'")
    number = await held(house)
    assert number == f"ZS-{TODAY[:4]}-000001"
    assert (await balance(OWED), await balance(LIES)) == (-28_669_000, 28_669_000 + 5_000)
    assert await reading.value("SELECT available_fen FROM fund_balance WHERE fund = 'F-GEN'") == free
    assert await states(house) == ["matched"]
    assert [one["document"] for one in await open_movements(house)] == ["gift"]
    (decided,) = await matching.history((await lines(house))[0].row["key"], by=house.auditor)
    assert (decided.row["method"], len(decided.items), decided.row["made_by"]) == ("held", 2, house.cashier.key)
    voucher = await reading.row("SELECT kind, cashiers, makers FROM journal_voucher ORDER BY first_seq DESC LIMIT 1")
    assert voucher == {"kind": "unidentified.held", "cashiers": house.cashier.key, "makers": ""}
    assert (await money_day.read(TODAY)).owed_fen == 28_669_000
    rows, _, left_fen = await held_money.held(left=True, by=house.auditor)
    assert ([row.number for row in rows], left_fen) == ([number], 28_669_000)
    await sound()


async def test_of_two_who_hold_match_or_book_it_one_is_refused(house: Cast) -> None:
    await came(house, Line(9_900, "甲", reference="ONE-00001"))
    (line,) = await lines(house)
    key = line.row["key"]
    both = [unidentified.hold(key, note="甲", by=house.cashier), unidentified.hold(key, note="乙", by=house.cashier)]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(getattr(one, "code", "held") for one in outcomes) == ["held", "unidentified.held"]
    for code, done in (
        ("line.not_open", matching.ignore(key, reason="不管", by=house.accountant)),
        ("match.held", matching.undo(str((await lines(house))[0].row["matched"]), by=house.accountant)),
        ("channel.ref_used", give(house, 9_900, channel="bank", channel_ref="one 00001")),
    ):
        with pytest.raises(Refusal) as refused:
            await done
        assert refused.value.code == code
    await came(house, Line(-700, "乙"), Line(800, "丙", at="10:00:00"), start_fen=2_000_000)
    out, ignored = [one.row["key"] for one in await waiting(house)]
    await matching.ignore(ignored, reason="不管", by=house.accountant)
    for code, other in (("hold.outgoing", out), ("line.not_open", ignored), ("line.unknown", "nothing")):
        with pytest.raises(Refusal) as refused:
            await unidentified.hold(other, note="甲", by=house.cashier)
        assert refused.value.code == code
    await sound()


async def test_an_accountant_takes_it_back_and_the_line_waits_again(house: Cast) -> None:
    number = await held(house, 4_400, reference="BACK-0001")
    with pytest.raises(Refusal):
        await unidentified.undo(number, reason="看错", by=house.cashier)
    await unidentified.undo(number, reason="看错", by=house.accountant)
    with pytest.raises(Refusal) as again:
        await unidentified.undo(number, reason="看错", by=house.accountant)
    assert again.value.code == "unidentified.reversed"
    assert (await balance(OWED), await states(house)) == (0, ["open"])
    assert len(await waiting(house)) == 1
    assert await open_movements(house) == []  # the holding and its reversal cancel out
    await give(house, 4_400, channel="bank", channel_ref="BACK-0001")  # its number is free again
    await sound()
    (line,) = await lines(house)
    await follow()
    (gift,) = await open_movements(house)
    await matching.match(lines=[line.row["key"]], movements=[gift["key"]], by=house.accountant)
    await sound()


async def test_the_bank_day_has_no_difference_with_what_is_held(house: Cast) -> None:
    await came(house, Line(7_700, "甲"), start_fen=0)
    (line,) = await lines(house)
    await unidentified.hold(line.row["key"], note="甲", by=house.cashier)
    d11 = await reconciliation.of(BANK, TODAY, by=house.auditor)
    assert d11.apart_fen == 0


async def test_pages_and_calls_of_what_is_held(house: Cast, web: Any) -> None:
    await came(house, Line(6_600, "张三", reference="PAGE-0001"))
    (line,) = await lines(house)
    key = line.row["key"]
    cashier, accountant, auditor = web.as_("cashier"), web.as_("accountant"), web.as_("auditor")
    assert "/hold" not in (await auditor.get(f"/bank/lines/{key}")).text
    page = (await cashier.get(f"/bank/lines/{key}")).text
    empty = await cashier.post(f"/bank/lines/{key}/hold", data=hidden_of(page) | {"note": " "})
    assert (empty.status_code, "请写明已经知道什么" in empty.text) == (422, True)
    filled = hidden_of(page) | {"note": "等王科长回电"}
    first, second = [await cashier.post(f"/bank/lines/{key}/hold", data=filled) for _ in range(2)]
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    number = first.headers["location"].rpartition("/")[2].partition("?")[0]
    shown = (await auditor.get(f"/bank/unidentified/{number}")).text
    assert ("等王科长回电" in shown, "冲销" in shown, yuan(6_600) in shown) == (True, False, True)
    assert number in (await auditor.get("/bank/unidentified")).text
    (item,) = (await auditor.get(f"{API}/unidentified")).json()["items"]
    assert (item["number"], item["left_fen"], item["line"]) == (number, 6_600, key)
    asked = (await accountant.get(f"/bank/unidentified/{number}/reverse")).text
    done = await accountant.post(f"/bank/unidentified/{number}/reverse", data=hidden_of(asked) | {"reason": "看错了"})
    assert done.status_code == 303
    assert "没有待查明的暂收款" in (await auditor.get("/bank/unidentified")).text
    assert number in (await auditor.get("/bank/unidentified?all=1")).text
    body = {"note": "再等"}
    assert (await accountant.post(f"{API}/lines/{key}/hold", json=body, headers=keyed("a"))).status_code == 403
    again = await cashier.post(f"{API}/lines/{key}/hold", json=body, headers=keyed("b"))
    assert again.status_code == 201, again.text
    assert re.fullmatch(r"ZS-\d{4}-000002", again.json()["number"])
    back = f"{API}/unidentified/{again.json()['number']}/reverse"
    undone = await accountant.post(back, json={"reason": "再看"}, headers=keyed("c"))
    assert undone.status_code == 201
