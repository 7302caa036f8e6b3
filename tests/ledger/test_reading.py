"""Reading the books: the journal, balances of any day, funds and their names, checks, and where a gift went."""

from typing import Any

import pytest
import pytest_asyncio
from ledger.test_ledger import refund, reversal, seq_of
from ledger.test_verify import (
    AGE,
    EDU,
    GEN,
    HOME,
    LOT,
    POINTS,
    ROAD,
    SHELF,
    bank,
    books,
    give,
    move,
    open_funds,
    pay,
    post,
)

from charity import words
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.errors import Refusal
from charity.ledger import accounts as acc
from charity.ledger import checks, entries, funds, tracing, writer
from charity.ledger.checks import Guard, Pass
from charity.ledger.state import Flows, State
from charity.ledger.tracing import GiftState, Source, Use
from charity.ledger.writer import Answer, Command

__all__ = ["books"]


async def postings(seq: int) -> list[tuple[str, str, int]]:
    (entry,) = await entries.after(seq - 1, limit=1)
    return [(line["account"], line["unit"], line["quantity"]) for line in entry["postings"]]


# -- the journal ----------------------------------------------------------------------------------------


async def test_the_head_of_empty_books_is_number_0(opened: str) -> None:
    assert await entries.head() == entries.Head(0, "", "")
    assert await entries.after(0) == []


async def test_entries_come_with_their_postings_oldest_first(books: str) -> None:
    listed = await entries.after(3, limit=3)
    assert [row["seq"] for row in listed] == [4, 5, 6]
    stored = await reading.rows("SELECT * FROM entry WHERE seq = 5")
    (row,) = stored
    assert listed[1] == {
        **{
            name: row[name]
            for name in ("seq", "kind", "recorded_at", "effective_on", "reverses", "prev", "leaf", "body")
        },
        "id": row["id16"],
        "postings": [
            {"account": SHELF, "unit": LOT, "quantity": 5},
            {"account": acc.DONORS, "unit": LOT, "quantity": -5},
        ],
    }
    assert await entries.id_of(5) == row["id16"]
    assert [len(part["postings"]) for part in listed] == [2, 2, 2]
    last = await entries.head()
    assert (last.seq, last.closed_through) == (16, "")
    assert [r["seq"] for r in await entries.after(15)] == [16]
    assert await entries.after(16) == []


async def test_a_reader_gets_a_hundred_entries_and_never_more_than_a_thousand(
    books: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert entries.ENTRIES_MAX == 1_000
    monkeypatch.setattr(entries, "ENTRIES_MAX", 5)
    assert [len(await entries.after(0, limit=limit)) for limit in (4, 5, 6)] == [4, 5, 5]


async def test_a_reader_who_says_no_number_gets_a_hundred_entries_and_a_thousand_balances(opened: str) -> None:
    def decide(state: State) -> Answer:
        for n in range(101):
            lines = [(f"world:{n}-{m}", LOT, 1 if m % 2 else -1) for m in range(10)]
            state.post("x", lines, effective_on="2026-11-23", actor="a")
        return Answer(201, {})

    await writer.submit(Command(decide, alone=True))
    assert (len(await entries.after(0)), len(await entries.balances())) == (100, 1_000)


# -- balances -------------------------------------------------------------------------------------------


async def balances(**chosen: Any) -> dict[tuple[str, str], int]:
    return {(row["account"], row["unit"]): row["quantity"] for row in await entries.balances(**chosen)}


async def test_balances_are_those_of_now_or_of_the_end_of_a_day(books: str) -> None:
    now = await balances()
    assert now[bank(GEN), acc.CNY] == 500 + 100 - 50 - 7 - 30
    assert (now[SHELF, LOT], now[ROAD, LOT], now[HOME, POINTS]) == (3, 2, 30)
    assert (bank(EDU), acc.CNY) not in now, "nothing is left"
    assert await balances(fund=AGE) == {
        (bank(AGE), acc.CNY): 75, ("2601/-/F-AGE", acc.CNY): -80, ("2601/P01/F-AGE", acc.CNY): 5,
    }  # fmt: skip
    assert await balances(fund=AGE, on="2026-12-03") == {(bank(AGE), acc.CNY): 80, ("2601/-/F-AGE", acc.CNY): -80}
    assert await balances(on="2026-10-07") == {}
    assert await balances(on="2026-10-08") == {(bank(EDU), acc.CNY): 1_000, ("4101/-/F-EDU", acc.CNY): -1_000}


async def test_balances_are_chosen_by_an_account_or_its_leading_part(books: str) -> None:
    assert set(await balances(account="1002")) == {(bank(fund), acc.CNY) for fund in (GEN, AGE)}
    assert set(await balances(account=bank(GEN))) == {(bank(GEN), acc.CNY)}
    assert set(await balances(account="1002", fund=GEN)) == {(bank(GEN), acc.CNY)}
    for account in ("100", "100_", "%", "1002/", "!"):
        assert await balances(account=account) == {}, account
    await post("2026-12-07", [("a_b/%!/F-GEN", acc.CNY, 5), ("axb/%!/F-GEN", acc.CNY, -5)])
    for account in ("a_b", "a_b/%!", "a_b/%!/F-GEN"):
        assert await balances(account=account) == {("a_b/%!/F-GEN", acc.CNY): 5}, account


@pytest.mark.parametrize("on", [None, "2026-12-31"])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_pages_of_balances_join_to_the_whole(books: str, on: str | None, limit: int) -> None:
    await post("2026-12-07", [(acc.DONORS, acc.lot("A1"), -2), (SHELF, acc.lot("A1"), 2)])
    whole, after = await entries.balances(on=on), ""
    assert [row["account"] for row in whole] == sorted(row["account"] for row in whole)
    assert [row["unit"] for row in whole if row["account"] == SHELF] == [LOT, acc.lot("A1")], "as units were made"
    paged: list[dict[str, Any]] = []
    while page := await entries.balances(on=on, after=after, limit=limit):
        assert len(page) <= limit
        paged += page
        after = f"{page[-1]['account']}|{page[-1]['unit']}"
    assert paged == whole
    assert len(whole) > 10


# -- funds ----------------------------------------------------------------------------------------------


async def test_funds_and_programmes_are_listed_by_code_and_named_in_the_language(books: str) -> None:
    async def work(tx: Tx) -> None:
        await funds.open_fund(tx, code="F-A", name="甲", kind="restricted", name_en="A fund")
        await funds.open_programme(tx, code="P02", name="二")
        await funds.open_programme(tx, code="P01", name="一", name_en="One")
        assert (await funds.kind(tx, EDU), await funds.kind(tx, "F-NO")) == ("restricted", None)

    await transactions.run(work)
    assert await funds.every() == [
        funds.FundRow("F-A", "甲", "A fund", "restricted", (), 0),
        funds.FundRow(AGE, "受托代理", "", "agency", (), 75),
        funds.FundRow(EDU, "助学基金", "", "restricted", ("P01", "P02"), 0),
        funds.FundRow(GEN, "非限定性基金", "", "unrestricted", (), 513),
    ]
    assert await funds.get(AGE) == (await funds.every())[1]
    with pytest.raises(Refusal, match=r"fund\.unknown"):
        await funds.get("F-NO")
    assert await funds.programmes() == [funds.ProgrammeRow("P01", "一", "One"), funds.ProgrammeRow("P02", "二", "")]
    assert (await funds.labels())["F-A"] == "F-A 甲"
    assert await funds.names() == {"F-A": "甲", AGE: "受托代理", EDU: "助学基金", GEN: "非限定性基金"}
    assert await funds.names([GEN, "", "F-NO", GEN]) == {GEN: "非限定性基金"}
    assert await funds.names([]) == await funds.names([""]) == {}
    assert await funds.programme_names(["P02"]) == {"P02": "二"}
    with words.speaking("en"):
        assert await funds.names(["F-A", AGE]) == {"F-A": "A fund", AGE: "受托代理"}
        assert await funds.programme_names() == {"P01": "One", "P02": "二"}
        assert [row.shown for row in (await funds.every())[:2]] == ["A fund", "受托代理"]
    assert (await funds.every())[0].shown == "甲"


# -- checks ---------------------------------------------------------------------------------------------


async def failing(*given: checks.Check | Pass | Guard) -> list[tuple[str, str]]:
    return [(failure.invariant, failure.words) for failure in await checks.failures(given)]


async def test_a_pass_looks_at_each_rule_and_a_guard_at_its_check_only_when_needed(books: str) -> None:
    many = Pass("e.seq", "FROM entry e WHERE e.seq < 3", (("A", "{seq} a", "e.seq = 2"), ("B", "{seq} b", "e.seq > 5")))
    assert await failing(many) == [("A", "2 a")]
    assert await failing(Pass("e.seq", "FROM entry e WHERE e.seq < 3", (("B", "{seq} b", "e.seq > 5"),))) == []
    check = ("C", "{n}", "SELECT 7 AS n FROM head")
    assert await failing(Guard("SELECT 1 FROM head WHERE seq < 0", check)) == []
    assert await failing(Guard("SELECT 1 FROM head", check), check) == [("C", "7"), ("C", "7")]
    joined = Pass(
        "DISTINCT_ME.kind", "FROM entry DISTINCT_ME WHERE 1 = 1", (("D", "{kind}", "DISTINCT_ME.kind = 'x'"),)
    )
    assert await failing(joined) == [("D", "x")], "the same words once"


@pytest.mark.parametrize("size", [1, 5, 16, 17, 100])
async def test_a_check_shows_twenty_rows_and_reads_a_large_journal_in_parts(
    books: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "CHUNK", size)
    parts = ("E", "{seq}", "SELECT seq FROM entry WHERE seq > $1 AND seq <= $2 ORDER BY seq")
    assert await failing(parts) == [("E", str(n)) for n in range(1, 17)]
    twice = ("E", "{seq}", "SELECT e.seq FROM entry e CROSS JOIN fund WHERE e.seq > $1 AND e.seq <= $2 ORDER BY e.seq")
    assert len(await failing(twice)) == 20
    assert len(await failing(("E", "{seq}", "SELECT e.seq FROM entry e CROSS JOIN fund"))) == 20
    assert len(await failing(Pass("e.seq, p.n", "FROM entry e JOIN posting p ON p.seq = e.seq WHERE e.seq > 0",
                                  (("E", "{seq}", "p.n > 0"),)))) == 20  # fmt: skip


# -- where a gift went ----------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def traced(books: str) -> str:
    """Money of the first gift that a transfer took to another fund, and part of it back again."""
    assert await pay("2026-12-08", GEN, 400, "P05") == 17
    assert await pay("2026-12-09", GEN, 70, "P05") == 18
    assert await move("2026-12-10", GEN, EDU, 30) == 19
    assert await pay("2026-12-11", EDU, 20, "P02") == 20
    return books


@pytest.mark.parametrize("chunk", [1, 2, 500])
async def test_a_gift_is_followed_through_refunds_and_transfers(
    traced: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "CHUNK", chunk)
    uses = await tracing.gift_uses(1)
    assert uses == [
        Use("2026-11-03", "P01", 220, 1, EDU, 8, "x"),
        Use("2026-12-03", "P02", 50, 1, EDU, 9, "x"),
        Use("2026-12-09", "P05", 57, 1, GEN, 18, "x"),
        Use("2026-12-11", "P02", 20, 1, EDU, 20, "x"),
    ]
    assert tracing.total(uses) == 347
    assert [(use.seq, use.amount_fen, use.fund) for use in await tracing.gift_uses(2)] == [(8, 80, EDU), (17, 163, GEN)]
    assert await tracing.gift_uses(13) == []


async def test_what_was_given_is_what_was_spent_refunded_and_is_left(traced: str) -> None:
    assert await tracing.gift_state(1) == GiftState(1_000, 347, 630, 23)
    assert await tracing.gift_state(2) == GiftState(250, 80 + 163, 7, 0)
    assert await tracing.gift_state(3) == GiftState(250, 250, 0, 0)
    assert await tracing.gift_state(4) == GiftState(80, 5, 0, 75)
    assert await tracing.gift_state(13) == GiftState(9, 0, 9, 0)
    assert await tracing.gift_state(8) == GiftState(0, 0, 0, 0)


async def test_a_payment_names_the_gifts_that_it_used_in_their_order(traced: str) -> None:
    assert await tracing.payment_sources(8) == [Source(2, EDU, 80), Source(1, EDU, 220)]
    assert await tracing.payment_sources(17) == [Source(2, GEN, 163), Source(3, GEN, 237)]
    assert await tracing.payment_sources(18) == [Source(3, GEN, 13), Source(11, GEN, 57)]
    assert await tracing.payment_sources(1) == []


async def test_a_transfer_of_several_pieces_into_two_funds_keeps_their_order(opened: str) -> None:
    await open_funds()
    first, second = await give("2026-11-01", EDU, 100), await give("2026-11-01", EDU, 50)
    paid = await pay("2026-11-02", EDU, 10)
    await writer.submit(refund(first, 30))
    lines = [(bank(EDU), acc.CNY, -75), ("3102/-/F-EDU", acc.CNY, 75)]
    for fund, fen in ((AGE, 40), (GEN, 35)):
        lines += [(bank(fund), acc.CNY, fen), (f"3101/-/{fund}", acc.CNY, -fen)]
    assert await post("2026-11-03", lines, Flows(move=[(EDU, 75)], receive=[(AGE, 40), (GEN, 35)])) == 5
    assert await pay("2026-11-04", GEN, 4) == 6
    assert await pay("2026-11-04", GEN, 21) == 7
    assert await pay("2026-11-04", AGE, 39) == 8
    uses = [(use.seq, use.fund, use.amount_fen) for use in await tracing.gift_uses(first)]
    assert uses == [(paid, EDU, 10), (6, GEN, 4), (7, GEN, 16), (8, AGE, 39)]
    assert [(use.seq, use.fund, use.amount_fen) for use in await tracing.gift_uses(second)] == [(7, GEN, 5)]
    assert await tracing.gift_state(first) == GiftState(100, 69, 30, 1)
    assert await tracing.gift_state(second) == GiftState(50, 5, 0, 45)


async def test_a_refund_of_the_general_fund_pays_spent_money_with_the_next_gift(opened: str) -> None:
    await open_funds()
    first, second = await give("2026-11-01", GEN, 100), await give("2026-11-01", GEN, 50)
    paid = await pay("2026-11-02", GEN, 60)
    await writer.submit(refund(first, 50))
    assert await tracing.gift_state(first) == GiftState(100, 50, 50, 0)
    assert await tracing.gift_state(second) == GiftState(50, 10, 0, 40)
    assert [(use.seq, use.amount_fen) for use in await tracing.gift_uses(second)] == [(paid, 10)]


async def test_money_is_followed_through_several_transfers(books: str) -> None:
    gift = await give("2026-12-12", AGE, 12)
    for n in range(6):
        await move("2026-12-12", *((AGE, EDU) if n % 2 == 0 else (EDU, AGE)), 87 if n == 0 else 12)
    state = await tracing.gift_state(gift)
    assert (state.given, state.spent, state.unspent) == (12, 0, 12)


# -- refunds and reversals ------------------------------------------------------------------------------


async def test_a_refund_posts_what_each_account_changes_by(books: str) -> None:
    assert await postings(12) == [
        ("4101/-/F-EDU", acc.CNY, 600),
        (bank(EDU), acc.CNY, -550),
        (bank(GEN), acc.CNY, -50),
        ("3102/-/F-EDU", acc.CNY, -50),
        ("3101/-/F-GEN", acc.CNY, 50),
    ]
    assert await postings(15) == [("4101/-/F-GEN", acc.CNY, 7), (bank(GEN), acc.CNY, -7)]
    assert await postings(16) == [
        ("4101/-/F-EDU", acc.CNY, 30),
        (bank(GEN), acc.CNY, -30),
        ("3102/-/F-EDU", acc.CNY, -30),
        ("3101/-/F-GEN", acc.CNY, 30),
    ]
    await pay("2026-12-12", GEN, 200, "P05")
    assert await seq_of(refund(2, 243)) == 18, "all that is left of it, spent or not, from the general fund itself"
    assert await postings(18) == [("4101/-/F-GEN", acc.CNY, 243), (bank(GEN), acc.CNY, -243)]
    assert await tracing.gift_state(2) == GiftState(250, 0, 250, 0)
    with pytest.raises(Refusal) as refused:
        await writer.submit(refund(2, 1))
    assert (refused.value.code, refused.value.facts) == ("refund.too_much", {"left_yuan": "0.00"})
    assert await reading.tuples("SELECT seq, gift_seq FROM refund_of ORDER BY seq") == [
        (12, 1),
        (15, 2),
        (16, 1),
        (18, 2),
    ]


async def test_a_reversal_is_the_negated_entry_with_its_reason(books: str) -> None:
    (entry,) = await entries.after(13, limit=1)
    assert (entry["seq"], entry["kind"], entry["reverses"]) == (14, "reversal", 13)
    assert await postings(14) == [(account, unit, -fen) for account, unit, fen in await postings(13)]
    goods = await post("2026-12-12", [(SHELF, LOT, 4), (acc.DONORS, LOT, -4)])
    back = await seq_of(reversal(goods))
    assert await postings(back) == [(SHELF, LOT, -4), (acc.DONORS, LOT, 4)]
    (entry,) = await entries.after(back - 1, limit=1)
    assert '"facts":{"of":17,"reason":"mistake"}' in entry["body"]
    assert '"party":"p"' in entry["body"]
    assert "flows" not in entry["body"]
    paid = await pay("2026-12-12", GEN, 13, "P05")
    before = await reading.value("SELECT spent_fen FROM fund_sum WHERE fund = $1", GEN)
    bounced = await seq_of(reversal(paid))
    (entry,) = await entries.after(bounced - 1, limit=1)
    assert '"flows":{"released":[["F-GEN",[[80,93]]]]}' in entry["body"]
    assert await reading.value("SELECT spent_fen FROM fund_sum WHERE fund = $1", GEN) == before - 13


async def test_a_gift_of_which_something_is_used_names_every_later_entry_once(books: str) -> None:
    for seq, later in ((1, "#8、#9、#11、#12"), (4, "#10"), (3, None)):
        if later is None:
            assert await seq_of(reversal(seq)) == 17
            continue
        with pytest.raises(Refusal) as refused:
            await writer.submit(reversal(seq))
        assert (refused.value.code, refused.value.facts) == ("entry.money_moved_on", {"entries": later})


async def test_an_entry_that_is_not_written_yet_cannot_be_reversed(books: str) -> None:
    with pytest.raises(Refusal) as refused:
        await writer.submit(reversal(99))
    assert (refused.value.code, refused.value.status, refused.value.retry_after_s) == ("writer.busy", 503, 2)
