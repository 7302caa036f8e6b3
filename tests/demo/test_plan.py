"""What the demo's story is made of: its calendar, its sums cut into parts, its names, its budgets before they are paid."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from charity.aid import demo as aid
from charity.demo import calendar, names, shares, tables
from charity.demo.plan import Family, Plan

DAYS = (date(2026, 1, 5), date(2026, 4, 15), date(2026, 7, 10), date(2026, 11, 25), date(2028, 2, 29))


@pytest.mark.parametrize(
    ("day", "works", "holiday"),
    [
        ("2026-02-14", True, False),  # a Saturday worked for the Spring Festival
        ("2026-02-17", False, True),
        ("2026-02-24", True, False),
        ("2026-05-09", True, False),
        ("2026-10-10", True, False),
        ("2026-10-07", False, True),
        ("2026-11-21", False, False),  # a plain Saturday: the stores are open
        ("2025-10-08", False, True),
        ("2025-01-26", True, False),
        ("2031-01-01", False, True),  # outside the table: a holiday of fixed date
        ("2031-01-02", True, False),
    ],
)
def test_working_days_and_holidays_are_those_of_the_notices(*, day: str, works: bool, holiday: bool) -> None:
    assert calendar.is_working(date.fromisoformat(day)) == works
    assert calendar.is_holiday(date.fromisoformat(day)) == holiday


def test_a_year_has_the_working_days_of_its_notice() -> None:
    for year in (2025, 2026):
        assert len(calendar.working_days(date(year, 1, 1), date(year, 12, 31))) == 248
    assert calendar.working(date(2026, 2, 15)) == date(2026, 2, 24)
    assert calendar.after(date(2026, 2, 13), 2) == date(2026, 2, 24)


@pytest.mark.parametrize("row", tables.rows("work_units"), ids=lambda row: row["unit_code"])
def test_the_staff_of_a_unit_give_by_rank_and_together_its_total(row: dict[str, str]) -> None:
    total, givers = tables.fen(row["personal_total"]), int(row["donors"])
    for seed in range(5):
        amounts = shares.by_rank(total, givers, random.Random(seed))
        assert (sum(amounts), len(amounts)) == (total, givers)
        odd = [amount for amount in amounts if amount // 100 not in shares.RANKS]
        assert len(odd) <= 1, "the rest is one giver's"
        assert Counter(amounts).most_common(1)[0][1] <= givers * 2 // 3, "nobody gives what all others give"


def test_sums_are_cut_into_parts_that_add_up() -> None:
    chance = random.Random(1)
    parts = shares.round_parts(740_000_00, 251, 2_000_00, 5_000_00, 100_00, chance)
    assert (sum(parts), len(parts)) == (740_000_00, 251)
    assert min(parts) >= 2_000_00
    assert max(parts) <= 5_000_00
    assert len(set(parts)) > 15
    assert shares.round_parts(300, 1, 100, 300, 100, chance) == [300]
    small = shares.small(252_260_37, chance)
    assert sum(small) == 252_260_37
    assert len(small) > 700
    assert max(small) <= 2_000_00


def test_given_names_are_of_their_generation_and_no_firm_is_a_supplier() -> None:
    assert not set(names.ADULTS) & set(names.YOUNG)
    chance = random.Random(2)
    assert all(names.young(chance)[1:] in names.YOUNG for _ in range(300))
    assert all(names.adult(chance)[1:] in names.ADULTS for _ in range(300))
    from charity.people.demo import OTHERS  # noqa: PLC0415 - the only use

    assert not {name for _, name, kind in OTHERS if kind == "supplier"} & set(names.FIRMS)


@pytest.mark.parametrize("day", DAYS)
def test_each_season_comes_once_in_the_storys_year(day: date) -> None:
    plan = Plan(day)
    assert plan.opened_on == (day.replace(day=1) - timedelta(days=360)).replace(day=1)
    for month, on in ((1, 5), (2, 10), (6, 15), (7, 14), (8, 31), (11, 20), (12, 8)):
        chosen = plan.once(month, on)
        assert plan.first <= chosen
        assert chosen <= calendar.working(plan.opened_on + timedelta(days=380))
        assert calendar.is_working(chosen)
    winter = plan.season((11, 15), (2, 10))
    assert {d.month for d in winter} == {11, 12, 1, 2}
    assert all((d.month, d.day) >= (11, 15) or (d.month, d.day) <= (2, 10) for d in winter)


def _planned(day: date) -> list[aid.Case]:
    plan = Plan(day)
    towns = [row["code"] for row in tables.rows("townships")]
    plan.households = [Family(f"LXJ{n:04d}", f"k{n}", towns[n % 20], "DIBAO", 1 + n % 4, "LX01") for n in range(2_600)]
    sizes = {"students": 280, "orphans": 180, "patients": 390}
    plan.people = {group: [f"{group}{n}" for n in range(size)] for group, size in sizes.items()}
    return aid.cases(plan, plan.chance_of("aid"))


@pytest.mark.parametrize("day", DAYS)
def test_the_budgets_of_the_year_are_planned_to_the_fen(day: date) -> None:
    by_programme: dict[str, list[aid.Case]] = defaultdict(list)
    for case in _planned(day):
        by_programme[case.programme or case.purpose].append(case)
    administration = sum(case.fen for case in by_programme.pop("administration"))
    assert 95_000_00 <= administration <= 115_000_00 + 7_500_00, "a year's, and of the month that has begun"
    assert sum(case.fen for case in by_programme.pop("fundraising")) == 12_800_00
    sums = {code: sum(case.fen for case in cases) for code, cases in by_programme.items()}
    assert sums == {
        "P01": 900_000_00,
        "P02": 402_000_00,
        "P03": 1_150_000_00,
        "P04": 884_000_00,
        "P05": 107_000_00,
        "P06": 60_000_00,
        "P07": 168_000_00,
        "P08": 200_000_00,
        "P09": 350_000_00 + 24_000_00,  # and what 瓷坞乡 has of its own
    }
    students = Counter(case.fen // 100 for case in by_programme["P01"])
    assert students == {6_000: 60, 5_000: 50, 4_000: 40, 1_000: 130}
    orphans = Counter(case.fen // 100 for case in by_programme["P02"])
    assert orphans == {2_000: 26 + 118, 2_400: 18, 3_400: 12, 5_000: 6}
    assert len(by_programme["P03"]) == 390
    assert all(2_000_00 <= case.fen <= 5_000_00 for case in by_programme["P03"])
    assert sum(case.recipients for case in by_programme["P04"]) == 2 * 2_600
    assert len(by_programme["P07"]) == 21
    assert {case.fen for case in by_programme["P07"]} == {8_000_00}
    assert len([case for case in by_programme["P09"] if case.kind == "household"]) == 240


def test_each_payee_is_whom_the_money_is_for() -> None:
    kinds = defaultdict(set)
    for case in _planned(DAYS[3]):
        kinds[case.programme or case.purpose].add(
            (case.kind, case.payee[:3] if case.kind != "person" else case.payee.rstrip("0123456789"))
        )
    assert kinds["administration"] == kinds["fundraising"] == {("institution", "LXB")}
    assert kinds["P01"] == {("person", "students")}, "a student's own card, never a school"
    assert kinds["P02"] == {("person", "orphans")}
    assert kinds["P03"] == {("person", "patients")}
    assert kinds["P04"] == {("branch", "LXL")}, "the contact points of the townships"
    assert kinds["P06"] == {("institution", "LXB")}, "the insurer and the volunteers, never a home"
    assert kinds["P07"] == {("institution", "LXI")}
    assert kinds["P05"] == {("supplier", "LXG")}
    assert kinds["P09"] == {("household", "LXJ"), ("branch", "LXL")}
