"""How refunds are booked and paid: every cause in its year, spent or not, who pays it and from where."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aid.given import gift_to
from cast import Cast
from giving.given import all_is_well, approved, balance, code_of, give, paid, refunded, requested, spend, today
from whole.given import verify_failures

from charity import clock, settings
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.giving import donations, receipts, refunds
from charity.ledger import accounts as acc
from charity.ledger import places, tracing
from charity.ledger.state import Flows, State
from charity.ledger.tracing import GiftState
from charity.ledger.writer import Answer, Command, Wants, submit
from charity.roles import SYSTEM, Actor, Role

EVE = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
"""The last second of 2026 in Shanghai."""
NEW_YEAR = EVE + timedelta(seconds=1)


async def postings(kind: str) -> list[tuple[str, int]]:
    """The postings of the last entry of this kind."""
    return [
        (row[0], row[1])
        for row in await reading.tuples(
            "SELECT a.code, p.quantity FROM posting p JOIN account a ON a.id = p.account "
            "WHERE p.seq = (SELECT MAX(seq) FROM entry WHERE kind = $1) ORDER BY p.n",
            kind,
        )
    ]


async def by_wechat(house: Cast, fen: int = 1_000, **changes: Any) -> Any:
    return await give(house, fen, channel="wechat", channel_ref="WX-1", campaign="dream-2026", **changes)


CAUSES = [
    # cause, year, debited chart
    ("mistaken", "same", "4101"),
    ("outside", "same", "4101"),
    ("own_fault", "same", "5301"),
    ("mistaken", "earlier", "3201"),
    ("outside", "earlier", "3201"),
    ("own_fault", "earlier", "5301"),
]


@pytest.mark.parametrize(("cause", "year", "debit"), CAUSES)
async def test_each_cause_has_its_entry_in_the_year_of_the_gift_and_after(
    house: Cast, cause: str, year: str, debit: str
) -> None:
    answer = await by_wechat(house)
    with clock.fixed(EVE if year == "same" else NEW_YEAR):
        number = await requested(house, answer, 400, cause)
        await approved(number, house.approver)
        assert await postings("gift.refund") == [(f"{debit}/-/F-EDU", 400), ("2209/-/F-EDU", -400)]
        await paid(house, number, paid_from="1009/WECHAT")
        assert await postings("refund.paid") == [("2209/-/F-EDU", 400), ("1009/WECHAT/F-EDU", -400)]
    days = await reading.value("SELECT SUM(amount_fen) FROM day_sum WHERE register = 'donations'")
    assert int(days) == (600 if debit == "4101" else 1_000)
    assert await verify_failures() == []


async def test_the_year_is_that_of_the_books_which_took_the_gift(house: Cast) -> None:
    """A gift of December in books that were closed by then stands in January."""
    closed = "UPDATE head SET closed_through = '2026-12-31' WHERE id = 1 RETURNING id"
    await transactions.run(lambda tx: tx.rows(closed))
    with clock.fixed(NEW_YEAR):
        answer = await give(house, 1_000, campaign="everyday", received_on="2026-12-31")
        await approved(await requested(house, answer, 1_000), house.approver)
    assert await postings("gift.refund") == [("4101/-/F-GEN", 1_000), ("2209/-/F-GEN", -1_000)]


async def test_a_setting_says_where_an_earlier_years_gift_goes_for_outside_causes(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARITY_REFUND_EARLIER_YEAR", "4101")
    settings.reset()
    for cause, debit in (("outside", "4101"), ("mistaken", "3201")):
        answer = await give(house, 1_000)
        with clock.fixed(NEW_YEAR):
            await approved(await requested(house, answer, 1_000, cause), house.approver)
            assert (await postings("gift.refund"))[0] == (f"{debit}/-/F-GEN", 1_000)
    monkeypatch.setenv("CHARITY_REFUND_EARLIER_YEAR", "2209")
    settings.reset()
    with pytest.raises(ValueError, match="refund_earlier_year"):
        settings.settings()
    monkeypatch.undo()
    settings.reset()


@pytest.mark.parametrize("cause", ["mistaken", "own_fault"])
async def test_what_is_spent_is_owed_and_paid_by_the_general_fund_from_its_own_places(house: Cast, cause: str) -> None:
    other = await give(house, 5_000)
    answer = await give(house, 1_000, campaign="dream-2026")
    await spend("F-EDU", 700, "P01")
    number = await requested(house, answer, 900, cause)
    await approved(number, house.approver)
    debit = "4101" if cause == "mistaken" else "5301"
    assert await postings("gift.refund") == [
        (f"{debit}/-/F-EDU", 900),
        ("2209/-/F-EDU", -300),
        ("2209/-/F-GEN", -600),
        ("3102/-/F-EDU", -600),
        ("3101/-/F-GEN", 600),
    ]
    await paid(house, number)
    assert await postings("refund.paid") == [
        ("2209/-/F-EDU", 300), ("2209/-/F-GEN", 600), ("1001/-/F-EDU", -300), ("1001/-/F-GEN", -600),
    ]  # fmt: skip
    assert [await balance(f"1001/-/{fund}") for fund in ("F-EDU", "F-GEN")] == [0, 4_400]
    gifts = [await donations.get(a.body["id"], by=SYSTEM) for a in (answer, other)]
    assert await tracing.gift_state(gifts[0].seq) == GiftState(1_000, 100, 900, 0)
    assert await tracing.gift_state(gifts[1].seq) == GiftState(5_000, 600, 0, 4_400)
    assert await all_is_well() == []


async def test_agency_money_goes_back_from_the_debt_whatever_the_cause_and_year(house: Cast) -> None:
    answer = await give(house, 500, campaign="wenchuan-2008")
    with clock.fixed(NEW_YEAR):
        await refunded(house, answer, 200, cause="own_fault")
    assert await postings("gift.refund") == [("2601/-/F-WC08", 200), ("2209/-/F-WC08", -200)]
    assert await verify_failures() == []


@pytest.mark.parametrize("settled", [False, True])
async def test_a_chargeback_is_taken_where_the_money_lies_and_needs_no_cashier(house: Cast, *, settled: bool) -> None:
    answer = await by_wechat(house)
    if settled:
        await give(house, 1_000, campaign="dream-2026", channel="bank", channel_ref="B1")
        await _spend_from("1009/WECHAT/F-EDU", 300)
    number = await requested(house, answer, 701 if settled else 1_000, "chargeback")
    if settled:  # of the gift 300 are spent, so F-GEN pays one fen
        await give(house, 1_000, channel="bank", channel_ref="B2")
    done = await approved(number, house.approver)
    assert done.body["status"] == "refunded"
    assert await postings("gift.refund") == (
        [
            ("4101/-/F-EDU", 701),
            ("1009/WECHAT/F-EDU", -700),
            ("1002/ICBC-01/F-GEN", -1),
            ("3102/-/F-EDU", -1),
            ("3101/-/F-GEN", 1),
        ]
        if settled
        else [("4101/-/F-EDU", 1_000), ("1009/WECHAT/F-EDU", -1_000)]
    )
    with pytest.raises(Refusal, match=r"refund\.not_approved"):
        await paid(house, number, paid_from="1002/ICBC-01")
    assert await all_is_well() == []


async def _spend_from(account: str, fen: int) -> None:
    fund = acc.fund(account)

    def decide(state: State) -> Answer:
        lines = [(acc.money("5101", fund), "CNY", fen), (account, "CNY", -fen)]
        facts = {"programme": "P01", "recipients": 1}
        state.post(
            "voucher.paid", lines, effective_on=today(), actor="x", facts=facts, flows=Flows(spend=[(fund, fen)])
        )
        return Answer(201, {})

    await submit(Command(decide, Wants(holdings=[(account, "CNY")], funds=[fund])))


async def test_cash_cannot_be_charged_back(house: Cast) -> None:
    answer = await give(house)
    with pytest.raises(Refusal) as refused:
        await requested(house, answer, 100, "chargeback")
    assert (code_of(refused), refused.value.fields[0].field) == ("refund.chargeback_cash", "cause")


async def test_neither_requester_nor_approver_pays_and_only_what_is_approved_is_paid_once(house: Cast) -> None:
    answer = await give(house, 1_000)
    number = await requested(house, answer, 300)
    both = Actor(house.approver.key, "两职", frozenset({Role.APPROVER, Role.CASHIER}))
    asker = Actor(house.accountant.key, "两职", frozenset({Role.CASHIER}))
    for by, code in ((asker, "refund.payer"), (house.cashier, "refund.not_approved")):
        with pytest.raises(Refusal) as refused:
            await paid(house, number, by)
        assert code_of(refused) == code
    await approved(number, house.approver)
    for by in (both, asker):
        with pytest.raises(Refusal) as refused:
            await paid(house, number, by)
        assert code_of(refused) == "refund.payer"
    with pytest.raises(Refusal, match="not_yours"):
        await paid(house, number, house.accountant2)
    outcomes = await asyncio.gather(paid(house, number), paid(house, number, house.cashier2), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Answer", "Refusal"]
    assert await balance("1001/-/F-GEN") == 700
    assert await verify_failures() == []


async def test_a_refund_is_paid_on_no_day_before_its_approval_and_none_to_come(house: Cast) -> None:
    answer = await give(house, 1_000)
    number = await requested(house, answer, 300)
    await approved(number, house.approver)
    today = clock.today()
    for day, code in (
        (today - timedelta(days=1), "refund.paid_before_approval"),
        (today + timedelta(days=1), "refund.paid_in_future"),
    ):
        with pytest.raises(Refusal) as refused:
            await paid(house, number, paid_on=day)
        assert (code_of(refused), refused.value.fields[0].field) == (code, "paid_on")
    await paid(house, number, paid_on=today)
    row = await reading.only("SELECT paid_on, paid_from, channel, channel_ref, paid_by, status FROM refund")
    assert row == {
        "paid_on": today.isoformat(), "paid_from": "1001/-", "channel": "cash", "channel_ref": "",
        "paid_by": house.cashier.key, "status": "refunded",
    }  # fmt: skip


async def test_a_payment_number_belongs_to_one_payment_in_any_writing_and_cash_has_none(house: Cast) -> None:
    await give(house, 9_000, channel="bank", channel_ref="ICBC-0001")
    answer = await give(house, 1_000, channel="bank", channel_ref="ICBC-0002")
    numbers = [await requested(house, answer, 100), await requested(house, answer, 200)]
    for number in numbers:
        await approved(number, house.approver)
    for changes, code, field in (
        ({"channel_ref": "icbc 0001"}, "channel.ref_used", "channel_ref"),
        ({"channel_ref": " - "}, "channel.ref_needed", "channel_ref"),
        ({"paid_from": "1001/-", "channel_ref": "X"}, "refund.cash_ref", "channel_ref"),
        ({"paid_from": "1009/WECHAT"}, "refund.place", "paid_from"),
        ({"paid_from": "1002/NONE"}, "fields.unreadable", "paid_from"),
        ({"paid_from": "1001/-", "channel_ref": ""}, "fund_place.short", None),
    ):
        with pytest.raises(Refusal) as refused:
            await paid(house, numbers[0], **changes)
        assert code_of(refused) == code
        assert [error.field for error in refused.value.fields] == ([field] if field else [])
    await paid(house, numbers[0], channel_ref="ICBC-0003")
    with pytest.raises(Refusal, match=r"channel\.ref_used"):
        await paid(house, numbers[1], channel_ref="icbc0003")
    with pytest.raises(Refusal, match=r"channel\.ref_used"):
        await give(house, 1_000, channel="bank", channel_ref="ＩＣＢＣ 0003")
    await paid(house, numbers[1], channel_ref="ICBC-0004")
    assert await verify_failures() == []


async def test_the_bank_account_that_is_marked_pays_back_what_did_not_come_in_cash(house: Cast, web: Any) -> None:
    await give(house, 5_000)
    answer = await give(house, 1_000, campaign="dream-2026", channel="bank", channel_ref="ICBC-0001")
    number = await requested(house, answer, 400)
    await _spend_from("1002/ICBC-01/F-EDU", 700)
    await approved(number, house.approver)
    await transactions.run(lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建设银行专户"))
    await transactions.run(lambda tx: places.pay_from(tx, "1002/CCB-02"))
    page = (await web.as_("cashier").get(f"/refunds/{number}/pay")).text
    assert re.findall(r'<option value="(1[^"]*)"( selected)?>([^<]*)', page) == [
        ("1002/CCB-02", " selected", "建设银行专户，现有 F-EDU ¥0.00；F-GEN ¥0.00"),
        ("1001/-", "", "现金，现有 F-EDU ¥0.00；F-GEN ¥50.00"),
        ("1002/ICBC-01", "", "工商银行基本户，现有 F-EDU ¥3.00；F-GEN ¥0.00"),
    ]
    with pytest.raises(Refusal, match=r"fund_place\.short") as short:
        await paid(house, number)
    assert f"{short.value.facts['place']}" == "建设银行专户"
    for fund, fen in (("F-EDU", 300), ("F-GEN", 100)):
        await gift_to(fund, fen, "1002/CCB-02")
    await paid(house, number)
    assert await reading.value("SELECT paid_from FROM refund") == "1002/CCB-02"
    assert (await balance("1002/CCB-02/F-EDU"), await balance("1002/CCB-02/F-GEN")) == (0, 0)
    cash = await requested(house, await give(house, 100), 100)
    await approved(cash, house.approver)
    await paid(house, cash)
    assert await reading.value("SELECT paid_from FROM refund WHERE number = $1", cash) == "1001/-"


async def test_what_changed_since_it_was_shown_is_said_and_nothing_is_posted(house: Cast) -> None:
    await give(house, 5_000)
    answer = await give(house, 1_000, campaign="dream-2026")
    number = await requested(house, answer, 400)
    seen = await refunds.content_hash(number)
    await spend("F-EDU", 700, "P01")
    with pytest.raises(Refusal) as refused:
        await refunds.approve(number, content_hash=seen, by=house.approver)
    assert code_of(refused) == "content.changed"
    assert refused.value.now is not None
    assert refused.value.now.facts["paid_from"] == {"F-EDU": 300, "F-GEN": 100}
    with pytest.raises(Refusal, match=r"content\.changed"):
        await refunds.reject(number, reason="不符", content_hash=seen, by=house.approver)
    await refunds.approve(number, content_hash=refused.value.now.content_hash, by=house.approver)
    with pytest.raises(Refusal, match=r"content\.changed"):
        await paid(house, number, content_hash=refused.value.now.content_hash)
    await paid(house, number)
    assert await all_is_well() == []


async def test_two_approvers_at_once_approve_it_once(house: Cast) -> None:
    answer = await give(house, 1_000)
    number = await requested(house, answer, 400)
    seen = await refunds.content_hash(number)
    outcomes = await asyncio.gather(
        *(refunds.approve(number, content_hash=seen, by=by) for by in (house.approver, house.approver2)),
        return_exceptions=True,
    )
    assert [getattr(outcome, "code", "") for outcome in outcomes] == ["", "refund.done"]
    assert await balance("2209/-/F-GEN") == -400


async def test_a_receipt_that_is_issued_anew_names_who_took_the_money(house: Cast) -> None:
    answer = await give(house, 1_000)
    await refunded(house, answer, 400)
    gift = await donations.get(answer.body["id"], by=SYSTEM)
    assert gift.receipt_id is not None
    receipt = await receipts.get(gift.receipt_id)
    old = await receipts.get(answer.body["receipt"]["code"])
    assert (receipt.handler, old.ended_by) == (house.cashier.key, house.approver.key)


async def test_a_refund_is_found_by_its_state_cause_and_receipt_and_stays_in_the_list(house: Cast) -> None:
    answer, other = await give(house, 1_000), await give(house, 1_000)
    first = await refunded(house, answer, 100)
    second = await requested(house, answer, 200, "outside")
    await refunds.reject(second, reason="已协商不退", by=house.approver)
    third = await requested(house, other, 300)

    async def listed(limit: int = 9, **filters: str) -> list[str]:
        return [row.number for row in await refunds.page(refunds.Filters(**filters), limit, by=house.approver)]

    assert await listed() == [third, second, first]
    assert await listed(1) == [third]
    assert await listed(after=third) == [second, first]
    assert await listed(status="rejected") == [second]
    assert await listed(cause="mistaken") == [third, first]
    assert await listed(number=other.body["receipt"]["number"].lower()) == [third]
    assert await listed(number="CS-2026-999999") == []
    assert await refunds.page(refunds.Filters(), 9, by=house.clerk) == []


async def test_the_day_of_a_refund_is_that_of_shanghai(house: Cast) -> None:
    answer = await give(house, 1_000)
    with clock.fixed(NEW_YEAR):
        number = await refunded(house, answer, 100)
    assert number == "TK-2027-000001"
    row = await reading.only("SELECT paid_on, approved_at FROM refund")
    assert (row["paid_on"], row["approved_at"][:19]) == ("2027-01-01", "2026-12-31T16:00:00")
    entry = await reading.value("SELECT effective_on FROM entry WHERE kind = 'refund.paid'")
    assert entry == "2027-01-01"
    assert await all_is_well() == []
