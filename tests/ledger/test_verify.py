"""`charity verify` on the books themselves: what each fault makes it say, word for word, and nothing else."""

from typing import Any

import pytest
import pytest_asyncio
from ledger.test_ledger import refund, reversal, seq_of
from tampering import tampered

from charity.db import transactions
from charity.db.transactions import Tx
from charity.ledger import accounts as acc
from charity.ledger import funds, verify, writer
from charity.ledger import replay as replay_module
from charity.ledger.replay import Replay
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Idem, Wants

GEN, EDU, AGE = "F-GEN", "F-EDU", "F-AGE"
SHELF, ROAD, HOME = acc.shelf("LX01"), "transit:LX01-LX02", acc.household("k")
LOT, POINTS = acc.lot("B1"), acc.points("LX", "2026-Q4")
Lines = list[tuple[str, str, int]]


def bank(fund: str) -> str:
    return acc.money("1002", fund, "ICBC-01")


async def open_funds() -> None:
    async def work(tx: Tx) -> None:
        await funds.open_fund(tx, code=GEN, name="非限定性基金", kind="unrestricted")
        await funds.open_fund(tx, code=EDU, name="助学基金", kind="restricted", programmes=["P01", "P02"])
        await funds.open_fund(tx, code=AGE, name="受托代理", kind="agency")

    await transactions.run(work)


async def post(day: str, lines: Lines, flows: Flows | None = None, key: str = "", **facts: Any) -> int:
    """One entry; with a key two of them, and the answer names the second."""

    def decide(state: State) -> Answer:
        for _ in range(2 if key else 1):
            entry = state.post("x", lines, effective_on=day, actor="a", party="p", facts=facts, flows=flows)
        return Answer(201, {"entry": entry.id, "seq": entry.seq})

    places = [(account, unit) for account, unit, _ in lines if acc.minimum(account) is not None]
    named = sorted({acc.fund(account) for account, _, _ in lines} - {""})
    command = Command(decide, Wants(holdings=places, funds=named), Idem("x", key, "f") if key else None)
    return int((await writer.submit(command)).body["seq"])


async def give(day: str, fund: str, fen: int, *, chart: str = "4101", key: str = "") -> int:
    lines = [(bank(fund), acc.CNY, fen), (acc.money(chart, fund), acc.CNY, -fen)]
    return await post(day, lines, Flows(receive=[(fund, fen)]), key)


async def pay(day: str, fund: str, fen: int, programme: str = "P01", chart: str = "5101") -> int:
    lines = [(acc.money(chart, fund, programme), acc.CNY, fen), (bank(fund), acc.CNY, -fen)]
    return await post(day, lines, Flows(spend=[(fund, fen)]), programme=programme, recipients=1)


async def move(day: str, source: str, fund: str, fen: int) -> int:
    lines = [
        (bank(source), acc.CNY, -fen),
        (acc.money("3102", source), acc.CNY, fen),
        (bank(fund), acc.CNY, fen),
        (acc.money("3101", fund), acc.CNY, -fen),
    ]
    return await post(day, lines, Flows(move=[(source, fen)], receive=[(fund, fen)]))


@pytest_asyncio.fixture
async def books(opened: str) -> str:
    """Every kind of entry, account and unit, over three months."""
    await open_funds()
    await give("2026-10-08", EDU, 1_000)
    await give("2026-11-01", GEN, 250, key="k1")
    await give("2026-11-01", AGE, 80, chart=acc.AGENCY_DEBT)
    await post("2026-11-02", [(SHELF, LOT, 5), (acc.DONORS, LOT, -5)])
    await post("2026-11-02", [(SHELF, LOT, -2), (ROAD, LOT, 2)])
    await post("2026-11-02", [(HOME, POINTS, 30), (acc.GRANTED, POINTS, -30)])
    await pay("2026-11-03", EDU, 300)
    await pay("2026-12-03", EDU, 50, "P02")
    await pay("2026-12-04", AGE, 5, chart=acc.AGENCY_DEBT)
    await move("2026-12-05", EDU, GEN, 100)
    await writer.submit(refund(1, 600))
    gift = await give("2026-11-23", EDU, 9)
    await writer.submit(reversal(gift))
    assert await seq_of(refund(2, 7)) == 15
    assert await seq_of(refund(1, 30)) == 16
    return opened


async def failing() -> list[str]:
    return sorted(f"{failure.invariant} {failure.words}" for failure in await verify.run())


async def test_books_of_every_kind_are_right(books: str) -> None:
    assert await failing() == []


COST_CODE = acc.money("5101", EDU, "P01")
SHELF_ID, ROAD_ID, HOME_ID, BANK_ID, COST_ID = (
    f"(SELECT id FROM account WHERE code = '{code}')" for code in (SHELF, ROAD, HOME, bank(EDU), COST_CODE)
)
HEAD, ODD_KEY = "I2 head 不是最后一笔分录", "I7 键 k1 回答的不是它办成的那一笔分录"
# What somebody writes into the database, and all that is said of it.
FAULTS: dict[str, list[str]] = {
    "UPDATE head SET seq = seq + 1": [HEAD],
    "UPDATE head SET leaf = (SELECT prev FROM entry WHERE seq = 5)": [HEAD],
    "UPDATE head SET at = '2000-01-01T00:00:00.000000Z'": [HEAD],
    # holdings and turnover
    f"UPDATE holding SET quantity = quantity + 1 WHERE account = {SHELF_ID}":
        ["I4 store:LX01 lot:B1：结存 4，分录合计 3"],
    f"DELETE FROM holding WHERE account = {ROAD_ID}": ["I4 transit:LX01-LX02 lot:B1：结存 0，分录合计 2"],
    f"INSERT INTO holding (account, unit, quantity) SELECT {BANK_ID}, id, 7 FROM unit WHERE code = '{LOT}'":
        ["I4 1002/ICBC-01/F-EDU lot:B1：结存 7，分录合计 0", "I5 1002/ICBC-01/F-EDU lot:B1：下限被取消了"],
    f"UPDATE holding SET minimum = NULL WHERE account = {BANK_ID}": ["I5 1002/ICBC-01/F-EDU CNY：下限被取消了"],
    f"UPDATE turnover SET debit = debit + 1 WHERE account = {ROAD_ID}":
        ["I4 transit:LX01-LX02 lot:B1 2026-11-02：发生额 [3, 0]，分录合计 [2, 0]"],
    f"UPDATE turnover SET credit = credit + 1 WHERE account = {ROAD_ID}":
        ["I4 transit:LX01-LX02 lot:B1 2026-11-02：发生额 [2, 1]，分录合计 [2, 0]"],
    f"UPDATE turnover SET day = '2026-11-09' WHERE account = {ROAD_ID}":
        ["I4 transit:LX01-LX02 lot:B1 2026-11-09：发生额 [2, 0]，分录合计 None"],
    f"DELETE FROM turnover WHERE account = {SHELF_ID}": ["I4 缺 1 天的发生额"],
    f"DELETE FROM turnover WHERE account IN ({SHELF_ID}, {ROAD_ID})": ["I4 缺 2 天的发生额"],
    # what a code says
    f"UPDATE account SET chart = '' WHERE code = '{bank(EDU)}'": [f"I3 科目 {bank(EDU)}：各列与代码不符"],
    f"UPDATE account SET chart = '', place = code WHERE code = '{bank(EDU)}'":
        [f"I3 科目 {bank(EDU)}：各列与代码不符"],
    f"UPDATE account SET fund = '', place = code WHERE code = '{bank(EDU)}'":
        [f"I3 科目 {bank(EDU)}：各列与代码不符"],
    f"UPDATE account SET place = 'x' WHERE code = '{SHELF}'": [f"I3 科目 {SHELF}：各列与代码不符"],
    f"UPDATE account SET fund = '{GEN}' WHERE code = '5101/P01/{EDU}'": [
        "I12 基金 F-EDU，2026-11：净资产变动合计 -850 分，账簿为 -550 分",
        "I12 基金 F-GEN，2026-11：净资产变动合计 413 分，账簿为 113 分",
        "I3 科目 5101/P01/F-EDU：各列与代码不符",
    ],
    "UPDATE unit SET kind = 'lot' WHERE code = 'CNY'": ["I3 单位 CNY 不属于 lot 类"],
    "UPDATE unit SET kind = 'points' WHERE code LIKE 'lot:%'": ["I3 单位 lot:B1 不属于 points 类"],
    "UPDATE unit SET kind = 'lot' WHERE code LIKE 'points:%'": ["I3 单位 points:LX:2026-Q4 不属于 lot 类"],
    f"UPDATE holding SET minimum = NULL WHERE account = {SHELF_ID}": ["I5 store:LX01 lot:B1：下限被取消了"],
    f"UPDATE holding SET minimum = NULL WHERE account = {ROAD_ID}": ["I5 transit:LX01-LX02 lot:B1：下限被取消了"],
    f"UPDATE holding SET minimum = NULL WHERE account = {HOME_ID}":
        ["I5 household:k points:LX:2026-Q4：下限被取消了"],
    f"UPDATE holding SET minimum = 0 WHERE account = {COST_ID}": [f"I5 {COST_CODE} CNY：下限被取消了"],
    # funds
    f"UPDATE fund SET kind = 'restricted' WHERE code = '{AGE}'":
        [f"I8 #{n}：基金 F-AGE 属于 restricted，捐赠却记入 2601" for n in (10, 4)],
    f"UPDATE fund SET kind = 'agency' WHERE code = '{GEN}'":
        [f"I8 #{n}：基金 F-GEN 属于 agency，捐赠却记入 4101" for n in (15, 2, 3)],
    f"UPDATE fund_sum SET spent_fen = spent_fen + 1 WHERE fund = '{EDU}'":
        ["I9 基金 F-EDU：已支出记为 351 分，各段合计 350 分"],
    f"UPDATE fund_sum SET spent_fen = -1 WHERE fund = '{EDU}'": ["I9 基金 F-EDU：已支出记为 -1 分，各段合计 350 分"],
    f"DELETE FROM fund_sum WHERE fund = '{AGE}'": ["I9 基金 F-AGE：已支出记为 0 分，各段合计 5 分"],
    f"INSERT INTO fund_sum (fund, spent_fen) VALUES ('{GEN}', -5)":
        ["I9 基金 F-GEN：已支出记为 -5 分，各段合计 0 分"],
    f"UPDATE fund_month SET worth_fen = worth_fen + 1 WHERE fund = '{EDU}' AND month = '2026-10'":
        ["I12 基金 F-EDU，2026-10：净资产变动合计 1001 分，账簿为 1000 分"],
    f"UPDATE fund_month SET worth_fen = -3 WHERE fund = '{AGE}' AND month = '2026-11'":
        ["I12 基金 F-AGE，2026-11：净资产变动合计 -3 分，账簿为 80 分"],
    f"DELETE FROM fund_month WHERE fund = '{AGE}'": [
        "I12 基金 F-AGE，2026-11：净资产变动合计 0 分，账簿为 80 分",
        "I12 基金 F-AGE，2026-12：净资产变动合计 0 分，账簿为 -5 分",
    ],
    f"UPDATE fund_month SET month = '2026-09' WHERE fund = '{EDU}' AND month = '2026-10'": [
        "I12 基金 F-EDU，2026-09：净资产变动合计 1000 分，账簿为 0 分",
        "I12 基金 F-EDU，2026-10：净资产变动合计 0 分，账簿为 1000 分",
    ],
    # refunds and keys
    "UPDATE refund_of SET gift_seq = 3 WHERE seq = 12": ["I9 #12 退的不是正文所写的那一笔捐赠"],
    "DELETE FROM refund_of WHERE seq = 12": ["I9 #12 退的不是正文所写的那一笔捐赠"],
    "INSERT INTO refund_of (seq, gift_seq) VALUES (13, 1)": ["I9 #13 记为退款，其实不是"],
    "UPDATE idem SET response = REPLACE(response, '\"entry\":\"', '\"entry\":\"0')": [ODD_KEY],
    "UPDATE idem SET seq = NULL": [ODD_KEY],
    "UPDATE idem SET seq = 4": [ODD_KEY],
    "UPDATE idem SET seq = 99": [ODD_KEY, "I7 键 k1 指向 #99，这笔分录不在"],
    "UPDATE idem SET seq = NULL, response = '{\"seq\": 3}'": [],
    "UPDATE idem SET seq = 3": [],
    "INSERT INTO idem (scope, key, fingerprint, status, response, seq) SELECT scope, 'other', fingerprint, status, "
    "response, seq FROM idem": ["I7 #2 有 2 个键"],
    # streams, segments and arrivals
    f"DELETE FROM stream WHERE fund = '{AGE}'": ["I9 缺基金 F-AGE 的资金流"],
    "INSERT INTO stream (fund, inflow) VALUES ('F-X', 1)": ["I9 基金 F-X 的资金流与正文不符"],
    **{
        f"UPDATE stream SET {column} = {column} + 1 WHERE fund = '{GEN}'": ["I9 基金 F-GEN 的资金流与正文不符"]
        for column in ("inflow", "outflow", "low")
    },
    f"UPDATE segment SET kind = 'moved' WHERE fund = '{AGE}'": [
        "I9 各段与正文不符：('F-AGE', (0, 5)), ('F-AGE', (0, 5))",
        "I9 基金 F-AGE：已支出记为 5 分，各段合计 0 分",
    ],
    f"UPDATE segment SET owner_seq = 1 WHERE fund = '{AGE}'":
        ["I9 各段与正文不符：('F-AGE', (0, 5)), ('F-AGE', (0, 5))"],
    f"UPDATE segment SET stop = stop + 1 WHERE fund = '{AGE}'": [
        "I9 各段与正文不符：('F-AGE', (0, 5)), ('F-AGE', (0, 6))",
        "I9 基金 F-AGE：已支出记为 5 分，各段合计 6 分",
    ],
    "DELETE FROM segment": [
        "I9 各段与正文不符：('F-AGE', (0, 5)), ('F-EDU', (0, 300)), ('F-EDU', (1000, 1009)), ('F-EDU', (300, 350)), "
        "('F-EDU', (350, 450))",
        "I9 基金 F-AGE：已支出记为 5 分，各段合计 0 分",
        "I9 基金 F-EDU：已支出记为 350 分，各段合计 0 分",
    ],
    "UPDATE inflow SET seq = 2 WHERE seq = 4":
        ["I9 #2 收到 250 分，资金流里却有 330 分", "I9 #2 给基金 F-AGE 的流入与正文不符", "I9 #4 给基金 F-AGE 的流入与正文不符"],
    f"DELETE FROM inflow WHERE fund = '{AGE}'": ["I9 #4 给基金 F-AGE 的流入与正文不符"],
    f"UPDATE inflow SET stop = stop - 1 WHERE fund = '{AGE}'": ["I9 #4 给基金 F-AGE 的流入与正文不符"],
    f"UPDATE inflow SET seq = 1 WHERE fund = '{EDU}' AND start = 0":
        [
            "I9 #1 收到 1000 分，资金流里却有 1050 分",
            "I9 #1 给基金 F-EDU 的流入与正文不符",
            "I9 #2 收到 250 分，资金流里却有 200 分",
            "I9 #2 给基金 F-EDU 的流入与正文不符",
            "I9 基金 F-EDU 的 0 至 50 不只属于 #2",
        ],
    f"UPDATE inflow SET seq = 12 WHERE fund = '{EDU}' AND start = 50": [
        "I9 #12 给基金 F-EDU 的流入与正文不符",
        "I9 #2 收到 250 分，资金流里却有 220 分",
        "I9 #2 给基金 F-EDU 的流入与正文不符",
        "I9 基金 F-EDU 的 50 至 80 不只属于 #2",
    ],
    f"INSERT INTO inflow (fund, start, stop, seq) VALUES ('{EDU}', 49, 50, 1)":
        ["I9 #1 收到 1000 分，资金流里却有 1001 分", "I9 #1 给基金 F-EDU 的流入与正文不符", "I9 基金 F-EDU 的 0 至 50 不只属于 #2"],
    f"INSERT INTO inflow (fund, start, stop, seq) VALUES ('{EDU}', 79, 80, 1)":
        ["I9 #1 收到 1000 分，资金流里却有 1001 分", "I9 #1 给基金 F-EDU 的流入与正文不符", "I9 基金 F-EDU 的 50 至 80 不只属于 #2"],
}  # fmt: skip


async def test_each_fault_is_said_in_its_words_and_no_other_is(books: str) -> None:
    for statement, expected in FAULTS.items():
        async with tampered(statement):
            assert await failing() == expected, statement
    assert await failing() == []


@pytest.mark.parametrize(
    ("reversed_", "expected"),
    [
        ({14: 13}, []),
        ({14: 1}, ["I6 #14 不是 #1 的准确相反"]),
        ({14: 99}, ["I6 #14 不是 #99 的准确相反"]),
        ({14: 13, 15: 13}, ["I6 #15 不是 #13 的准确相反", "I6 #15：#13 冲销了两次，或本身就是冲销"]),
        ({13: 14, 14: 13}, ["I6 #13：#14 冲销了两次，或本身就是冲销", "I6 #14：#13 冲销了两次，或本身就是冲销"]),
    ],
)
async def test_a_reversal_is_the_exact_opposite_of_one_entry_once(
    books: str, reversed_: dict[int, int], expected: list[str]
) -> None:
    replay = Replay(reversed=reversed_)
    await verify._reversals(replay)
    assert sorted(f"{failure.invariant} {failure.words}" for failure in replay.failures) == expected


@pytest.mark.parametrize("size", [1, 5, 16, 17])
async def test_a_journal_is_read_in_parts_of_any_size(books: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_module, "CHUNK", size)
    assert await failing() == []
    replay = Replay(funds={EDU: ["P01", "P02"]})
    await replay.follow()
    assert (replay.seq, replay.failures, len(replay.segments)) == (16, [], 9)
    await replay.follow()
    assert replay.seq == 16
