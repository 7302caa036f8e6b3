"""Who counts as a donor: of a period by dated events, of all time while a gift stands; and a giver's largest gift."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cast import Cast
from giving.given import approved, corrected, give, refunded, requested
from tampering import tampered
from whole.given import verify_failures

from charity import clock
from charity.db import reading
from charity.disclosure import figures
from charity.errors import Refusal
from charity.giving import donations
from charity.giving.donations import Part, read_back
from charity.giving.donors import counting
from charity.people.persons import Donor

OCTOBER, NOVEMBER = datetime(2026, 10, 8, 4, tzinfo=UTC), datetime(2026, 11, 9, 4, tzinfo=UTC)
FIRST, SECOND, BOTH = ("2026-10-01", "2026-10-31"), ("2026-11-01", "2026-11-30"), ("2026-10-01", "2026-11-30")


def donor(name: str) -> Donor:
    return Donor("person", name, f"19900000{ord(name):03d}")


async def gift(house: Cast, name: str, fen: int = 1_000, **changes: Any) -> Any:
    day = clock.today().isoformat()
    return await give(house, fen, donor=donor(name), received_on=day, campaign="everyday", **changes)


async def donors(period: tuple[str, str], fund: str = "") -> int:
    return await counting.distinct(*period, fund, 10**9)


async def test_a_month_that_is_over_keeps_its_donors_whatever_is_taken_back_later(house: Cast) -> None:
    with clock.fixed(OCTOBER):
        wrong, back, part = [await gift(house, name) for name in "ABC"]
        await gift(house, "A", fund="F-EDU")
        nameless = await give(house, 500, donor=Donor(), received_on="2026-10-08", campaign="everyday")
    assert (await donors(FIRST), await donors(FIRST, "F-GEN"), await donors(FIRST, "F-EDU")) == (3, 3, 1)
    with clock.fixed(NOVEMBER):
        await corrected(house, wrong)
        await refunded(house, back, 1_000)
        await refunded(house, part, 400)
        await corrected(house, nameless)
        returned, _ = await gift(house, "D"), await gift(house, "E")
        await refunded(house, returned, 1_000)
        smaller = await gift(house, "B", 900)
        assert (await donors(FIRST), await donors(FIRST, "F-GEN"), await donors(FIRST, "F-EDU")) == (3, 3, 1)
        assert await donors(SECOND) == 1, "E: B gave less than went back to it, D has it back"
        await gift(house, "B", 200)
        assert await donors(SECOND) == 2, "and now B more"
        assert (await donors(BOTH), await donors(BOTH, "F-GEN")) == (4, 3), "A in F-EDU, B, C, E"
        always = await figures.of(None, None)
        assert (always.donors, (await figures.of(None, None, fund="F-GEN")).donors) == (4, 3)
        await corrected(house, smaller)
        assert (await donors(SECOND), (await figures.of(None, None)).donors) == (1, 4)
    assert await verify_failures() == []


async def test_of_a_unit_who_has_all_back_gave_nothing(house: Cast) -> None:
    answer, _ = [await gift(house, name, work_unit="LXU02") for name in "AB"]
    await refunded(house, answer, 400)
    assert await reading.only("SELECT gifts, donors, net_fen FROM unit_sum") == {
        "gifts": 2,
        "donors": 2,
        "net_fen": 1_600,
    }
    await approved(await requested(house, answer, 600), house.approver)
    assert await reading.only("SELECT gifts, donors, net_fen FROM unit_sum") == {
        "gifts": 2,
        "donors": 1,
        "net_fen": 1_000,
    }
    assert await verify_failures() == []


async def test_the_largest_gift_is_the_largest_that_stands(house: Cast) -> None:
    async def largest() -> int:
        return int(await reading.value("SELECT largest_fen FROM party"))

    await gift(house, "A", 100)
    wrong, second = await gift(house, "A", 50_000), await gift(house, "A", 300)
    assert await largest() == 50_000
    await corrected(house, wrong)
    assert await largest() == 300
    await refunded(house, second, 299)
    assert await largest() == 300, "of a part"
    await approved(await requested(house, second, 1), house.approver)
    assert await largest() == 100
    await corrected(house, await gift(house, "A", 50))
    assert await largest() == 100
    assert await verify_failures() == []


async def test_what_a_giver_gave_today_by_the_channel_counts_towards_reading_back(house: Cast) -> None:
    once = {"confirmed_amount_fen": None, "campaign": "everyday", "donor": donor("A"), "channel": "bank"}

    async def read(fen: int, ref: str, **changes: Any) -> str:
        try:
            await give(house, fen, channel_ref=ref, **(once | changes))
        except Refusal as refusal:
            return format(refusal.facts["why"]) if "why" in refusal.facts else refusal.code
        return ""

    first = await give(house, 3_000_000, donor=donor("A"), campaign="everyday", channel="bank", channel_ref="1")
    assert await read(2_000_000, "2") == ""
    assert await read(1, "3") == read_back.LARGE_TODAY
    assert await read(1, "3", donor=donor("B")) == "", "somebody else"
    assert await read(1, "4", channel="wechat") == "", "another way"
    two = [Part("everyday", None, 30), Part("everyday", None, 70)]
    values = {"received_on": clock.today().isoformat(), "channel": "bank", "channel_ref": "5", "by": house.cashier}
    with pytest.raises(Refusal) as refused:
        await donations.receive_together(parts=two, donor=donor("A"), **values)
    assert refused.value.code == "amount.unconfirmed"
    await corrected(house, first)
    assert await read(1, "6") == "", "what was undone is not given"
    assert await verify_failures() == []
    async with tampered("UPDATE party SET marks = REPLACE(marks, '\"=bank\":', '\"=bank\":1')"):
        assert set(await verify_failures()) == {"I12"}
    with clock.fixed(clock.instant(clock.stamp()) + timedelta(days=1)):
        assert await read(2_900_000, "7") == "", "of the day before nothing counts"
        assert await verify_failures() == []


async def test_verify_reads_the_marks_of_the_newest_day_alone(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, tuples = [], reading.tuples

    async def counted(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        rows = await tuples(sql, *values)
        sizes.append(len(rows))
        return rows

    monkeypatch.setattr(reading, "tuples", counted)
    assert await counting.wrong() == []
    assert sizes == [], "nobody gave: no gift is read"
    with clock.fixed(OCTOBER):
        for name in "ABC":
            await gift(house, name)
    with clock.fixed(NOVEMBER):
        await gift(house, "D")
    assert await counting.wrong() == []
    assert sizes == [1, 1]
