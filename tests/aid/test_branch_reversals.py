"""A booked roster and a booked return are taken back by two persons; what waits is withdrawn by whoever wrote it down."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from aid.given import Aid, advanced, branch_opened, recorded, refused, returned, roster
from tampering import tampered

from charity import clock
from charity.aid import branch_reversals, branches, desk, printed_rosters, rosters, verify
from charity.aid.rosters import Line
from charity.db import reading, sealed
from charity.disclosure import figures, uses
from charity.errors import Refusal
from charity.ledger import tracing
from charity.ledger import verify as books_verify
from charity.printing.document import Filters
from charity.reports import disbursements
from charity.reports import verify as reports_verify


@pytest.fixture
async def branch(aid: Aid) -> Aid:
    await branch_opened()
    return aid


async def confirmed(aid: Aid, voucher: str, *lines: Line, **sums: int) -> str:
    number, seen = await recorded(aid.house, voucher, roster(sums.get("fen", 0), sums.get("people", 0), *lines))
    await rosters.confirm(number=number, content_hash=seen, by=aid.house.approver)
    return number


async def given_back(aid: Aid, voucher: str, fen: int, ref: str = "ICBC-R1") -> str:
    seen = (await returned(aid, voucher, fen, ref)).body
    number = str(seen["number"])
    await branches.confirm(number=number, content_hash=seen["content_hash"], by=aid.house.approver)
    return number


async def asked(aid: Aid, kind: Any, target: str) -> dict[str, Any]:
    by = aid.house.caseworker if kind == "roster" else aid.house.cashier
    answer = await branch_reversals.request(kind=kind, target=target, cause="录错了一笔", by=by)
    assert (answer.status, answer.body["status"]) == (201, "waiting")
    return {name: answer.body[name] for name in ("number", "content_hash")}


async def undone(aid: Aid, kind: Any, target: str) -> None:
    answer = await branch_reversals.confirm(**await asked(aid, kind, target), by=aid.house.approver2)
    assert answer.body["status"] == "confirmed"


async def money() -> dict[str, int]:
    seen = await figures.of(None, None)
    return {name: seen.equation[name].money_fen for name in ("advanced", "aid", "unspent")} | {
        "people": seen.people,
        "visits": seen.equation.times,
    }


async def right() -> None:
    assert await verify.run() == []
    assert await books_verify.run() == []


async def newest() -> dict[str, Any]:
    body: dict[str, Any] = json.loads(await reading.value("SELECT body FROM entry ORDER BY seq DESC LIMIT 1"))
    return body


async def test_a_reversed_roster_counts_nowhere_and_a_right_one_takes_its_place(branch: Aid) -> None:
    gift = await reading.value("SELECT seq FROM entry WHERE kind = 'gift.cash'")
    voucher = await advanced(branch)
    before = await money()
    number = await confirmed(branch, voucher, Line("HH-T001", 200_000))
    assert (await money())["people"] == 1
    (use,) = await uses.of_gifts(await tracing.gift_uses(gift))
    assert use.kind == "aid"
    await undone(branch, "roster", number)
    body = await newest()
    assert body["kind"] == "roster.reversal"
    assert body["postings"] == [["5101/P03/F-GEN", "CNY", -200_000], ["1122/FH-T01/F-GEN", "CNY", 200_000]]
    assert await money() == before
    checked = await printed_rosters.checked(number)
    assert checked is not None
    assert checked["state"]["label"] == "已冲销"
    (use,) = await uses.of_gifts(await tracing.gift_uses(gift))
    assert (use.kind, use.rostered_fen) == ("advanced", 0)
    await right()
    today = clock.today().isoformat()
    period, seq = Filters.of(today, today), await reading.value("SELECT seq FROM head")
    rows = (await disbursements.page(period, seq, None, 10)).rows
    assert [(row["cash_fen"], row["recipients"], row["signed"]) for row in rows] == [
        (200_000, 1, "已冲销"), (-200_000, -1, "已冲销"),
    ]  # fmt: skip
    totals = await disbursements.totals(period, seq)
    assert (totals.sums["cash_fen"], totals.sums["recipients"], totals.differences) == (0, 0, [])
    await confirmed(branch, voucher, fen=200_000, people=12)
    assert (await money())["visits"] == 12
    await right()


async def test_the_public_counts_the_payments_that_stand(branch: Aid) -> None:
    """A reversal is a line of the register and no payment; a month that only took back says so."""
    voucher = await advanced(branch)
    first = await confirmed(branch, voucher, fen=60_000, people=12)
    assert await reached() == ["12 人次受益"]
    second = await confirmed(branch, voucher, fen=50_000, people=10)
    assert await reached() == ["当月共 2 笔，22 人次受益"]
    await undone(branch, "roster", second)
    assert await reached() == ["12 人次受益"]
    with clock.fixed(clock.now() + timedelta(days=40)):
        await undone(branch, "roster", first)
        assert await reached() == ["冲销以前月份的拨付", "12 人次受益"]
        assert [use.amount_fen for use in await uses.of_funds(["F-GEN"])] == [-60_000, 60_000]
    await right()
    assert await reports_verify.run() == []


async def reached() -> list[str]:
    return [use.reached for use in await uses.of_funds(["F-GEN"])]


async def test_a_reversed_return_stands_with_the_branch_again_and_the_shares_are_exact(branch: Aid) -> None:
    gift = await reading.value("SELECT seq FROM entry WHERE kind = 'gift.cash'")
    voucher = await advanced(branch)
    before = await money()
    number = await given_back(branch, voucher, 80_000)
    (use,) = await tracing.gift_uses(gift)
    assert use.amount_fen == 120_000
    other, _ = await branch.approved(amount_fen=50_000)  # uses some of what came back
    await branch.pay(other, "ICBC-F8")
    await undone(branch, "return", number)
    body = await newest()
    assert body["kind"] == "return.reversal"
    assert body["postings"] == [["1002/ICBC-01/F-GEN", "CNY", -80_000], ["1122/FH-T01/F-GEN", "CNY", 80_000]]
    assert body["flows"]["spent"] == [["F-GEN", [[170_000, 250_000]]]]
    now = await money()
    assert (now["advanced"], now["unspent"]) == (before["advanced"], before["unspent"] - 50_000)
    shares = {use.of_fen: use.amount_fen for use in await uses.of_gifts(await tracing.gift_uses(gift))}
    assert shares == {200_000: 200_000, 50_000: 50_000}
    await right()
    await given_back(branch, voucher, 100_000)  # the bank's number is free again
    (use, _) = await tracing.gift_uses(gift)
    assert use.amount_fen == 100_000
    await right()


async def test_what_came_back_and_was_used_does_not_stand_with_the_branch_again(branch: Aid) -> None:
    voucher = await advanced(branch)
    number = await given_back(branch, voucher, 80_000)
    other, _ = await branch.approved(amount_fen=380_000)
    await branch.pay(other, "ICBC-F8")
    seen = await asked(branch, "return", number)
    await refused("fund.short", branch_reversals.confirm(**seen, by=branch.house.approver))
    await right()


@pytest.mark.parametrize("kind", ["roster", "return"])
async def test_one_person_alone_takes_nothing_back(branch: Aid, kind: Any) -> None:
    voucher = await advanced(branch)
    booked = (
        confirmed(branch, voucher, fen=80_000, people=3) if kind == "roster" else given_back(branch, voucher, 80_000)
    )
    target = await booked
    step = {"kind": kind, "target": target, "cause": "错"}
    await refused("not_yours", branch_reversals.request(**step, by=branch.house.approver))
    seen = await asked(branch, kind, target)
    by = branch.house.caseworker if kind == "roster" else branch.house.cashier
    await refused("branch_reversal.waiting", branch_reversals.request(**step, by=by))
    both = type(by)(by.key, by.name, by.roles | branch.house.approver.roles)
    await refused("step.own", branch_reversals.confirm(**seen, by=both))
    wrong = {**seen, "content_hash": "0" * 64}
    await refused("content.changed", branch_reversals.confirm(**wrong, by=branch.house.approver))
    await refused(
        "step.not_yours", branch_reversals.withdraw(number=seen["number"], reason="x", by=branch.house.approver)
    )
    await branch_reversals.refuse(**seen, reason="没有错", by=branch.house.approver)
    await refused("step.decided", branch_reversals.withdraw(number=seen["number"], reason="x", by=by))
    seen = await asked(branch, kind, target)
    await branch_reversals.withdraw(number=seen["number"], reason="看错了", by=by)
    await right()
    await undone(branch, kind, target)
    await refused("branch_reversal.not_booked", branch_reversals.request(**step, by=by))
    await right()


async def test_of_two_that_wait_only_what_is_there_is_confirmed_and_both_persons_are_warned(
    branch: Aid, web: Any
) -> None:
    voucher = await advanced(branch)
    first, seen = await recorded(branch.house, voucher, roster(150_000, 12))
    warning = "超过还在分会的 2,000.00 元"
    pages = [
        ("caseworker", f"/advances/{voucher}"),
        ("approver", f"/rosters/{first}"),
        ("caseworker", f"/rosters/{first}"),
    ]
    for who, path in pages:
        assert warning not in (await web.as_(who).get(path)).text
    back = (await returned(branch, voucher, 50_001)).body
    for who, path in [
        *pages,
        ("approver", f"/branch-returns/{back['number']}"),
        ("caseworker", f"/advances/{voucher}/roster"),
    ]:
        assert warning in (await web.as_(who).get(path)).text, path
    assert (await web.as_("cashier").get(f"/api/v1/aid/advances/{voucher}")).json()["waiting_fen"] == 200_001
    await rosters.confirm(number=first, content_hash=seen, by=branch.house.approver)
    call = branches.confirm(number=back["number"], content_hash=back["content_hash"], by=branch.house.approver)
    await refused("return.exceeds", call)
    await branches.withdraw(number=back["number"], reason="录重了", by=branch.house.cashier)
    await right()


async def test_what_waits_is_withdrawn_by_whoever_wrote_it_down_with_a_reason_that_stays(branch: Aid) -> None:
    voucher, house = await advanced(branch), branch.house
    number, seen = await recorded(house, voucher, roster(150_000, 12))
    await refused("not_yours", rosters.withdraw(number=number, reason="x", by=house.approver))
    await rosters.withdraw(number=number, reason="录了两次", by=house.caseworker)
    kept = await reading.value("SELECT reason FROM branch_roster WHERE number = $1", number)
    assert sealed.unseal("branch_roster", "reason", number, kept) == "录了两次"
    await refused("roster.decided", rosters.confirm(number=number, content_hash=seen, by=house.approver))
    back = (await returned(branch, voucher, 10)).body
    both = type(house.cashier)(house.cashier.key, "", house.cashier.roles | house.approver.roles)
    shown = {"number": back["number"], "content_hash": back["content_hash"]}
    await refused("step.own", branches.confirm(**shown, by=both))
    await refused("content.changed", branches.confirm(**{**shown, "content_hash": "0" * 64}, by=house.approver))
    (task,) = await desk.others_to_confirm(house.approver)
    assert task.href == f"/branch-returns/{back['number']}"
    await branches.refuse(**shown, reason="没有到账", by=house.approver)
    await refused("step.decided", branches.confirm(**shown, by=house.approver))
    assert await desk.others_to_confirm(house.approver) == []
    await right()


async def test_pages_and_calls_take_back_what_is_booked(branch: Aid, web: Any) -> None:
    voucher = await advanced(branch)
    number = await confirmed(branch, voucher, fen=80_000, people=3)
    client, other = web.as_("caseworker"), web.as_("approver2")
    assert f"/rosters/{number}/reverse" in (await client.get(f"/rosters/{number}")).text
    assert (await client.post(f"/rosters/{number}/reverse", data={"reason": ""})).status_code == 422
    answer = await client.post(f"/rosters/{number}/reverse", data={"reason": "第 3 行抄错了"})
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    assert "第 3 行抄错了" in (await other.get(address)).text
    assert "同意冲销" not in (await client.get(address)).text
    shown = (await other.get(f"/api/v1/aid{address}")).json()
    assert (shown["target"], shown["status"], shown["amount_fen"]) == (number, "waiting", 80_000)
    seen = {"content_hash": shown["content_hash"]}
    assert (await other.post(f"{address}/confirm", data=seen)).status_code == 303
    page = (await client.get(f"/rosters/{number}")).text
    assert "已冲销" in page
    assert address in page
    back = await given_back(branch, voucher, 30_000)
    key, why = {"Idempotency-Key": "u" * 20}, {"reason": "退到别的户了"}
    answer = await web.as_("cashier").post(f"/api/v1/aid/branch-returns/{back}/reverse", json=why, headers=key)
    assert answer.status_code == 201, answer.text
    waits = answer.json()
    assert waits["number"] in (await other.get("/advances")).text
    seen = {"content_hash": waits["content_hash"]}
    path = f"/api/v1/aid/branch-reversals/{waits['number']}/confirm"
    answer = await other.post(path, json=seen)
    assert (answer.status_code, answer.json()["status"]) == (201, "confirmed"), answer.text
    assert (await client.get(f"/api/v1/aid/advances/{voucher}")).json()["open_fen"] == 200_000
    await right()


PLANTED = [
    ("：与其分录不符", "UPDATE branch_reversal SET decided_by = 'x'"),
    ("：与其分录不符", "UPDATE branch_reversal SET decided_at = made_at"),
    ("：理由打不开", "UPDATE branch_reversal SET cause = (SELECT place FROM branch_roster)"),
    ("：编号与年度不符", "UPDATE branch_reversal SET year = 2020"),
    ("：已冲销，却没有核对过的冲销申请", "DELETE FROM branch_reversal"),
    ("是冲销花名册或退回的款，却没有登记", "DELETE FROM branch_reversal"),
    ("年冲销申请共", "UPDATE series SET next = next + 1 WHERE name = 'branch_reversal'"),
    ("预拨登记的花名册金额与花名册不符", "UPDATE branch_roster SET status = 'confirmed'"),
]


@pytest.mark.parametrize(("rule", "statement"), PLANTED)
async def test_verify_names_a_reversal_that_was_tampered_with(branch: Aid, rule: str, statement: str) -> None:
    await undone(branch, "roster", await confirmed(branch, await advanced(branch), fen=80_000, people=3))
    await right()
    async with tampered(statement):
        assert [failure for failure in await verify.run() if rule in failure.words], rule
    await right()


async def test_two_returns_of_one_bank_number_do_not_wait_beside_each_other(branch: Aid) -> None:
    voucher = await advanced(branch)
    first = (await returned(branch, voucher, 100, "ICBC-R1")).body["number"]
    await refused("return.waits", returned(branch, voucher, 200, "icbc r1"))
    both = await asyncio.gather(*(returned(branch, voucher, 100, "ICBC-R2") for _ in range(3)), return_exceptions=True)
    assert [isinstance(one, Refusal) for one in both].count(False) == 1
    await returned(branch, voucher, 100, "", paid_into="1001/-")
    await returned(branch, voucher, 100, "", paid_into="1001/-")
    await branches.withdraw(number=first, reason="录错了", by=branch.house.cashier)
    await returned(branch, voucher, 200, "ICBC-R1")
