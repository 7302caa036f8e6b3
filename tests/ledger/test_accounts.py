"""What the code of an account or a unit says: chart, place and fund, its bound, and whether it is worth."""

import pytest

from charity.ledger import accounts as acc


@pytest.mark.parametrize(
    ("code", "parts", "bound", "worth"),
    [
        ("1002/ICBC-01/F-EDU", ("1002", "ICBC-01", "F-EDU"), 0, False),
        ("1201/LX01/F-EDU", ("1201", "LX01", "F-EDU"), None, False),
        ("2209/-/F-EDU", ("2209", "-", "F-EDU"), None, False),
        ("2601/-/F-EDU", ("2601", "-", "F-EDU"), None, True),
        ("3101/-/F-EDU", ("3101", "-", "F-EDU"), None, True),
        ("3201/-/F-EDU", ("3201", "-", "F-EDU"), None, True),
        ("4101/-/F-EDU", ("4101", "-", "F-EDU"), None, True),
        ("5101/P01/a/b", ("5101", "P01", "a/b"), None, True),
        ("store:LX01", ("", "store:LX01", ""), 0, False),
        ("household:k", ("", "household:k", ""), 0, False),
        ("transit:LX01-LX02", ("", "transit:LX01-LX02", ""), 0, False),
        ("world:donors", ("", "world:donors", ""), None, False),
        ("points:granted", ("", "points:granted", ""), None, False),
        ("4101", ("", "4101", ""), None, False),
    ],
)
def test_a_code_says_its_parts_its_bound_and_its_worth(
    code: str,
    parts: tuple[str, str, str],
    bound: int | None,
    worth: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert (acc.split(code), acc.fund(code)) == (parts, parts[2])
    assert (acc.minimum(code), acc.changes_worth(code)) == (bound, worth)


def test_units_are_money_lots_and_points() -> None:
    assert [acc.unit_kind(code) for code in ("CNY", acc.lot("B1"), acc.points("LX", "2026-Q4"))] == [
        "money",
        "lot",
        "points",
    ]
    for code in ("USD", "store:LX01", "lots:B1"):
        with pytest.raises(ValueError, match=code):
            acc.unit_kind(code)


def test_codes_are_made_of_their_parts() -> None:
    assert (acc.money("1002", "F", "B"), acc.money("4101", "F")) == ("1002/B/F", "4101/-/F")
    assert (acc.shelf("LX01"), acc.household("k")) == ("store:LX01", "household:k")
    assert (acc.lot("B1"), acc.points("LX", "2026-Q4")) == ("lot:B1", "points:LX:2026-Q4")
