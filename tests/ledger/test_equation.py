"""The equation: what each event of the trade adds to which figure, that it always closes, and what a period says."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from ledger.test_verify import AGE, EDU, GEN, open_funds

from charity import words
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.ledger import accounts as acc
from charity.ledger import equation, statement, verify, writer
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Wants

Lines = list[tuple[str, int]]
BANK, CASH, TILL = "1002/ICBC-01", "1001/-", "1009/WECHAT"
EVENTS: dict[str, tuple[str, str, Lines, dict[str, tuple[int, int]]]] = {
    "a gift": ("gift.cash", EDU, [(BANK, 100), ("4101/-", -100)], {"received": (100, 0)}),
    "takings": ("gift.cash", GEN, [(TILL, 150), (CASH, 50), ("4101/-", -200)], {"received": (200, 0)}),
    "a gift to forward": ("gift.cash", AGE, [(CASH, 90), ("2601/-", -90)], {"agency_in": (90, 0)}),
    "a gift in kind": ("goods.gift", EDU, [("1201/LX01", 70), ("4101/-", -70)], {"received": (0, 70)}),
    "goods to forward": ("goods.gift", AGE, [("1801/LX01", 70), ("2601/-", -70)], {"agency_in": (0, 70)}),
    "forwarded": ("voucher.paid", AGE, [("2601/P01", 60), (CASH, -60)], {"agency_out": (60, 0)}),
    "goods forwarded": ("goods.issue", AGE, [("2601/P01", 30), ("1801/LX01", -30)], {"agency_out": (0, 30)}),
    "aid": ("voucher.paid", EDU, [("5101/P01", 40), (BANK, -40)], {"aid": (40, 0)}),
    "goods handed out": ("goods.issue", EDU, [("5101/P01", 20), ("1201/LX01", -20)], {"aid": (0, 20)}),
    "goods paid before": ("voucher.paid", EDU, [("1141/-", 30), (BANK, -30)], {"bought": (30, 0)}),
    "those goods come": ("goods.purchase", EDU, [("1201/LX01", 25), ("1141/-", -25)], {"bought": (0, 25)}),
    "with a difference": ("goods.purchase", EDU, [("1201/LX01", 9), ("1141/-", -5), (BANK, -4)], {"bought": (4, 9)}),
    "goods paid at once": ("goods.purchase", EDU, [("1201/LX01", 8), (BANK, -8)], {"bought": (8, 8)}),
    "goods paid later": ("goods.purchase", EDU, [("1201/LX01", 7), ("2202/-", -7)], {"bought": (0, 7)}),
    "the supplier is paid": ("x", EDU, [("2202/-", 7), (BANK, -7)], {"bought": (7, 0)}),
    "the supplier fails": ("x", EDU, [("1122/-", 5), ("1141/-", -5)], {"advanced": (5, 0), "bought": (-5, 0)}),
    "an advance": ("x", EDU, [("1122/TOWN", 50), (BANK, -50)], {"advanced": (50, 0)}),
    "its roster": ("x", EDU, [("5101/P01", 45), ("1122/TOWN", -45)], {"aid": (45, 0), "advanced": (-45, 0)}),
    "the rest returns": ("x", EDU, [(BANK, 5), ("1122/TOWN", -5)], {"advanced": (-5, 0)}),
    "office costs": ("voucher.paid", GEN, [("5301/-", 11), (BANK, -11)], {"administration": (11, 0)}),
    "costs of asking": ("voucher.paid", GEN, [("5401/-", 12), (BANK, -12)], {"fundraising": (12, 0)}),
    "a settlement with its fee": (
        "money.transfer", GEN, [(BANK, 97), ("5401/-", 3), (TILL, -100)], {"fundraising": (3, 0)}
    ),
    "cash to the bank": ("money.transfer", GEN, [(BANK, 40), (CASH, -40)], {}),
    "interest": ("x", GEN, [(BANK, 6), ("4901/-", -6)], {"other": (6, 0)}),
    "another cost": ("x", GEN, [("5901/-", 2), (BANK, -2)], {"other": (-2, 0)}),
    "spoiled": ("x", EDU, [("5301/-", 4), ("1201/LX01", -4)], {"lost": (0, 4)}),
    "written down": ("x", EDU, [("5501/-", 3), ("1202/-", -3)], {"lost": (0, 3)}),
    "more than counted": ("x", EDU, [("1201/LX01", 2), ("4901/-", -2)], {"other": (0, 2)}),
    "store to store": ("goods.transfer", EDU, [("1201/LX02", 2), ("1201/LX01", -2)], {}),
    "not yet known": ("x", GEN, [(BANK, 30), ("2209/-", -30)], {}),
    "known now": ("x", GEN, [("2209/-", 30), ("4101/-", -30)], {"received": (30, 0)}),
    "a refund": ("gift.refund", EDU, [("4101/-", 10), ("2209/-", -10)], {"refunded": (10, 0)}),
    "it is paid": ("refund.paid", EDU, [("2209/-", 10), (BANK, -10)], {}),
    "our own fault": ("gift.refund", EDU, [("5301/-", 10), ("2209/-", -10)], {"refunded": (10, 0)}),
    "of a closed year": ("gift.refund", EDU, [("3201/-", 10), ("2209/-", -10)], {"refunded": (10, 0)}),
    "a chargeback": ("gift.refund", EDU, [("4101/-", 10), (BANK, -10)], {"refunded": (10, 0)}),
    "of money to forward": ("gift.refund", AGE, [("2601/-", 10), ("2209/-", -10)], {"agency_back": (10, 0)}),
    "of spent money": ("gift.refund", EDU, [("4101/-", 10), ("3102/-", -10)], {"refunded": (10, 0), "transferred": (10, 0)}),
    "by the general fund": ("gift.refund", GEN, [("3101/-", 10), (BANK, -10)], {"transferred": (-10, 0)}),
    "a correction": ("gift.correction", EDU, [("3201/-", 10), (BANK, -10)], {"received": (-10, 0)}),
    "opening of money": ("opening", EDU, [(BANK, 500), ("1141/-", 20), ("3102/-", -520)], {"opening": (500, 0)}),
    "opening of goods": (
        "opening", GEN, [(BANK, 50), ("1201/LX01", 30), ("2209/-", -5), ("3101/-", -75)], {"opening": (45, 30)}
    ),
    "opening of a shelf": ("goods.opening", GEN, [("1201/LX01", 30), ("3101/-", -30)], {"opening": (0, 30)}),
    "opening of a shelf to forward": (
        "goods.opening", AGE, [("1801/LX01", 30), ("2601/-", -30)], {"agency_opening": (0, 30)}
    ),
    "opening to forward": ("opening", AGE, [(CASH, 80), ("2601/-", -80)], {"agency_opening": (80, 0)}),
}  # fmt: skip
SIGNS = equation.AGENCY_SIGNS


def posted(fund: str, lines: Lines, sign: int = 1) -> list[acc.Posting]:
    return [(f"{account}/{fund}", acc.CNY, sign * quantity) for account, quantity in lines]


def moved(kind: str, postings: list[acc.Posting], *, reversal: bool = False) -> dict[str, tuple[int, int]]:
    return {figure: (money, goods) for _, figure, money, goods in equation.moves(kind, postings, reversal=reversal)}


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_is_in_its_figures_and_its_reversal_takes_it_out_of_the_same(event: str) -> None:
    kind, fund, lines, expected = EVENTS[event]
    assert moved(kind, posted(fund, lines)) == expected
    if kind in {"opening", "goods.opening", "gift.refund", "gift.correction"}:
        return
    gone = {figure: (-money, -goods) for figure, (money, goods) in expected.items()}
    assert moved("x.reversal", posted(fund, lines, -1), reversal=True) == gone
    if kind == "gift.cash":
        assert moved("gift.reversal", posted(fund, lines, -1)) == gone
        assert moved("gift.reversal", posted(fund, lines, -1), reversal=True) == gone


@pytest.mark.parametrize("event", EVENTS)
def test_what_a_fund_holds_changes_by_its_figures_and_by_nothing_else(event: str) -> None:
    kind, fund, lines, _ = EVENTS[event]
    figures = moved(kind, posted(fund, lines))
    for n, (charts, signs) in enumerate(
        ((equation.MONEY_CHARTS, equation.MONEY_SIGNS), (equation.GOODS_CHARTS, equation.GOODS_SIGNS))
    ):
        held = sum(quantity for account, quantity in lines if account[:4] in charts)
        assert sum((signs | SIGNS).get(figure, 0) * amounts[n] for figure, amounts in figures.items()) == held


@pytest.mark.parametrize("event", [event for event, (_, _, lines, _) in EVENTS.items() if len(lines) == 2])
def test_the_figures_of_two_postings_are_those_of_any_number(event: str) -> None:
    kind, fund, lines, _ = EVENTS[event]
    for postings in (posted(fund, lines), posted(fund, lines, -1), posted(fund, lines[::-1])):
        beside = [*postings, ("store:LX01", "lot:B1", 3), ("world:donors", "lot:B1", -3)]
        for reversal in (False, True):
            assert moved(kind, postings, reversal=reversal) == moved(kind, beside, reversal=reversal)


def test_each_fund_of_an_entry_has_its_own_figures_and_pieces_have_none() -> None:
    postings = [*posted(EDU, EVENTS["a gift"][2]), *posted(GEN, EVENTS["interest"][2]), ("store:LX01", "lot:B1", 3)]
    assert equation.moves("x", postings, reversal=False) == [(EDU, "received", 100, 0), (GEN, "other", 6, 0)]
    assert equation.moves("goods.gift", [("store:LX01", "lot:B1", 3)], reversal=False) == []


def test_every_figure_has_a_name_and_says_what_it_counts_in_both_languages() -> None:
    english = words.catalog("en")
    assert len(equation.BY_CODE) == len(equation.FIGURES) == 14
    for figure in equation.FIGURES:
        assert english[figure.name].strip()
        assert english[figure.says].endswith(".")


def test_the_table_of_the_books_is_what_the_code_says() -> None:
    signs, english = {1: "+", 0: "", -1: "−"}, words.catalog("en")
    text = (Path(__file__).parents[2] / "docs" / "books.md").read_text(encoding="utf-8")
    for figure in equation.FIGURES:
        result = figure.code == "unspent"
        money, goods = ("=", "=") if result else (signs[figure.money], signs[figure.goods])
        assert f"| `{figure.code}` | {figure.name} | {money} | {goods} | {figure.says} {english[figure.says]} |" in text


# -- kept, verified, read -------------------------------------------------------------------------------


async def post(day: str, event: str, sign: int = 1, **more: Any) -> None:
    """An event as one entry; what the stream has to do with it is another test's matter."""
    kind, fund, lines, _ = EVENTS[event]
    postings = posted(fund, lines, sign)
    money = sum(q for account, _, q in postings if account[:4] in {"1001", "1002", "1009"})
    flows = Flows(receive=[(fund, money)]) if money > 0 else Flows(move=[(fund, -money)]) if money < 0 else None

    def decide(state: State) -> Answer:
        return Answer(201, {"seq": state.post(kind, postings, effective_on=day, actor="a", flows=flows, **more).seq})

    pairs = [(account, unit) for account, unit, _ in postings]
    await writer.submit(Command(decide, Wants(holdings=pairs, funds=[fund])))


@pytest_asyncio.fixture
async def year(opened: str) -> str:
    """An opening, gifts and costs of two years and several days of one month."""
    await open_funds()
    for event in ("opening of money", "opening of goods", "opening to forward"):
        await post("2026-01-01", event)
    await post("2026-03-31", "a gift")
    await post("2026-04-01", "a gift in kind")
    await post("2026-04-09", "office costs", facts={"programme": "P01"})
    await post("2026-04-10", "a gift to forward")
    await post("2026-04-10", "a refund")
    await post("2026-05-31", "of money to forward")
    await post("2026-06-01", "interest")
    return opened


MONEY = ("carried", "received", "refunded", "agency_in", "agency_out", "administration", "other", "unspent")


@pytest.mark.parametrize(
    ("begin", "end", "fund", "money", "goods"),
    [
        ("2026-01-01", "2026-12-31", "", (545, 100, 10, 90, 10, 11, 6, 630), (30, 70, 100)),
        (statement.EARLIEST, "2025-12-31", "", (0, 0, 0, 0, 0, 0, 0, 0), (0, 0, 0)),
        ("2025-01-01", "2026-01-01", "", (545, 0, 0, 0, 0, 0, 0, 545), (30, 0, 30)),
        ("2026-01-02", "2026-03-30", "", (545, 0, 0, 0, 0, 0, 0, 545), (30, 0, 30)),
        ("2026-03-31", "2026-04-09", "", (545, 100, 0, 0, 0, 11, 0, 634), (30, 70, 100)),
        ("2026-04-10", "2026-04-10", "", (634, 0, 10, 90, 0, 0, 0, 624), (100, 0, 100)),
        ("2026-06-02", "2026-06-03", "", (630, 0, 0, 0, 0, 0, 0, 630), (100, 0, 100)),
        ("2026-04-01", "2026-06-30", EDU, (600, 0, 10, 0, 0, 0, 0, 590), (0, 70, 70)),
        ("2026-04-01", "2026-06-30", GEN, (45, 0, 0, 0, 0, 11, 6, 40), (30, 0, 30)),
        ("2026-04-01", "2026-06-30", AGE, (80, 0, 0, 90, 10, 0, 0, 160), (0, 0, 0)),
        ("2026-04-01", "2026-06-30", "F-NO", (0, 0, 0, 0, 0, 0, 0, 0), (0, 0, 0)),
    ],
)
async def test_a_period_says_what_was_carried_what_moved_and_what_is_unspent(
    year: str, begin: str, end: str, fund: str, money: tuple[int, ...], goods: tuple[int, ...]
) -> None:
    period = await statement.of(begin, end)
    assert period.seq == 10
    figures = period.of(fund) if fund else period.whole()
    assert tuple(figures[code].money_fen for code in MONEY) == money
    assert tuple(figures[code].goods_fen for code in ("carried", "received", "unspent")) == goods
    assert {code for code in equation.BY_CODE if figures[code].money_fen or figures[code].goods_fen} <= set(MONEY)


async def test_what_went_back_of_money_to_forward_is_said_apart(year: str) -> None:
    period = await statement.of("2026-05-01", "2026-05-31")
    assert period.of(AGE).given_back == statement.Amount(10, 0)
    assert (await statement.of("2026-06-01", "2026-06-30")).whole().given_back == statement.Amount()


async def test_books_without_an_entry_have_figures_of_nothing(opened: str) -> None:
    period = await statement.of(statement.EARLIEST, "2026-12-31")
    assert period.seq == 0
    assert all(amount == statement.Amount() for amount in period.whole().amounts.values())


TAMPERED = {
    "UPDATE figure_day SET money_fen = money_fen + 1 WHERE figure = 'received' AND day = '2026-03-31' RETURNING 1": [
        "2026-03，基金 F-EDU 的 received：每月合计与每日合计相差款 -1 分、物 0 分",
        "2026-03-31，基金 F-EDU 的 received（款、物）：合计 [101, 0]，分录为 [100, 0]",
    ],
    "UPDATE figure_month SET goods_fen = goods_fen - 2 WHERE figure = 'opening' AND fund = 'F-GEN' RETURNING 1": [
        "2026-01，基金 F-GEN 的 opening：每月合计与每日合计相差款 0 分、物 -2 分",
        "基金 F-GEN：等式与账簿相差款 0 分、物 -2 分",
    ],
    "DELETE FROM figure_day WHERE figure = 'other' RETURNING 1": [
        "2026-06，基金 F-GEN 的 other：每月合计与每日合计相差款 6 分、物 0 分",
        "2026-06-01，基金 F-GEN 的 other（款、物）：合计 [0, 0]，分录为 [6, 0]",
    ],
}


@pytest.mark.parametrize("sql", TAMPERED)
async def test_verify_adds_the_figures_up_again_from_the_postings(year: str, sql: str) -> None:
    assert [f.words for f in await verify.run() if f.invariant == "I12"] == []

    async def work(tx: Tx) -> None:
        assert await tx.rows(sql)

    await transactions.run(work)
    assert sorted(f.words for f in await verify.run() if f.invariant == "I12") == sorted(TAMPERED[sql])


async def test_the_figures_of_a_refused_command_are_forgotten(year: str) -> None:
    def decide(state: State) -> Answer:
        state.post("gift.cash", posted(EDU, EVENTS["a gift"][2]), effective_on="2026-07-01", actor="a")
        raise AssertionError

    with pytest.raises(AssertionError):
        await writer.submit(Command(decide, Wants(funds=[EDU])))
    assert await reading.value("SELECT COUNT(*) FROM figure_day WHERE day > '2026-06-30'") == 0
