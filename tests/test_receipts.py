"""Receipts and refunds: numbers, ends, replacements, and money that goes back."""

import pytest
from test_giving import TODAY, balance, code_of, entries, give

from charity import clock
from charity.db import reading, sealed, transactions
from charity.disclosure import verify as public_verify
from charity.errors import Refusal
from charity.giving import campaigns, donations, receipts, refunds, verify
from charity.ledger import accounts as acc
from charity.ledger import tracing
from charity.ledger import verify as ledger_verify
from charity.ledger.state import Flows
from charity.ledger.writer import Answer, Command, Wants, submit
from charity.people.persons import Donor


async def spend(fund: str, fen: int, programme: str, seq_actor: str = "x") -> None:
    def decide(state):
        state.post(
            "voucher.paid",
            [(acc.money("5101", fund), "CNY", fen), (acc.money("1001", fund), "CNY", -fen)],
            effective_on=TODAY,
            actor=seq_actor,
            facts={"programme": programme, "recipients": 3},
            flows=Flows(spend=[(fund, fen)]),
        )
        return Answer(201, {})

    await submit(Command(decide, wants=Wants(funds=[fund])))


async def all_is_well() -> list[str]:
    failures = [*await ledger_verify.run(), *await verify.run(), *await public_verify.run()]
    return [f"{f.invariant}: {f.words}" for f in failures]


async def test_a_voided_receipt_stays_and_its_gift_is_on_none(house):
    answer = await give(house)
    code = answer.body["receipt"]["code"]
    await receipts.void(code, reason="抬头写错", by=house.accountant)
    row = await receipts.get(code)
    assert (row.status, row.ended_by) == ("voided", house.accountant.key)
    assert sealed.unseal("receipt", "reason", code, row.reason) == "抬头写错"
    assert (await donations.get(answer.body["id"])).receipt is None
    assert await all_is_well() == []
    with pytest.raises(Refusal) as refused:
        await receipts.void(code, reason="再来", by=house.accountant)
    assert code_of(refused) == "receipt.ended"


async def test_a_replaced_receipt_and_the_new_one_name_each_other(house):
    answer = await give(house, 8_800)
    old = answer.body["receipt"]["code"]
    made = await receipts.replace(old, reason="错字", donor=Donor("person", "王晓明"), by=house.accountant)
    new = await receipts.get(made.body["code"])
    before = await receipts.get(old)
    assert (before.status, before.replaced_by) == ("replaced", new.code)
    assert (new.status, new.replaces, new.amount_fen) == ("issued", old, 8_800)
    assert new.number.endswith("000002")
    assert (await donations.get(answer.body["id"])).receipt == new.code
    assert [g["key"] for g in await receipts.gifts(new.code)] == [answer.body["id"]]
    assert await entries() == 1
    assert await all_is_well() == []


@pytest.mark.parametrize("who", ["cashier", "approver", "auditor", "clerk"])
async def test_only_an_accountant_voids(house, who):
    code = (await give(house)).body["receipt"]["code"]
    with pytest.raises(Refusal) as refused:
        await receipts.void(code, reason="x", by=getattr(house, who))
    assert refused.value.status == 403
    assert (await receipts.get(code)).status == "issued"


async def test_a_receipt_is_not_voided_without_a_reason(house):
    code = (await give(house)).body["receipt"]["code"]
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Refusal) as refused:
            await receipts.void(code, reason=reason, by=house.accountant)
        assert code_of(refused) == "reason.needed"


async def test_delivery_is_noted_and_keeping_a_receipt_needs_a_reason(house):
    code = (await give(house)).body["receipt"]["code"]
    await receipts.deliver(code, delivery="handed", by=house.cashier)
    assert (await receipts.get(code)).delivery == "handed"
    with pytest.raises(Refusal) as refused:
        await receipts.deliver(code, delivery="kept_undelivered", by=house.cashier)
    assert code_of(refused) == "receipt.delivery_note"
    await receipts.deliver(code, delivery="kept_undelivered", note="捐赠人匿名", by=house.cashier)
    row = await receipts.get(code)
    assert sealed.unseal("receipt", "delivery_note", code, row.delivery_note) == "捐赠人匿名"


async def test_the_list_pages_through_all_receipts_once(house):
    numbers = [(await give(house)).body["receipt"]["number"] for _ in range(5)]
    seen: list[str] = []
    after = ""
    while page := await receipts.page(receipts.Filters(after=after), 2):
        seen += [r["number"] for r in page]
        after = seen[-1]
    assert seen == numbers[::-1]
    found = await receipts.page(receipts.Filters(number="000003", status="issued", from_on=TODAY, to_on=TODAY), 9)
    assert [r["number"] for r in found] == [numbers[2]]


# -- refunds ------------------------------------------------------------------------------------------


async def requested(house, answer: Answer, fen: int) -> str:
    asked = await refunds.request(answer.body["id"], amount_fen=fen, reason="重复付款", by=house.accountant)
    return str(asked.body["number"])


async def test_a_request_posts_nothing(house):
    answer = await give(house)
    asked = await refunds.request(answer.body["id"], amount_fen=100, reason="重复付款", by=house.accountant)
    assert (asked.status, asked.body["status"]) == (201, "requested")
    assert asked.body["number"] == f"TK-{clock.today().year}-000001"
    assert await entries() == 1


async def test_a_whole_refund_voids_the_receipt_and_shows_in_the_figures(house):
    answer = await give(house, 10_000, campaign="dream-2026")
    done = await refunds.approve(await requested(house, answer, 10_000), by=house.accountant2)
    assert done.body["status"] == "refunded"
    assert await balance("1001/-/F-EDU") == 0
    assert await balance("4101/-/F-EDU") == 0
    assert (await receipts.get(answer.body["receipt"]["code"])).status == "voided"
    gift = await donations.get(answer.body["id"])
    assert (gift.status, gift.refunded_fen, gift.receipt) == ("refunded", 10_000, None)
    figures = (await campaigns.get("dream-2026")).figures
    assert (figures.received_fen, figures.refunded_fen, figures.net_fen) == (10_000, 10_000, 0)
    assert await all_is_well() == []


async def test_a_part_refund_replaces_the_receipt_by_one_over_what_remains(house):
    answer = await give(house, 10_000)
    await refunds.approve(await requested(house, answer, 4_000), by=house.approver)
    old = await receipts.get(answer.body["receipt"]["code"])
    assert old.status == "replaced"
    assert old.replaced_by is not None
    assert (await receipts.get(old.replaced_by)).amount_fen == 6_000
    await refunds.approve(await requested(house, answer, 6_000), by=house.approver)
    assert (await receipts.get(old.replaced_by)).status == "voided"
    assert await all_is_well() == []


async def test_the_requester_cannot_approve_and_nothing_is_posted(house):
    answer = await give(house)
    number = await requested(house, answer, 100)
    with pytest.raises(Refusal) as refused:
        await refunds.approve(number, by=house.accountant)
    assert code_of(refused) == "refund.same_person"
    assert await entries() == 1


async def test_a_refund_is_approved_once(house):
    answer = await give(house)
    number = await requested(house, answer, 100)
    await refunds.approve(number, by=house.approver)
    with pytest.raises(Refusal) as refused:
        await refunds.approve(number, by=house.approver2)
    assert code_of(refused) == "refund.done"


async def test_requests_together_never_ask_for_more_than_the_gift(house):
    answer = await give(house, 10_000)
    await requested(house, answer, 7_000)
    with pytest.raises(Refusal) as refused:
        await requested(house, answer, 3_001)
    assert code_of(refused) == "refund.over"
    await requested(house, answer, 3_000)


async def test_a_rejected_request_frees_its_amount(house):
    answer = await give(house, 10_000)
    number = await requested(house, answer, 10_000)
    await refunds.reject(number, by=house.approver)
    await requested(house, answer, 10_000)
    assert await entries() == 1


async def test_the_spent_part_of_a_restricted_gift_is_paid_back_by_the_general_fund(house):
    await give(house, 50_000)
    answer = await give(house, 10_000, campaign="dream-2026")
    seq = (await donations.get(answer.body["id"])).seq
    await spend("F-EDU", 6_000, "P01")
    await refunds.approve(await requested(house, answer, 10_000), by=house.approver)
    assert await balance("1001/-/F-EDU") == 0
    assert await balance("1001/-/F-GEN") == 44_000
    state = await tracing.gift_state(seq)
    assert (state.given, state.refunded, state.spent, state.unspent) == (10_000, 10_000, 0, 0)
    assert await all_is_well() == []


async def test_the_spent_part_of_a_general_gift_is_paid_back_from_other_general_money(house):
    answer = await give(house, 10_000)
    await give(house, 20_000)
    await spend("F-GEN", 6_000, "P03")
    await refunds.approve(await requested(house, answer, 10_000), by=house.approver)
    assert await balance("1001/-/F-GEN") == 14_000
    assert await all_is_well() == []


async def test_a_refund_of_spent_money_is_refused_when_the_general_fund_is_short(house):
    answer = await give(house, 10_000, campaign="dream-2026")
    await spend("F-EDU", 6_000, "P01")
    number = await requested(house, answer, 10_000)
    with pytest.raises(Refusal) as refused:
        await refunds.approve(number, by=house.approver)
    assert code_of(refused) == "fund.short"
    assert (await receipts.get(answer.body["receipt"]["code"])).status == "issued"
    assert await entries() == 2


async def test_agency_money_goes_back_from_the_debt(house):
    answer = await give(house, 500, campaign="wenchuan-2008")
    await refunds.approve(await requested(house, answer, 500), by=house.approver)
    assert await balance("2601/-/F-WC08") == 0
    assert await all_is_well() == []


async def test_agency_money_that_was_handed_on_is_not_given_back_from_other_money(house):
    await give(house, 50_000)
    answer = await give(house, 500, campaign="wenchuan-2008")
    await spend("F-WC08", 300, "P90")
    number = await requested(house, answer, 500)
    with pytest.raises(Refusal) as refused:
        await refunds.approve(number, by=house.approver)
    assert code_of(refused) == "refund.forwarded"
    assert refused.value.facts["left_yuan"] == "2.00"
    await refunds.reject(number, by=house.approver)
    await refunds.approve(await requested(house, answer, 200), by=house.approver)
    assert await balance("1001/-/F-GEN") == 50_000
    assert await all_is_well() == []


# -- verify: a planted fault is seen -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "invariant"),
    [
        ("UPDATE receipt SET amount_fen = amount_fen + 1", "I10"),
        ("UPDATE series SET next = next + 1 WHERE name = 'receipt'", "I10"),
        ("UPDATE donation SET receipt = (SELECT MAX(code) FROM receipt WHERE code <> donation.receipt)", "I10"),
        ("UPDATE donation SET amount_fen = amount_fen + 1", "I10"),
        ("DELETE FROM channel_ref", "I7"),
        ("UPDATE campaign_figures SET received_fen = received_fen + 1 WHERE slug = 'everyday'", "I12"),
        ("UPDATE campaign_figures SET donors = donors + 1 WHERE slug = 'everyday'", "I12"),
    ],
)
async def test_verify_sees_a_planted_fault(house, fault, invariant):
    await give(house, campaign="everyday", channel="bank", channel_ref="B1")
    await give(house, campaign="everyday")
    assert await all_is_well() == []
    await transactions.run(lambda tx: tx.rows(fault))
    assert invariant in {f.invariant for f in [*await verify.run(), *await public_verify.run()]}


async def test_a_gift_on_two_valid_receipts_is_seen(house):
    await give(house)
    await give(house)
    await transactions.run(
        lambda tx: tx.rows(
            "INSERT INTO receipt_line (number, donation) SELECT r.number, d.key FROM receipt r, donation d "
            "WHERE d.receipt <> r.code"
        )
    )
    assert await reading.value("SELECT COUNT(*) FROM receipt_line") == 4
    assert "I10" in {f.invariant for f in await verify.run()}
