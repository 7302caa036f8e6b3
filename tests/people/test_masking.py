"""The one table of who sees what of whom, and where."""

import pytest

from charity import words
from charity.people import masking
from charity.people.masking import TABLE, Reader, What, giver, show

OUTSIDE = (Reader.PUBLIC, Reader.HOLDER, Reader.BOARD)


def test_every_reader_has_a_way_for_everything() -> None:
    assert set(TABLE) == set(What)
    assert all(set(ways) == set(Reader) for ways in TABLE.values())


@pytest.mark.parametrize(
    ("to", "person", "consenting", "organisation", "consenting_organisation"),
    [
        (Reader.PUBLIC, "爱心人士", "王小明", "爱心单位", "某厂"),
        (Reader.BOARD, "爱心人士", "王小明", "爱心单位", "某厂"),
        (Reader.HOLDER, "王*", "王*", "爱心单位", "某厂"),
        (Reader.EXTERNAL, "王*", "王*", "爱心单位", "某厂"),
        (Reader.STAFF, "王*", "王*", "某厂", "某厂"),
        (Reader.PERMITTED, "王小明", "王小明", "某厂", "某厂"),
        (Reader.GIVER, "王小明", "王小明", "某厂", "某厂"),
    ],
)
def test_a_giver_is_named_to_the_public_by_consent_only(
    to: Reader, person: str, consenting: str, organisation: str, consenting_organisation: str
) -> None:
    assert giver("person", "王小明", to=to) == person
    assert giver("person", "王小明", to=to, consent=True) == consenting
    assert giver("organisation", "某厂", to=to) == organisation
    assert giver("organisation", "某厂", to=to, consent=True) == consenting_organisation


def test_the_nameless_are_nameless_to_everybody_in_every_language() -> None:
    for to in Reader:
        assert giver("anonymous", "王小明", to=to, consent=True) == "爱心人士"
        assert giver("person", "", to=to) == giver("organisation", "", to=to) == "爱心人士"
    with words.speaking("en"):
        assert giver("anonymous", "", to=Reader.PUBLIC) == "A kind person"
        assert giver("organisation", "某厂", to=Reader.PUBLIC) == "A caring organisation"


def test_nothing_else_of_a_person_goes_outside_consent_or_not() -> None:
    named = {What.GIVER, What.ORGANISATION, What.EMPLOYER, What.HANDLER}
    for what in set(What) - named:
        assert [show(what, "19912340001", to=to, consent=True) for to in OUTSIDE] == ["", "", ""], what


def test_the_employer_is_shown_with_the_name_only() -> None:
    assert show(What.EMPLOYER, "市第一小学", to=Reader.PUBLIC) == ""
    assert show(What.EMPLOYER, "市第一小学", to=Reader.PUBLIC, consent=True) == "市第一小学"
    assert show(What.EMPLOYER, "市第一小学", to=Reader.HOLDER, consent=True) == ""


@pytest.mark.parametrize(
    ("what", "to", "value", "shown"),
    [
        (What.ACCOUNT, Reader.STAFF, "6222000011112222", "****2222"),
        (What.ACCOUNT, Reader.PERMITTED, "6222000011112222", "6222000011112222"),
        (What.ID_NUMBER, Reader.PERMITTED, "33010119900101123X", "330***********123X"),
        (What.ID_NUMBER, Reader.PERMITTED, "1234567", "*******"),
        (What.ID_NUMBER, Reader.STAFF, "33010119900101123X", ""),
        (What.PHONE, Reader.GIVER, "19912340001", "199****0001"),
        (What.RECIPIENT, Reader.STAFF, "王小明", "王*"),
        (What.RECIPIENT, Reader.EXTERNAL, "王小明", "王*"),
        (What.RECIPIENT, Reader.BOARD, "王小明", ""),
        (What.RECIPIENT, Reader.GIVER, "王小明", ""),
        (What.MESSAGE, Reader.PERMITTED, "祝好", "祝好"),
        (What.MESSAGE, Reader.EXTERNAL, "祝好", ""),
        (What.ACCOUNT, Reader.PERMITTED, "", ""),
    ],
)
def test_what_is_shown_of_a_value(what: What, to: Reader, value: str, shown: str) -> None:
    assert show(what, value, to=to) == shown


def test_staff_see_by_their_permission() -> None:
    assert masking.staff(may=True) == Reader.PERMITTED
    assert masking.staff(may=False) == Reader.STAFF
