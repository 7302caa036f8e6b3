"""Money to a branch stands in 1122 until its signed roster: paid, written down, confirmed by another, and shown to givers."""

import ast
import asyncio
import inspect
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aid.given import ADVANCE, ASKED, BRANCH, Aid, advanced, branch_opened, recorded, refused, returned, roster
from pdf_reading import codes_in, flat, page_count
from tampering import tampered

from charity import clock
from charity.aid import branches, desk, rosters, verify, vouchers
from charity.aid.branches import checks
from charity.aid.rosters import Line, RosterContent
from charity.aid.rosters import checks as roster_checks
from charity.db import reading, sealed, transactions
from charity.db.transactions import Tx
from charity.disclosure import figures, uses
from charity.documents import check_codes
from charity.errors import Refusal
from charity.ledger import funds, places, tracing
from charity.ledger import verify as books_verify
from charity.ledger.writer import Answer
from charity.people import households, institutions
from charity.printing.document import Filters
from charity.reports import disbursements, kept
from charity.roles import Actor, Role

ACCOUNT = f"1122/{BRANCH}/F-GEN"


@pytest.fixture
async def branch(aid: Aid) -> Aid:
    async def work(tx: Tx) -> None:
        await households.add(tx, [households.NewHousehold("HH-T002", "李小红", "999901004", "DIBAO", 2)])

    await transactions.run(work)
    await branch_opened()
    return aid


async def confirmed(aid: Aid, voucher: str, content: RosterContent) -> str:
    number, seen = await recorded(aid.house, voucher, content)
    await rosters.confirm(number=number, content_hash=seen, by=aid.house.approver)
    return number


async def on_hand() -> int:
    value = await reading.value(
        "SELECT h.quantity FROM account a JOIN holding h ON h.account = a.id WHERE a.code = $1", ACCOUNT
    )
    return int(value or 0)


async def money() -> dict[str, int]:
    seen = await figures.of(None, None)
    return {name: seen.equation[name].money_fen for name in ("received", "advanced", "aid", "unspent")} | {
        "people": seen.people,
        "visits": seen.equation.times,
    }


async def right() -> None:
    assert await verify.run() == []
    assert await books_verify.run() == []


async def test_what_a_branch_gets_is_advanced_and_helps_nobody_yet(branch: Aid) -> None:
    number = await advanced(branch)
    body = json.loads(await reading.value("SELECT body FROM entry ORDER BY seq DESC LIMIT 1"))
    assert body["postings"] == [[ACCOUNT, "CNY", 200_000], ["1002/ICBC-01/F-GEN", "CNY", -200_000]]
    assert await money() == {
        "received": 500_000, "advanced": 200_000, "aid": 0, "unspent": 300_000, "people": 0, "visits": 0,
    }  # fmt: skip
    assert await reading.value("SELECT branch FROM branch_advance WHERE voucher = $1", number) == BRANCH
    await right()


async def test_a_confirmed_roster_turns_it_into_aid_and_counts_who_is_listed(branch: Aid) -> None:
    number = await advanced(branch)
    lines = (Line("HH-T001", 120_000), Line("HH-T002", 80_000))
    await confirmed(branch, number, roster(0, 0, *lines))
    body = json.loads(await reading.value("SELECT body FROM entry ORDER BY seq DESC LIMIT 1"))
    assert body["kind"] == "branch.roster"
    assert body["postings"] == [["5101/P03/F-GEN", "CNY", 200_000], [ACCOUNT, "CNY", -200_000]]
    assert "flows" not in body
    assert await money() == {
        "received": 500_000, "advanced": 0, "aid": 200_000, "unspent": 300_000, "people": 2, "visits": 2,
    }  # fmt: skip
    assert await on_hand() == 0
    await right()


async def test_it_is_booked_on_the_day_on_which_it_is_confirmed(branch: Aid) -> None:
    number = await advanced(branch)
    with clock.fixed(clock.now() + timedelta(days=40)):
        later = clock.today()
        await confirmed(branch, number, roster(200_000, 12, distributed_on=later))
    seen = await reading.row("SELECT effective_on, recorded_at FROM entry WHERE kind = $1", "branch.roster")
    assert seen is not None
    assert seen["effective_on"] == later.isoformat() == clock.business_date(seen["recorded_at"]).isoformat()
    await right()


async def test_rosters_come_one_by_one_and_never_reach_beyond_the_payment(branch: Aid) -> None:
    number = await advanced(branch)
    await confirmed(branch, number, roster(150_000, 12))
    assert await on_hand() == 50_000
    call = rosters.record(voucher=number, roster=roster(50_001, 3), by=branch.house.caseworker)
    refusal = await refused("roster.exceeds", call)
    assert refusal.facts["left_yuan"] == "500.00"
    first, seen = await recorded(branch.house, number, roster(50_000, 3))
    second, other = await recorded(branch.house, number, roster(50_000, 4))
    await rosters.confirm(number=first, content_hash=seen, by=branch.house.approver)
    call = rosters.confirm(number=second, content_hash=other, by=branch.house.approver)
    await refused("roster.exceeds", call)
    assert await on_hand() == 0
    assert await reading.value("SELECT status FROM branch_roster WHERE number = $1", second) == "waiting"
    await right()


async def test_whoever_wrote_a_roster_does_not_confirm_it(branch: Aid) -> None:
    number, seen = await recorded(branch.house, await advanced(branch), roster(200_000, 12))
    both = replace(branch.house.caseworker, roles=frozenset({Role.CASEWORKER, Role.APPROVER}))
    await refused("roster.own", rosters.confirm(number=number, content_hash=seen, by=both))
    await refused("roster.own", rosters.refuse(number=number, reason="x", content_hash=seen, by=both))
    await rosters.confirm(number=number, content_hash=seen, by=branch.house.approver)
    again = rosters.confirm(number=number, content_hash=seen, by=branch.house.approver2)
    await refused("roster.decided", again)


async def test_what_is_confirmed_is_what_was_shown(branch: Aid) -> None:
    number, _ = await recorded(branch.house, await advanced(branch), roster(200_000, 12))
    call = rosters.confirm(number=number, content_hash="0" * 64, by=branch.house.approver)
    refusal = await refused("content.changed", call)
    assert refusal.now is not None
    assert refusal.now.facts["amount_fen"] == 200_000
    assert "place" not in refusal.now.facts


async def test_a_refused_roster_books_nothing_and_is_written_anew(branch: Aid) -> None:
    voucher = await advanced(branch)
    number, seen = await recorded(branch.house, voucher, roster(200_000, 12))
    before = await reading.value("SELECT seq FROM head")
    await rosters.refuse(number=number, reason="第 3 行没有签字", content_hash=seen, by=branch.house.approver)
    assert await reading.value("SELECT seq FROM head") == before
    assert await on_hand() == 200_000
    stored = await reading.row("SELECT * FROM branch_roster WHERE number = $1", number)
    assert stored is not None
    assert sealed.unseal("branch_roster", "reason", number, stored["reason"]) == "第 3 行没有签字"
    await confirmed(branch, voucher, roster(200_000, 11))
    await right()


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("fields.unreadable", {"recipients": 0}),
        ("fields.unreadable", {"lines": (Line("HH-T001", 100),), "amount_fen": 101, "recipients": 1}),
        ("fields.unreadable", {"lines": (Line("HH-T001", 100),), "amount_fen": 100, "recipients": 2}),
        ("fields.unreadable", {"lines": (Line("HH-T999", 100),), "amount_fen": 100, "recipients": 1}),
        ("fields.unreadable", {"lines": (Line("HH-T001", 50),) * 2, "amount_fen": 100, "recipients": 2}),
    ],
)
async def test_a_roster_that_cannot_be_is_refused(branch: Aid, code: str, changes: dict[str, Any]) -> None:
    voucher = await advanced(branch)
    content = replace(roster(100, 1), **changes)
    await refused(code, rosters.record(voucher=voucher, roster=content, by=branch.house.caseworker))


@pytest.mark.parametrize(("code", "days"), [("roster.later", 1), ("roster.early", -1)])
async def test_a_roster_is_of_a_day_from_the_payment_until_today(branch: Aid, code: str, days: int) -> None:
    voucher = await advanced(branch)
    content = replace(roster(100, 1), distributed_on=clock.today() + timedelta(days=days))
    await refused(code, rosters.record(voucher=voucher, roster=content, by=branch.house.caseworker))


async def test_a_roster_is_of_a_payment_to_a_branch(branch: Aid) -> None:
    number, _ = await branch.approved()
    await branch.pay(number, "ICBC-F2")
    call = rosters.record(voucher=number, roster=roster(100, 1), by=branch.house.caseworker)
    await refused("advance.unknown", call)
    call = rosters.confirm(number="HM-2026-000009", content_hash="0" * 64, by=branch.house.approver)
    await refused("roster.unknown", call)


async def test_a_branch_is_paid_as_a_branch_without_recipients_and_not_with_agency_money(branch: Aid) -> None:
    async def made(**changes: Any) -> Answer:
        return await vouchers.make(content=replace(ASKED, **changes), by=branch.house.caseworker)

    await refused("payee.unknown", made(payee_kind="institution", payee=BRANCH))
    await refused("payee.unknown", made(payee_kind="branch", payee="JG-T01", recipients=0))
    refusal = await refused("fields.unreadable", made(**{**ADVANCE, "recipients": 3}))
    assert [error.field for error in refusal.fields] == ["recipients"]
    await transactions.run(lambda tx: funds.open_fund(tx, code="F-AGENCY", name="受托代理", kind="agency"))
    await refused("branch.agency", made(**ADVANCE, fund="F-AGENCY"))
    assert (await made(**ADVANCE)).status == 201


async def test_what_a_branch_spends_itself_is_a_cost_at_once(branch: Aid) -> None:
    number = await advanced(branch, purpose="administration", programme=None)
    assert await reading.value("SELECT COUNT(*) FROM branch_advance") == 0
    call = rosters.record(voucher=number, roster=roster(100, 1), by=branch.house.caseworker)
    await refused("advance.unknown", call)
    await right()


async def test_a_giver_sees_the_branch_and_after_the_roster_who_was_reached(branch: Aid) -> None:
    gift = await reading.value("SELECT seq FROM entry WHERE kind = 'gift.cash'")

    async def seen() -> tuple[str, str, int | None]:
        (use,) = await uses.of_gifts(await tracing.gift_uses(gift))
        return use.kind, use.share, use.recipients

    number = await advanced(branch)
    whole = "占该笔拨付 2,000.00 元的 100.00 %"
    assert await seen() == ("advanced", f"{whole}，已拨付石梁镇慈善分会，尚未收到花名册", 0)
    await confirmed(branch, number, roster(150_000, 12))
    partly = "已拨付石梁镇慈善分会，其中 1,500.00 元已发放，其余尚未收到花名册"
    assert await seen() == ("advanced", f"{whole}，{partly}", 0)
    await confirmed(branch, number, roster(50_000, 3))
    assert await seen() == ("aid", f"{whole}，共 15 人次受益", 15)


async def test_the_register_lists_the_roster_and_not_the_payment(branch: Aid) -> None:
    number = await advanced(branch)
    today = clock.today().isoformat()
    period, seq = Filters.of(f"{today[:4]}-01-01", f"{today[:4]}-12-31"), await reading.value("SELECT seq FROM head")
    assert (await disbursements.page(period, seq, None, 10)).rows == []
    signed = await confirmed(branch, number, roster(150_000, 12))
    seq = await reading.value("SELECT seq FROM head")
    (row,) = (await disbursements.page(period, seq, None, 10)).rows
    shown = ("payee", "township", "category", "recipients", "cash_fen", "document", "signed")
    assert [row[name] for name in shown] == [
        "石梁镇慈善分会",
        "999901004",
        "乡镇分会/联络站",
        12,
        150_000,
        signed,
        "已签收",
    ]
    assert row["document_href"] == f"/rosters/{signed}"
    totals = await disbursements.totals(period, seq)
    assert (totals.count, totals.sums["recipients"], totals.differences) == (1, 12, [])
    (line,) = await kept.by_payee(period, seq)
    assert (line["payee"], line["cash"], line["recipients"]) == (BRANCH, 150_000, 12)


async def test_the_search_box_leads_to_a_roster(branch: Aid, web: Any) -> None:
    number, _ = await recorded(branch.house, await advanced(branch), roster(100, 1))
    answer = await web.as_("approver").post("/desk/search", data={"q": number.lower()})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/rosters/{number}")
    answer = await web.as_("clerk").post("/desk/search", data={"q": number})
    assert f"/rosters/{number}" not in answer.headers.get("location", answer.text)


async def test_a_list_that_does_not_show_all_that_waits_says_so(
    branch: Aid, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, more = web.as_("caseworker"), "这里各只列出最早的 1 项"
    await advanced(branch)
    assert more not in (await client.get("/advances")).text
    monkeypatch.setattr(branches, "LISTED_MAX", 1)
    assert more in (await client.get("/advances")).text


async def test_a_roster_that_waits_is_on_the_desk_of_who_confirms_it_alone(branch: Aid) -> None:
    by, other = branch.house.caseworker, branch.house.approver
    number = await advanced(branch)
    await recorded(branch.house, number, roster(150_000, 12))
    (task,) = await desk.rosters_due(by)
    assert (task.href, "¥500.00" in task.text) == (f"/advances/{number}", True)
    rest, seen = await recorded(branch.house, number, roster(50_000, 3))
    assert await desk.rosters_due(by) == []
    assert len(await desk.rosters_to_confirm(other)) == 1
    await rosters.refuse(number=rest, reason="少一个签名", content_hash=seen, by=other)
    assert [one.text for one in await desk.rosters_due(by)] == [task.text]


async def given_back(aid: Aid, voucher: str, amount_fen: int, ref: str = "ICBC-R1", **changes: Any) -> Answer:
    """A return that somebody else has confirmed."""
    seen = (await returned(aid, voucher, amount_fen, ref, **changes)).body
    shown = {"number": seen["number"], "content_hash": seen["content_hash"]}
    return await branches.confirm(**shown, by=aid.house.approver)


async def test_what_a_branch_gives_back_can_be_used_again_and_leaves_the_shares_exact(branch: Aid) -> None:
    await branch.gift("F-GEN", 100_000)
    number = await advanced(branch, amount_fen=550_000)
    gifts = [row["seq"] for row in await reading.rows("SELECT seq FROM entry WHERE kind = 'gift.cash' ORDER BY seq")]
    await confirmed(branch, number, roster(450_000, 12))
    assert (await given_back(branch, number, 80_000)).body["status"] == "confirmed"
    body = json.loads(await reading.value("SELECT body FROM entry ORDER BY seq DESC LIMIT 1"))
    assert body["postings"] == [["1002/ICBC-01/F-GEN", "CNY", 80_000], [ACCOUNT, "CNY", -80_000]]
    assert body["flows"] == {"released": [["F-GEN", [[470_000, 550_000]]]]}
    assert await on_hand() == 20_000
    counted = await money()
    assert (counted["advanced"], counted["aid"], counted["unspent"]) == (20_000, 450_000, 130_000)
    (first,), second = await tracing.gift_uses(gifts[0]), await tracing.gift_uses(gifts[1])
    assert (first.amount_fen, second) == (470_000, [])
    (use,) = await uses.of_gifts([first])
    assert (use.kind, use.of_fen, use.rostered_fen) == ("advanced", 470_000, 450_000)
    await right()
    await confirmed(branch, number, roster(20_000, 1))
    (use,) = await uses.of_gifts([first])
    assert (use.kind, use.of_fen, use.recipients) == ("aid", 470_000, 13)
    other, _ = await branch.approved(amount_fen=130_000)
    await branch.pay(other, "ICBC-F9")
    assert await reading.tuples("SELECT start, stop FROM segment ORDER BY start") == [(0, 470_000), (470_000, 600_000)]
    assert await reading.value("SELECT spent_fen FROM fund_sum WHERE fund = 'F-GEN'") == 600_000
    await right()


async def test_what_a_branch_does_not_have_does_not_come_back(branch: Aid) -> None:
    number = await advanced(branch)
    await confirmed(branch, number, roster(150_000, 12))
    refusal = await refused("return.exceeds", given_back(branch, number, 50_001))
    assert refusal.facts["left_yuan"] == "500.00"
    day = timedelta(days=1)
    await refused("return.later", given_back(branch, number, 1, received_on=clock.today() + day))
    await refused("return.early", given_back(branch, number, 1, received_on=clock.today() - day))
    await refused("return.place", given_back(branch, number, 1, paid_into="1009/WECHAT"))
    await refused("voucher.cash_ref", given_back(branch, number, 1, paid_into="1001/-"))
    await refused("channel.ref_needed", given_back(branch, number, 1, ""))
    await refused("channel.ref_used", given_back(branch, number, 1, "ICBC-F1"))
    await refused("advance.unknown", given_back(branch, "BF-2026-999999", 1))
    await given_back(branch, number, 20_000, "", paid_into="1001/-")
    await given_back(branch, number, 29_999)
    await refused("channel.ref_used", given_back(branch, number, 1))
    await refused("return.exceeds", given_back(branch, number, 2, "ICBC-R2"))
    await refused("roster.exceeds", rosters.record(voucher=number, roster=roster(2, 1), by=branch.house.caseworker))
    await right()


async def test_of_two_returns_at_once_only_what_is_there_comes_back(branch: Aid) -> None:
    number = await advanced(branch)
    calls = (given_back(branch, number, 150_000, f"ICBC-R{n}") for n in range(2))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(o.code if isinstance(o, Refusal) else "back" for o in outcomes) == ["back", "return.exceeds"]
    await right()


RETURNED = [
    ("预拨登记的退回金额与退回的款不符", "UPDATE branch_advance SET returned_fen = 1"),
    ("：与其分录不符", "UPDATE branch_return SET amount_fen = amount_fen + 1"),
    ("：与其分录不符", "UPDATE branch_return SET cashier = 'x'"),
    ("流水号登记的分会退回笔数与退回的款不符", "UPDATE branch_return SET channel_ref = 'OTHER'"),
    ("年分会退回的款共", "UPDATE branch_return SET year = 2020"),
    ("年分会退回的款共", "UPDATE series SET next = next + 1 WHERE name = 'branch_return'"),
    ("是分会退回的款，却没有登记", "DELETE FROM branch_return"),
]


@pytest.mark.parametrize(("rule", "statement"), RETURNED)
async def test_verify_names_a_return_that_was_tampered_with(branch: Aid, rule: str, statement: str) -> None:
    await given_back(branch, await advanced(branch), 30_000)
    await right()
    async with tampered(statement):
        assert [failure for failure in await verify.run() if rule in failure.words], rule
    await right()


async def reading_hash(web: Any, number: str) -> str:
    return str((await web.as_("cashier").get(f"/api/v1/aid/branch-returns/{number}")).json()["content_hash"])


async def test_a_return_is_recorded_on_a_page_and_by_a_call(branch: Aid, web: Any) -> None:
    voucher = await advanced(branch)
    client, today = web.as_("cashier"), clock.today().isoformat()
    assert f"/advances/{voucher}/return" in (await client.get(f"/advances/{voucher}")).text
    await transactions.run(lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建设银行专户"))
    for pays in ("CCB-02", "ICBC-01"):  # the account that pays is offered first
        await transactions.run(lambda tx, pays=pays: places.pay_from(tx, f"1002/{pays}"))
        page = (await client.get(f"/advances/{voucher}/return")).text
        (reference,) = re.findall(r'<label for="f-channel_ref">(.*?)</label>.*?<p class="hint"[^>]*>(.*?)</p>', page)
        assert reference == ("银行回单号", "存入银行账户的必填，每个回单号只能登记一次；收现金的不填。")
        assert re.findall(r'<option value="([^"]*)" selected>', page) == [f"1002/{pays}"]
    form = {"amount_yuan": "2000.01", "received_on": today, "paid_into": "1002/ICBC-01", "channel_ref": "ICBC-R7"}
    answer = await client.post(f"/advances/{voucher}/return", data=form)
    assert answer.status_code == 422
    assert "还在分会" in answer.text
    assert "2000.01" in answer.text
    answer = await client.post(f"/advances/{voucher}/return", data={**form, "amount_yuan": "300"})
    assert answer.status_code == 303, answer.text
    assert "ICBC-R7" in (await client.get(f"/advances/{voucher}")).text
    number = await reading.value("SELECT number FROM branch_return")
    answer = await client.post("/desk/search", data={"q": number.lower()})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/branch-returns/{number}")
    assert await on_hand() == 200_000, "one person alone books nothing"
    page = (await web.as_("approver").get(f"/branch-returns/{number}")).text
    assert "与银行回单一致" in page
    assert "与银行回单一致" not in (await client.get(f"/branch-returns/{number}")).text
    seen = {"content_hash": await reading_hash(web, number)}
    assert (await web.as_("approver").post(f"/branch-returns/{number}/confirm", data=seen)).status_code == 303
    assert await on_hand() == 170_000
    assert number not in (await web.as_("clerk").post("/desk/search", data={"q": number})).headers.get("location", "")
    body = {"amount_fen": 170_000, "received_on": today, "paid_into": "1001/-"}
    path, key = f"/api/v1/aid/advances/{voucher}/return", {"Idempotency-Key": "r" * 20}
    first = await client.post(path, json=body, headers=key)
    assert first.status_code == 201, first.text
    missing = await client.post(path, json={**body, "paid_into": None}, headers={"Idempotency-Key": "s" * 20})
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, "paid_into"), (
        "two bank accounts are open"
    )
    assert (await client.post(path, json=body, headers=key)).json() == first.json()
    seen = {"content_hash": first.json()["content_hash"]}
    answer = await web.as_("approver").post(f"/api/v1/aid/branch-returns/{first.json()['number']}/confirm", json=seen)
    assert (answer.status_code, answer.json()["status"]) == (201, "confirmed"), answer.text
    advance = (await client.get(f"/api/v1/aid/advances/{voucher}")).json()
    assert (advance["returned_fen"], advance["open_fen"]) == (200_000, 0)
    await right()


ROSTERED = [
    ("预拨登记的花名册金额与花名册不符", "UPDATE branch_advance SET rostered_fen = 1"),
    ("预拨登记与付款不符", "UPDATE branch_advance SET branch = 'JG-T01'"),
    ("预拨登记与付款不符", "UPDATE branch_advance SET amount_fen = amount_fen + 1"),
    ("预拨登记与付款不符", "DELETE FROM branch_advance"),
    ("各列与内容不符", "UPDATE branch_roster SET amount_fen = amount_fen + 1"),
    ("各列与内容不符", "UPDATE branch_roster SET recipients = 9"),
    ("各列与内容不符", "UPDATE branch_roster SET distributed_on = '2026-01-01'"),
    ("哈希与内容不符", "UPDATE branch_roster SET content_hash = 'x'"),
    ("地点不是内容所含的那一个", "UPDATE branch_roster SET salt = 'x'"),
    ("编号与年度不符", "UPDATE branch_roster SET year = 2020"),
    ("录入人自己核对了", "UPDATE branch_roster SET maker = decided_by"),
    ("：与其分录不符", "UPDATE branch_roster SET maker = decided_at"),
    ("：与其分录不符", "UPDATE branch_roster SET decided_by = 'x'"),
    ("：与其分录不符", "UPDATE branch_roster SET entry_seq = 1"),
    ("名单与内容不符", "UPDATE voucher_recipient SET amount_fen = 1 WHERE n = 1"),
    ("名单与内容不符", "DELETE FROM voucher_recipient WHERE n = 2"),
    ("是花名册，却没有这份花名册", "DELETE FROM branch_roster"),
    ("年花名册共", "UPDATE series SET next = next + 1 WHERE name = 'branch_roster'"),
    (
        "账上预拨",
        "UPDATE holding SET quantity = quantity + 1 WHERE account = (SELECT id FROM account WHERE chart = '1122')",
    ),
]


@pytest.mark.parametrize(("rule", "statement"), ROSTERED)
async def test_verify_names_what_was_tampered_with(branch: Aid, rule: str, statement: str) -> None:
    lines = (Line("HH-T001", 120_000), Line("HH-T002", 30_000))
    await confirmed(branch, await advanced(branch), roster(0, 0, *lines))
    await right()
    async with tampered(statement):
        assert [failure for failure in await verify.run() if rule in failure.words], rule
    await right()


def test_every_rule_of_branches_is_planted_against() -> None:
    trees = [ast.parse(inspect.getsource(module)) for module in (checks, roster_checks)]
    texts = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    rules = {
        text
        for text in texts
        if isinstance(text, str) and re.search(r"[\u4e00-\u9fff].*不符|共|却|自己|那一个|账上", text)
    }
    rules = {rule for rule in rules if "\n" not in rule}
    assert len(rules) == 17
    assert [rule for rule in rules if not any(planted in rule for planted, _ in [*RETURNED, *ROSTERED])] == []


async def test_a_page_and_a_call_do_the_same(branch: Aid, web: Any) -> None:
    voucher = await advanced(branch)
    client = web.as_("caseworker")
    page = await client.get("/advances")
    assert voucher in page.text
    assert "石梁镇慈善分会" in page.text
    form = {"distributed_on": clock.today().isoformat(), "place": "石梁村", "listed": "HH-T001 1200\nHH-T002"}
    answer = await client.post(f"/advances/{voucher}/roster", data=form)
    assert answer.status_code == 422
    assert "名单每行写一户" in answer.text
    form["listed"] = "HH-T001 1,200.00\n\nHH-T002，300"
    answer = await client.post(f"/advances/{voucher}/roster", data=form)
    assert answer.status_code == 303, answer.text
    number = answer.headers["location"].rsplit("/", 1)[1]
    shown = (await client.get(f"/api/v1/aid/rosters/{number}")).json()
    assert shown["lines"] == [{"code": "HH-T001", "amount_fen": 120_000}, {"code": "HH-T002", "amount_fen": 30_000}]
    assert (shown["amount_fen"], shown["recipients"], shown["status"]) == (150_000, 2, "waiting")
    page = await web.as_("approver").get(f"/rosters/{number}")
    assert "与签字的花名册一致" in page.text
    seen = {"content_hash": shown["content_hash"]}
    assert (await web.as_("approver").post(f"/rosters/{number}/confirm", data=seen)).status_code == 303
    body = {"distributed_on": clock.today().isoformat(), "place": "石梁村", "amount_fen": 50_000, "recipients": 4}
    rosters, key = f"/api/v1/aid/advances/{voucher}/rosters", {"Idempotency-Key": "roster-1"}
    assert "idempotency.missing" in (await client.post(rosters, json=body)).text
    answer = await client.post(rosters, json=body, headers=key)
    assert answer.status_code == 201, answer.text
    assert (await client.post(rosters, json=body, headers=key)).json() == answer.json(), "sent again, recorded once"
    seen = {"content_hash": answer.json()["content_hash"]}
    second = answer.json()["number"]
    answer = await web.as_("approver").post(f"/api/v1/aid/rosters/{second}/confirm", json=seen)
    assert answer.json()["status"] == "confirmed"
    assert (await client.get(f"/api/v1/aid/advances/{voucher}")).json()["open_fen"] == 0
    assert (await client.get("/api/v1/aid/advances")).json() == {"items": []}
    page = await client.get(f"/vouchers/{voucher}")
    assert f"/advances/{voucher}" in page.text
    await right()


@pytest.mark.parametrize("between", ["\t", ", ", "，", "； ", "、", "\t 　"])
async def test_a_list_is_pasted_from_a_sheet_or_typed_with_any_comma(branch: Aid, web: Any, between: str) -> None:
    voucher = await advanced(branch)
    listed = f"HH-T001{between}1,200.00\r\nHH-T002{between}300"
    form = {"distributed_on": clock.today().isoformat(), "place": "石梁村", "listed": listed}
    answer = await web.as_("caseworker").post(f"/advances/{voucher}/roster", data=form)
    assert answer.status_code == 303, answer.text
    number = answer.headers["location"].rsplit("/", 1)[1]
    shown = (await web.as_("caseworker").get(f"/api/v1/aid/rosters/{number}")).json()
    assert shown["lines"] == [{"code": "HH-T001", "amount_fen": 120_000}, {"code": "HH-T002", "amount_fen": 30_000}]


async def test_what_is_wrong_with_a_roster_is_said_at_its_field_in_words(branch: Aid, web: Any) -> None:
    voucher = await advanced(branch)
    client, form = web.as_("caseworker"), {"distributed_on": clock.today().isoformat(), "place": "石梁村"}
    page = await client.post(
        f"/advances/{voucher}/roster", data={**form, "amount_yuan": "5", "recipients": "9" * 5_000}
    )
    assert page.status_code == 422
    assert "请填写户（人）数，只用数字" in page.text
    assert "Exceeds" not in page.text
    page = await client.post(f"/advances/{voucher}/roster", data={**form, "listed": "HH-T001"})
    assert page.status_code == 422
    assert "请填写金额" not in page.text, "the list alone is wrong"
    assert "HH-T001" in page.text
    page = await client.post(f"/advances/{voucher}/roster", data={**form, "listed": "HH-NONE 5"})
    assert 'href="#f-listed"' in page.text
    body = {**form, "amount_fen": 500, "recipients": 1, "lines": [{"code": "HH-NONE", "amount_fen": 500}]}
    key = {"Idempotency-Key": "roster-1"}
    answer = await client.post(f"/api/v1/aid/advances/{voucher}/rosters", json=body, headers=key)
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, ["lines.0"])
    assert await reading.value("SELECT COUNT(*) FROM branch_roster") == 0


async def family(code: str, name: str, township: str, **kept: str) -> None:
    async def work(tx: Tx) -> None:
        await households.add(tx, [households.NewHousehold(code, name, township, "DIBAO", 2, **kept)])

    await transactions.run(work)


async def test_a_roster_is_printed_by_township_for_whoever_may_read_it(branch: Aid, web: Any) -> None:
    kept = {"phone": "13800004444", "address": "石梁村 4 组", "bank_account": "6217000012345678"}
    await family("HH-T003", "赵铁柱", "999901005", **kept)
    lines = (Line("HH-T002", 30_000), Line("HH-T003", 50_000))
    number = await confirmed(branch, await advanced(branch), roster(0, 0, *lines))
    printed = {}
    for who, path in (("cashier", ".pdf"), ("approver", ".pdf"), ("cashier", "/copy.pdf")):
        answer = await web.as_(who).get(f"/rosters/{number}{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
        printed[who + path] = flat(answer.content)
        assert page_count(answer.content) == 2, "a sheet for each township"
        assert codes_in(answer.content) == [check_codes.address(number)]
        assert all(text in printed[who + path] for text in (number, "500.00", "人民币捌佰元整", "****5678", "HH-T003"))
        assert kept["bank_account"] not in printed[who + path]
    personal = ("赵铁柱", "李小红", kept["phone"], "石梁村4组")
    assert all(text in printed["cashier.pdf"] for text in (*personal, "石梁村村委会", "内部存档"))
    for other in ("approver.pdf", "cashier/copy.pdf"):
        assert not any(text in printed[other] for text in personal)
        assert "赵*" in printed[other]
    assert "石梁村村委会" not in printed["cashier/copy.pdf"]
    assert "外部查阅" in printed["cashier/copy.pdf"]
    page = (await web.as_("approver").get(f"/rosters/{number}")).text
    assert f"/rosters/{number}.pdf" in page
    assert f"/rosters/{number}/copy.pdf" in page
    assert (await web.as_("clerk").get(f"/rosters/{number}.pdf")).status_code == 403
    assert (await web.as_("cashier").get("/rosters/HM-2026-999999.pdf")).status_code == 404


async def test_a_roster_is_printed_to_be_signed_before_anything_is_recorded(branch: Aid, web: Any) -> None:
    voucher, client = await advanced(branch), web.as_("caseworker")
    path = f"/advances/{voucher}/roster.pdf"
    assert path in (await client.get(f"/advances/{voucher}/roster")).text
    day = (clock.today() + timedelta(days=3)).isoformat()
    form = {"distributed_on": day, "place": "石梁村村委会", "listed": "HH-T001 1200\nHH-T002 300"}
    before = await reading.value("SELECT seq FROM head")
    answer = await client.post(path, data=form)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    text = flat(answer.content)
    assert all(part in text for part in ("待签字", "李小红", "1,200.00", "人民币壹仟伍佰元整", day, voucher))
    assert codes_in(answer.content) == [check_codes.address(voucher)]
    by_hand = await client.post(path, data={**form, "listed": "", "recipients": "30", "amount_yuan": "1500"})
    assert page_count(by_hand.content) == 3
    assert "30户（人）" in flat(by_hand.content)
    for wrong, message in (
        ({"listed": "HH-T001 2000.01"}, "还没有花名册"),
        ({"listed": "HH-X 1"}, "没有这个家庭或个人"),
        ({"listed": "", "recipients": "501", "amount_yuan": "1"}, "最多 500 户"),
        ({"place": ""}, "请填写发放地点"),
    ):
        answer = await client.post(path, data={**form, **wrong})
        assert answer.status_code == 422
        assert message in answer.text
        assert day in answer.text, "what was typed stays"
    assert await reading.value("SELECT COUNT(*) FROM branch_roster") == 0
    assert await reading.value("SELECT seq FROM head") == before


async def test_anybody_checks_a_printed_roster_and_reads_no_name(branch: Aid, web: Any) -> None:
    number, _ = await recorded(branch.house, await advanced(branch), roster(0, 0, Line("HH-T002", 30_000)))
    page = await web.as_().get(f"/c/{check_codes.of(number)}")
    assert page.status_code == 200
    assert all(text in page.text for text in (number, "300.00", "待核对", "发放花名册"))
    assert not any(text in page.text for text in ("李", "石梁村", "HH-T002"))
    assert (await web.as_().get(f"/c/{check_codes.of('HM-2026-999999')}")).status_code == 404


async def test_names_of_many_branches_are_one_look(branch: Aid, monkeypatch: pytest.MonkeyPatch) -> None:
    del branch
    looks, one_look = [], institutions.names

    async def counted(codes: Any, *, by: Actor) -> dict[str, str]:
        looks.append(sorted(codes))
        return await one_look(codes, by=by)

    monkeypatch.setattr(institutions, "names", counted)
    known = (await institutions.branches()).popitem()
    assert await branches.branch_names([known[0], "GONE", known[0]]) == {known[0]: known[1], "GONE": ""}
    assert len(looks) == 1
