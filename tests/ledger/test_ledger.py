"""The books: entries, bounds, keys, batches, reversals, refunds, and that `verify` sees what is wrong."""

import asyncio
import json
from typing import Any

import pytest
import rfc8785

from charity.db import engine, reading, transactions
from charity.db.transactions import Tx
from charity.errors import Refusal
from charity.ledger import accounts as acc
from charity.ledger import funds, refunds, reversals, tracing, verify, writer
from charity.ledger.loading import Loader
from charity.ledger.models import REFUND_OF, RefundOfRow
from charity.ledger.state import Flows, State
from charity.ledger.takeovers import Leaving
from charity.ledger.writer import Answer, Command, Idem, Wants

BANK, GIFTS = "1002", "4101"
DAY = "2026-11-23"


@pytest.fixture
async def books(database: str) -> Any:
    async with engine.opened(["charity.db.models", "charity.ledger.models"]), writer.running() as running:

        async def work(tx: Tx) -> None:
            await funds.open_fund(tx, code="F-GEN", name="非限定性基金", kind="unrestricted")
            await funds.open_fund(tx, code="F-EDU", name="助学基金", kind="restricted", programmes=["P01"])

        await transactions.run(work)
        yield running


def cash(fund: str, fen: int) -> list[acc.Posting]:
    return [(acc.money(BANK, fund, "ICBC-01"), "CNY", fen), (acc.money(GIFTS, fund), "CNY", -fen)]


def gift(fund: str, fen: int, key: str | None = None, fingerprint: str = "same") -> Command:
    def decide(state: State) -> Answer:
        entry = state.post(
            "gift.cash", cash(fund, fen), effective_on=DAY, actor="a", party="p", flows=Flows(receive=[(fund, fen)])
        )
        return Answer(201, {"seq": entry.seq, "n": state.number("test", 2026)})

    wants = Wants(funds=[fund], series=[("test", 2026)])
    return Command(decide, wants, Idem("gift:a", key, fingerprint) if key else None)


def payment(fund: str, fen: int, programme: str = "P01") -> Command:
    def decide(state: State) -> Answer:
        entry = state.post(
            "voucher.paid",
            [(acc.money("5101", fund, programme), "CNY", fen), (acc.money(BANK, fund, "ICBC-01"), "CNY", -fen)],
            effective_on=DAY,
            actor="b",
            facts={"programme": programme, "recipients": 2},
            flows=Flows(spend=[(fund, fen)]),
        )
        return Answer(201, {"seq": entry.seq})

    return Command(decide, Wants(holdings=[(acc.money(BANK, fund, "ICBC-01"), "CNY")], funds=[fund]))


def refund(seq: int, fen: int) -> Command:
    """What a platform takes back: from the bank at once, so that no cashier is needed."""

    async def load(loader: Loader) -> Leaving:
        body = await loader.entry(seq)
        assert body is not None
        leaving = await refunds.load(loader, seq, fund=body["flows"]["received"][0][0], amount_fen=fen)
        await loader.money_places([acc.money(BANK, code, "ICBC-01") for code in refunds.by_fund(leaving)], on=DAY)
        return leaving

    def decide(state: State, leaving: Leaving) -> Answer:
        credit = {code: acc.money(BANK, code, "ICBC-01") for code in refunds.by_fund(leaving)}
        asked = refunds.Refund(seq, GIFTS, credit, DAY, "p", {})
        return Answer(201, {"seq": refunds.post(state, leaving, asked, actor="c").seq})

    return Command(decide, load=load, alone=True)


def reversal(seq: int) -> Command:
    async def load(loader: Loader) -> dict[str, Any]:
        return await reversals.load(loader, seq, on=DAY)

    def decide(state: State, body: dict[str, Any]) -> Answer:
        entry = reversals.reverse(state, body, kind="reversal", effective_on=DAY, actor="c", reason_code="mistake")
        return Answer(201, {"seq": entry.seq})

    return Command(decide, load=load)


async def seq_of(command: Command) -> int:
    return int((await writer.submit(command)).body["seq"])


async def test_parallel_gifts_get_gapless_numbers_and_books_that_verify(books: Any) -> None:
    answers = await asyncio.gather(*(writer.submit(gift("F-GEN", 100 + n)) for n in range(300)))
    assert sorted(a.body["seq"] for a in answers) == list(range(1, 301))
    assert sorted(a.body["n"] for a in answers) == list(range(1, 301))
    assert await verify.run() == []


async def test_the_same_key_ten_times_at_once_is_one_entry(books: Any) -> None:
    answers = await asyncio.gather(*(writer.submit(gift("F-GEN", 100, "k")) for _ in range(10)))
    assert {a.body["seq"] for a in answers} == {1}
    assert sum(not a.replayed for a in answers) == 1
    later = await writer.submit(gift("F-GEN", 100, "k"))
    assert later.replayed
    assert await reading.value("SELECT COUNT(*) FROM entry") == 1


async def test_the_same_key_with_another_body_is_refused(books: Any) -> None:
    await writer.submit(gift("F-GEN", 100, "k"))
    with pytest.raises(Refusal) as refused:
        await writer.submit(gift("F-GEN", 200, "k", "other"))
    assert refused.value.code == "idempotency.other_body"


async def test_a_refusal_leaves_its_key_free_and_its_number_unused(books: Any) -> None:
    def decide(state: State) -> Answer:
        state.number("test", 2026)
        raise Refusal("no", "不行")

    command = Command(decide, Wants(series=[("test", 2026)]), Idem("gift:a", "k", "same"))
    outcomes = await asyncio.gather(
        writer.submit(gift("F-GEN", 1)), writer.submit(command), writer.submit(gift("F-GEN", 1)), return_exceptions=True
    )
    assert isinstance(outcomes[1], Refusal)
    assert [o.body["n"] for o in outcomes if isinstance(o, Answer)] == [1, 2]
    assert not (await writer.submit(gift("F-GEN", 1, "k"))).replayed


async def test_a_command_that_breaks_drops_only_itself(books: Any) -> None:
    def decide(state: State) -> Answer:
        state.post("gift.cash", [("a/-/F-GEN", "CNY", 5)], effective_on=DAY, actor="a")
        raise AssertionError

    outcomes = await asyncio.gather(
        writer.submit(gift("F-GEN", 1)),
        writer.submit(Command(decide)),
        writer.submit(gift("F-GEN", 2)),
        return_exceptions=True,
    )
    assert [type(o) for o in outcomes] == [Answer, AssertionError, Answer]
    assert await verify.run() == []


async def test_a_fault_of_ours_is_logged_and_a_refusal_is_not(books: Any, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: State) -> Answer:
        raise AssertionError

    with pytest.raises(Refusal):
        await writer.submit(payment("F-GEN", 1))
    assert "command.failed" not in caplog.messages
    with pytest.raises(AssertionError):
        await writer.submit(Command(broken))
    assert caplog.messages.count("command.failed") == 1


async def test_a_row_the_database_refuses_sends_the_batch_one_by_one(books: Any) -> None:
    def decide(state: State) -> Answer:
        state.add(REFUND_OF, RefundOfRow(seq=999, gift_seq=999))
        return Answer(201, {})

    outcomes = await asyncio.gather(
        writer.submit(gift("F-GEN", 1)),
        writer.submit(Command(decide)),
        writer.submit(gift("F-GEN", 2)),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], Exception)
    assert [o.body["seq"] for o in (outcomes[0], outcomes[2]) if isinstance(o, Answer)] == [1, 2]
    assert await verify.run() == []


async def test_a_payment_never_goes_beyond_the_stream(books: Any) -> None:
    await writer.submit(gift("F-EDU", 500))
    outcomes = await asyncio.gather(*(writer.submit(payment("F-EDU", 200)) for _ in range(5)), return_exceptions=True)
    assert [type(o) for o in outcomes] == [Answer, Answer, Refusal, Refusal, Refusal]
    assert await verify.run() == []


async def test_a_restricted_fund_refuses_another_programme(books: Any) -> None:
    await writer.submit(gift("F-EDU", 500))
    with pytest.raises(Refusal) as refused:
        await writer.submit(payment("F-EDU", 100, "P05"))
    assert refused.value.code == "fund.not_for"


async def test_a_gift_and_its_uses_find_each_other(books: Any) -> None:
    first, second = await seq_of(gift("F-EDU", 300)), await seq_of(gift("F-EDU", 300))
    paid = await seq_of(payment("F-EDU", 400))
    assert [(u.amount_fen, u.programme, u.recipients) for u in await tracing.gift_uses(first)] == [(300, "P01", 2)]
    assert await tracing.gift_state(second) == tracing.GiftState(300, 100, 0, 200)
    assert [(s.seq, s.amount_fen) for s in await tracing.payment_sources(paid)] == [(first, 300), (second, 100)]


async def test_a_refund_takes_unspent_fen_first_and_the_general_fund_pays_the_rest(books: Any) -> None:
    general = await seq_of(gift("F-GEN", 1000))
    given = await seq_of(gift("F-EDU", 300))
    paid = await seq_of(payment("F-EDU", 200))
    await writer.submit(refund(given, 150))
    assert await tracing.gift_state(given) == tracing.GiftState(300, 150, 150, 0)
    uses = await tracing.gift_uses(general)
    assert [(u.seq, u.amount_fen) for u in uses] == [(paid, 50)]
    assert await tracing.gift_state(general) == tracing.GiftState(1000, 50, 0, 950)
    with pytest.raises(Refusal) as refused:
        await writer.submit(refund(given, 151))
    assert refused.value.code == "refund.too_much"
    assert await verify.run() == []


async def test_a_refund_of_spent_money_is_refused_when_the_general_fund_is_short(books: Any) -> None:
    given = await seq_of(gift("F-EDU", 300))
    await writer.submit(payment("F-EDU", 300))
    with pytest.raises(Refusal) as refused:
        await writer.submit(refund(given, 1))
    assert refused.value.code == "fund.short"
    assert await verify.run() == []


async def test_an_entry_is_reversed_exactly_once(books: Any) -> None:
    given = await seq_of(gift("F-GEN", 300))
    back = await seq_of(reversal(given))
    for seq, code in ((given, "entry.reversed_already"), (back, "entry.reversal_of_reversal")):
        with pytest.raises(Refusal) as refused:
            await writer.submit(reversal(seq))
        assert refused.value.code == code
    assert await verify.run() == []


async def test_a_gift_that_was_spent_is_reversed_only_after_its_payment(books: Any) -> None:
    given = await seq_of(gift("F-GEN", 300))
    paid = await seq_of(payment("F-GEN", 100))
    with pytest.raises(Refusal) as refused:
        await writer.submit(reversal(given))
    assert refused.value.facts["entries"] == f"#{paid}"
    await writer.submit(reversal(paid))
    await writer.submit(reversal(given))
    assert await verify.run() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET kind = 'x'",
        "DELETE FROM entry",
        "UPDATE posting SET quantity = 5",
        "DELETE FROM posting",
    ],
)
async def test_the_journal_cannot_be_changed(books: Any, statement: str) -> None:
    await writer.submit(gift("F-GEN", 300))

    async def work(tx: Tx) -> None:
        await tx.rows(statement)

    with pytest.raises(Exception, match="append-only"):
        await transactions.run(work)


@pytest.mark.parametrize(
    ("statement", "invariant"),
    [
        ("UPDATE holding SET quantity = quantity + 1", "I4"),
        ("UPDATE turnover SET debit = debit + 1", "I4"),
        ("UPDATE stream SET outflow = outflow + 1", "I9"),
        ("UPDATE segment SET stop = stop + 1", "I9"),
        ("UPDATE inflow SET seq = 2 WHERE seq = 1", "I9"),
        ("UPDATE head SET seq = seq + 1", "I2"),
    ],
)
async def test_verify_names_what_was_tampered_with(books: Any, statement: str, invariant: str) -> None:
    await writer.submit(gift("F-GEN", 300))
    await writer.submit(payment("F-GEN", 100))

    async def work(tx: Tx) -> None:
        await tx.rows(statement)

    await transactions.run(work)
    assert invariant in {f.invariant for f in await verify.run()}


@pytest.mark.parametrize(
    ("column", "value", "invariant"),
    [("body", "body || ' '", "I3"), ("recorded_at", "'2000-01-01T00:00:00.000000Z'", "I2"), ("kind", "'x'", "I3")],
)
async def test_verify_sees_a_forged_journal(books: Any, column: str, value: str, invariant: str) -> None:
    await writer.submit(gift("F-GEN", 300))

    async def work(tx: Tx) -> None:
        off = "ALTER TABLE entry DISABLE TRIGGER ALL" if tx.postgres else "DROP TRIGGER entry_no_update"
        await tx.rows(off)
        await tx.rows(f"UPDATE entry SET {column} = {value}")

    await transactions.run(work)
    assert invariant in {f.invariant for f in await verify.run()}


async def test_a_cancelled_caller_neither_tears_nor_blocks_the_books(books: Any) -> None:
    for n in range(40):
        task = asyncio.create_task(writer.submit(gift("F-GEN", 100, f"k{n}")))
        await asyncio.sleep(0.0005 * (n % 5))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    answers = [await writer.submit(gift("F-GEN", 100, f"k{n}")) for n in range(40)]
    assert len({a.body["seq"] for a in answers}) == 40
    assert await reading.value("SELECT COUNT(*) FROM entry") == 40
    assert await verify.run() == []


async def test_a_cancelled_transaction_gives_everything_back(books: Any) -> None:
    async def work(tx: Tx) -> None:
        await tx.rows("UPDATE head SET closed_through = '' WHERE id = 1 RETURNING id")
        await asyncio.sleep(0.002)

    for n in range(30):
        task = asyncio.create_task(transactions.run(work))
        await asyncio.sleep(0.0004 * (n % 8))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await asyncio.wait_for(transactions.run(lambda tx: tx.rows("SELECT seq FROM head")), 10)


async def test_the_body_is_stored_as_it_was_hashed(books: Any) -> None:
    await writer.submit(gift("F-GEN", 300))
    row = await reading.row("SELECT body, leaf FROM entry")
    assert row is not None
    assert json.loads(row["body"])["postings"][0] == ["1002/ICBC-01/F-GEN", "CNY", 300]
    assert sorted(json.loads(row["body"])) == list(json.loads(row["body"]))


async def test_every_stored_body_is_canonical(books: Any) -> None:
    await writer.submit(gift("F-GEN", 1000))
    given = await seq_of(gift("F-EDU", 300))
    paid = await seq_of(payment("F-EDU", 200))
    await writer.submit(refund(given, 150))
    await writer.submit(reversal(paid))
    for row in await reading.rows("SELECT body FROM entry"):
        assert row["body"].encode() == rfc8785.dumps(json.loads(row["body"]))
