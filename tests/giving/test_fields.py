"""The fields that forms of giving share, and the ways to pay: what is taken, and what is refused with which words."""

from dataclasses import replace
from typing import Any, Literal

import pytest
from cast import Cast
from pydantic import BaseModel, TypeAdapter, ValidationError

from charity.db import transactions
from charity.errors import Refusal
from charity.giving import channels, fields
from charity.money import AMOUNT_MAX_FEN, AmountUnreadable
from charity.office import organisation
from charity.web import messages

MAX = AMOUNT_MAX_FEN


def read(kind: Any, value: Any) -> Any:
    """The value as a field takes it, or the kind of its error."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        (detail,) = error.errors()
        cause = detail.get("ctx", {}).get("error")
        return cause.reason if isinstance(cause, AmountUnreadable) else str(cause or detail["type"])


@pytest.mark.parametrize(
    ("kind", "value", "taken"),
    [
        (fields.Fen, 1, 1),
        (fields.Fen, 0, "greater_than_equal"),
        (fields.Fen, MAX, MAX),
        (fields.Fen, MAX + 1, "less_than_equal"),
        (fields.TypedYuan, " 1.50 ", 150),
        (fields.TypedYuan, 7, 7),
        (fields.TypedYuan, "0", "not_positive"),
        (fields.ChosenAmount, ("", " 1.50 "), 150),
        (fields.ChosenAmount, ("", "x"), "not_a_number"),
        (fields.ChosenAmount, ("1", ""), 1),
        (fields.ChosenAmount, ("0", ""), "not_positive"),
        (fields.ChosenAmount, (str(MAX), ""), MAX),
        (fields.ChosenAmount, (str(MAX + 1), ""), "too_large"),
        (fields.ChosenAmount, ("9" * 14, ""), "too_large"),
        (fields.ChosenAmount, ("9" * 15, ""), "not_a_number"),
        (fields.ChosenAmount, ("-1", ""), "not_a_number"),
        (fields.ChosenAmount, ("１", ""), "not_a_number"),
        (fields.ChosenAmount, ("1.5", ""), "not_a_number"),
        (fields.ChosenAmount, ("100", "1.00"), 100),
        (fields.ChosenAmount, ("100", "1.01"), "您选了 {chosen}，又填了 {typed}，请只留一个"),
        (fields.ChosenAmount, 7, 7),
        (fields.Code, "x", "x"),
        (fields.Code, "", "string_too_short"),
        (fields.Code, "x" * 64, "x" * 64),
        (fields.Code, "x" * 65, "string_too_long"),
        (fields.OptionalCode, "", None),
        (fields.OptionalCode, None, None),
        (fields.OptionalCode, "x", "x"),
        (fields.Ref, " R1 ", "R1"),
        (fields.Ref, "", ""),
        (fields.Ref, "x" * 64, "x" * 64),
        (fields.Ref, "x" * 65, "string_too_long"),
        (fields.Message, " 加油 ", "加油"),
        (fields.Message, "", ""),
        (fields.Message, "x" * 200, "x" * 200),
        (fields.Message, "x" * 201, "string_too_long"),
        (fields.Reason, " 写错 ", "写错"),
        (fields.Reason, " ", "string_too_short"),
        (fields.Reason, "错", "错"),
        (fields.Reason, "x" * 500, "x" * 500),
        (fields.Reason, "x" * 501, "string_too_long"),
        (fields.TypedChannel, "cash", "cash"),
        (fields.TypedChannel, "pigeon", "请选择付款方式"),
        (fields.Way, "box", "box"),
        (fields.PromisedWay, "cash", "cash"),
        (fields.PromisedWay, "box", "literal_error"),
    ],
)
def test_a_field_of_giving_takes_what_can_be_read_exactly(kind: Any, value: Any, taken: Any) -> None:
    assert read(kind, value) == taken


@pytest.mark.parametrize("demo", ["demo", ""])
async def test_each_channel_says_what_it_needs_and_the_sandbox_is_for_demos(house: Cast, demo: str) -> None:
    await transactions.run(lambda tx: organisation.describe(tx, replace(organisation.UNNAMED, demo=bool(demo))))
    outcomes = {}
    for code in channels.CHANNELS:
        for reference in ("", "R1"):
            for verb in (channels.arrived(code, reference), channels.promised(code)):
                try:
                    way = await verb
                    outcomes.setdefault(code, []).append(way.code == code)
                except Refusal as refused:
                    outcomes.setdefault(code, []).append(refused.code)
    assert {code: outcome[:3] for code, outcome in outcomes.items()} == {
        "bank": ["channel.ref_needed", True, True],
        "wechat": ["channel.ref_needed", True, True],
        "alipay": ["channel.ref_needed", True, True],
        "cash": [True, True, True],
        "box": ["channel.counted", "channel.not_promised", "channel.counted"],
        "sandbox": [True, "channel.not_promised", True]
        if demo
        else ["channel.sandbox", "channel.not_promised", "channel.sandbox"],
    }
    assert [way.code for way in await channels.here()] == [*channels.CHANNELS][: 6 if demo else 5]
    assert channels.known("box").chart == "1001"
    with pytest.raises(Refusal) as refused_:
        channels.known("pigeon")
    assert refused_.value.code == "channel.unknown"


def test_a_choice_that_is_none_is_refused_with_its_choices_and_no_english() -> None:
    class Chosen(BaseModel):
        what: Literal["name", "amount", "contact"]

    with pytest.raises(ValidationError) as wrong:
        Chosen.model_validate({"what": "or"})
    assert messages.spoken(messages.refusal(wrong.value, Chosen).fields) == [
        {"field": "what", "message": "只能是：name/amount/contact"}
    ]
