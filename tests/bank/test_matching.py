"""Lines of a bank are matched with what the books have: by number, reference, name and sum, by hand; nothing is posted."""

import asyncio
import re
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from aid.given import opened as aid_opened
from bank.given import BANK, Line, came, lines, open_movements, states, waiting
from cast import Cast
from finance.given import asked as transfer
from finance.given import gifts as in_hand
from giving.given import WANG, approved, corrected, give, paid, promised, requested, roster_filled, today
from page_forms import hidden_of

from charity import clock
from charity.bank import candidates, matching, verify
from charity.bank.matching import readers as matching_readers
from charity.bank.models import MatchKind
from charity.bank.movements import following
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.finance import transfers
from charity.giving import donations, pledges, roster_sheets, settling, unit_rosters
from charity.giving.donations import Part
from charity.giving.models import Pledge
from charity.people.persons import Donor

API = "/api/v1/bank"


def days_ago(n: int) -> str:
    return (clock.today() - timedelta(days=n)).isoformat()


async def refused(code: str, done: Awaitable[Any]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await done
    assert caught.value.code == code
    return caught.value


async def banked(house: Cast, fen: int, ref: str, **changes: Any) -> None:
    await give(house, fen, channel="bank", channel_ref=ref, **changes)


@pytest.mark.parametrize(
    ("line", "booked", "reason"),
    [
        ({"reference": "ICBC 2026-0001"}, {"ref": "icbc20260001"}, "number"),
        ({"reference": "ICBC2O26OOO1"}, {"ref": "ICBC20260001"}, "alike"),
        ({"reference": "ICBC2026\r\n0001"}, {"ref": "ICBC20260001"}, "number"),
        ({"name": "王 小明"}, {"ref": "X-1"}, "name"),
        ({"name": "王小明", "crowd": 3}, {"ref": "X-1"}, ""),
        ({"name": "王小明", "crowd": 1, "twins": True}, {"ref": "X-1"}, ""),
        ({"name": "王小明", "reference": "X-100001", "crowd": 3}, {"ref": "X-100001"}, "number"),
        ({"name": "王小明", "on": 3}, {"ref": "X-1"}, "name"),
        ({"name": "王小明", "on": 4}, {"ref": "X-1"}, ""),
        ({"name": "王大明"}, {"ref": "X-1"}, ""),
        ({"name": "王小明", "fen": 10_001}, {"ref": "X-1"}, ""),
        ({"reference": "ICBC20260001", "fen": 10_001}, {"ref": "ICBC20260001"}, ""),
        ({"reference": "ICBC20260001", "fen": -10_000}, {"ref": "ICBC20260001"}, ""),
    ],
)
async def test_a_line_is_matched_without_a_person_only_where_nothing_is_in_doubt(
    house: Cast, line: dict[str, Any], booked: dict[str, Any], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "CANDIDATES_MAX", 4)
    await banked(house, 10_000, booked["ref"])
    crowd = line.get("crowd", 0)
    for n in range(crowd):
        await banked(
            house, 10_000, f"CROWD-{n}", donor=WANG if "twins" in line else Donor("person", f"路人{n}", "19900003333")
        )
    head = await reading.value("SELECT seq FROM head")
    said_line: dict[str, Any] = {
        "fen": 10_000,
        "name": "别人",
        **{name: value for name, value in line.items() if name not in {"crowd", "twins"}},
    }
    if "on" in line:
        said_line["on"] = days_ago(line["on"])
    await came(house, Line(**said_line))
    left = await waiting(house)
    assert (len(left), len(await open_movements(house))) == ((0, crowd) if reason else (1, 1 + crowd))
    assert await reading.value("SELECT seq FROM head") == head, "nothing is posted"
    made = await reading.rows("SELECT reasons, score, made_by, fen FROM bank_match")
    assert [(row["reasons"].split()[0], row["made_by"], row["fen"]) for row in made] == (
        [(reason, "system", 10_000)] if reason else []
    )


async def test_two_that_look_alike_are_left_to_a_person(house: Cast) -> None:
    await banked(house, 10_000, "X-1")
    await banked(house, 10_000, "X-2")
    await came(house, Line(10_000, "王小明"), Line(10_000, "王小明", at="09:01:00"))
    first, second = await waiting(house)
    assert [one.score for one in await matching.proposed(first, by=house.auditor)] == [80, 80]
    for n in range(2):
        await banked(house, 30_000, f"TWICE-10000{n}")
    await came(house, Line(30_000, "王小明", reference="TWICE100001", at="08:00:00"))
    assert len(await waiting(house)) == 2, "a number is stronger than a name that fits twice"
    await banked(house, 20_000, "X-3")
    await came(house, Line(20_000, "王小明"), Line(20_000, "王小明", at="09:01:00"))
    assert len(await waiting(house)) == 4, "one movement, two lines that claim it"
    booked = await open_movements(house)
    await matching.match(lines=[first.row["key"]], movements=[booked[0]["key"]], by=house.accountant)
    await refused(
        "match.taken",
        matching.match(lines=[second.row["key"]], movements=[booked[0]["key"]], by=house.accountant),
    )
    await refused(
        "line.not_open",
        matching.match(lines=[first.row["key"]], movements=[booked[1]["key"]], by=house.accountant),
    )
    await refused("not_yours", matching.match(lines=[], movements=[], by=house.cashier))


async def test_a_line_says_of_each_row_what_it_adds_to_the_rest(web: Any, house: Cast) -> None:
    await banked(house, 10_000, "X-1")
    await banked(house, 2_345, "X-2")
    await came(house, Line(12_344, "甲"), Line(1, "乙"), Line(-5, "丙"))
    keys = {line.name: line.row["key"] for line in await waiting(house)}
    booked = [row["key"] for row in await open_movements(house)]
    address, accountant = f"/bank/lines/{keys['甲']}", web.as_("accountant")
    answer = await accountant.post(f"{address}/match", data={"movements": booked})
    assert (answer.status_code, "相差 0.01 元" in answer.text) == (422, True), (
        "without a script the answer says the rest"
    )
    form = re.search(
        r'<form[^>]*data-behaviour="submit-once rest"[^>]*data-fen="(-?\d+)".*?</form>', answer.text, re.DOTALL
    )
    assert form is not None
    added = dict(re.findall(r'value="([^"]+)"(?: checked)? data-fen="(-?\d+)"', form[0]))
    assert (form[1], {added[key] for key in booked}) == ("12344", {"-10000", "-2345"})
    assert (added[keys["乙"]], added[keys["丙"]]) == ("1", "-5")
    ticked = set(re.findall(r'value="([^"]+)" checked data-fen', form[0]))
    assert ticked == set(booked), "what was ticked still is"
    done = await accountant.post(f"{address}/match", data={"movements": booked, "lines": keys["乙"]})
    assert (done.status_code, await states(house)) == (303, ["matched", "matched", "open"])


async def test_what_can_be_part_of_a_line_stands_first_and_what_is_not_listed_is_said(
    web: Any, house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, fen in enumerate((30_000, 50_000, 10_000)):
        await banked(house, fen, f"X-{n}")
    await came(house, Line(30_100, "张三"))
    await waiting(house)
    address = f"/bank/lines/{(await lines(house))[0].row['key']}"
    monkeypatch.setattr(matching_readers, "MOVEMENTS_SHOWN", 3)
    page = (await web.as_("accountant").get(address)).text
    values = re.findall(r'data-fen="(-\d+)"', page)
    assert (set(values[:2]), values[2:]) == ({"-30000", "-10000"}, ["-50000"])
    assert "只列出" not in page
    monkeypatch.setattr(matching_readers, "MOVEMENTS_SHOWN", 2)
    page = (await web.as_("accountant").get(address)).text
    assert "只列出 2 项，不超过这笔流水的在前" in page
    assert '"-50000"' not in page


async def test_sums_are_equal_to_the_fen_or_nothing_is_matched(house: Cast) -> None:
    await banked(house, 10_000, "X-1")
    await banked(house, 2_345, "X-2")
    await came(house, Line(12_345, "甲"), Line(12_344, "乙"), Line(1, "丙"), Line(-1, "丁"))
    one, other, coin, gone = [line.row["key"] for line in await waiting(house)]
    booked = [row["key"] for row in await open_movements(house)]
    refusal = await refused("match.sum", matching.match(lines=[other], movements=booked, by=house.accountant))
    assert (refusal.facts["apart_yuan"], await states(house)) == ("0.01", ["open"] * 4)
    assert len(await open_movements(house)) == 2, "nothing is half claimed"
    await refused("match.nothing", matching.match(lines=[one], movements=[], by=house.accountant))
    made = await matching.match(lines=[other, coin], movements=booked, by=house.accountant)
    assert await states(house) == ["open", "matched", "matched", "open"]
    await matching.undo(made, by=house.accountant)
    await matching.match(lines=[one], movements=booked, by=house.accountant)
    await matching.match(lines=[coin, gone], movements=[], by=house.accountant)
    assert await states(house) == ["matched", "open", "matched", "matched"]
    await refused("match.undone", matching.undo(made, by=house.accountant))
    await refused("match.unknown", matching.undo("f" * 32, by=house.accountant))


async def test_what_was_undone_stays_known_and_no_machine_does_it_again(house: Cast) -> None:
    await banked(house, 10_000, "ICBC-777777")
    await came(house, Line(10_000, "王小明", reference="ICBC777777"))
    assert await waiting(house) == []
    (line,) = await lines(house)
    (made,) = await matching.history(line.row["key"], by=house.auditor)
    assert (made.row["method"], made.row["score"], made.undone) == ("reference", 100, False)
    await matching.undo(made.row["key"], by=house.accountant)
    await banked(house, 10_000, "X-9")
    (left,) = await waiting(house)
    assert left.row["attempt"] == "never"
    decided = await matching.history(line.row["key"], by=house.auditor)
    assert sorted((one.row["kind"], one.row["made_by"]) for one in decided) == [
        (MatchKind.MATCHED, "system"),
        (MatchKind.UNDONE, house.accountant.key),
    ]
    for sql in ("UPDATE bank_match SET score = 1", "DELETE FROM bank_match_item"):
        with pytest.raises(Exception, match="append-only"):
            await transactions.run(lambda tx, sql=sql: tx.rows(sql))  # type: ignore[misc]


async def test_one_transfer_of_many_gifts_is_one_act(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "CHUNK", 3)  # smaller than the books: no act is cut
    parts = [Part("one-day-2026", None, 3_000), Part("everyday", None, 4_000)]
    for n in range(3):
        await donations.receive_together(
            parts=parts, received_on=today(), channel="bank", channel_ref=f"BIG-00000{n}", donor=WANG,
            confirmed_amount_fen=7_000, by=house.cashier,
        )  # fmt: skip
    await came(house, Line(7_000, "某单位", reference="BIG 000001"), Line(3_000, "甲"), Line(4_000, "甲"))
    halves = await waiting(house)
    booked = await open_movements(house)
    assert [(row["entries"], row["fen"]) for row in booked] == [(2, 7_000), (2, 7_000)]
    keys = [one.row["key"] for one in halves]
    await matching.match(lines=keys, movements=[booked[0]["key"]], by=house.accountant)
    assert (await states(house), len(await open_movements(house))) == (["matched"] * 3, 1)


async def test_the_reference_of_a_pledge_or_unit_in_the_memo_says_which_gift_it_was(house: Cast) -> None:
    code = await promised()
    reference = str((await Pledge.with_code(code).get()).reference)
    hash_of = pledges.content_of(await Pledge.with_code(code).get()).hash
    await pledges.receive(
        code, amount_fen=20_000, received_on=today(), channel="bank", channel_ref="Q-1", content_hash=hash_of,
        confirmed_amount_fen=20_000, by=house.cashier,
    )  # fmt: skip
    broken = f"捐款 {reference[:9]}\n{reference[9:].lower()} 谢谢"
    await came(house, Line(20_000, "代付人", memo=broken))
    assert await waiting(house) == []
    (row,) = await reading.rows("SELECT reasons, method FROM bank_match")
    assert (row["reasons"].split()[0], row["method"]) == ("pledge", "reference")


async def test_outgoing_lines_match_vouchers_refunds_and_transfers(house: Cast) -> None:
    aid = await aid_opened(house)
    await aid.gift("F-EDU", 1_000_000)
    number, _ = await aid.approved()
    await aid.pay(number, "OUT-000001")
    voucher = await reading.only("SELECT amount_fen FROM voucher WHERE number = $1", number)
    await in_hand(house)
    await transfers.make(await transfer(channel_ref="DEP-000001"), by=house.cashier)
    gift = await give(house, 10_000, channel="bank", channel_ref="IN-000001")
    await paid(house, await _refund(house, gift), channel_ref="BACK-000001")
    await came(
        house,
        Line(-voucher["amount_fen"], "收款人", memo=f"付款 {number}，请查收"),
        Line(8_000, "现金存入", reference="DEP000001"),
        Line(-10_000, "王小明", reference="BACK000001"),
    )
    assert await waiting(house) == []
    matched = await reading.rows("SELECT document FROM bank_movement WHERE matched IS NOT NULL ORDER BY document")
    assert [row["document"] for row in matched] == ["refund", "transfer", "voucher"]


async def _refund(house: Cast, gift: Any) -> str:
    number = await requested(house, gift, 10_000)
    await approved(number, house.approver)
    return number


async def test_a_correction_cancels_out_and_the_right_gift_has_the_line(house: Cast) -> None:
    wrong = await give(house, 10_000, channel="bank", channel_ref="COR-000001")
    await came(house, Line(10_000, "甲", reference="COR000001"))
    assert await waiting(house) == []
    await corrected(house, wrong)
    await matching.keep_up()
    assert [row["fen"] for row in await open_movements(house)] == [-10_000], "the line still has the wrong gift"
    (line,) = await lines(house)
    (made,) = await matching.history(line.row["key"], by=house.auditor)
    await matching.undo(made.row["key"], by=house.accountant)
    assert len(await waiting(house)) == 1
    assert await open_movements(house) == [], "the gift and its reversal cancel out"
    assert await verify.run() == []
    await transactions.run(lambda tx: tx.rows("UPDATE bank_movement SET fen = fen + 1 WHERE fen > 0"))
    assert sorted(one.invariant for one in await verify.run()) == ["I4", "I7"]


async def test_two_officers_at_once_cannot_claim_one_movement(house: Cast) -> None:
    await banked(house, 10_000, "X-1")
    await came(house, *[Line(10_000, f"甲{n}") for n in range(6)])
    left = await waiting(house)
    (booked,) = await open_movements(house)
    done = await asyncio.gather(
        *[matching.match(lines=[one.row["key"]], movements=[booked["key"]], by=house.accountant) for one in left],
        return_exceptions=True,
    )
    assert sorted(getattr(one, "code", "made") for one in done) == ["made", *["match.taken"] * 5]
    assert sorted(await states(house)) == ["matched", *["open"] * 5]


async def test_a_line_may_stay_open_with_a_sealed_reason(house: Cast) -> None:
    await came(house, Line(100, "甲"))
    (line,) = await waiting(house)
    made = await matching.ignore(line.row["key"], reason="王建国误转", by=house.accountant)
    assert (await states(house), await waiting(house)) == (["ignored"], [])
    (decided,) = await matching.history(line.row["key"], by=house.auditor)
    assert (decided.reason, decided.row["kind"]) == ("王建国误转", "ignored")
    assert "王建国" not in str(await reading.rows("SELECT * FROM bank_match"))
    await refused("line.not_open", matching.ignore(line.row["key"], reason="x", by=house.accountant))
    await matching.undo(made, by=house.accountant)
    assert len(await waiting(house)) == 1
    await refused("line.unknown", matching.get("nothing", by=house.auditor))


def test_scores_are_in_the_order_of_certainty() -> None:
    order = ["number", "alike", "document", "pledge", "unit", "name", "sum"]
    assert sorted(order, key=lambda one: -candidates.SCORES[one]) == order
    assert candidates.SCORES["name"] - 3 == candidates.AUTOMATIC_FROM > candidates.SCORES["sum"]


async def test_by_page_the_queue_is_worked_off_and_undone(web: Any, house: Cast) -> None:
    await banked(house, 10_000, "X-1")
    await banked(house, 6_000, "X-2")
    await banked(house, 4_000, "X-3")
    await came(house, Line(10_000, "李 四", memo="捐款给孩子们"), Line(10_000, "赵六", at="09:30:00"))
    accountant, auditor = web.as_("accountant"), web.as_("auditor")
    await waiting(house)
    assert "李 四" in (queue := (await auditor.get("/bank/matching")).text)
    assert ("金额相同" in queue, '/match"' in queue) == (True, False), "an auditor only reads"
    first, second = [one.row["key"] for one in await lines(house)]
    booked = {row["fen"]: row["key"] for row in await open_movements(house)}
    page = await accountant.post(f"/bank/lines/{first}/match", data={"movements": [booked[6_000]]})
    assert (page.status_code, f'value="{booked[6_000]}" checked' in page.text) == (422, True), "what was ticked stays"
    assert "相差 40.00 元" in page.text
    done = await accountant.post(f"/bank/lines/{first}/match", data={"movements": [booked[6_000], booked[4_000]]})
    assert (done.status_code, done.headers["location"]) == (303, "/bank/matching")
    again = await accountant.post(f"/bank/lines/{first}/match", data={"movements": [booked[10_000]]})
    assert (again.status_code, "已经处理过了" in again.text) == (409, True)
    (made,) = await matching.history(first, by=house.auditor)
    undone = await accountant.post(f"/bank/matches/{made.row['key']}/undo")
    assert undone.headers["location"] == f"/bank/lines/{first}"
    shown = (await auditor.get(f"/bank/lines/{first}")).text
    assert ("accountant 测试" in shown, "撤销" in shown, "不再核对" in shown) == (True, True, False)
    refused_page = await accountant.post(f"/bank/lines/{second}/ignore", data={"reason": " "})
    assert (refused_page.status_code, "请写明理由" in refused_page.text) == (422, True)
    await accountant.post(f"/bank/lines/{second}/ignore", data={"reason": "赵六转错"})
    assert "赵六转错" in (await auditor.get(f"/bank/lines/{second}")).text
    assert (await auditor.get("/bank/lines/nothing")).status_code == 404
    assert (await auditor.post(f"/bank/lines/{first}/match")).status_code == 403


async def test_what_is_not_booked_yet_is_recorded_and_matches_itself(web: Any, house: Cast) -> None:
    reference = str((await Pledge.with_code(await promised()).get()).reference)
    await came(
        house, Line(12_300, "王小明", reference="ICBC-20260009"), Line(20_000, "甲", memo=reference, at="10:00:00")
    )
    first, second = [one.row["key"] for one in await lines(house)]
    cashier = web.as_("cashier")
    href = re.findall(r'href="(/(?:donations|pledges)/[^"]+)"', (await cashier.get(f"/bank/lines/{first}")).text)[-1]
    assert ("王小明" in href, quote("王小明") in href) == (False, False), "no name in an address"
    form = (await cashier.get(href.replace("&amp;", "&"))).text
    for name, value in (("amount_yuan", "123.00"), ("received_on", today()), ("channel_ref", "ICBC-20260009")):
        assert re.search(f'name="{name}"[^>]* value="{value}"', form), name
    assert '<option value="bank" selected>' in form
    await banked(house, 12_300, "ICBC-20260009")
    assert "ICBC-20260009" not in (await cashier.get("/bank/matching")).text
    assert await states(house) == ["matched", "open"]
    promised_form = await cashier.get(f"/bank/lines/{second}")
    assert re.search(r'href="/pledges/[A-Z0-9]+/receive\?amount_yuan=200.00', promised_form.text)


async def test_by_call_lines_are_matched_and_undone(web: Any, house: Cast) -> None:
    await banked(house, 10_000, "X-1")
    await came(house, Line(10_000, "李四"))
    await waiting(house)
    accountant, auditor = web.as_("accountant"), web.as_("auditor")
    (line,) = (await auditor.get(f"{API}/matching", params={"place": BANK})).json()["items"]
    (one,) = line["proposals"]
    assert (one["reasons"], one["score"], one["fits"], one["movement"]["fen"]) == (["sum"], 40, True, 10_000)
    (booked,) = (await auditor.get(f"{API}/movements", params={"place": BANK})).json()["items"]
    assert booked == one["movement"]
    for least, most, count in ((10_000, 10_000, 1), (10_001, "", 0), ("", 9_999, 0), (1, "", 1)):
        asked = {"place": BANK} | {name: fen for name, fen in (("least_fen", least), ("most_fen", most)) if fen}
        assert len((await auditor.get(f"{API}/movements", params=asked)).json()["items"]) == count, asked
    body = {"lines": [line["key"]], "movements": [booked["key"]]}
    assert (await auditor.post(f"{API}/matches", json=body)).status_code == 403
    made = (await accountant.post(f"{API}/matches", json=body)).json()["key"]
    assert (await accountant.post(f"{API}/matches", json=body)).json()["type"].endswith("line.not_open")
    assert (await accountant.post(f"{API}/matches/{made}/undo")).status_code == 200
    assert (await accountant.post(f"{API}/lines/{line['key']}/ignore", json={"reason": "试"})).status_code == 200
    shown = (await auditor.get(f"{API}/lines/{line['key']}")).json()
    assert (shown["status"], sorted(each["decision"] for each in shown["decisions"])) == (
        "ignored",
        ["ignored", "matched", "undone"],
    )


async def test_the_transfer_of_a_roster_is_settled_from_its_line_and_matches_it(house: Cast, web: Any) -> None:
    key, _ = await roster_filled(house)
    for name in ("李娜", "张敏"):
        await unit_rosters.add(key, roster_sheets.Typed(name, "50"), by=house.cashier)
    shown = unit_rosters.locked_content(await unit_rosters.get(key, by=house.cashier)).hash
    await came(house, Line(20_000, memo="YRJ26-02 一日捐", reference="ICBC 88-1"))
    (line,) = await waiting(house)
    page = (await web.as_("cashier").get(f"/bank/lines/{line.row['key']}")).text
    assert (f'href="/one-day/{key}"' in page, f"/one-day/{key}/settle" in page) == (True, False)  # not locked yet
    await unit_rosters.lock(key, content_hash=shown, by=house.cashier)
    page = (await web.as_("cashier").get(f"/bank/lines/{line.row['key']}")).text
    form = re.search(f'href="(/one-day/{key}/settle[^"]*)"', page)
    assert form
    settle = (await web.as_("cashier").get(form[1].replace("&amp;", "&"))).text
    assert ('value="200.00"' in settle, 'value="ICBC 88-1"' in settle) == (True, True)
    typed = {"received_on": today(), "received_fen": "200.00", "channel_ref": "ICBC 88-1", "with_receipts": "1"}
    answer = await web.as_("cashier").post(f"/one-day/{key}/settle", data=hidden_of(settle) | typed)
    assert answer.status_code == 303
    assert await waiting(house) == []
    assert await states(house) == ["matched"]
    assert await verify.run() == []


@pytest.mark.parametrize(
    ("line", "reason", "books"),
    [
        (Line(19_000, memo="yrj26 02"), "附言写了单位的参考号；比应汇少 ¥10.00", "settle"),
        (Line(20_000, name="市民 政局", memo="捐款"), "户名是这个单位", "settle"),
        (Line(20_000, memo="捐款"), "金额相同", "new"),
        (Line(20_001, memo="捐款"), "", "new"),
        (Line(-20_000, memo="YRJ26-02"), "", ""),
    ],
)
async def test_the_queue_names_the_unit_whose_transfer_a_line_may_be(
    house: Cast, web: Any, line: Line, reason: str, books: str
) -> None:
    key, _ = await roster_filled(house)
    for name in ("李娜", "张敏"):
        await unit_rosters.add(key, roster_sheets.Typed(name, "50"), by=house.cashier)
    shown = unit_rosters.locked_content(await unit_rosters.get(key, by=house.cashier)).hash
    await unit_rosters.lock(key, content_hash=shown, by=house.cashier)
    await came(house, line)
    (waits,) = await waiting(house)
    for path in ("/bank/matching", f"/bank/lines/{waits.row['key']}"):
        page = (await web.as_("cashier").get(path)).text
        assert (f'href="/one-day/{key}"' in page, reason in page) == (bool(reason), True), path
        assert ("名册已锁定" in page, f"/one-day/{key}/settle?" in page) == (bool(reason), bool(reason)), path
        officer = (await web.as_("accountant").get(path)).text
        assert (f'href="/one-day/{key}"' in officer, f"/one-day/{key}/settle" in officer) == (bool(reason), False)
    if books:
        form = await matching.gift_form(
            waits, await settling.awaited(by=house.cashier), fen=waits.row["in_fen"], reference=""
        )
        assert form.partition("?")[0].rpartition("/")[2] == books
