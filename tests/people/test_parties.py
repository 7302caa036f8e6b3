"""Who is one donor: the same identity or the same phone, whoever gave first; whose gifts are all taken back is none."""

import asyncio

import as_shown
import pytest
from cast import Cast
from giving.given import give, promised, today
from goods.given import RICE, opened

from charity.db import reading
from charity.giving import campaigns, verify
from charity.people.persons import Donor

ID, OTHER_ID = "330101199001011234", "330101199001015678"
ONE = "13900000001"


def person(phone: str = "", number: str = "", name: str = "甲") -> Donor:
    return Donor("person", name, phone, tax_id=number)


async def donors(campaign: str = "everyday") -> int:
    return (await campaigns.get(campaign)).figures.donors


@pytest.mark.parametrize(
    ("givers", "count"),
    [
        ([person(ONE), person(ONE, name="乙")], 1),
        ([person(ONE), person("+86 139-0000-0001")], 1),
        ([person(number=ID), person(number=ID)], 1),
        ([person(ONE), person(ONE, ID), person(number=ID), person(ONE)], 1),
        ([person(number=ID), person(ONE), person(ONE, ID)], 2),
        ([person(ONE, ID), person(ONE, OTHER_ID), person(number=OTHER_ID)], 2),
        ([person(ONE, ID), person(ONE)], 1),
        ([person(ONE), Donor("organisation", "丁厂", ONE)], 2),
        ([Donor("organisation", "丁厂", tax_id="91330100MA00000000"), Donor("organisation", "丁", tax_id="91330100ma00000000")], 1),
        ([person(), person()], 2),
        ([Donor(), Donor()], 0),
    ],
)  # fmt: skip
async def test_the_same_identity_or_phone_is_one_donor(house: Cast, givers: list[Donor], count: int) -> None:
    for giver in givers:
        await give(house, 100, campaign="everyday", donor=giver)
    assert await donors() == count
    assert (await campaigns.get("everyday")).figures.gifts == len(givers)
    assert await reading.value("SELECT COUNT(*) FROM person") == len(givers), "a receipt prints its own giver"
    assert await reading.value("SELECT COUNT(DISTINCT party) FROM donation WHERE party <> ''") == count
    assert await verify.run() == []


async def test_givers_of_one_batch_see_each_other(house: Cast) -> None:
    await asyncio.gather(
        *(give(house, 100, campaign="everyday", donor=person(ONE, *more)) for more in ((), (ID,), (), (ID,)))
    )
    assert await donors() == 1
    assert await verify.run() == []


async def test_a_pledge_is_one_donor_however_often_its_money_comes(house: Cast) -> None:
    for giver in (person(), person(ONE), Donor()):
        code = await promised(donor=giver, campaign="everyday", amount_fen=200)
        for fen in (50, 150):
            await as_shown.receive(code, amount_fen=fen, received_on=today(), channel="cash", by=house.cashier)
    assert await donors() == 2
    assert await verify.run() == []


async def test_whose_only_gift_is_taken_back_is_no_donor(house: Cast) -> None:
    shop = await opened(house)
    taken = [await shop.bring_answer(RICE, 1, unit_value_fen=500, donor=person(ONE)) for _ in range(2)]
    for answer, left in zip(taken, (1, 0), strict=True):
        await as_shown.reverse(number=answer["number"], reason="错", by=house.manager)
        assert await reading.tuples("SELECT fund, donors FROM donor_sum ORDER BY fund") == [
            ("*", left),
            ("F-GEN", left),
        ]
        assert await verify.run() == []


async def test_a_fund_has_its_own_donors_and_agency_money_is_not_ours(house: Cast) -> None:
    for campaign in ("everyday", "dream-2026", "wenchuan-2008"):
        await give(house, 100, campaign=campaign, donor=person(ONE))
    kept = {row[0]: row[1] for row in await reading.tuples("SELECT fund, donors FROM donor_sum")}
    assert kept == {"*": 1, "F-GEN": 1, "F-EDU": 1, "F-WC08": 1}
