"""A fund's money in a till, a bank or with a provider never runs below zero, whoever meets in one batch."""

import asyncio
from typing import Any

import pytest
from ledger.test_ledger import BANK, DAY, books, gift, payment, refund, reversal, seq_of

from charity import words
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.ledger import accounts as acc
from charity.ledger import verify, writer
from charity.ledger.loading import Loader
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Wants

__all__ = ["books"]
EDU = "F-EDU"
HERE, TILL = acc.money(BANK, EDU, "ICBC-01"), acc.money("1001", EDU)


def cash_gift(fen: int, place: str = TILL, on: str = DAY) -> Command:
    """A gift into a place that it does not name."""

    def decide(state: State) -> Answer:
        lines = [(place, acc.CNY, fen), (acc.money("4101", EDU), acc.CNY, -fen)]
        entry = state.post("gift.cash", lines, effective_on=on, actor="a", flows=Flows(receive=[(EDU, fen)]))
        return Answer(201, {"seq": entry.seq})

    return Command(decide, Wants(funds=[EDU]))


def moved(source: str, target: str, fen: int, on: str = DAY) -> Command:
    """Money of the fund from one place to another; `load` names the places, as a verb does."""

    async def load(loader: Loader) -> None:
        await loader.money_places([source], on=on)

    def decide(state: State, _: None) -> Answer:
        lines = [(source, acc.CNY, -fen), (target, acc.CNY, fen)]
        entry = state.post("money.transfer", lines, effective_on=on, actor="a")
        return Answer(201, {"seq": entry.seq, "left": state.balance(source)})

    return Command(decide, load=load)


async def held(place: str) -> tuple[int, int | None] | None:
    """(fen, minimum) of a place of money as stored."""
    rows = await reading.tuples(
        "SELECT h.quantity, h.minimum FROM holding h JOIN account a ON a.id = h.account WHERE a.code = $1", place
    )
    return (rows[0][0], rows[0][1]) if rows else None


async def outcomes(*commands: Command) -> list[Any]:
    """Code of the refusal, or "ok", of commands that meet in one batch."""
    answers = await asyncio.gather(*map(writer.submit, commands), return_exceptions=True)
    assert [a for a in answers if not isinstance(a, Answer | Refusal)] == []
    return [answer.code if isinstance(answer, Refusal) else "ok" for answer in answers]


async def test_a_payment_out_of_an_empty_bank_is_refused_until_a_transfer_fills_it(books: Any) -> None:
    await writer.submit(cash_gift(500))
    with pytest.raises(Refusal) as refused:
        await writer.submit(payment(EDU, 300))
    assert refused.value.code == "fund_place.short"
    with pytest.raises(Refusal, match=r"fund_place\.short"):
        await writer.submit(moved(TILL, HERE, 501))
    assert await outcomes(moved(TILL, HERE, 299), payment(EDU, 300)) == ["ok", "fund_place.short"]
    assert await outcomes(moved(TILL, HERE, 1), payment(EDU, 300), moved(HERE, TILL, 1)) == [
        "ok",
        "ok",
        "fund_place.short",
    ]
    assert (await held(HERE), await held(TILL)) == ((0, 0), (200, 0))
    assert await verify.run() == []


async def test_the_refusal_says_where_else_the_fund_has_money(books: Any) -> None:
    await asyncio.gather(*map(writer.submit, (cash_gift(1_500), cash_gift(40, acc.money("1009", EDU, "WECHAT")))))
    with pytest.raises(Refusal) as refused:
        await writer.submit(moved(HERE, TILL, 20))
    assert words.say(refused.value.words, **refused.value.facts) == (
        "“助学基金”在“工商银行基本户”只有 0.00 元，需要 0.20 元。"
        "该基金的钱还在：现金 15.00 元；微信支付 0.40 元。请先办理资金划转"
    )
    with pytest.raises(Refusal) as refused:
        await writer.submit(moved(acc.money(BANK, "F-GEN", "ICBC-01"), acc.money("1001", "F-GEN"), 1))
    assert "该基金的钱还在：别处也没有" in words.say(refused.value.words, **refused.value.facts)


async def test_gifts_come_and_payments_go_in_one_batch(books: Any) -> None:
    """Also into a place that stands in the database already, and one that only this batch made."""
    for _ in range(2):
        before = (await held(HERE) or (0, None))[0]
        spent = await outcomes(
            gift(EDU, 500), payment(EDU, 400), cash_gift(100, HERE), payment(EDU, 300 + before), cash_gift(60, HERE)
        )
        assert spent == ["ok", "ok", "ok", "fund.short", "ok"]
        assert await held(HERE) == (before + 260, 0)
    assert await verify.run() == []


async def test_what_a_command_loads_counts_what_the_batch_brought_unread(books: Any) -> None:
    for n in range(2):
        done = await outcomes(
            cash_gift(70), cash_gift(30), moved(TILL, HERE, 101 + 65 * n), moved(TILL, HERE, 40), cash_gift(5), reversal(99)
        )  # fmt: skip
        assert done == ["ok", "ok", "fund_place.short", "ok", "ok", "writer.busy"]
        assert (await held(TILL), await held(HERE)) == ((65 * (n + 1), 0), (40 * (n + 1), 0))
    assert await verify.run() == []


async def test_a_refund_and_a_reversal_take_only_what_lies_there(books: Any) -> None:
    given = await seq_of(gift(EDU, 500))
    await writer.submit(moved(HERE, TILL, 450))
    for command in (refund(given, 100), reversal(given)):
        with pytest.raises(Refusal, match=r"fund_place\.short"):
            await writer.submit(command)
    await writer.submit(refund(given, 50))
    assert (await held(HERE), await verify.run()) == ((0, 0), [])


async def test_many_payments_at_once_leave_nothing_below_zero(books: Any) -> None:
    await asyncio.gather(writer.submit(gift(EDU, 250)), writer.submit(cash_gift(750)))
    done = await outcomes(*(payment(EDU, 100) for _ in range(9)), moved(TILL, HERE, 100), payment(EDU, 100))
    assert done == ["ok"] * 2 + ["fund_place.short"] * 7 + ["ok"] * 2
    assert (await held(HERE), await held(TILL)) == ((50, 0), (650, 0))
    assert await verify.run() == []


async def test_money_leaves_on_no_day_before_it_came(books: Any) -> None:
    for fen, on in ((300, "2026-11-05"), (200, "2026-11-10")):
        await writer.submit(cash_gift(fen, on=on))
    with pytest.raises(Refusal) as refused:
        await writer.submit(moved(TILL, HERE, 1, "2026-11-04"))
    assert refused.value.code == "fund_place.short_on"
    answered = {**refused.value.facts, "place": f"{refused.value.facts['place']}"}
    assert answered == {
        "fund": EDU, "place": "现金", "day": "2026-11-04", "left_yuan": "0.00", "needed_yuan": "0.01"
    }  # fmt: skip
    assert await outcomes(moved(TILL, HERE, 301, "2026-11-05")) == ["fund_place.short_on"]
    assert await outcomes(moved(TILL, HERE, 300, "2026-11-05")) == ["ok"]
    assert await outcomes(moved(TILL, HERE, 201, "2026-11-10")) == ["fund_place.short"]
    assert await outcomes(moved(TILL, HERE, 200, "2026-11-10")) == ["ok"]
    assert await verify.run() == []


async def test_what_is_dated_back_leaves_the_later_days_their_money(books: Any) -> None:
    """All of the till went to the bank on the 10th and came again on the 20th: on the 6th nothing of it is free."""
    await writer.submit(cash_gift(300, on="2026-11-05"))
    await writer.submit(moved(TILL, HERE, 290, "2026-11-10"))
    await writer.submit(cash_gift(500, on="2026-11-20"))
    with pytest.raises(Refusal) as refused:
        await writer.submit(moved(TILL, HERE, 11, "2026-11-06"))
    assert (refused.value.code, refused.value.facts["day"]) == ("fund_place.short_on", "2026-11-10")
    assert refused.value.facts["left_yuan"] == "0.10"
    assert await outcomes(moved(TILL, HERE, 10, "2026-11-06"), moved(TILL, HERE, 1, "2026-11-06")) == [
        "ok",
        "fund_place.short_on",
    ]
    assert await outcomes(moved(TILL, HERE, 500, "2026-11-20")) == ["ok"]


async def test_the_days_of_a_place_are_followed_through_a_batch(books: Any) -> None:
    """Gifts before and behind a transfer of their batch, dated before and after it."""
    assert await outcomes(
        cash_gift(5, on="2026-11-03"),
        cash_gift(100, on="2026-11-12"),
        moved(TILL, HERE, 6, "2026-11-05"),
        moved(TILL, HERE, 5, "2026-11-05"),
        moved(TILL, HERE, 1, "2026-11-04"),
        cash_gift(7, on="2026-11-02"),
        moved(TILL, HERE, 8, "2026-11-03"),
        moved(TILL, HERE, 7, "2026-11-03"),
        moved(HERE, TILL, 8, "2026-11-04"),
        moved(HERE, TILL, 12, "2026-11-05"),
    ) == ["ok", "ok", "fund_place.short_on", "ok", "fund_place.short_on", "ok", "fund_place.short_on", "ok",
          "fund_place.short_on", "ok"]  # fmt: skip
    assert await held(TILL) == (112, 0)
    assert await verify.run() == []


async def test_verify_names_a_day_at_whose_end_a_place_had_less_than_nothing(books: Any) -> None:
    await writer.submit(cash_gift(300, on="2026-11-05"))
    await writer.submit(moved(TILL, HERE, 300, "2026-11-10"))
    assert await verify.run() == []
    till = f"(SELECT id FROM account WHERE code = '{TILL}')"
    later = f"UPDATE turnover SET day = '2026-11-12' WHERE account = {till} AND debit = 300"
    await transactions.run(lambda tx: tx.many(later, [()]))
    failures = [f"{failure.invariant} {failure.words}" for failure in await verify.run()]
    assert f"I5 {TILL}：2026-11-10 日终为 -300 分" in failures
