"""What the writer does with a queue: how many together, who is answered when, and what a full or ended one says."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from cast import Cast
from ledger.test_ledger import reversal
from ledger.test_verify import books, give, open_funds

from charity.db import engine, reading, transactions
from charity.db.transactions import Tx
from charity.errors import Refusal, Rule, Unavailable
from charity.giving.models import CAMPAIGN
from charity.ledger import accounts as acc
from charity.ledger import replay, rules, writer, writing
from charity.ledger.loading import CHUNK, Loader, _listed, _padded, _pairwise
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, Writer

__all__ = ["books"]
DAY = "2026-11-23"


def nothing(state: State) -> Answer:
    return Answer(200, {"seq": state.seq})


def entry(state: State) -> Answer:
    return Answer(201, {"seq": state.post("x", [("a/-/F-GEN", "CNY", 1), ("b/-/F-GEN", "CNY", -1)],
                                          effective_on=DAY, actor="a").seq})  # fmt: skip


@pytest_asyncio.fixture
async def running(opened: str) -> AsyncIterator[Writer]:
    await open_funds()
    ours = writer._writer
    assert ours is not None
    yield ours


@pytest.fixture
def sizes(running: Writer, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many commands each transaction had."""
    seen: list[int] = []
    real = running._write

    async def spied(commands: list[Command], tx: Tx) -> writer.Batch:
        seen.append(len(commands))
        return await real(commands, tx)

    monkeypatch.setattr(running, "_write", spied)
    return seen


async def test_256_commands_are_written_together_and_4096_wait(
    running: Writer, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(writer, "QUEUE", SimpleNamespace(put=waited.append))
    outcomes = await asyncio.gather(*(running.submit(Command(nothing)) for _ in range(4_097)), return_exceptions=True)
    assert sizes == [256] * 16
    assert [type(o) for o in outcomes] == [Answer] * 4_096 + [Refusal]
    assert outcomes[-1].code == "writer.busy"
    assert waited == [4_096 - 256 * n for n in range(1, 17)]
    assert (await running.submit(Command(nothing))).status == 200


async def test_a_large_command_is_alone_and_the_others_keep_their_order(running: Writer, sizes: list[int]) -> None:
    order = [False, False, True, False, True, True, False]
    answers = await asyncio.gather(*(running.submit(Command(entry, Wants(funds=["F-GEN"]), alone=a)) for a in order))
    assert [answer.body["seq"] for answer in answers] == list(range(1, 8))
    assert sizes == [2, 1, 1, 1, 1, 1]


async def test_batches_are_measured(running: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    await running.submit(Command(nothing))
    commands, seconds = writer.BATCH_COMMANDS, writer.BATCH_SECONDS
    counts, total, took = list(commands.counts[()]), commands.sums[()], seconds.sums[()]
    instants = iter([100.0, 100.25, 200.0, 200.5])
    monkeypatch.setattr(writer.time, "perf_counter", lambda: next(instants))
    await asyncio.gather(*(running.submit(Command(nothing, alone=n == 3)) for n in range(4)))
    await asyncio.sleep(0)
    monkeypatch.undo()
    assert [now - then for now, then in zip(commands.counts[()], counts, strict=True)] == [1, 0, 1, *[0] * 7]
    assert (commands.sums[()] - total, seconds.sums[()] - took) == (4, pytest.approx(0.75))
    assert commands.bounds == (1, 2, 4, 8, 16, 32, 64, 128, 256)
    assert writer.QUEUE.values[()] == 0


async def test_an_answer_does_not_wait_for_a_queue_that_never_ends(running: Writer) -> None:
    done: list[bool] = []
    tasks: list[asyncio.Task[Answer]] = []

    def look(state: State) -> Answer:
        done.append(tasks[0].done())
        return nothing(state)

    tasks += [asyncio.create_task(running.submit(Command(nothing, alone=True))) for _ in range(2)]
    tasks += [asyncio.create_task(running.submit(Command(look, alone=True))) for _ in range(2)]
    await asyncio.gather(*tasks)
    assert done == [True, True], "the COMMIT of the second was on its way"


async def test_before_a_command_reads_the_earlier_ones_are_answered(running: Writer) -> None:
    done: list[bool] = []
    first = asyncio.create_task(running.submit(Command(nothing, alone=True)))

    async def load(loader: Loader) -> None:
        await loader.rows("SELECT 1 AS one")
        done.append(first.done())

    def decide(state: State, facts: None) -> Answer:
        return nothing(state)

    await asyncio.gather(
        first, *(asyncio.create_task(running.submit(c)) for c in (Command(nothing), Command(decide, load=load)))
    )
    assert done == [True]


async def test_what_was_queued_is_answered_before_the_writer_ends(opened: str) -> None:
    async with writer.running() as ours:
        task = asyncio.create_task(ours.submit(Command(nothing)))
        await asyncio.sleep(0)
    assert task.done()
    assert (await task).status == 200


async def test_without_a_writer_nothing_is_taken(database: str) -> None:
    with pytest.raises(RuntimeError, match="not running"):
        await writer.submit(Command(nothing))


async def test_a_hook_hears_of_each_commit_that_posted(running: Writer) -> None:
    heads: list[tuple[int, str, str]] = []
    running.follow(lambda *head: heads.append(head))
    await running.submit(Command(nothing))
    assert heads == []
    await running.submit(Command(entry, Wants(funds=["F-GEN"])))
    await running.submit(Command(nothing))
    row = await reading.only("SELECT seq, leaf, at FROM head")
    assert heads == [(row["seq"], row["leaf"], row["at"])]


# -- keys -----------------------------------------------------------------------------------------------


def keyed(key: str, fingerprint: str = "f", scope: str = "s", decide: Any = nothing) -> Command:
    return Command(decide, Wants(funds=["F-GEN"]), Idem(scope, key, fingerprint))


async def test_a_key_belongs_to_its_scope_and_names_its_first_entry(running: Writer) -> None:
    def two(state: State) -> Answer:
        return Answer(202, {"n": [entry(state).body["seq"], entry(state).body["seq"]]})

    await running.submit(Command(entry, Wants(funds=["F-GEN"])))
    await running.submit(keyed("k", decide=two))
    await running.submit(keyed("k", scope="t", fingerprint="g", decide=entry))
    await running.submit(keyed("l", fingerprint="h"))
    stored = await reading.tuples("SELECT scope, key, fingerprint, status, response, seq FROM idem ORDER BY scope, key")
    assert [tuple(row) for row in stored] == [
        ("s", "k", "f", 202, '{"n":[2,3]}', 2),
        ("s", "l", "h", 200, '{"seq":4}', None),
        ("t", "k", "g", 201, '{"seq":4}', 4),
    ]
    again = await asyncio.gather(*(running.submit(keyed("k")), running.submit(keyed("k", "g", "t"))))
    assert [(a.status, a.body, a.replayed) for a in again] == [(202, {"n": [2, 3]}, True), (201, {"seq": 4}, True)]
    for wrong in (keyed("k", "g"), keyed("l", "f"), keyed("k", "f", "t")):
        with pytest.raises(Refusal, match=r"idempotency\.other_body"):
            await running.submit(wrong)


async def test_callers_with_one_key_share_an_outcome_and_only_the_first_has_done_it(
    running: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = asyncio.Event()

    async def load(loader: Loader) -> None:
        await go.wait()

    def decide(state: State, facts: None) -> Answer:
        if state.seq:
            raise Refusal("no", "不行")
        return Answer(201, entry(state).body)

    async def ask() -> Answer:
        return await running.submit(Command(decide, Wants(funds=["F-GEN"]), Idem("s", "k", "f"), load=load))

    callers = [asyncio.create_task(ask()) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Refusal, match=r"idempotency\.other_body"):
        await running.submit(keyed("k", "other"))
    callers[1].cancel()
    monkeypatch.setattr(writer, "SAME_KEY_WAIT_S", 0.0)
    with pytest.raises(Refusal) as slow:
        await ask()
    assert (slow.value.code, slow.value.status) == ("idempotency.running", 409)
    monkeypatch.undo()
    go.set()
    outcomes = await asyncio.gather(*callers, return_exceptions=True)
    assert [getattr(o, "replayed", None) for o in outcomes] == [False, None, True]
    assert writer.SAME_KEY_WAIT_S == 10.0
    assert (await ask()).replayed


async def test_callers_with_one_key_share_a_refusal(running: Writer) -> None:
    def refuse(state: State) -> Answer:
        raise Refusal("no", "不行")

    outcomes = await asyncio.gather(
        *(running.submit(keyed("k", decide=refuse)) for _ in range(3)), return_exceptions=True
    )
    assert [o.code for o in outcomes if isinstance(o, Refusal)] == ["no"] * 3
    assert not (await running.submit(keyed("k"))).replayed


# -- another journal under the writer ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seq", "leaf", "why"),
    [(5, "leaf5", None), (6, "x", None), (4, "leaf5", "head.behind"), (5, "x", "head.forked"), (0, "", "head.behind")],
)
async def test_a_journal_goes_on_from_our_last_head_or_behind_it(
    running: Writer, seq: int, leaf: str, why: str | None
) -> None:
    ours = Writer()
    ours._must_go_on(0, "")
    ours._head = (5, "leaf5", "at")
    if why is None:
        ours._must_go_on(seq, leaf)
    else:
        with pytest.raises(Unavailable, match=r"writing\.stopped"):
            ours._must_go_on(seq, leaf)
        with pytest.raises(Unavailable, match=r"writing\.stopped"):
            await running.submit(Command(nothing))
    assert engine.state().stopped == why


def test_each_rule_of_the_books_has_its_status() -> None:
    known = {rule.code: rule() for rule in vars(rules).values() if isinstance(rule, Rule)}
    statuses = {code: refusal.status for code, refusal in known.items()}
    assert {code: status for code, status in statuses.items() if status != 409} == {
        "channel.ref_needed": 422,
        "fund.unknown": 422,
        "idempotency.other_body": 422,
        "money_place.no_bank": 422,
        "writer.busy": 503,
        **dict.fromkeys(("head.unreadable", "head.missing", "head.foreign", "head.behind", "head.forked"), 503),
        "clock.jumped": 503,
    }
    assert {code: refusal.retry_after_s for code, refusal in known.items() if refusal.retry_after_s} == {
        "writer.busy": 2
    }


# -- loading and writing ------------------------------------------------------------------------------------


def test_lists_are_padded_to_few_shapes_and_cut_into_chunks() -> None:
    assert [len(_padded(range(n))) for n in (1, 2, 3, 4, 5, 256)] == [1, 2, 4, 4, 8, 256]
    assert _padded("abc") == ["a", "b", "c", "c"]

    def take(_: Any) -> None:
        raise AssertionError

    ((sql, values, _),) = _listed("IN ({in})", [7, 8, 9], take)
    assert (sql, values) == ("IN ($1, $2, $3, $4)", [7, 8, 9, 9])
    ((sql, values, _),) = _pairwise("VALUES {in}", [("a", "b"), ("c", "d")], take)
    assert (sql, values) == ("VALUES ($1, $2), ($3, $4)", ["a", "b", "c", "d"])
    numbers = list(range(CHUNK + 3))
    assert [values for _, values, _ in _listed("{in}", numbers, take)] == [
        numbers[:CHUNK],
        [*numbers[CHUNK:], CHUNK + 2],
    ]
    pairs = [(str(n), "x") for n in numbers]
    assert [len(values) for _, values, _ in _pairwise("{in}", pairs, take)] == [2 * CHUNK, 2 * 4]
    assert _listed("{in}", [], take) == _pairwise("{in}", [], take) == []


async def test_what_is_loaded_is_what_earlier_batches_left(books: str) -> None:
    """Streams with their free positions, balances and numbers, as a replay of the journal knows them."""
    known = replay.Replay(funds={"F-EDU": ["P01", "P02"]})
    await known.follow()
    funds = ["F-GEN", "F-EDU", "F-AGE"]
    pairs = [("store:LX01", "lot:B1"), ("store:LX01", "lot:B2"), ("transit:LX01-LX02", "lot:B1"),
             ("household:k", "points:LX:2026-Q4"), ("household:k", "lot:B1")]  # fmt: skip

    def decide(state: State) -> Answer:
        for fund in funds:
            kept, loaded = known.streams[fund], state.stream(fund)
            assert (loaded.inflow, loaded.outflow, loaded.free) == (kept.inflow, kept.outflow, kept.free), fund
        numbers = [state.number("a", 2026), state.number("a", 2027), state.number("b", 2026)]
        return Answer(200, {"held": [state.balance(*pair) for pair in pairs], "numbers": numbers})

    wants = Wants(holdings=pairs, funds=funds, series=[("a", 2026), ("a", 2027), ("b", 2026)])
    answer = await writer.submit(Command(decide, wants))
    assert answer.body == {"held": [3, 0, 2, 30, 0], "numbers": [1, 1, 1]}

    def draw(state: State) -> Answer:
        return Answer(200, {"n": [state.number("a", 2026), state.number("c", 2026), state.number("c", 2026)]})

    wants = Wants(series=[("a", 2026), ("c", 2026), ("b", 2026)])
    assert (await writer.submit(Command(draw, wants))).body == {"n": [2, 1, 2]}
    rows = await reading.tuples(
        "SELECT name, year, next FROM series WHERE name IN ('a', 'b', 'c', 'd') ORDER BY name, year"
    )
    assert [tuple(row) for row in rows] == [("a", 2026, 3), ("a", 2027, 2), ("b", 2026, 2), ("c", 2026, 3)]


async def test_an_entry_that_bounces_gives_back_its_own_positions_only(books: str) -> None:
    before = {tuple(r) for r in await reading.tuples("SELECT fund, start, stop, owner_seq FROM segment")}
    await give("2026-12-12", "F-EDU", 5)
    await writer.submit(reversal(9))
    after = {tuple(r) for r in await reading.tuples("SELECT fund, start, stop, owner_seq FROM segment")}
    assert before - after == {("F-EDU", 300, 350, 9)}
    assert after - before == set()


async def test_one_entry_may_have_hundreds_of_accounts_and_units(opened: str) -> None:
    lots = [acc.lot(f"B{n:03}") for n in range(300)]
    lines = [(f"world:{n}", lot, sign) for n, lot in enumerate(lots) for sign in (1, -1)]
    lines = [(f"{place}{'to' if fen > 0 else 'from'}", lot, fen) for place, lot, fen in lines]

    def decide(state: State) -> Answer:
        return Answer(201, {"seq": state.post("x", lines, effective_on=DAY, actor="a").seq})

    for _ in range(2):
        await writer.submit(Command(decide))
    assert await reading.value("SELECT COUNT(*) FROM account") == 600
    assert await reading.value("SELECT COUNT(*) FROM unit") == 300
    assert await reading.value("SELECT COUNT(*) FROM holding WHERE quantity IN (2, -2)") == 600


async def test_a_change_reaches_its_own_row_with_all_its_columns(house: Cast) -> None:
    def change(slug: str, **columns: Any) -> Command:
        def decide(state: State) -> Answer:
            state.change(CAMPAIGN, slug, **columns)
            return Answer(200, {})

        return Command(decide, Wants(rows=[(CAMPAIGN, slug)]))

    before = {row["slug"]: row for row in await reading.rows("SELECT * FROM campaign")}
    first, second, *_ = sorted(before)
    await asyncio.gather(
        *(
            writer.submit(c)
            for c in (change(first, goal_fen=5, purpose="2"), change(second, goal_fen=7), change(first, goal_fen=6))
        )
    )
    rows = await reading.rows("SELECT * FROM campaign")
    after = {row["slug"]: row for row in rows}
    assert after == before | {
        first: before[first] | {"goal_fen": 6, "purpose": "2"},
        second: before[second] | {"goal_fen": 7},
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_parents_are_inserted_before_their_children_on_sqlite(opened: str) -> None:
    async def work(tx: Tx) -> dict[str, int]:
        tables = ("receipt_line", "goods_line", "donation", "receipt", "lot", "goods_document", "entry")
        return await writing._ranks(tx, tables)

    ranks = await transactions.run(work)
    for child, parent in (
        ("receipt_line", "receipt"), ("receipt_line", "donation"), ("receipt", "entry"), ("donation", "entry"),
        ("goods_line", "lot"), ("lot", "goods_document"), ("goods_document", "entry"),
    ):  # fmt: skip
        assert ranks[parent] < ranks[child], (child, parent)
    assert sorted(ranks.values()) == list(range(7))
