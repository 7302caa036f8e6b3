"""Places of money: one list, named by the front of account codes; what lies where by fund."""

import pytest
from cast import Cast
from giving.given import give

from charity import words
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.giving.channels import CHANNELS
from charity.ledger import places


async def test_every_channel_lies_in_a_place_of_the_list(house: Cast) -> None:
    listed = {place.code for place in await places.every()}
    assert {f"{c.chart}/{c.place}" for c in CHANNELS.values()} <= listed
    assert [p.code for p in await places.every(["1002"])] == ["1002/ICBC-01"]


async def test_a_place_is_opened_once_named_in_both_languages_and_found_by_its_code(house: Cast) -> None:
    await transactions.run(
        lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建设银行专户", name_en="CCB account")
    )
    with pytest.raises(Refusal, match=r"money_place\.open"):
        await transactions.run(lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="又一个"))
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


async def test_one_bank_account_pays_until_another_is_marked(house: Cast) -> None:
    assert (await places.paying()).code == "1002/ICBC-01"
    await transactions.run(lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建设银行专户"))
    await transactions.run(lambda tx: places.pay_from(tx, "1002/CCB-02"))
    assert (await places.paying()).code == "1002/CCB-02"
    await transactions.run(lambda tx: places.pay_from(tx, "1002/CCB-02"))
    for code in ("1001/-", "1009/WECHAT", "1002/NONE", ""):
        with pytest.raises(Refusal, match=r"money_place\.no_bank"):
            await transactions.run(lambda tx, code=code: places.pay_from(tx, code))
    assert (await places.paying()).code == "1002/CCB-02"


@pytest.mark.parametrize("code", ["1001/-", "1002/CCB-02"])
async def test_the_database_marks_no_till_and_no_second_account(house: Cast, code: str) -> None:
    await transactions.run(lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建设银行专户"))
    with pytest.raises(Exception, match=r"(?i)check|unique"):
        await transactions.run(lambda tx: tx.rows("UPDATE money_place SET pays = TRUE WHERE code = $1", code))
    assert (await places.paying()).code == "1002/ICBC-01"


async def test_a_place_is_offered_with_what_the_funds_have_there(house: Cast) -> None:
    await give(house, 5_000)
    every = await places.every(["1001", "1002"])
    assert await places.offered(every, ["F-GEN"]) == [
        {"value": "1001/-", "label": "现金，现有 ¥50.00"},
        {"value": "1002/ICBC-01", "label": "工商银行基本户，现有 ¥0.00"},
    ]
    both = await places.offered(every[:1], ["F-EDU", "F-GEN"])
    assert both == [{"value": "1001/-", "label": "现金，现有 F-EDU ¥0.00；F-GEN ¥50.00"}]
