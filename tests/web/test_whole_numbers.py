"""Whole numbers as people type them: digits alone, of any width."""

import pytest
from pydantic import BaseModel

from charity.errors import Refusal
from charity.goods.intake.forms import ItemForm
from charity.web import forms


class Counted(BaseModel):
    """A form with a whole number."""

    count: int | None = None


@pytest.mark.parametrize(("typed", "read"), [("12", 12), (" １２ ", 12), ("-3", -3), ("007", 7), ("−3", -3)])
def test_digits_are_a_whole_number(typed: str, read: int) -> None:
    assert forms.read(Counted, {"count": typed}).count == read


@pytest.mark.parametrize("typed", ["1.000", "1.0", "1_000", "+5", "１．０", "1,000", "1e3", "--3", "5²"])
def test_what_may_be_another_number_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        forms.read(Counted, {"count": typed})
    assert [error.field for error in refused.value.fields] == ["count"]
    item = {"name": "米", "measure": "袋", "points": "1", "shelf_life_days": typed}
    with pytest.raises(Refusal) as refused:
        forms.read(ItemForm, item)
    assert [error.field for error in refused.value.fields] == ["shelf_life_days"]
