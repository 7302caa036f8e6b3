"""Money that nobody can name is held in 2209: matched at once, nobody's gift, taken back while nothing of it was used."""

import asyncio
import html
import re
from datetime import timedelta
from typing import Any

import pytest
from bank.given import BANK, Line, came, lines, open_movements, states, waiting
from cast import Cast
from giving.given import (
    all_is_well,
    approved,
    balance,
    corrected,
    give,
    promised,
    refunded,
    requested,
    roster_filled,
    today,
)
from page_forms import hidden_of

from charity import addresses, clock
from charity.bank import matching, reconciliation, unidentified, verify
from charity.bank.matching import screens
from charity.bank.matching.forms import ChosenQuery
from charity.bank.movements import follow
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.finance.reviews.screens import about
from charity.giving import donations, pledges, roster_sheets, settling, unit_rosters
from charity.giving import unidentified as held_money
from charity.giving.donations.screens import corrected_values
from charity.giving.gifts.screens import gift_page
from charity.giving.unidentified import readers, returns
from charity.ledger import money_day
from charity.ledger.money_day import Moved
from charity.money import yuan

API = "/api/v1/bank"
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
    day = await money_day.read(today())
    assert (day.apart_fen, day.unbooked_fen) == (0, 0)


async def test_a_line_that_nobody_can_name_is_held_and_matched_at_once(house: Cast) -> None:
    await give(house, 5_000, channel="bank", channel_ref="GIFT-1", campaign="everyday")
    free = await reading.value("SELECT available_fen FROM fund_balance WHERE fund = 'F-GEN'")
    number = await held(house)
    assert number == f"ZS-{today()[:4]}-000001"
    assert (await balance(OWED), await balance(LIES)) == (-28_669_000, 28_669_000 + 5_000)
    assert await reading.value("SELECT available_fen FROM fund_balance WHERE fund = 'F-GEN'") == free
    assert await states(house) == ["matched"]
    assert [one["document"] for one in await open_movements(house)] == ["gift"]
    (decided,) = await matching.history((await lines(house))[0].row["key"], by=house.auditor)
    assert (decided.row["method"], len(decided.items), decided.row["made_by"]) == ("held", 2, house.cashier.key)
    shown = await screens.show((await lines(house))[0], ChosenQuery(), house.accountant)
    assert shown["undoes"] == {"label": f"暂收款 {number}", "href": f"/bank/unidentified/{number}"}, (
        "where it is undone"
    )
    voucher = await reading.row("SELECT kind, cashiers, makers FROM journal_voucher ORDER BY first_seq DESC LIMIT 1")
    assert voucher == {"kind": "unidentified.held", "cashiers": house.cashier.key, "makers": ""}
    assert (await money_day.read(today())).owed_fen == 28_669_000
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


async def test_a_number_that_the_bank_gave_again_holds_nothing_up(house: Cast) -> None:
    await give(house, 5_000, channel="bank", channel_ref="AGAIN-001", campaign="everyday")
    await came(house, Line(5_000, "甲", reference="AGAIN-001"))
    assert await waiting(house) == []
    await came(house, Line(600, "乙", reference="AGAIN-001"), start_fen=2_000_000)
    (line,) = await waiting(house)
    number = (await unidentified.hold(line.row["key"], note="问过银行", by=house.cashier)).body["number"]
    assert (await held_money.get(number, by=house.auditor)).channel_ref == ""
    await give(house, 600, channel="bank", channel_ref=number)
    await sound()
    await give(house, 700, channel="bank", channel_ref="WAITS-001")  # it waits: the line may be its
    await came(house, Line(900, "丙", reference="WAITS-001"), start_fen=3_000_000)
    (line,) = await waiting(house)
    with pytest.raises(Refusal) as refused:
        await unidentified.hold(line.row["key"], note="丙", by=house.cashier)
    assert refused.value.code == "channel.ref_used"


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
    d11 = await reconciliation.of(BANK, today(), by=house.auditor)
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
    assert (
        f"/donations/new?amount_yuan=66.00&amp;received_on={today()}&amp;channel_ref={number}"
        in (await cashier.get(f"/bank/unidentified/{number}")).text
    )
    for asked in (number.lower(), "66.00"):
        answer = await auditor.post("/desk/search", data={"q": asked})
        assert number in answer.text + answer.headers.get("location", "")
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


@pytest.mark.parametrize("fund", ["F-EDU", "F-GEN"])
async def test_what_is_held_is_recognised_in_parts_and_never_more_than_is_left(house: Cast, fund: str) -> None:
    campaign = "dream-2026" if fund == "F-EDU" else "everyday"
    number = await held(house, 10_000)
    yesterday = {"received_on": (clock.today() - timedelta(days=1)).isoformat()}
    named = {"channel": "bank", "channel_ref": number, "campaign": campaign}
    for code, changes in (
        ("unidentified.day", yesterday),
        ("unidentified.ref", {"channel_ref": "ZS-2026-000009"}),
        ("unidentified.ref", {"channel": "wechat"}),
    ):
        with pytest.raises(Refusal) as refused:
            await give(house, 6_000, **{**named, **changes})
        assert refused.value.code == code
    first = await give(house, 6_000, **named)
    shown = (await gift_page(await donations.get(first.body["id"], by=house.auditor), [], house.auditor))["facts"]
    assert [(fact["value"], fact["href"]) for fact in shown if fact["term"] == "暂收款"] == [
        (number, f"/bank/unidentified/{number}")
    ]
    both = [give(house, 4_000, **named), give(house, 4_000, **named)]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(getattr(one, "code", "given") for one in outcomes) == ["given", "unidentified.short"]
    assert (await balance(OWED), await balance(f"1002/ICBC-01/{fund}")) == (0, 10_000)
    assert await open_movements(house) == []
    assert len(await waiting(house)) == 0
    # Nothing came in with it: no number is shared with what came into the bank that day, whatever its fund.
    await give(house, 700, channel="bank", channel_ref="THAT-DAY", campaign=campaign)
    vouchers = await reading.rows("SELECT * FROM journal_voucher WHERE kind = 'gift.cash' ORDER BY first_seq")
    assert [(row["entries"], about(row, row["entries"])) for row in vouchers] == [
        (2, "暂收款查明为捐款，2 笔"),
        (1, "收到捐款"),
    ]
    assert (await money_day.read(today())).came == Moved(2, 10_700)
    with pytest.raises(Refusal) as used:
        await unidentified.undo(number, reason="看错", by=house.accountant)
    assert used.value.code == "unidentified.used"
    await sound()
    # A gift that was recognised wrongly goes back to what is held, and is booked anew from there.
    await corrected(house, first)
    assert (await balance(OWED), await balance(f"1002/ICBC-01/{fund}")) == (
        -6_000,
        4_700 if fund == "F-EDU" else 10_700,
    )
    reversal = str(await reading.value("SELECT number FROM gift_reversal"))
    values = await corrected_values(reversal, by=house.cashier)
    assert values["channel_ref"] == number
    await give(house, 5_500, **named, corrects=reversal)
    row = await held_money.get(number, by=house.auditor)
    assert (row.left_fen, [use.fen for use in (await held_money.uses(number, by=house.auditor))[0]]) == (
        500,
        [6_000, 4_000, -6_000, 5_500],
    )
    assert [one["fen"] for one in await open_movements(house)] == [700]
    await sound()


async def test_all_that_became_of_it_is_read_page_by_page(
    house: Cast, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "PAGE", 2)
    number = await held(house, 6_000, reference="MANY-0001")
    for fen in (1_001, 1_002, 1_003):
        await give(house, fen, channel="bank", channel_ref=number, campaign="everyday")
    auditor, address = web.as_("auditor"), addresses.of("unidentified", number)
    first = (await auditor.get(address)).text
    assert [words in first for words in ("10.01", "10.02", "10.03")] == [True, True, False]
    following = re.search(rf'href="({address}\?after=[0-9]+)"', first)
    assert following is not None
    rest = (await auditor.get(following[1])).text
    assert [words in rest for words in ("10.01", "10.02", "10.03")] == [False, False, True]
    assert f'href="{address}?after=' not in rest
    assert (await auditor.get(f"{address}?after=x")).status_code == 422
    wrong = await web.as_("accountant").post(f"{address}/returns", data={"amount_fen": "x", "reason": "不是给我们的"})
    assert (wrong.status_code, f'href="{address}?after=' in wrong.text) == (422, True), (
        "the list goes on where it stands"
    )


async def test_a_gift_of_what_was_held_is_refunded_and_its_number_was_the_bank_s(house: Cast) -> None:
    number = await held(house, 9_000, reference="BANKS-0001")
    gift = await give(house, 9_000, channel="bank", channel_ref=number, campaign="everyday")
    await approved(await requested(house, gift, 2_000, "chargeback"), house.approver)
    await refunded(house, gift, 1_000)
    await sound()


async def test_a_pledge_and_a_roster_are_settled_from_what_is_held(house: Cast, web: Any) -> None:
    code = await promised()
    pledge = await pledges.get(code)
    number = await held(house, pledge.amount_fen, memo="x")
    shown = pledges.content_of(pledge).hash
    await pledges.receive(
        code,
        amount_fen=pledge.amount_fen,
        received_on=today(),
        channel="bank",
        channel_ref=number,
        content_hash=shown,
        by=house.cashier,
    )
    await sound()
    key, _ = await roster_filled(house)
    for name in ("李娜", "张敏"):
        await unit_rosters.add(key, roster_sheets.Typed(name, "50"), by=house.cashier)

    async def hash_now() -> str:
        return unit_rosters.locked_content(await unit_rosters.get(key, by=house.cashier)).hash

    await unit_rosters.lock(key, content_hash=await hash_now(), by=house.cashier)
    short, rest = await held(house, 19_000, reference="SHORT-001"), await held(house, 1_500, reference="REST-0001")
    terms = {"received_on": today(), "channel_ref": short, "by": house.cashier}
    with pytest.raises(Refusal) as refused:
        await settling.settle(key, received_fen=19_000, content_hash=await hash_now(), **terms)
    assert refused.value.code == "unit_roster.difference"
    with pytest.raises(Refusal) as refused:
        await settling.settle(key, received_fen=20_000, content_hash=await hash_now(), **terms)
    assert refused.value.code == "unidentified.short"
    assert (refused.value.facts["left_yuan"], refused.value.facts["needed_yuan"]) == ("190.00", "200.00"), "of all"
    address = addresses.of("unit_roster", key)
    offered = (await web.as_("cashier").get(f"{address}/settle")).text
    assert (short in offered, rest in offered) == (False, False), "no other sum is offered"
    whole = await held(house, 20_000, reference="WHOLE-001")
    offered = (await web.as_("cashier").get(f"{address}/settle")).text
    (way,) = re.findall(f'href="({address}/settle[^"]+)"', offered)
    assert f'value="{whole}"' in (await web.as_("cashier").get(html.unescape(way))).text
    terms["channel_ref"] = f"{short} {rest}"
    await settling.settle(key, received_fen=20_000, content_hash=await hash_now(), **terms)
    assert [(await held_money.get(one, by=house.auditor)).left_fen for one in (short, rest)] == [0, 500]
    page = (await web.as_("cashier").get(address)).text
    assert all(f'href="/bank/unidentified/{one}"' in page for one in (short, rest)), "each of them is named"
    assert await balance(OWED) == -20_500
    numbers = await reading.rows("SELECT DISTINCT number FROM journal_line WHERE account LIKE '2209/unid%'")
    assert len(numbers) == 5  # four holdings, and all that was recognised today under one
    assert await states(house) == ["matched"] * 4
    await sound()


async def test_what_was_sent_too_little_and_the_rest_are_booked_together(house: Cast, web: Any) -> None:
    key, _ = await roster_filled(house)

    async def hash_now() -> str:
        return unit_rosters.locked_content(await unit_rosters.get(key, by=house.cashier)).hash

    await unit_rosters.lock(key, content_hash=await hash_now(), by=house.cashier)
    sent = {"remitted_on": today(), "remitted_fen": 9_000}
    await unit_rosters.remit(key, **sent, content_hash=await hash_now(), by=house.cashier)  # type: ignore[arg-type]
    address, office = addresses.of("unit_roster", key), web.as_("cashier")
    assert ("还差 ¥10.00：请补汇" in (page := (await office.get(address)).text), "不用再汇" in page) == (True, False)
    first = await held(house, 9_000, reference="SHORT-001")
    page = (await office.get(f"{address}/settle")).text
    assert ("还差 ¥10.00。补款到账" in page, 'href="/bank/matching"' in page) == (True, True)
    rest = await held(house, 1_000, reference="REST-0001")
    page = (await office.get(f"{address}/settle")).text
    assert "还差 ¥10.00" not in page
    way = re.findall(f'href="({address}/settle[^"]+)"', page)[0]
    form = (await office.get(html.unescape(way))).text
    assert (f'value="{first}、{rest}"' in form, 'value="100.00"' in form) == (True, True)
    typed = {"received_on": today(), "received_fen": "100.00", "channel_ref": f"{first}、{rest}"}
    assert (await office.post(f"{address}/settle", data=hidden_of(form) | typed)).status_code == 303
    assert [(await held_money.get(one, by=house.auditor)).left_fen for one in (first, rest)] == [0, 0]
    await sound()


async def test_what_was_never_for_us_goes_back_by_two(house: Cast, web: Any) -> None:
    number = await held(house, 8_000, reference="WRONG-001")
    accountant, cashier = web.as_("accountant"), web.as_("cashier")
    page = (await accountant.get(f"/bank/unidentified/{number}")).text
    more = hidden_of(page) | {"amount_fen": "80.01", "reason": "银行说汇错了"}
    refused = await accountant.post(f"/bank/unidentified/{number}/returns", data=more)
    assert (refused.status_code, "银行说汇错了" in refused.text) == (409, True)
    asked = await accountant.post(f"/bank/unidentified/{number}/returns", data=more | {"amount_fen": "50.00"})
    place = asked.headers["location"].partition("?")[0]
    own = place.rpartition("/")[2]
    with pytest.raises(Refusal) as twice:
        await returns.ask(number, amount_fen=100, reason="再退", by=house.accountant)
    assert twice.value.code == "unidentified_return.asked"
    assert "/pay" not in (await accountant.get(place)).text
    desk = (await cashier.get("/desk")).text
    assert ("等您退回" in desk, place in desk) == (True, True)
    shown = (await cashier.get(place)).text
    early = (clock.today() - timedelta(days=1)).isoformat()
    typed = hidden_of(shown) | {"paid_on": today(), "channel_ref": "BACK-77777"}
    for status, changes in (
        (422, {"paid_on": early}),
        (422, {"channel_ref": " - "}),
        (409, {"content_hash": "0" * 64}),
    ):
        assert (await cashier.post(f"{place}/pay", data=typed | changes)).status_code == status
    both = await asyncio.gather(*(cashier.post(f"{place}/pay", data=typed) for _ in range(2)))
    assert [one.status_code for one in both] == [303, 303]
    assert (await balance(OWED), await balance(LIES)) == (-3_000, 3_000)
    assert "已退回" in (await accountant.get(f"/bank/unidentified/{number}")).text
    await came(house, Line(-5_000, "乙", reference="BACK 77777"), start_fen=3_000_000)
    assert await waiting(house) == []  # the bank's outgoing line is matched with it by its number
    assert await states(house) == ["matched", "matched"]
    await sound()
    # The bank may have paid what is asked for: nothing is recognised from it until that is paid or withdrawn.
    again = await returns.ask(number, amount_fen=3_000, reason="也退", by=house.accountant)
    terms = {"paid_on": today(), "channel_ref": "BACK-88888", "by": house.cashier}
    second, seen = again.body["number"], again.body["content_hash"]
    for code, done in (
        ("unidentified_return.asked", give(house, 2_000, channel="bank", channel_ref=number)),
        ("unidentified_return.done", returns.pay(own, content_hash=seen, **terms)),
        ("unidentified_return.unknown", returns.pay("ZT-2026-999999", content_hash=seen, **terms)),
    ):
        with pytest.raises(Refusal) as wrong:
            await done
        assert wrong.value.code == code
    assert (await accountant.post(f"{API}/unidentified-returns/{second}/withdraw")).status_code == 200
    await give(house, 2_000, channel="bank", channel_ref=number)
    await sound()


PLANTED = {
    "day": ("UPDATE unidentified SET on_day = '2020-01-01'", "各列与分录"),
    "sum": ("UPDATE unidentified SET fen = fen + 1", "各列与分录"),
    "place": ("UPDATE unidentified SET place = '1009/ALIPAY'", "各列与分录"),
    "decision": ("UPDATE unidentified SET match = 'x' || number", "各列与分录"),
    "reversal": (
        "UPDATE unidentified SET reversed_by = 'x', reversed_at = 'x', reversal_seq = 1 WHERE left_fen = fen",
        "冲销的记录",
    ),
    "left": ("UPDATE unidentified SET left_fen = left_fen - 1 WHERE left_fen > 0", "按去向推算"),
    "owed": ("UPDATE unidentified SET left_fen = left_fen - 1 WHERE left_fen > 0", "暂收款合计剩余"),
    "number": ("UPDATE unidentified SET number = 'ZS-2026-000009' WHERE left_fen = fen", "暂收款共"),
    "lost": ("DELETE FROM unidentified WHERE left_fen = fen", "却没有它的记录"),
    "kept": ("DELETE FROM payment_number WHERE kind = 'unidentified'", "暂收款 "),
    "returned": ("UPDATE unidentified_return SET fen = fen + 1", "暂收款退回"),
    "one person": ("UPDATE unidentified_return SET asked_by = paid_by", "暂收款退回"),
    "return number": ("UPDATE unidentified_return SET number = 'ZT-2026-000009'", "暂收款退回共"),
    "return lost": ("DELETE FROM unidentified_return", "退回暂收款，却没有"),
}


@pytest.mark.parametrize(("fault", "words"), PLANTED.values(), ids=PLANTED.keys())
async def test_verify_names_what_is_not_as_it_was_booked(house: Cast, fault: str, words: str) -> None:
    number = await held(house, 8_000)
    asked = (await returns.ask(number, amount_fen=5_000, reason="错", by=house.accountant)).body
    terms = {"paid_on": today(), "channel_ref": "BACK-1", "content_hash": asked["content_hash"]}
    await returns.pay(asked["number"], **terms, by=house.cashier)
    await held(house, 4_000, at="10:00:00")
    await sound()
    await transactions.run(lambda tx: tx.many(fault, [[]]))
    assert any(words in each for each in await all_is_well())
