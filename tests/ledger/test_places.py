"""Places of money: one list, named by the front of account codes; what lies where by fund."""

import pytest
from cast import Cast
from giving.given import give

from charity import words
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.giving.channels import CHANNELS
from charity.ledger import places


async def test_every_channel_and_the_paying_bank_lie_in_a_place_of_the_list(house: Cast) -> None:
    listed = {place.code for place in await places.every()}
    assert {f"{c.chart}/{c.place}" for c in CHANNELS.values()} <= listed
    assert places.PAYING_BANK in listed
    assert [p.code for p in await places.every(["1002"])] == ["1002/ICBC-01"]


async def test_a_place_is_opened_once_named_in_both_languages_and_found_by_its_code(house: Cast) -> None:
    await transactions.run(
        lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建设银行专户", name_en="CCB account")
    )
    place = await places.get("1002/CCB-02", field="to")
    assert (place.account("F-EDU"), place.shown) == ("1002/CCB-02/F-EDU", "建设银行专户")
    assert (await places.labels(["1002"]))["1002/CCB-02"] == "建设银行专户"
    with words.speaking("en"):
        assert place.shown == "CCB account"
    with pytest.raises(Refusal) as caught:
        await places.get("1002/CCB-03", field="to")
    assert [(e.field, caught.value.status) for e in caught.value.fields] == [("to", 422)]


@pytest.mark.parametrize(("chart", "code"), [("1141", "1141/X"), ("1002", "1002/Y")])
async def test_a_place_is_money_and_its_code_says_so(house: Cast, chart: str, code: str) -> None:
    row = {"code": code, "chart": chart, "place": "X", "name": "x", "name_en": ""}
    with pytest.raises(Exception, match=r"(?i)check"):
        await transactions.run(lambda tx: tx.insert("money_place", [row]))
    assert await reading.value("SELECT COUNT(*) FROM money_place WHERE code = $1", code) == 0


async def test_what_lies_where_is_told_by_fund(house: Cast) -> None:
    assert await places.held() == []
    await give(house, 5_000)
    assert await places.held() == [places.Held("1001/-", "F-GEN", 5_000)]
