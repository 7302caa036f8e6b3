"""The replay of `charity verify`, without a database: what a journal adds up to, and each rule with its fault."""

import json
from typing import Any

import pytest

from charity.ledger import accounts as acc
from charity.ledger import canonical, replay
from charity.ledger.replay import Place, Replay

EDU, GEN = "F-EDU", "F-GEN"
BANK, TILL, OTHER = acc.money("1002", EDU, "A"), acc.money("1001", EDU), acc.money("1009", EDU, "WX")
GIFTS, COST, GENERAL = acc.money("4101", EDU), acc.money("5101", EDU, "P01"), acc.money("1002", GEN, "A")
SHELF, ROAD, LOT, DAY = acc.shelf("LX01"), "transit:LX01-LX02", acc.lot("B1"), "2026-11-23"
Postings = list[tuple[str, str, int]]


class Journal:
    """Entries as the tables hold them; each is hashed as it stands, however wrong it is."""

    def __init__(self) -> None:
        self.entries: list[list[Any]] = []
        self.postings: list[tuple[Any, ...]] = []
        self.inflows: list[tuple[Any, ...]] = []
        self.accounts: dict[str, int] = {}
        self.units = {acc.CNY: 11, LOT: 12, acc.lot("B2"): 13}

    def add(self, lines: Postings, body: dict[str, Any] | None = None, **columns: Any) -> None:
        """An entry. `body` replaces parts of the hashed body, `columns` those of the row beside it."""
        seq = len(self.entries) + 1
        prev = self.entries[-1][9] if self.entries else canonical.GENESIS
        content: dict[str, Any] = {
            "v": 1, "seq": seq, "id": f"id{seq}", "kind": "x", "recorded_at": f"2026-11-23T00:00:{seq:02d}.000000Z",
            "effective_on": DAY, "party": "p", "actor": "a", "prev": prev, "facts": {}, "postings": lines,
        } | (body or {})  # fmt: skip
        content = {name: value for name, value in content.items() if value is not None}
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        row = {
            "seq": content["seq"], "id16": content["id"], "kind": content["kind"], "recorded_at": content["recorded_at"],
            "effective_on": content["effective_on"], "party": content["party"], "actor": content["actor"], "prev": content["prev"],
            "reverses": content.get("reverses"), "leaf": canonical.leaf(text), "body": text,
        } | columns  # fmt: skip
        self.entries.append(list(row.values()))
        for account, unit, quantity in lines:
            known = self.accounts.setdefault(account, 100 + len(self.accounts))
            self.postings.append((row["seq"], known, self.units[unit], quantity))
        for fund, pieces in content.get("flows", {}).get("received", []):
            self.inflows += [(row["seq"], fund, start, stop) for start, stop in pieces]

    def replayed(self, **known: Any) -> Replay:
        made = Replay(funds={EDU: ["P01", "P02"], GEN: []}, money=self.units[acc.CNY], **known)
        made.units = {key: code for code, key in self.units.items()}
        for code, key in self.accounts.items():
            money = code.startswith(("1001/", "1002/", "1009/"))
            made.places[key] = Place(code, acc.fund(code), money, code.startswith(("store:", "household:", "transit:")))
        made._chunk(self.entries, self.postings, self.inflows)
        return made

    def failures(self) -> list[str]:
        return [f"{failure.invariant} {failure.words}" for failure in self.replayed().failures]


def flows(**parts: Any) -> dict[str, Any]:
    return {"flows": {name: list(map(list, part.items())) for name, part in parts.items()}}


def gift(fen: int = 1_000, start: int = 0, place: str = BANK) -> tuple[Postings, dict[str, Any]]:
    return [(place, acc.CNY, fen), (GIFTS, acc.CNY, -fen)], flows(received={EDU: [[start, start + fen]]})


def payment(start: int, stop: int, programme: str | None = "P01", place: str = BANK) -> tuple[Postings, dict[str, Any]]:
    lines = [(COST, acc.CNY, stop - start), (place, acc.CNY, start - stop)]
    return lines, {"facts": {"programme": programme}} | flows(spent={EDU: [[start, stop]]})


@pytest.fixture
def journal() -> Journal:
    """Gifts to bank, till and another place, goods, payments, a transfer, a refund that takes over, and a bounce."""
    made = Journal()
    made.add(*gift(1_000))
    made.add([(SHELF, LOT, 5), (acc.DONORS, LOT, -5)])
    made.add(*payment(0, 300))
    made.add(
        [(BANK, acc.CNY, -100), (acc.money("3102", EDU), acc.CNY, 100), (GENERAL, acc.CNY, 100),
         (acc.money("3101", GEN), acc.CNY, -100)],
        flows(moved={EDU: [[300, 400]]}, received={GEN: [[0, 100]]}),
    )  # fmt: skip
    made.add(
        [(GIFTS, acc.CNY, 50), (BANK, acc.CNY, -50)],
        flows(refunded={EDU: [[950, 1_000]]}, reowned={EDU: [[0, 10], [20, 30]]}),
    )
    made.add([(COST, acc.CNY, -300), (BANK, acc.CNY, 300)], {"reverses": 3} | flows(released={EDU: [[0, 300]]}))
    made.add(*gift(7, 1_000, TILL))
    made.add(*gift(8, 1_007, OTHER))
    made.add([(SHELF, LOT, -5), (ROAD, LOT, 5)], {"effective_on": "2026-11-24"})
    made.add(*payment(400, 407, place=TILL))
    made.add([(ROAD, LOT, -1), (SHELF, LOT, 1)], {"effective_on": "2026-11-25"})
    return made


def test_a_journal_adds_up_to_holdings_turnover_and_streams(journal: Journal) -> None:
    seen = journal.replayed()
    assert seen.failures == []
    assert seen.readable
    codes = {key: code for code, key in journal.accounts.items()}
    units = {key: code for code, key in journal.units.items()}
    assert {(codes[a], units[u]): q for (a, u), q in seen.holdings.items()} == {
        (BANK, acc.CNY): 850, (GIFTS, acc.CNY): -965, (SHELF, LOT): 1, (acc.DONORS, LOT): -5, (COST, acc.CNY): 7,
        (acc.money("3102", EDU), acc.CNY): 100, (GENERAL, acc.CNY): 100, (acc.money("3101", GEN), acc.CNY): -100,
        (TILL, acc.CNY): 0, (OTHER, acc.CNY): 8, (ROAD, LOT): 4,
    }  # fmt: skip
    days = {day: {(codes[a], units[u]): q for (a, u), q in kept.items()} for day, kept in seen.turnover.items()}
    assert set(days) == {DAY, "2026-11-24", "2026-11-25"}
    assert days["2026-11-25"] == {(SHELF, LOT): [1, 0], (ROAD, LOT): [0, 1]}
    assert days["2026-11-24"] == {(SHELF, LOT): [0, 5], (ROAD, LOT): [5, 0]}
    assert (days[DAY][BANK, acc.CNY], days[DAY][SHELF, LOT]) == ([1_300, 450], [5, 0])
    assert {f: (s.inflow, s.outflow, s.free) for f, s in seen.streams.items()} == {
        EDU: (1_015, 157, [(0, 300), (407, 950), (1_000, 1_015)]),
        GEN: (100, 0, [(0, 100)]),
    }
    assert seen.segments == {
        (EDU, 400): (300, 4, "moved"),
        (EDU, 1_000): (950, 5, "refunded"),
        (EDU, 407): (400, 10, "spent"),
    }
    assert seen.owned == [(EDU, (0, 10), 5), (EDU, (20, 30), 5)]
    assert (seen.reversed, seen.odd) == ({6: 3}, {})
    assert (seen.seq, seen.leaf, seen.at) == (11, journal.entries[-1][9], journal.entries[-1][3])


def test_a_replay_goes_on_from_where_it_stands(journal: Journal) -> None:
    first, later = Journal(), Journal()
    first.entries, first.postings, first.inflows = journal.entries[:4], journal.postings[:10], journal.inflows[:2]
    later.entries, later.postings, later.inflows = journal.entries[4:], journal.postings[10:], journal.inflows[2:]
    first.accounts = later.accounts = journal.accounts
    seen = first.replayed()
    later_rows = (later.entries, later.postings, later.inflows)
    seen._chunk(*later_rows)
    whole = journal.replayed()
    assert (seen.failures, seen.holdings, seen.segments) == ([], whole.holdings, whole.segments)


# -- texts that are no codes -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["王小明", "a\x7f", "13800001234", "19999999999", "33010119900101123X", "1" * 18])
def test_a_body_with_more_than_codes_is_named(text: str) -> None:
    made = Journal()
    made.add(*gift()[:1], {"facts": {"x": text}} | gift()[1])
    assert made.failures() == ["I13 #1：正文里有不是代码的文字"]


@pytest.mark.parametrize("text", ["~", "12800001234", "138000012345", "1380000123", "x13800001234", "1" * 17, "1" * 19])
def test_codes_and_other_numbers_are_let_be(text: str) -> None:
    made = Journal()
    made.add(*gift()[:1], {"facts": {"x": text}} | gift()[1])
    assert made.failures() == []


# -- the chain ---------------------------------------------------------------------------------------------


def test_entries_follow_each_other_by_number_by_time_and_by_leaf() -> None:
    made = Journal()
    made.add(*gift())
    made.add(*gift(5, 1_000)[:1], {"recorded_at": "2026-11-23T00:00:01.000000Z"} | gift(5, 1_000)[1])
    assert made.failures() == [], "the same instant is no step back"
    made.add(*gift(5, 1_005)[:1], {"recorded_at": "2026-11-23T00:00:00.999999Z"} | gift(5, 1_005)[1])
    assert made.failures() == ["I2 #3：recorded_at 倒退"]
    made = Journal()
    made.add(*gift()[:1], {"seq": 2} | gift()[1])
    assert made.failures() == ["I2 #0 之后是 #2"]
    for wrong in ({"body": {"prev": "f" * 64}}, {"prev": "f" * 64}):
        made = Journal()
        made.add(*gift()[:1], wrong.pop("body", {}) | gift()[1], **wrong)  # type: ignore[operator]
        assert made.failures()[0] == "I3 #1：prev 不是上一笔的 leaf"
    made = Journal()
    made.add(*gift(), leaf="f" * 64)
    made.add(*gift(5, 1_000))
    assert made.failures() == ["I3 #1：leaf 不是正文的哈希"]


@pytest.mark.parametrize("column", ["id16", "kind", "party", "actor", "effective_on", "reverses"])
def test_a_column_that_does_not_repeat_the_body_is_named(column: str) -> None:
    made = Journal()
    made.add(*gift(), **{column: 1 if column == "reverses" else "other"})
    assert made.failures() == ["I3 #1：各列与正文不符"]


@pytest.mark.parametrize("line", [(1, 100, 11, 999), (1, 101, 11, 1_000), (1, 100, 12, 1_000)])
def test_a_posting_that_is_not_the_one_of_the_body_is_named(line: tuple[Any, ...]) -> None:
    made = Journal()
    made.add(*gift())
    assert made.postings[0] == (1, 100, 11, 1_000)
    made.postings[0] = line
    assert made.failures()[0] == "I3 #1：各列与正文不符"


def test_a_body_that_cannot_be_read_is_named_and_what_follows_is_judged_by_itself() -> None:
    made = Journal()
    made.add(*gift())
    made.entries[0][9:] = [canonical.leaf("gone"), "gone"]
    seen = made.replayed()
    assert (seen.seq, seen.leaf, seen.at) == (1, canonical.leaf("gone"), made.entries[0][3]), (
        "its columns are all we have"
    )
    made.add(*gift(5, 0))
    seen = made.replayed()
    assert [f"{f.invariant} {f.words}" for f in seen.failures] == ["I3 #1：正文无法重放"]
    assert not seen.readable
    assert seen.seq == 2


# -- sums and bounds ---------------------------------------------------------------------------------------


def test_every_unit_sums_to_zero_and_money_does_so_in_every_fund() -> None:
    made = Journal()
    made.add([(BANK, acc.CNY, 10), (GIFTS, acc.CNY, -9)], flows(received={EDU: [[0, 10]]}))
    made.add([(SHELF, LOT, 5), (acc.DONORS, acc.lot("B2"), -5)])
    made.add([(COST, acc.CNY, 5), (acc.money("5101", GEN, "P01"), acc.CNY, -5)])
    assert made.failures() == [
        "I1 #1：CNY F-EDU 合计为 1",
        "I1 #2：lot:B1 合计为 5",
        "I1 #2：lot:B2 合计为 -5",
        "I1 #3：CNY F-EDU 合计为 5",
        "I1 #3：CNY F-GEN 合计为 -5",
    ]


@pytest.mark.parametrize("place", [SHELF, ROAD, acc.household("k")])
def test_a_bounded_place_never_falls_below_zero(place: str) -> None:
    made = Journal()
    made.add([(place, LOT, 5), (acc.DONORS, LOT, -5)])
    made.add([(place, LOT, -5), (acc.DONORS, LOT, 5)])
    assert made.failures() == [], "down to nothing, and a place without a bound below"
    made.add([(place, LOT, -1), (acc.DONORS, LOT, 1)])
    assert made.failures() == [f"I5 #3：{place} 的 lot:B1 为 -1"]


# -- the programme -----------------------------------------------------------------------------------------


def test_money_is_spent_for_a_programme_that_its_fund_allows() -> None:
    made = Journal()
    made.add(*gift())
    made.add(*payment(0, 10, "P02"))
    assert made.failures() == []
    made.add(*payment(10, 20, "P03"))
    assert made.failures() == ["I8 #3：基金 F-EDU 不能用于项目 P03"]
    lines, body = payment(20, 30)
    made.add(lines, body | {"facts": {}})
    assert made.failures()[1:] == ["I8 #4：支出没有项目"]
    made.add([(COST, acc.CNY, -10), (BANK, acc.CNY, 10)],
             {"reverses": 3, "facts": {"programme": "P03"}} | flows(released={EDU: [[10, 20]]}))  # fmt: skip
    assert len(made.failures()) == 2, "a reversal is the exact opposite, whatever the fund allows"


def test_a_fund_without_programmes_or_without_a_row_allows_all() -> None:
    made = Journal()
    for fund in (GEN, "F-ODD"):
        made.add([(acc.money("5101", fund), acc.CNY, 5), (acc.money("5301", fund), acc.CNY, -5)],
                 {"facts": {"programme": "P77"}})  # fmt: skip
    made.add([(SHELF, LOT, 5), (acc.DONORS, LOT, -5)], {"facts": {"programme": "P77"}})
    assert made.failures() == []


# -- streams -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [BANK, TILL, OTHER])
def test_what_moves_in_the_stream_moves_in_the_money_of_the_fund(place: str) -> None:
    made = Journal()
    made.add(gift(1_000, 0, place)[0])
    assert made.failures() == ["I9 #1：基金 F-EDU 的资金与资金流相差 1000"]
    made = Journal()
    made.add([(SHELF, LOT, 5), (acc.DONORS, LOT, -5)], flows(received={EDU: [[0, 10]]}))
    assert made.failures() == ["I9 #1：基金 F-EDU 的资金与资金流相差 -10"]


SIGNED: list[tuple[str, int]] = [("spent", -1), ("moved", -1), ("refunded", -1), ("released", 1)]


@pytest.mark.parametrize(("name", "sign"), SIGNED)
def test_each_flow_counts_into_or_out_of_the_money(name: str, sign: int) -> None:
    made = Journal()
    made.add(*gift())
    made.add(*payment(0, 100))
    start = 0 if name == "released" else 100
    lines = [(BANK, acc.CNY, sign * 11), (COST, acc.CNY, -sign * 11)]
    made.add(lines, {"facts": {"programme": "P01"}} | flows(**{name: {EDU: [[start, start + 10]]}}))
    assert made.failures() == [f"I9 #3：基金 F-EDU 的资金与资金流相差 {sign}"]


def test_a_position_is_used_once_and_only_after_it_was_received() -> None:
    made = Journal()
    made.add(*gift(100))
    made.add(*payment(0, 50))
    for start, stop in ((49, 60), (90, 101)):
        made.add(*payment(start, stop))
    seen = made.replayed()
    assert [f"{f.invariant} {f.words}" for f in seen.failures] == [
        "I9 #3：基金 F-EDU 的位置用了两次，或从未收到",
        "I9 #4：基金 F-EDU 的位置用了两次，或从未收到",
    ]
    assert seen.segments == {(EDU, 50): (0, 2, "spent")}
    assert seen.streams[EDU].outflow == 50


def back(start: int, stop: int) -> tuple[Postings, dict[str, Any]]:
    """A part of a payment that comes back: the last of its positions are free again."""
    lines = [(COST, acc.CNY, start - stop), (BANK, acc.CNY, stop - start)]
    return lines, {"facts": {"programme": "P01"}} | flows(released={EDU: [[start, stop]]})


def test_what_comes_back_ends_the_segment_of_its_payment_before_it() -> None:
    made = Journal()
    made.add(*gift())
    made.add(*payment(0, 100))
    made.add(*payment(100, 200))
    made.add(*back(60, 100))
    made.add(*back(30, 60))
    made.add(*back(100, 200))
    seen = made.replayed()
    assert seen.failures == []
    assert seen.segments == {(EDU, 30): (0, 2, "spent")}
    assert seen.streams[EDU].free == [(30, 1_000)]


class Unwalked(dict[Any, Any]):
    """Segments that are looked up; a walk through all of them is refused."""

    def __iter__(self) -> Any:
        raise AssertionError

    items = keys = values = __iter__


def test_a_return_looks_its_segment_up_and_walks_through_none() -> None:
    made = Journal()
    made.add(*gift())
    for start in range(0, 900, 18):
        made.add(*payment(start, start + 18))
    made.add(*back(895, 900))
    seen = made.replayed(segments=Unwalked())
    assert seen.failures == []
    assert seen.segments[EDU, 895] == (882, 51, "spent")


@pytest.mark.parametrize(("pieces", "shown"), [([[1, 11]], "[[1, 11]]"), ([[0, 5], [5, 10]], "[[0, 5], [5, 10]]")])
def test_money_arrives_behind_all_that_came_before(pieces: list[list[int]], shown: str) -> None:
    made = Journal()
    made.add([(BANK, acc.CNY, 10), (GIFTS, acc.CNY, -10)], flows(received={EDU: pieces}))
    assert made.failures() == [f"I9 #1：基金 F-EDU 收于 {shown}，不是 [0, 10]"]


def test_what_an_entry_received_and_its_arrivals_no_longer_say_is_kept_for_the_end() -> None:
    base = Journal()
    base.add(*gift(100))
    base.add(*gift(5, 100))
    whole = list(base.inflows)
    for inflows, odd in (
        (whole, {}),
        ([(1, EDU, 0, 40), (1, EDU, 40, 100), whole[1]], {}),  # cut where somebody took over and gave back
        ([whole[1]], {(EDU, 1): [(0, 100)]}),
        ([(1, EDU, 0, 99), whole[1]], {(EDU, 1): [(0, 100)]}),
        ([*whole, (1, GEN, 0, 5)], {(GEN, 1): []}),
        ([*whole, (3, EDU, 0, 5)], {(EDU, 3): []}),
        ([(2, EDU, 0, 100), whole[1]], {(EDU, 1): [(0, 100)], (EDU, 2): [(100, 105)]}),
    ):
        base.inflows = list(inflows)
        assert base.replayed().odd == odd, inflows


def test_a_flood_of_failures_is_cut() -> None:
    seen = Replay()
    for n in range(replay.FAILURES_MAX + 5):
        seen.fail("I2", "#{seq}：recorded_at 倒退", seq=n)
    assert len(seen.failures) == replay.FAILURES_MAX == 200
    assert seen.failures[0].words == "#0：recorded_at 倒退"
