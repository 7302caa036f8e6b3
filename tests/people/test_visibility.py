"""Who may see which persons, households and institutions."""

from typing import Any

import pytest

from charity.aid import payees
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.people import households, institutions, persons
from charity.people.masking import Reader
from charity.people.models import Household, Institution, Person
from charity.roles import PUBLIC, SYSTEM, Actor

KEY, NAMELESS = "a" * 32, "b" * 32


@pytest.fixture
async def town(house: Any) -> str:
    """A person, a nameless one, a home and a supplier; the code of a household."""

    async def work(tx: Any) -> None:
        donors = [(persons.Donor("person", "李学生"), KEY), (persons.Donor(), NAMELESS)]
        await tx.insert("person", [persons.person_row(donor, key=key) for donor, key in donors])
        await institutions.add(tx, code="JG-1", name="敬老院", kind="home", bank_account="6222000011112222")
        await institutions.add(tx, code="GY-1", name="粮油公司", kind="supplier", bank_account="6222000033334444")

    await transactions.run(work)
    return str(await reading.value("SELECT code FROM household WHERE key = $1", house.household))


async def test_persons_are_for_whoever_reads_gifts_or_vouchers(house: Any, town: str) -> None:
    for by in (house.cashier, house.accountant, house.auditor, house.caseworker, house.approver, SYSTEM):
        assert await Person.visible_to(by).filter(key=KEY).exists(), by.name
    for by in (house.clerk, house.admin, PUBLIC):
        assert await Person.visible_to(by).count() == 0, by.name
        assert await persons.payable(KEY, by=by) is None
    assert await persons.payable(NAMELESS, by=SYSTEM) is None
    # A row that names a person shows the name to whoever may see that row.
    assert {key: person.name for key, person in (await persons.names([KEY, "gone"])).items()} == {KEY: "李学生"}


async def test_households_are_for_the_till_and_for_vouchers(house: Any, town: str) -> None:
    for by in (house.clerk, house.caseworker, house.approver, house.auditor):
        household = await households.with_code(town, by=by)
        assert household is not None
        assert household.key == house.household
    for by in (house.admin, PUBLIC):
        assert await households.with_code(town, by=by) is None
        assert await Household.visible_to(by).count() == 0


async def test_institutions_are_for_whoever_reads_vouchers(house: Any, town: str) -> None:
    asked: dict[str, Any] = {"text": "JG", "townships": (), "limit": 9}
    assert [row.code for row in await institutions.matching(**asked, by=house.caseworker)] == ["JG-1"]
    assert await institutions.matching(**asked, by=house.clerk) == []
    assert await institutions.with_code("JG-1", by=PUBLIC) is None
    assert await Institution.visible_to(house.admin).count() == 0


@pytest.mark.parametrize(
    ("kind", "code", "account"),
    [("institution", "JG-1", "****2222"), ("supplier", "GY-1", "****4444"), ("person", KEY, "")],
)
async def test_a_payee_is_found_in_its_own_kind_by_whoever_may_see_it(
    house: Any, town: str, kind: str, code: str, account: str
) -> None:
    payee = await payees.find(kind, code, by=house.caseworker)
    assert (payee.kind, payee.code, payee.account_for(Reader.STAFF), payee.open) == (kind, code, account, True)
    for wrong in {"household", "person", "institution", "supplier"} - {kind}:
        assert await _unknown(wrong, code, house.caseworker) == "payee.unknown"
    assert await _unknown(kind, code, house.clerk) == "payee.unknown"
    assert (await payees.find("household", town, by=house.caseworker)).party == house.household


async def _unknown(kind: str, code: str, by: Actor) -> str:
    with pytest.raises(Refusal) as refused:
        await payees.find(kind, code, by=by)
    return refused.value.code
