"""The accountant keeps the places of money by page and call: opens, renames, chooses which pays and which receives."""

from typing import Any

import pytest
from cast import Cast
from giving.given import give

from charity import clock
from charity.ledger import places

HERE, CALL = "/finance/places", "/api/v1/ledger/places"


@pytest.mark.parametrize("door", [HERE, CALL])
async def test_an_account_is_opened_renamed_and_marked(web: Any, house: Cast, door: str) -> None:
    accountant, call = web.as_("accountant"), door == CALL

    async def post(what: str, who: str = "accountant", **typed: str) -> Any:
        return await web.as_(who).post(f"{door}{what}", **{"json" if call else "data": typed})

    done = 200 if call else 303
    assert (await post("", place="CCB-02", name=" 建设银行专户 ", name_en="CCB")).status_code == (201 if call else 303)
    assert (await post("/rename", code="1001/-", name="现金柜")).status_code == done
    assert (await post("/receive-into", code="1002/CCB-02")).status_code == done
    assert ((await places.receiving()).code, (await places.paying()).code) == ("1002/CCB-02", "1002/ICBC-01")
    ways = {"channel": "bank", "received_on": clock.today().isoformat()}
    await give(house, 700, channel_ref="CCB-1", **ways)
    assert await places.held() == [places.Held("1002/CCB-02", "F-GEN", 700)]
    assert (await post("/pay-from", code="1002/CCB-02")).status_code == done
    assert (await places.paying()).code == "1002/CCB-02"
    for what, typed, status, field in (
        ("", {"place": "CCB-02", "name": "又一个"}, 409, ""),
        ("", {"place": "ccb/3", "name": "小写"}, 422, "place"),
        ("", {"place": "CCB-03", "name": " "}, 422, "name"),
        ("", {"place": "CCB-03", "name": "建设银行专户 "}, 422, "name"),
        ("", {"place": "CCB-03", "name": "又一个", "name_en": "ccb"}, 422, "name_en"),
        ("/rename", {"code": "1002/ICBC-01", "name": "现金柜"}, 422, "name"),
        ("", {"place": "CCB-03", "name": "行" * 41}, 422, "name"),
        ("/rename", {"code": "1002/NONE", "name": "没有"}, 422, "code"),
        ("/rename", {"code": "1002/CCB-02", "name": ""}, 422, "name"),
        ("/pay-from", {"code": "1001/-"}, 422, "code"),
        ("/receive-into", {"code": "1009/WECHAT"}, 422, "code"),
    ):
        answer = await post(what, **typed)
        assert answer.status_code == status, (what, typed, answer.text)
        if field and call:
            assert [error["field"] for error in answer.json()["errors"]] == [field]
        elif field:
            assert f"-{field}" in answer.text
            assert all(value in answer.text for value in typed.values() if len(value) > 1)
        for who in ("cashier", "approver", "admin", "auditor"):
            assert (await post(what, who, **typed)).status_code == 403
    listed = [(one.code, one.name) for one in await places.every(["1001", "1002"])]
    assert listed == [("1001/-", "现金柜"), ("1002/CCB-02", "建设银行专户"), ("1002/ICBC-01", "工商银行基本户")]
    shown = await accountant.get(door)
    if call:
        marked = [one["code"] for one in shown.json()["items"] if one["pays"] and one["receives"]]
        assert marked == ["1002/CCB-02"]
    else:
        assert "默认付款、捐款收款" in shown.text
        for who, forms in (("accountant", True), ("cashier", False), ("auditor", False)):
            assert ("指定收款账户" in (await web.as_(who).get(HERE)).text) is forms
