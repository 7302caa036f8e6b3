"""Stock, points and kept sums against a plain-Python model: any order of gifts, issues, reversals and days."""

import asyncio
import re
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import as_shown
import pytest
from cast import Cast, seed
from conftest import environment
from goods.given import MILK, RICE, SALT, Shop, holding, opened
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from charity import clock
from charity.db import engine, reading
from charity.errors import Refusal
from charity.goods import intake, points, till
from charity.goods import verify as goods_verify
from charity.goods.intake import IntakeLine
from charity.goods.till import Line
from charity.ledger import accounts as acc
from charity.ledger import checks, writer
from charity.ledger import verify as ledger_verify

BEGUN = datetime.fromisoformat("2026-01-10T02:00:00+00:00")
POINTS = {RICE: 26, SALT: 3, MILK: 42}
GRANTS = (180, 60)
SUMS = (*goods_verify._SUMS, *(check for check in ledger_verify._CHECKS if "fund_month" in check[2]))
"""What `charity verify` compares the kept sums of shelves and funds with."""
BASKET = st.lists(
    st.tuples(st.sampled_from([SALT, RICE, MILK]), st.integers(1, 4)),
    min_size=1,
    max_size=2,
    unique_by=lambda line: line[0],
)


@dataclass
class ModelLot:
    """What a lot is to somebody with pencil and paper."""

    code: str
    barcode: str
    pieces: int
    expires_on: date | None
    cost_fen: int
    restricted: bool


@dataclass
class Model:
    """The whole shop in plain Python."""

    lots: list[ModelLot] = field(default_factory=list)
    points: dict[tuple[int, str], int] = field(default_factory=dict)
    spent: dict[str, tuple[int, list[tuple[str, int]], dict[str, int]]] = field(default_factory=dict)
    intakes: dict[str, tuple[str, int]] = field(default_factory=dict)

    def pick(self, barcode: str, quantity: int, day: date) -> dict[str, int] | None:
        """First expiring first, one piece at a time."""
        taken: dict[str, int] = {}
        for _ in range(quantity):
            open_lots = [
                lot
                for lot in self.lots
                if lot.barcode == barcode
                and not lot.restricted
                and (lot.expires_on is None or lot.expires_on >= day)
                and lot.pieces > taken.get(lot.code, 0)
            ]
            if not open_lots:
                return None
            first = min(open_lots, key=lambda lot: (lot.expires_on or date.max, lot.code))
            taken[first.code] = taken.get(first.code, 0) + 1
        return taken

    def pay(self, household: int, amount: int, cycles: list[str]) -> dict[str, int] | None:
        """Oldest points first, one point at a time."""
        used: dict[str, int] = {}
        for _ in range(amount):
            for cycle in cycles:
                if self.points.get((household, cycle), 0) > used.get(cycle, 0):
                    used[cycle] = used.get(cycle, 0) + 1
                    break
            else:
                return None
        return used

    def lot(self, code: str) -> ModelLot:
        return next(lot for lot in self.lots if lot.code == code)


class ShopMachine(RuleBasedStateMachine):
    """Does the same to the shop and to the model."""

    folder: Path
    template: Path
    runs = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).runs += 1
        self.runner = asyncio.Runner()  # one context for all steps: Tortoise keeps its database there
        self.model = Model()
        self.day = 0
        path = self.folder / f"{self.runs}.db"
        path.write_bytes(self.template.read_bytes())
        environment(f"sqlite://{path}", self.folder / str(self.runs))
        self.run(self._open(str(path)))

    async def _open(self, path: str) -> None:
        from charity.app import MODELS  # noqa: PLC0415 - as conftest.opened

        self.database = engine.opened(MODELS)
        await self.database.__aenter__()
        self.writer = writer.running()
        await self.writer.__aenter__()
        self.house: Cast = await seed(path)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        async def timed() -> Any:
            with clock.fixed(BEGUN + timedelta(days=self.day)):
                return await work

        return self.runner.run(timed())

    def teardown(self) -> None:
        async def close() -> None:
            await self.writer.__aexit__(None, None, None)
            await self.database.__aexit__(None, None, None)

        self.run(close())
        self.runner.close()

    @property
    def today(self) -> date:
        return (BEGUN + timedelta(days=self.day)).astimezone(clock.SHANGHAI).date()

    def cycles(self) -> list[str]:
        """The quarter before this one and this one."""
        quarter = self.today.year * 4 + (self.today.month - 1) // 3
        return [f"{n // 4}-Q{n % 4 + 1}" for n in (quarter - 1, quarter)]

    @initialize()
    def begin(self) -> None:
        self.shop: Shop = self.run(opened(self.house))
        self._granted()
        self.wait(92)  # so that there are points of two cycles
        for barcode in POINTS:
            for life in (300, 40, 120):
                self.bring(barcode, 3, life, 1_000, restricted=False)
        self._empty_and_bring_back()

    def _empty_and_bring_back(self) -> None:
        """What no chance may leave out: two lots of one day and both emptied, their return, an intake taken back."""
        by_day = [lot for lot in self.model.lots if lot.barcode == SALT][2:4]
        assert len({lot.code for lot in by_day}) == 2
        assert len({lot.expires_on for lot in by_day}) == 1
        self.issue(0, [(SALT, 3)])
        assert [lot.pieces for lot in by_day] == [0, 0]
        self.the_kept_sums_are_the_books()
        self._take_issue_back(*self.model.spent)
        assert all(lot.pieces for lot in by_day)
        self.the_kept_sums_are_the_books()
        self.bring(SALT, 3, 40, 100, restricted=True)
        self._take_intake_back(self.model.intakes[self.model.lots[-1].code][0])
        assert self.model.lots[-1].pieces == 0

    def _granted(self) -> None:
        for n, amount in enumerate(GRANTS):
            self.model.points.setdefault((n, self.cycles()[-1]), amount)

    @rule(
        barcode=st.sampled_from([SALT, RICE, MILK]),
        quantity=st.integers(1, 9),
        life=st.sampled_from([300, 40, 120, 3, 0, None]),
        total=st.sampled_from([0, 100, 1_000]),
        restricted=st.sampled_from([False, False, False, True]),
    )
    def bring(self, barcode: str, quantity: int, life: int | None, total: int, *, restricted: bool) -> None:
        if life is None and barcode != SALT:
            life = 200
        expires_on = None if life is None else self.today + timedelta(days=life)
        value = {"total_value_fen": total, "evidence": "market"} if total else {}
        line = IntakeLine(barcode, quantity, expires_on, value_checked=True, **value)
        fund = "F-EDU" if restricted else "F-GEN"
        made = self.run(intake.take_in(store="LX01", source="gift", lines=[line], fund=fund, by=self.house.clerk)).body
        low, high = divmod(total, quantity)
        assert sum(lot["quantity"] for lot in made["lots"]) == quantity
        if total and high:
            assert [lot["quantity"] for lot in made["lots"]] == [high, quantity - high]
        for n, lot in enumerate(made["lots"]):
            cost = low + (1 if total and high and n == 0 else 0)
            self.model.lots.append(ModelLot(lot["code"], barcode, lot["quantity"], expires_on, cost, restricted))
            self.model.intakes[lot["code"]] = (made["number"], lot["quantity"])

    @rule(baskets=st.lists(st.tuples(st.integers(0, 1), BASKET), min_size=1, max_size=6))
    def serve(self, baskets: list[tuple[int, list[tuple[str, int]]]]) -> None:
        for household, basket in baskets:
            self.issue(household, basket)

    def issue(self, household: int, basket: list[tuple[str, int]]) -> None:
        day = self.today
        picks = [self.model.pick(barcode, quantity, day) for barcode, quantity in basket]
        price = sum(POINTS[barcode] * quantity for barcode, quantity in basket)
        used = self.model.pay(household, price, self.cycles())
        lines = [Line(quantity, barcode=barcode) for barcode, quantity in basket]
        card = (self.shop.card, self.shop.card2)[household]
        work = till.issue(store="LX01", card=card, lines=lines, by=self.house.clerk)
        if None in picks or used is None:
            with pytest.raises(Refusal) as caught:
                self.run(work)
            fields = {e.field for e in caught.value.fields}
            short = {f"lines.{n}.quantity" for n, pick in enumerate(picks) if pick is None}
            assert fields == short | ({"points"} if used is None else set())
            return
        answer = self.run(work).body
        taken = {code: pieces for pick in picks if pick for code, pieces in pick.items()}
        assert {line["lot"]: line["quantity"] for line in answer["lines"]} == taken
        assert answer["points_spent"] == price
        for code, pieces in taken.items():
            self.model.lot(code).pieces -= pieces
        for cycle, amount in used.items():
            self.model.points[household, cycle] -= amount
        self.model.spent[answer["number"]] = (household, list(taken.items()), used)

    @precondition(lambda self: self.model.spent)
    @rule(data=st.data())
    def take_issue_back(self, data: st.DataObject) -> None:
        self._take_issue_back(data.draw(st.sampled_from(sorted(self.model.spent))))

    def _take_issue_back(self, number: str) -> None:
        household, taken, used = self.model.spent.pop(number)
        self.run(as_shown.reverse(number=number, reason="测试", by=self.house.manager))
        for code, pieces in taken:
            self.model.lot(code).pieces += pieces
        for cycle, amount in used.items():
            self.model.points[household, cycle] += amount

    @precondition(lambda self: self.model.intakes)
    @rule(data=st.data())
    def take_intake_back(self, data: st.DataObject) -> None:
        self._take_intake_back(data.draw(st.sampled_from(sorted({n for n, _ in self.model.intakes.values()}))))

    def _take_intake_back(self, number: str) -> None:
        codes = [code for code, (n, _) in self.model.intakes.items() if n == number]
        work = as_shown.reverse(number=number, reason="测试", by=self.house.manager)
        if any(self.model.lot(code).pieces < self.model.intakes[code][1] for code in codes):
            with pytest.raises(Refusal) as caught:
                self.run(work)
            blockers = {n for n, (_, taken, _) in self.model.spent.items() if {c for c, _ in taken} & set(codes)}
            assert set(caught.value.facts["documents"].split("、")) == blockers
            return
        self.run(work)
        for code in codes:
            self.model.lot(code).pieces = 0
            del self.model.intakes[code]

    @rule(days=st.sampled_from([4, 45, 92]))
    def wait(self, days: int) -> None:
        self.day += days
        self.run(points.grant_cycle(by=self.house.caseworker))
        self._granted()

    @rule()
    def sweep(self) -> None:
        self.run(points.expire(by=self.house.caseworker))
        for (household, cycle), left in self.model.points.items():
            if left and cycle < self.cycles()[0]:
                self.model.points[household, cycle] = 0

    @invariant()
    def the_shelf_is_the_model(self) -> None:
        for lot in self.model.lots:
            assert self.run(holding(acc.shelf("LX01"), acc.lot(lot.code))) == lot.pieces
        rows = self.run(reading.rows("SELECT lot, SUM(quantity) AS pieces FROM goods_line GROUP BY lot"))
        assert {r["lot"]: r["pieces"] for r in rows} == {lot.code: lot.pieces for lot in self.model.lots}

    @invariant()
    def the_points_are_the_model(self) -> None:
        if not hasattr(self, "shop"):
            return
        for n, key in enumerate((self.house.household, self.house.household2)):
            spendable = sum(self.model.points.get((n, cycle), 0) for cycle in self.cycles())
            assert self.run(points.balance(key, day=self.today)) == spendable
            for (household, cycle), left in self.model.points.items():
                if household == n:
                    assert self.run(holding(acc.household(key), acc.points("LX", cycle))) == left

    @invariant()
    def the_value_is_the_model(self) -> None:
        value = sum(lot.pieces * lot.cost_fen for lot in self.model.lots)
        sql = (
            "SELECT COALESCE(SUM(h.quantity), 0) FROM holding h JOIN account a ON a.id = h.account "
            "WHERE a.chart = '1201'"
        )
        assert self.run(reading.value(sql)) == value

    @invariant()
    def the_kept_sums_are_the_books(self) -> None:
        assert self.run(checks.failures(SUMS)) == []


def test_the_sums_of_shelves_and_funds_are_among_those_compared() -> None:
    queries = " ".join(query for _, _, query in SUMS)
    assert {"shelf_lot", "shelf_day", "fund_month"} <= set(re.findall(r"\w+", queries))


def test_stock_points_and_sums_follow_a_plain_model(sqlite_template: Path, tmp_path: Path) -> None:
    ShopMachine.folder, ShopMachine.template = tmp_path, sqlite_template
    run_state_machine_as_test(
        ShopMachine,
        settings=settings(
            max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
