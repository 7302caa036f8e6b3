"""The supermarket through HTTP: the API of the contract, and the till by plain posts."""

import asyncio
import re
from typing import Any

import pytest
from conftest import Web
from goods.given import MILK, RICE, SALT, UNKNOWN, Shop, counts, in_days
from page_forms import hidden_of

from charity import clock
from charity.db import reading
from charity.goods import cards

API = "/api/v1/goods"


def keyed(key: str = "k-1") -> dict[str, str]:
    return {"Idempotency-Key": key}


def intake_body(*lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    return {"store": "LX01", "source": "gift", "lines": list(lines), **header}


SALT_LINE = {"barcode": SALT, "quantity": 10, "unit_value_fen": 250, "evidence": "invoice"}


async def seen(web: Web, number: str) -> str:
    """The content hash of a slip as a program reads it."""
    slip = (await web.as_("manager").get(f"{API}/documents/{number}")).json()
    assert (slip["number"], slip["reversed_by"]) == (number, None)
    return str(slip["content_hash"])


async def test_goods_travel_through_the_api(shop: Shop, web: Web) -> None:
    clerk = web.as_("clerk")
    donor = {"kind": "organisation", "name": "恒溪纺织有限公司"}
    body = intake_body(SALT_LINE, {"barcode": MILK, "quantity": 2, "expires_on": in_days(30).isoformat()}, donor=donor)
    answer = await clerk.post(f"{API}/intakes", json=body, headers=keyed())
    assert answer.status_code == 201, answer.text
    taken = answer.json()
    assert set(taken) == {"number", "entry", "receipt", "lots"}
    assert [lot["quantity"] for lot in taken["lots"]] == [10, 2]
    again = await clerk.post(f"{API}/intakes", json=body, headers=keyed())
    assert again.json() == taken
    assert again.headers["idempotent-replayed"] == "true"
    issue = {
        "store": "LX01",
        "card": shop.card,
        "lines": [{"barcode": SALT, "quantity": 3}, {"lot": taken["lots"][1]["code"], "quantity": 1}],
        "proxy": {"name": "李阿姨", "reason": "住院"},
    }
    out = await clerk.post(f"{API}/issues", json=issue, headers=keyed("k-2"))
    assert out.status_code == 201, out.text
    assert (out.json()["points_spent"], out.json()["points_left"]) == (51, 129)
    assert (await clerk.post(f"{API}/issues", json=issue, headers=keyed("k-2"))).json() == out.json()
    assert "李阿姨" in (await clerk.get(f"/goods/documents/{out.json()['number']}")).text
    stock = (await clerk.get(f"{API}/stock?store=LX01")).json()
    assert [(i["barcode"], i["quantity"]) for i in stock["items"]] == [(SALT, 7), (MILK, 1)]
    card = (await clerk.get(f"{API}/cards/{shop.card}")).json()
    assert card == {
        "code": shop.card,
        "points": 129,
        "status": "active",
        "allowed_until": None,
        "masked_name": "王*",
        "members": 3,
    }
    back = await web.as_("manager").post(
        f"{API}/documents/{taken['number']}/reverse",
        json={"reason": "数错", "content_hash": await seen(web, taken["number"])},
        headers=keyed("k-3"),
    )
    assert back.status_code == 409
    assert out.json()["number"] in back.json()["detail"]
    back = await web.as_("manager").post(
        f"{API}/documents/{out.json()['number']}/reverse",
        json={"reason": "扫错", "content_hash": await seen(web, out.json()["number"])},
        headers=keyed("k-4"),
    )
    assert back.status_code == 201
    assert back.json()["entry"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": []}, "lines"),
        ({"lines": [{**SALT_LINE, "quantity": 0}]}, "lines.0.quantity"),
        ({"lines": [{**SALT_LINE, "quantity": -1}]}, "lines.0.quantity"),
        ({"lines": [{**SALT_LINE, "quantity": 1.5}]}, "lines.0.quantity"),
        ({"lines": [{**SALT_LINE, "quantity": "１０"}]}, "lines.0.quantity"),
        ({"lines": [{**SALT_LINE, "quantity": 10**30}]}, "lines.0.quantity"),
        ({"lines": [{**SALT_LINE, "unit_value_fen": 10**13 + 1}]}, "lines.0.unit_value_fen"),
        ({"lines": [{**SALT_LINE, "evidence": "word of mouth"}]}, "lines.0.evidence"),
        ({"lines": [{**SALT_LINE, "evidence": "none"}]}, "lines.0.evidence"),
        ({"lines": [{**SALT_LINE, "evidence": None}]}, "lines.0.evidence"),
        ({"lines": [{**SALT_LINE, "barcode": "2002000900006"}]}, "lines.0.barcode"),
        ({"lines": [{**SALT_LINE, "barcode": UNKNOWN}]}, "lines.0.barcode"),
        ({"lines": [{"barcode": MILK, "quantity": 1}]}, "lines.0.expires_on"),
        ({"lines": [{"barcode": MILK, "quantity": 1, "expires_on": "2020-01-01"}]}, "lines.0.expires_on"),
        ({"lines": [{"barcode": MILK, "quantity": 1, "expires_on": "2026-13-41"}]}, "lines.0.expires_on"),
        ({"campaign": "nothing"}, "campaign"),
        ({"fund": "F-NO"}, "fund"),
        ({"source": "found"}, "source"),
    ],
)
async def test_a_bad_intake_names_its_field_and_writes_nothing(
    shop: Shop, web: Web, change: dict[str, Any], field: str
) -> None:
    before = await counts()
    answer = await web.as_("clerk").post(f"{API}/intakes", json=intake_body(SALT_LINE) | change, headers=keyed())
    assert answer.status_code == 422, answer.text
    assert field in [e["field"] for e in answer.json()["errors"]]
    assert await counts() == before


async def test_a_move_without_a_key_or_without_the_right_is_refused(shop: Shop, web: Web) -> None:
    body = intake_body(SALT_LINE)
    assert (await web.as_("clerk").post(f"{API}/intakes", json=body)).status_code == 400
    assert (await web.as_("cashier").post(f"{API}/intakes", json=body, headers=keyed())).status_code == 403
    assert (await web.as_().post(f"{API}/intakes", json=body, headers=keyed())).status_code == 401
    body["store"] = "LX02"
    assert (await web.as_("clerk").post(f"{API}/intakes", json=body, headers=keyed())).status_code == 403
    assert (await web.as_("clerk").get(f"{API}/stock?store=LX02")).status_code == 403
    answer = await web.as_("clerk").post(
        f"{API}/documents/RK-1/reverse", json={"reason": "x", "content_hash": "0" * 64}, headers=keyed()
    )
    assert answer.status_code == 403


async def test_an_issue_lists_all_shortages_in_one_problem(shop: Shop, web: Web) -> None:
    await shop.bring(RICE, 2)
    await cards.suspend(card=shop.card, reason="review", by=shop.house.caseworker)
    before = await counts()
    body = {
        "store": "LX01",
        "card": shop.card,
        "lines": [{"barcode": RICE, "quantity": 9}, {"barcode": UNKNOWN, "quantity": 1}],
    }
    answer = await web.as_("clerk").post(f"{API}/issues", json=body, headers=keyed())
    assert answer.status_code == 409
    problem = answer.json()
    assert [e["field"] for e in problem["errors"]] == ["card", "lines.0.quantity", "lines.1.barcode", "points"]
    assert all(e["message"] in problem["detail"] for e in problem["errors"])
    assert await counts() == before
    both = {"store": "LX01", "card": shop.card, "lines": [{"barcode": RICE, "lot": "B", "quantity": 1}]}
    assert (await web.as_("clerk").post(f"{API}/issues", json=both, headers=keyed())).status_code == 422


async def test_sixty_four_posts_for_the_last_ten_pieces_give_exactly_ten(shop: Shop, web: Web) -> None:
    await shop.bring(SALT, 10)
    clerk = web.as_("clerk")
    body = {"store": "LX01", "card": shop.card, "lines": [{"barcode": SALT, "quantity": 1}]}
    answers = await asyncio.gather(*(clerk.post(f"{API}/issues", json=body, headers=keyed(f"k{n}")) for n in range(64)))
    assert sorted(a.status_code for a in answers) == [201] * 10 + [409] * 54


# -- screens ------------------------------------------------------------------------------------------


def field(page: str, name: str) -> str:
    """The value of a field of the page, as a browser would send it."""
    match = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)
    assert match, name
    value = re.search(r'value="([^"]*)"', match.group())
    return value.group(1) if value else ""


async def test_the_till_works_by_plain_posts(shop: Shop, web: Web) -> None:
    await shop.bring(RICE, 5, unit_value_fen=2650)
    clerk, till = web.as_("clerk"), "/stores/LX01/out"
    page = (await clerk.get(till)).text
    assert "请扫爱心卡" in page
    first = await clerk.post(till, data={"act": "scan", "scan": RICE})
    assert first.status_code == 422
    assert "请先扫爱心卡" in first.text
    page = (await clerk.post(till, data={"act": "scan", "scan": shop.card.lower(), "idem": "a1"})).text
    assert "王*" in page
    assert "王建国" not in page
    assert "3 人" in page
    basket = {"card": field(page, "card"), "idem": field(page, "idem")}
    page = (await clerk.post(till, data={**basket, "act": "scan", "scan": f"2*{RICE}"})).text
    assert field(page, "quantity.0") == "2"
    basket |= {"code.0": field(page, "code.0"), "quantity.0": "2"}
    page = (await clerk.post(till, data={**basket, "act": "more:0", "scan": ""})).text
    assert field(page, "quantity.0") == "3"
    wrong = await clerk.post(till, data={**basket, "act": "scan", "scan": "2001000100003"})
    assert "有一位不对（按其余各位，末位应为 2）" in wrong.text
    assert field(wrong.text, "quantity.0") == "2"
    other = await clerk.post(till, data={**basket, "act": "scan", "scan": shop.card2})
    assert "发给王* 2 件？" in other.text
    done = await clerk.post(till, data={**basket, "act": "finish", "idem": "k9"})
    assert done.status_code == 303
    again = await clerk.post(till, data={**basket, "act": "finish", "idem": "k9"})
    assert again.headers["location"] == done.headers["location"]
    page = (await clerk.get(done.headers["location"])).text
    assert f"FF-LX01-{clock.today().year}-000001" in page
    assert "<output>128</output>" in page
    assert await shop.points() == 128


async def test_the_till_says_every_reason_and_keeps_the_basket(shop: Shop, web: Web) -> None:
    await shop.bring(RICE, 2)
    clerk, till = web.as_("clerk"), "/stores/LX01/out"
    basket = {"card": shop.card, "code.0": RICE, "quantity.0": "9", "act": "finish", "idem": "k1"}
    answer = await clerk.post(till, data=basket)
    assert answer.status_code == 409
    assert "只剩 2 袋，要 9 袋" in answer.text
    assert "积分不足：现有 180，需要 234" in answer.text
    assert field(answer.text, "quantity.0") == "9"
    odd = await clerk.post(till, data={**basket, "quantity.0": "①"})
    assert odd.status_code == 422
    none = await clerk.post(till, data={"card": shop.card, "act": "finish"})
    assert none.status_code == 422
    proxy = await clerk.post(till, data={**basket, "quantity.0": "1", "proxy": "1"})
    assert "代领请填写代领人姓名和原因" in proxy.text
    long = {"proxy": "1", "proxy_name": "李" * 101, "proxy_reason": "腿" * 201}
    refused = await clerk.post(till, data={**basket, **long, "idem": "k7"})
    assert refused.status_code == 422, "a name is never cut without a word"
    assert "代领人姓名最多 100 个字" in refused.text
    assert "代领原因最多 200 个字" in refused.text


async def test_goods_come_in_by_plain_posts_and_unknown_ones_are_registered(shop: Shop, web: Web) -> None:
    clerk, screen = web.as_("clerk"), "/stores/LX01/in"
    page = (await clerk.post(screen, data={"act": "scan", "scan": f"24*{MILK}", "source": "gift"})).text
    assert field(page, "expires_on.0") == "", "nobody looked at the package yet"
    expires_on = in_days(180).isoformat()
    slip = {"source": "gift", "donor_kind": "organisation", "donor_name": "恒溪<b>纺织</b>", "fund": "F-WARM"}
    slip |= {"code.0": MILK, "quantity.0": "3", "expires_on.0": expires_on, "value.0": "100", "evidence.0": "invoice"}
    slip["per.0"] = "total"
    page = (await clerk.post(screen, data={**slip, "act": "scan", "scan": UNKNOWN})).text
    assert "还没有登记" in page
    assert "恒溪&lt;b&gt;纺织&lt;/b&gt;" in page
    new = {"new_barcode": UNKNOWN, "name": "花生油 1L", "measure": "瓶", "points": "20"}
    bad = await clerk.post(screen, data={**slip, **new, "points": "很多", "act": "item"})
    assert bad.status_code == 422
    page = (await clerk.post(screen, data={**slip, **new, "act": "item"})).text
    assert field(page, "code.1") == UNKNOWN
    slip |= {"code.1": UNKNOWN, "quantity.1": "4", "expires_on.1": "", "value.1": "", "evidence.1": "none"}
    done = await clerk.post(screen, data={**slip, "act": "finish", "idem": "k1"})
    assert done.status_code == 303, done.text
    page = (await clerk.get(done.headers["location"])).text
    assert "7 件已入库" in page
    assert "收据 CS-" in page
    stock = (await clerk.get(f"{API}/stock")).json()["items"]
    assert sorted((i["barcode"], i["quantity"]) for i in stock) == [(UNKNOWN, 4), (MILK, 1), (MILK, 2)]


async def test_a_new_item_has_a_name_of_sixty_characters_and_a_hundred_thousand_points_at_most(
    shop: Shop, web: Web
) -> None:
    clerk, screen = web.as_("clerk"), "/stores/LX01/in"
    new = {"new_barcode": UNKNOWN, "name": "油" * 60, "measure": "瓶", "points": "100000", "act": "item"}
    for change in ({"name": "油" * 61}, {"name": ""}, {"points": "100001"}, {"points": "-1"}):
        assert (await clerk.post(screen, data=new | change)).status_code == 422
        assert await reading.value("SELECT COUNT(*) FROM item WHERE barcode = $1", UNKNOWN) == 0
    page = (await clerk.post(screen, data=new)).text
    assert field(page, "code.0") == UNKNOWN
    stored = await reading.only("SELECT name, points FROM item WHERE barcode = $1", UNKNOWN)
    assert stored == {"name": "油" * 60, "points": 100_000}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"quantity.0": "0"}, "数量应为 1 到 1000000 的整数"),
        ({"expires_on.0": "2026-02-30"}, "请填写真实存在的日期"),
        ({"expires_on.0": "2020-01-01"}, "已于 2020-01-01 到期"),
        ({"expires_on.0": ""}, "请填写到期日"),
        ({"value.0": "12..34"}, "金额只能用数字填写"),
        ({"value.0": "一百"}, "金额只能用数字填写"),
        ({"per.0": ""}, "请选择填的是单价还是总价"),
        ({"value.0": "0.01"}, "每件至少 0.01 元"),
        ({"value.0": "1"}, "合每件 0.33 元，目录价 42.00 元"),
        ({"expires_on.0": "2031-01-01"}, "太远（超过 540 天）"),
        ({"value.0": "1,50"}, "看不准是多少钱"),
        ({"evidence.0": "none"}, "纯牛奶 250ml×16：填写了价值，请选择计价依据"),
        ({"donor_kind": "person", "donor_name": ""}, "请填写姓名或单位名称"),
        ({"source": "purchase"}, "采购入库请填写拨付审批单号"),
        ({"code.0": ""}, "篮中还没有物品"),
    ],
)
async def test_a_slip_that_cannot_be_read_says_where(shop: Shop, web: Web, change: dict[str, str], words: str) -> None:
    before = await counts()
    slip = {"source": "gift", "code.0": MILK, "quantity.0": "3", "expires_on.0": in_days(9).isoformat()}
    slip |= {"value.0": "100", "evidence.0": "invoice", "per.0": "total", "act": "finish", "idem": "k1"}
    answer = await web.as_("clerk").post("/stores/LX01/in", data=slip | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert await counts() == before


async def test_stock_and_documents_are_shown_and_reversed(shop: Shop, web: Web) -> None:
    answer = await shop.bring_answer(RICE, 5, unit_value_fen=2650)
    number = answer["number"]
    manager = web.as_("manager")
    for path in (
        "/stores",
        "/stores/LX01/stock",
        "/stores/LX01/stock?q=%E5%A4%A7%E7%B1%B3&within=90",
        "/goods/documents",
    ):
        page = await manager.get(path)
        assert page.status_code == 200, page.text
    assert "大米(晚籼) 5kg" in (await manager.get("/stores/LX01/stock?q=大米")).text
    assert "没有符合条件的批次" in (await manager.get("/stores/LX01/stock?within=7")).text
    assert "至少 4 位" not in (await manager.get("/stores/LX01/stock?within=7")).text
    assert "批次的末尾，至少 4 位" in (await manager.get("/stores/LX01/stock?q=K7M")).text
    page = await manager.get(f"/goods/documents/{number}")
    assert "132.50" in page.text
    ask = await manager.get(f"/goods/documents/{number}/reverse")
    assert "确认冲销" in ask.text
    empty = await manager.post(f"/goods/documents/{number}/reverse", data={"reason": " ", "idem": "r1"})
    assert empty.status_code == 422
    done = await manager.post(f"/goods/documents/{number}/reverse", data={**hidden_of(ask.text), "reason": "数错"})
    assert done.status_code == 303
    assert "已冲销" in (await manager.get(f"/goods/documents/{number}")).text
    assert (await manager.get(done.headers["location"])).status_code == 200
    assert (await web.as_("clerk").get(f"/goods/documents/{number}/reverse")).status_code == 403
    assert (await web.as_("cashier").get("/stores/LX01/out")).status_code == 403


async def test_slips_and_labels_are_printed(shop: Shop, web: Web) -> None:
    answer = await shop.bring_answer(RICE, 5, unit_value_fen=2650)
    issue = {"store": "LX01", "card": shop.card, "lines": [{"barcode": RICE, "quantity": 2}]}
    clerk = web.as_("clerk")
    out = (await clerk.post(f"{API}/issues", json=issue, headers=keyed())).json()
    for path in (f"{answer['number']}.pdf", f"{answer['number']}/labels.pdf", f"{out['number']}.pdf", "commands"):
        page = await clerk.get("/goods/commands.pdf" if path == "commands" else f"/goods/documents/{path}")
        assert page.status_code == 200
        assert page.content.startswith(b"%PDF-")


@pytest.mark.parametrize(("place", "scans"), [("out", 1), ("in", 1), ("stock", 0)])
async def test_only_a_page_that_scans_may_use_the_camera(shop: Shop, web: Web, place: str, scans: int) -> None:
    headers = (await web.as_("clerk").get(f"/stores/LX01/{place}")).headers
    assert headers["permissions-policy"].count("camera=(self)") == scans
    assert headers["content-security-policy"].count("'wasm-unsafe-eval'") == scans
    posted = (await web.as_("clerk").post("/stores/LX01/out", data={"act": "scan", "scan": "no code"})).headers
    assert "camera=(self)" in posted["permissions-policy"], "the till that refuses a scan goes on scanning"


async def test_who_brings_goods_agrees_at_the_counter_as_at_the_desk(shop: Shop, web: Web) -> None:
    """Nothing is ticked beforehand, a tick stays while lines are scanned, and what was agreed to stands with the gift."""
    clerk = web.as_("clerk")
    page = (await clerk.get("/stores/LX01/in")).text
    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert [name for box in boxes for name in re.findall('name="(notice|public_name|public_amount)"', box)] == [
        "notice", "public_name", "public_amount",
    ]  # fmt: skip
    assert " checked" not in "".join(boxes)
    header = {"source": "gift", "donor_kind": "organisation", "donor_name": "恒溪纺织有限公司"}
    agreed = header | {"notice": "1", "public_name": "1", "public_amount": "1"}
    scanned = await clerk.post("/stores/LX01/in", data={**hidden_of(page), **agreed, "scan": SALT, "act": "scan"})
    assert scanned.text.count(" checked") == 5, "two choices and three boxes"
    line = {"code.0": SALT, "quantity.0": "3", "evidence.0": "invoice", "value.0": "7.50", "act": "finish"}
    line["per.0"] = "total"
    wrong = await clerk.post("/stores/LX01/in", data={**hidden_of(page), **agreed, **line, "notice": "99"})
    assert (wrong.status_code, await reading.value("SELECT COUNT(*) FROM donation")) == (422, 0)
    for sent in (agreed, header):
        page = (await clerk.get("/stores/LX01/in")).text
        assert (await clerk.post("/stores/LX01/in", data={**hidden_of(page), **sent, **line})).status_code == 303
    body = intake_body(SALT_LINE, donor={"kind": "organisation", "name": "某厂", "notice": 1}, public_name=True)
    assert (await clerk.post(f"{API}/intakes", json=body, headers=keyed())).status_code == 201
    rows = await reading.rows(
        "SELECT d.public_name, d.public_amount, p.notice FROM donation d JOIN person p ON p.key = d.donor ORDER BY d.seq"
    )
    assert [(bool(r["public_name"]), bool(r["public_amount"]), r["notice"]) for r in rows] == [
        (True, True, 1), (False, False, None), (True, False, 1),
    ]  # fmt: skip
