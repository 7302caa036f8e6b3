"""Places of money: one list, named by the front of account codes; what lies where by fund."""

import pytest
from cast import Cast
from giving.given import approved, corrected, give, requested

from charity import clock, words
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.giving import channels
from charity.giving.channels import CHANNELS
from charity.ledger import places


async def test_every_channel_lies_in_a_place_of_the_list(house: Cast) -> None:
    listed = {place.code for place in await places.every()}
    arrived = [await channels.arrived(code, "REF-1", anew=True) for code, c in CHANNELS.items() if not c.only_demo]
    assert {f"{c.chart}/{c.place}" for c in arrived} <= listed
    assert f"{CHANNELS['sandbox'].chart}/{CHANNELS['sandbox'].place}" in listed
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


async def test_gifts_by_bank_come_into_the_account_that_is_marked(house: Cast) -> None:
    """What came in before stays where it lies, what is booked anew for it too; other ways come in where they did."""

    async def came_in() -> dict[str, int]:
        return {f"{part.place}/{part.fund}": part.fen for part in await places.held()}

    ways = {"channel": "bank", "received_on": clock.today().isoformat()}
    first = await give(house, 1_000, channel_ref="ICBC-1", **ways)
    await transactions.run(lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建设银行专户"))
    await transactions.run(lambda tx: places.receive_into(tx, "1002/CCB-02"))
    channels.forget()
    assert ((await places.receiving()).code, (await places.paying()).code) == ("1002/CCB-02", "1002/ICBC-01")
    second = await give(house, 300, channel_ref="CCB-1", **ways)
    await give(house, 20)
    assert await came_in() == {"1002/ICBC-01/F-GEN": 1_000, "1002/CCB-02/F-GEN": 300, "1001/-/F-GEN": 20}
    await corrected(house, first)
    wrong = await reading.value("SELECT number FROM gift_reversal")
    assert await came_in() == {"1002/CCB-02/F-GEN": 300, "1001/-/F-GEN": 20}
    await give(house, 900, channel_ref="ICBC-1", corrects=wrong, **ways)
    assert await came_in() == {"1002/ICBC-01/F-GEN": 900, "1002/CCB-02/F-GEN": 300, "1001/-/F-GEN": 20}
    await transactions.run(lambda tx: places.receive_into(tx, "1002/ICBC-01"))
    await approved(await requested(house, second, 100, cause="chargeback"), house.approver)
    assert await came_in() == {"1002/ICBC-01/F-GEN": 900, "1002/CCB-02/F-GEN": 200, "1001/-/F-GEN": 20}
    for code in ("1001/-", "1009/WECHAT", "1002/NONE"):
        with pytest.raises(Refusal, match=r"money_place\.no_bank"):
            await transactions.run(lambda tx, code=code: places.receive_into(tx, code))
    assert (await places.receiving()).code == "1002/ICBC-01"


@pytest.mark.parametrize("code", ["1001/-", "1002/CCB-02"])
@pytest.mark.parametrize("mark", ["pays", "receives"])
async def test_the_database_marks_no_till_and_no_second_account(house: Cast, code: str, mark: str) -> None:
    await transactions.run(lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建设银行专户"))
    with pytest.raises(Exception, match=r"(?i)check|unique"):
        await transactions.run(lambda tx: tx.rows(f"UPDATE money_place SET {mark} = TRUE WHERE code = $1", code))
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
