"""Commands that meet in one batch: what an earlier one changed, a later one must see."""

import asyncio
from typing import Any

import as_shown
import pytest
from cast import Cast
from giving.given import all_is_well, approved, balance, give, paid, requested, spend
from goods.given import DONOR, RICE
from goods.given import opened as shop_opened

from charity import clock
from charity.db import engine, reading, transactions
from charity.errors import Refusal
from charity.giving import donations, receipts, refunds
from charity.giving.models import RECEIPT_LINE, ReceiptLineRow
from charity.goods import slips
from charity.goods import verify as goods_verify
from charity.ledger import accounts as acc
from charity.ledger import tracing, writer
from charity.ledger import verify as ledger_verify
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import SYSTEM


async def valid_receipts() -> list[dict[str, Any]]:
    return await reading.rows("SELECT code, amount_fen FROM receipt WHERE status = 'issued'")


async def test_two_part_refunds_of_one_gift_approved_at_once_leave_one_receipt_over_the_rest(house: Cast) -> None:
    answer = await give(house, 10_000)
    numbers = [await requested(house, answer, fen) for fen in (1_000, 2_000)]
    done = await asyncio.gather(approved(numbers[0], house.approver), approved(numbers[1], house.approver2))
    assert [d.body["status"] for d in done] == ["approved", "approved"]
    (valid,) = await valid_receipts()
    assert valid["amount_fen"] == 7_000
    assert (await donations.get(answer.body["id"], by=SYSTEM)).receipt_id == valid["code"]
    assert await all_is_well() == []


async def test_two_refunds_of_a_spent_gift_approved_at_once_take_no_fen_twice(house: Cast) -> None:
    await give(house, 50_000)
    answer = await give(house, 10_000, campaign="dream-2026")
    await spend("F-EDU", 10_000, "P01")
    await give(house, 3_000, campaign="dream-2026")
    numbers = [await requested(house, answer, fen) for fen in (4_000, 6_000)]
    await asyncio.gather(approved(numbers[0], house.approver), approved(numbers[1], house.approver2))
    # The general fund gave it all back; what others gave to the fund since then is untouched.
    assert [await balance(f"2209/-/{fund}") for fund in ("F-GEN", "F-EDU")] == [-10_000, 0]
    await asyncio.gather(*(paid(house, number) for number in numbers))
    assert [await balance(f"1001/-/{fund}") for fund in ("F-GEN", "F-EDU")] == [40_000, 3_000]
    seq = (await donations.get(answer.body["id"], by=SYSTEM)).seq
    state = await tracing.gift_state(seq)
    assert (state.given, state.refunded, state.spent, state.unspent) == (10_000, 10_000, 0, 0)
    assert await all_is_well() == []


async def test_a_receipt_replaced_and_its_gift_refunded_at_once_end_in_one_receipt(house: Cast) -> None:
    answer = await give(house, 10_000)
    number = await requested(house, answer, 4_000)
    code = answer.body["receipt"]["code"]
    seen = await as_shown.receipt_hash(code)
    await asyncio.gather(
        receipts.replace(code, content_hash=seen, reason="抬头写错", by=house.accountant),
        approved(number, house.approver),
    )
    (valid,) = await valid_receipts()
    assert valid["amount_fen"] == 6_000
    assert await all_is_well() == []


async def test_a_receipt_replaced_and_its_goods_taken_back_at_once_leave_no_receipt(house: Cast) -> None:
    shop = await shop_opened(house)
    taken = await shop.bring_answer(RICE, 2, unit_value_fen=2650, donor=DONOR)
    code, number = taken["receipt"]["code"], taken["number"]
    seen, slip = await as_shown.receipt_hash(code), await as_shown.slip_hash(number)
    await asyncio.gather(
        receipts.replace(code, content_hash=seen, reason="抬头写错", by=house.accountant),
        slips.reverse(number=number, content_hash=slip, reason="数错", by=house.manager),
    )
    assert await valid_receipts() == []
    assert await goods_verify.run() == []
    assert await all_is_well() == []


async def test_a_request_beside_an_approval_counts_the_approved_money_once(house: Cast) -> None:
    answer = await give(house, 10_000)
    number = await requested(house, answer, 4_000)
    _, asked = await asyncio.gather(
        approved(number, house.approver),
        refunds.request(answer.body["id"], amount_fen=6_000, cause="mistaken", reason="重复付款", by=house.accountant),
    )
    assert asked.body["status"] == "requested"


async def test_a_slip_taken_back_in_the_moment_it_is_made_is_refused_in_words(house: Cast) -> None:
    shop = await shop_opened(house)
    await shop.bring(RICE, 1)
    number = f"RK-LX01-{clock.today().year}-000002"

    async def soon() -> Answer:
        for _ in range(1_000_000):
            if queue:
                return await as_shown.reverse(number=number, reason="数错", by=house.manager)
            await asyncio.sleep(0)
        pytest.fail("the intake was never queued")

    queue = writer._writer._queue  # type: ignore[union-attr]  # white box: only there two commands meet in one batch
    _, outcome = await asyncio.gather(shop.bring_answer(RICE, 3), soon(), return_exceptions=True)
    assert isinstance(outcome, Answer | Refusal), repr(outcome)
    assert await goods_verify.run() == []


# -- the writer's own memory ---------------------------------------------------------------------------


def _paid_in(place: str, *, broken: bool) -> Command:
    def decide(state: State) -> Answer:
        lines = [(acc.money("1002", "F-GEN", place), "CNY", 5), (acc.money("4101", "F-GEN"), "CNY", -5)]
        state.post("gift.cash", lines, effective_on="2026-11-20", actor="x", flows=Flows(receive=[("F-GEN", 5)]))
        if broken:  # a deferred foreign key: the database says no at COMMIT and not before
            state.add(RECEIPT_LINE, ReceiptLineRow(number="nobody", donation="nothing"))
        return Answer(201, {})

    return Command(decide, Wants(funds=["F-GEN"]))


async def test_accounts_of_a_batch_that_could_not_be_committed_are_not_remembered(house: Cast) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await submit(_paid_in("NEW-BANK", broken=True))
    await submit(_paid_in("OTHER-BANK", broken=False))
    await submit(_paid_in("NEW-BANK", broken=False))
    held = await reading.rows(
        "SELECT a.code, h.quantity FROM holding h JOIN account a ON a.id = h.account WHERE a.chart = '1002' ORDER BY 1"
    )
    assert [(r["code"], r["quantity"]) for r in held] == [("1002/NEW-BANK/F-GEN", 5), ("1002/OTHER-BANK/F-GEN", 5)]
    assert await ledger_verify.run() == []


async def test_a_key_is_looked_up_without_reading_all_keys(house: Cast) -> None:
    """The keys are kept for ever: a batch must not read the whole table to find its own."""
    seen: list[str] = []
    kind = transactions.PostgresTx if engine.state().postgres else transactions.SqliteTx
    real = kind.queries

    async def spied(tx: Any, asked: Any) -> Any:
        for sql, args in asked:
            if " idem " in sql and not sql.startswith("EXPLAIN"):
                explain = "EXPLAIN QUERY PLAN " if not tx.postgres else "EXPLAIN "
                if tx.postgres:
                    await tx.rows("SET LOCAL enable_seqscan = off")
                plan = await tx.rows(explain + sql, *args)
                seen.extend(" ".join(str(v) for v in row.values()) for row in plan)
        return await real(tx, asked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, "queries", spied)
        await give(house, idem=Idem("donation.receive:x", "k1", "f"))
    explained = "\n".join(seen)
    assert seen, "the keys were not asked for"
    if engine.state().postgres:
        assert "scope" in explained.partition("Index Cond")[2], explained
    else:
        assert "scope=?" in explained, explained


async def test_the_same_key_of_two_owners_is_two_gifts(house: Cast) -> None:
    first = await give(house, idem=Idem("donation.receive:a", "k1", "f"))
    other = await give(house, idem=Idem("donation.receive:b", "k1", "f"))
    again = await give(house, idem=Idem("donation.receive:a", "k1", "f"))
    assert again.replayed
    assert again.body == first.body != other.body


async def test_a_key_is_known_to_a_writer_that_starts_later(house: Cast) -> None:
    first = await give(house, idem=Idem("donation.receive:a", "k1", "f"))
    async with writer.running():
        again = await give(house, idem=Idem("donation.receive:a", "k1", "f"))
        with pytest.raises(Refusal) as refused:
            await give(house, idem=Idem("donation.receive:a", "k1", "other words"))
    assert again.replayed
    assert again.body == first.body
    assert refused.value.code == "idempotency.other_body"
    assert await reading.value("SELECT COUNT(*) FROM entry") == 1
