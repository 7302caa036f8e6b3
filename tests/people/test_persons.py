"""What is kept of persons, households and institutions, and what of it is shown to whom."""

from typing import Any

import pytest
from cast import Cast
from pydantic import ValidationError

from charity import clock, words
from charity.db import reading, sealed, transactions
from charity.people import households, institutions, persons
from charity.people.forms import DonorForm
from charity.people.id_numbers import credit_checks, id_checks, is_persons
from charity.people.masking import Reader
from charity.people.persons import Donor, Person, person_row

AT = "2026-01-02T03:04:05.000000Z"
ID, CODE = "11010519491231002X", "91350100M000100Y43"


async def keep(**rows: Donor) -> None:
    """Persons by their keys."""
    made = [dict(person_row(donor, key=key)) for key, donor in rows.items()]
    await transactions.run(lambda tx: tx.insert("person", made))


def test_staff_see_the_name_and_of_the_nameless_that_they_are() -> None:
    assert persons.shown(Person("k", "person", "王小明")) == "王小明"
    with words.speaking("en"):
        assert persons.shown(Person("k", "anonymous", "")) == persons.shown(None) != "爱心人士"
    assert persons.shown(None) == "爱心人士"


@pytest.mark.parametrize(
    ("donor", "tax_id", "id_number"),
    [
        (Donor("person", "王小明", "19900002222", "a@b.cn", ID, fiscal_receipt=True), "", ID),
        (Donor("person", "王小明", tax_id=CODE), "", CODE),
        (Donor("organisation", "某厂", tax_id=CODE), CODE, ""),
        (Donor("organisation", "某厂", tax_id=ID), "", ID),
        (Donor("organisation", "某厂"), "", ""),
    ],
)
def test_contacts_and_numbers_of_persons_are_sealed_and_can_be_looked_up(
    house: Cast, donor: Donor, tax_id: str, id_number: str
) -> None:
    row: dict[str, Any] = dict(person_row(donor, key="k", at=AT))
    opened = {name: sealed.unseal("person", name, "k", row.pop(name)) for name in ("phone", "email", "id_number")}
    assert opened == {"phone": donor.phone, "email": donor.email, "id_number": id_number}
    assert row == {
        "key": "k",
        "kind": donor.kind,
        "name": donor.name,
        "tax_id": tax_id,
        "fiscal_receipt": donor.fiscal_receipt,
        "phone_index": sealed.blind_index("person", "phone", donor.phone),
        "id_number_index": sealed.blind_index("person", "id_number", id_number),
        "address": None,
        "address_index": None,
        "bank_account": None,
        "bank_account_index": None,
        "notice": None,
        "sensitive": False,
        "created_at": AT,
    }


def test_of_an_anonymous_giver_only_the_wish_for_a_fiscal_receipt_is_kept(house: Cast) -> None:
    row = person_row(Donor("anonymous", "王小明", "19900002222", "a@b.cn", ID, fiscal_receipt=True), key="k")
    assert {name: value for name, value in row.items() if value} == {
        "key": "k",
        "kind": "anonymous",
        "fiscal_receipt": True,
        "created_at": row["created_at"],
    }
    assert AT < row["created_at"] <= clock.stamp()
    assert Donor() == Donor("anonymous", "", "", "", "", fiscal_receipt=False)


async def test_persons_are_named_however_many_are_asked_for(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persons, "NAMES_CHUNK", 2)
    await keep(**{f"k{n}": Donor("person", f"名{n}") for n in range(5)})
    named = await persons.names(["k4", "k0", "k1", "k2", "k3", "k0", "", "gone"])
    assert named == {f"k{n}": Person(f"k{n}", "person", f"名{n}") for n in range(5)}
    assert await persons.names([]) == {}


@pytest.mark.parametrize(
    ("donor", "shown"),
    [
        (Donor("organisation", "某厂", tax_id=CODE), CODE),
        (Donor("person", "王", tax_id=ID), "110***********002X"),
        (Donor("person", "王", tax_id="1234567"), "*******"),
        (Donor("person", "王", tax_id="12345678"), "123*5678"),
        (Donor("person", "王"), ""),
    ],
)
async def test_of_a_persons_number_three_and_four_characters_are_shown(house: Cast, donor: Donor, shown: str) -> None:
    await keep(k=donor)
    assert await persons.shown_id("k", to=Reader.PERMITTED) == shown
    assert await persons.shown_id("gone", to=Reader.PERMITTED) == ""


async def test_whoever_has_a_name_can_be_paid(house: Cast) -> None:
    account = sealed.seal("person", "bank_account", "a", "6222000011112222")
    rows: list[dict[str, Any]] = [
        dict(person_row(Donor("person", "王"), key="a")) | {"bank_account": account},
        dict(person_row(Donor("organisation", "某厂"), key="b")),
        dict(person_row(Donor(), key="c")),
    ]
    await transactions.run(lambda tx: tx.insert("person", rows))
    by = house.caseworker
    assert await persons.payable("a", by=by) == (Person("a", "person", "王"), "6222000011112222")
    assert await persons.payable("b", by=by) == (Person("b", "organisation", "某厂"), "")
    assert await persons.payable("c", by=by) is None
    assert await persons.payable("gone", by=by) is None
    assert await persons.payable("a", by=house.clerk) is None


# -- households and institutions ---------------------------------------------------------------------------------


async def test_households_are_kept_in_their_order_with_their_contacts_sealed(house: Cast) -> None:
    new = [
        households.NewHousehold("N1", "王建国", "999901002", "DIBAO", 3, "LX01", "19900001234", "溪东前村1组"),
        households.NewHousehold("N2", "李秀英", "999901001", "EDGE", 2),
    ]
    with clock.fixed(clock.instant(AT)):
        keys = await transactions.run(lambda tx: households.add(tx, new))
    rows = await reading.rows("SELECT * FROM household WHERE created_at = $1 ORDER BY code", AT)
    assert [row["key"] for row in rows] == keys
    for key, row, household in zip(keys, rows, new, strict=True):
        assert sealed.unseal("household", "phone", key, row.pop("phone")) == household.phone
        assert sealed.unseal("household", "address", key, row.pop("address")) == household.address
        assert row | {"created_at": "", "key": ""} == {
            "key": "",
            "code": household.code,
            "head_name": household.head_name,
            "township": household.township,
            "category": household.category,
            "members": household.members,
            "status": "active",
            "store": household.store,
            "bank_account": None,
            "created_at": "",
        }


async def test_institutions_are_found_by_a_word_of_their_name_or_their_code(house: Cast) -> None:
    async def work(tx: transactions.Tx) -> None:
        await institutions.add(tx, code="AA", name="供应商", kind="supplier")
        await institutions.add(tx, code="ZZ", name="敬老院", kind="home", zone="U", beds=30, bank_account="6222")

    await transactions.run(work)
    by = house.caseworker
    asked = [("医院", ()), ("zz", ()), ("敬老", ("none",)), ("", ())]
    matches = [[row.code for row in await institutions.matching(text, at, by=by, limit=2)] for text, at in asked]
    assert matches == [["YL01"], ["ZZ"], ["ZZ"], ["AA", "GY01"]]
    home, supplier = await institutions.with_code("ZZ", by=by), await institutions.with_code("AA", by=by)
    assert home is not None
    assert supplier is not None
    assert (home.name, home.kind, home.zone, home.beds, institutions.bank_account(home)) == (
        "敬老院",
        "home",
        "U",
        30,
        "6222",
    )
    assert (supplier.zone, supplier.beds, institutions.bank_account(supplier)) == ("", None, "")


# -- numbers and forms -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "persons_own"),
    [
        ("110105491231002", True),
        ("110105491331002", False),  # no month
        ("110105000229002", False),  # 1900 had no 29 February
        ("110105040229002", True),
        ("11010519491231002X", True),
        ("110105200002290022", True),
        ("110105190002290022", False),
        ("110105194902290021", False),
        ("110105180012310022", True),
        ("110105210012310022", False),  # of the years 18, 19 and 20
        ("010105194912310021", False),
        ("CAN110078010301", True),
        ("CAN11007801030", False),
        ("CAN1100780103012", False),
        ("11010549123100", False),
        ("1101054912310021", False),
    ],
)
def test_a_persons_number_holds_a_day(number: str, persons_own: bool) -> None:  # noqa: FBT001 - a table
    assert is_persons(number) == persons_own


def test_every_character_of_a_number_is_checked() -> None:
    for checks, number, signs in (
        (id_checks, ID, "0123456789"),
        (credit_checks, CODE, "0123456789ABCDEFGHJKLMNPQRTUWXY"),
    ):
        assert checks(number)
        for n in range(17):
            slips = {number[:n] + sign + number[n + 1 :] for sign in signs if sign != number[n]}
            assert not any(checks(slip) for slip in slips), (n, number)
    ends = [sign for sign in "0123456789X" if id_checks("11010519491231002" + sign)]
    assert ends == ["X"]
    for base in (f"9135010{n}M000100Y4" for n in range(10)):
        assert sum(credit_checks(base + sign) for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY") == 1


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"kind": "person", "name": " 王 ", "phone": "+86 199-0000-2222", "email": "a@b.cn"}, []),
        ({"kind": "person", "name": "王", "tax_id": ID}, [("tax_id",)]),
        ({"kind": "anonymous"}, []),
        ({"kind": "anonymous", "fiscal_receipt": True}, [("fiscal_receipt",)]),
        ({"kind": "person", "name": "王", "fiscal_receipt": True}, [("tax_id",)]),
        ({"kind": "person", "name": "王", "fiscal_receipt": True, "tax_id": ID.lower()}, []),
        ({"kind": "person"}, [()]),
        ({"kind": "organisation", "name": " "}, [()]),
        ({"kind": "anonymous", "name": "王", "phone": "19900002222"}, [("name",), ("phone",)]),
        ({"kind": "person", "name": "王", "phone": "12345"}, [("phone",)]),
        ({"kind": "person", "name": "王", "email": "a.b.cn"}, [("email",)]),
        ({"kind": "person", "name": "王", "tax_id": "1" * 14}, [("tax_id",)]),
        ({"kind": "person", "name": "王" * 100}, []),
        ({"kind": "person", "name": "王" * 101}, [("name",)]),
        ({"kind": "person", "name": "王", "shoe": "43"}, [("shoe",)]),
    ],
)
def test_a_giver_leaves_a_name_or_nothing(sent: dict[str, Any], wrong: list[tuple[str, ...]]) -> None:
    if wrong:
        with pytest.raises(ValidationError) as refused:
            DonorForm.model_validate(sent)
        assert [detail["loc"] for detail in refused.value.errors()] == wrong
        return
    form = DonorForm.model_validate(sent)
    assert (form.name, form.tax_id) == (sent.get("name", "").strip(), sent.get("tax_id", "").upper())
    assert form.fiscal_receipt == sent.get("fiscal_receipt", False)


@pytest.mark.parametrize(
    ("phone", "tail"),
    [
        ("19900002222", "2222"),
        ("+86 138 0000 2222", "2222"),
        ("0577-12345678", "5678"),
        ("0577 8812 3456", "3456"),
        ("0577-12345678-801", "5678"),
        ("0577-12345678 801", "5678"),
        ("12345678-10234", "5678"),
        ("138-00002222", "2222"),
        ("", ""),
    ],
)
def test_the_tail_of_a_phone_is_that_of_its_line(phone: str, tail: str) -> None:
    assert persons.tail_of(phone) == tail
