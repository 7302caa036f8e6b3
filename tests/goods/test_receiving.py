"""The intake screen by plain posts: scans and presses in their order, and nothing that is typed is lost."""

import html
import re
from typing import Any

import pytest
from conftest import Web
from goods.given import MILK, RICE, SALT, TOWEL, UNKNOWN, Shop, in_days

from charity.db import reading
from charity.goods.limits import QUANTITY_MAX, SCANS_MAX
from charity.goods.scanning import COMMANDS

HERE = "/stores/LX01/in"
OTHER = "6901234567892"
FINISH, UNDO, CLEAR = COMMANDS
NAMED = {"name": "花生油 1L", "measure": "瓶", "points": "20"}


def field(page: str, name: str) -> str | None:
    """The value of a field of the page; None when it is not there."""
    match = re.search(rf'<input[^>]* name="{re.escape(name)}"[^>]*', page)
    value = match and re.search(r'value="([^"]*)"', match[0])
    return value[1] if value else None


async def posted(web: Web, page: str, press: str = "scan", by: str = "clerk", **more: Any) -> str:
    """The page after a press; the fields of a line are named with two strokes: `quantity__0`."""
    sent = _shown(page) | {"act": press} | {name.replace("__", "."): value for name, value in more.items()}
    answer = await web.as_(by).post(HERE, data=sent)
    return str((await web.as_(by).get(answer.headers["location"])).text if answer.is_redirect else answer.text)


def _shown(page: str) -> dict[str, str]:
    """What a browser sends of a page but for its ticks."""
    kinds = "(?:hidden|text|date|tel)"
    boxes = [box for box in re.findall(r"<input[^>]*>", page) if re.search(f'type="{kinds}"', box)]
    values = {_attribute(box, "name"): _attribute(box, "value") for box in boxes}
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)"(.*?)</select>', page, re.DOTALL):
        values[name] = "".join(re.findall(r'<option value="([^"]*)" selected>', options))
    return {name: value for name, value in values.items() if name not in {"scan", "q", "lang", "size"}}


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf' {name}="([^"]*)"', tag)
    return html.unescape(match[1]) if match else ""


async def opened(web: Web) -> str:
    return str((await web.as_("clerk").get(HERE)).text)


async def test_scans_come_in_their_order_each_answered(shop: Shop, web: Web) -> None:
    page = await posted(web, await opened(web), scan=[f"24*{MILK}", SALT, MILK, f"2x{SALT}"], press="scan")
    assert (field(page, "code.0"), field(page, "quantity.0")) == (MILK, "25")
    assert (field(page, "code.1"), field(page, "quantity.1")) == (SALT, "3")
    assert page.index(f'value="{SALT}"') < page.index(f'value="{MILK}"'), "the newest stands first"
    assert 'data-flash="accepted accepted accepted accepted"' in page
    page = await posted(web, page, scan=UNDO)
    assert (field(page, "quantity.0"), field(page, "quantity.1")) == ("25", "1")
    page = await posted(web, page, press="undo")
    assert field(page, "quantity.0") == "24"
    page = await posted(web, page, scan=[SALT] * (SCANS_MAX + 1))
    assert f"一次最多送 {SCANS_MAX} 个扫描" in page
    assert (field(page, "quantity.0"), field(page, "quantity.1")) == ("24", "1")
    page = await posted(web, page, scan=[f"{SALT}{shop.card}"])
    assert 'data-flash="accepted refused"' in page
    assert (field(page, "quantity.0"), field(page, "quantity.1")) == ("24", "2")
    page = await posted(web, page, scan=[CLEAR, UNDO])
    assert field(page, "code.0") is None
    assert "没有可以撤销的扫描" in page


async def test_what_is_no_item_is_named_and_the_lines_stay(shop: Shop, web: Web) -> None:
    lot = await shop.bring(SALT, 1)
    page = await posted(web, await opened(web), scan=[SALT, lot, shop.card, f"0*{SALT}", "13800138000"])
    for words in ("这是批次标签", "这是爱心卡", "数量应为 1 到 1000000 的整数", "这是手机号码"):
        assert words in page
    assert field(page, "quantity.0") == "1"
    once = (await posted(web, page, scan=lot)).count("这是批次标签")
    assert (await posted(web, page, scan=[lot, lot])).count("这是批次标签") == once, "the same twice is said once"
    assert "前面有一件没有加入，还没有入库" in await posted(web, page, scan=[lot, FINISH])
    assert await reading.value("SELECT COUNT(*) FROM goods_document") == 1


@pytest.mark.parametrize("typed", ["1000000000", "9" * 19, pytest.param("9" * 6_000, id="long"), "0", "1.5", "三"])
async def test_a_count_that_is_refused_stays_in_its_field(shop: Shop, web: Web, typed: str) -> None:
    page = await posted(web, await opened(web), scan=SALT)
    page = await posted(web, page, quantity__0=typed, press="finish")
    assert field(page, "quantity.0") == typed
    assert "数量应为 1 到 1000000 的整数" in page
    page = await posted(web, page, scan=SALT)
    assert (field(page, "quantity.0"), field(page, "quantity.1")) == (typed, "1")
    assert "maxlength" not in re.findall(r'<input[^>]* name="quantity.0"[^>]*', page)[0]


async def test_a_last_good_day_is_asked_for_and_one_of_the_code_is_confirmed(shop: Shop, web: Web) -> None:
    page = await posted(web, await opened(web), scan=RICE)
    assert field(page, "expires_on.0") == ""
    assert "请填写到期日" in await posted(web, page, press="finish")
    soon = in_days(300)
    page = await posted(web, await opened(web), scan=[f"(01)0{RICE}(17){soon:%y%m%d}"] * 2 + [RICE])
    assert (field(page, "expires_on.0"), field(page, "quantity.0")) == (soon.isoformat(), "3")
    page = await posted(web, page, press="finish")
    assert "请对照包装核对后勾选" in page
    for other in ("2099-01-01", ""):
        page = await posted(web, page, expires_checked__0=other, press="finish")
        assert "请对照包装核对后勾选" in page, "a tick counts for the day that it stood beside"
    assert "3 件已入库" in await posted(web, page, expires_checked__0=soon.isoformat(), press="finish")
    page = await posted(web, await opened(web), scan=[f"(01)0{RICE}(17){day:%y%m%d}" for day in (soon, in_days(90))])
    assert field(page, "quantity.1") == "1", "other days are another line"
    page = await posted(web, page, scan=f"(01)0{RICE}(17){soon:%y%m%d}")
    page = await posted(web, page, scan=f"{RICE}")
    assert (field(page, "quantity.0"), field(page, "quantity.1")) == ("2", "2")
    page = await posted(web, await posted(web, page, press="undo"), press="undo")
    assert (field(page, "quantity.0"), field(page, "quantity.1")) == ("1", "1"), "each is taken back where it was put"
    assert "2 件已入库" in await posted(
        web, page, expires_on__0=in_days(80).isoformat(), expires_checked__1=in_days(90).isoformat(), press="finish"
    )


@pytest.mark.parametrize("finish", [{"press": "finish"}, {"scan": FINISH}], ids=["button", "code"])
async def test_everything_that_is_asked_about_is_asked_at_once(shop: Shop, web: Web, finish: dict[str, str]) -> None:
    page = await posted(web, await opened(web), scan=[f"40*{RICE}", f"(01)0{SALT}(17)360101"])
    typed = {"expires_on__0": "2099-01-01", "evidence__0": "invoice", "per__0": "total", "value__0": "26.50"}
    page = await posted(web, page, **typed, **finish)
    for words in ("太远（超过 1095 天）", "合每件 0.66 元，目录价 26.50 元", "条码上写的到期日是 2036-01-01"):
        assert page.count(words) >= 2, "above and at the field"
    for at in ("expires_checked.0", "value_checked.0", "expires_checked.1"):
        assert f'id="e-{at}"' in page
    ticks = {"expires_checked__0": "2099-01-01", "expires_checked__1": "2036-01-01"}
    typed |= {"value__0": "26.60"}
    other = ticks | {"expires_checked__0": "2098-01-01", "value_checked__0": "26.50 total 40"}
    page = await posted(web, page, **typed, **other, **finish)
    assert ("合每件 0.67 元" in page, "太远（超过 1095 天）" in page) == (True, True), (
        "a tick is of what it stood beside"
    )
    assert "41 件已入库" in await posted(web, page, **typed, **ticks, value_checked__0="26.60 total 40", **finish)


@pytest.mark.parametrize(
    ("per", "value", "words"),
    [("unit", "26.50", "共 ¥1,060.00"), ("total", "1060", "每件 ¥26.50"), ("total", "26.50", "每件 ¥0.66 或 ¥0.67"),
     ("unit", "一百", "></output>")],
)  # fmt: skip
async def test_a_value_says_what_it_comes_to_after_any_press(
    shop: Shop, web: Web, per: str, value: str, words: str
) -> None:
    page = await posted(web, await opened(web), scan=f"40*{RICE}")
    page = await posted(web, page, per__0=per, value__0=value, scan=SALT)
    assert words in page
    assert field(page, "value.0") == value
    asked = "。请选计价依据</output>"
    assert (asked in page) is ("¥" in words)
    for other in ({"source": "purchase"}, {"evidence__0": "invoice"}):
        assert asked not in await posted(web, page, **other, scan=SALT)


async def test_a_new_item_keeps_what_is_typed_until_it_is_registered(shop: Shop, web: Web) -> None:
    page = await posted(web, await opened(web), scan=[f"24*{UNKNOWN}", UNKNOWN, SALT])
    assert (field(page, "new_barcode"), field(page, "new_quantity"), field(page, "code.0")) == (UNKNOWN, "25", SALT)
    page = await posted(web, page, **NAMED | {"points": "很多"}, scan=[RICE, OTHER])
    assert (field(page, "name"), field(page, "points"), field(page, "code.1")) == ("花生油 1L", "很多", RICE)
    assert f"条码 {OTHER} 也还没有登记：请先登记 {UNKNOWN}" in page
    page = await posted(web, page, press="scan")
    assert "请填写整数" in page
    assert (field(page, "name"), field(page, "points")) == ("花生油 1L", "很多"), "Enter registers, and wipes nothing"
    assert "还没有登记：请先登记，或按“不登记”" in await posted(web, page, press="finish")
    page = await posted(web, page, points="", press="item")
    assert "请填写每件积分，没有就填 0" in page
    page = await posted(web, page, points="1000000", press="item")
    assert field(page, "points") == "1000000", "no count is cut"
    page = await posted(web, page, points="20", press="scan")
    assert (field(page, "code.2"), field(page, "quantity.2"), field(page, "new_barcode")) == (UNKNOWN, "25", None)
    page = await posted(web, page, scan=[f"{QUANTITY_MAX}*{OTHER}", OTHER])
    assert field(page, "new_quantity") == str(QUANTITY_MAX), "as many as a line may have, and no more"
    page = await posted(web, page, press="leave")
    assert (field(page, "new_barcode"), field(page, "code.3")) == (None, None)
    page = await posted(web, page, scan=f"(01)0{OTHER}(17)270131")
    page = await posted(web, page, **NAMED, press="item")
    assert (field(page, "code.3"), field(page, "expires_on.3")) == (OTHER, "2027-01-31")


async def test_a_code_half_typed_stays_while_a_button_is_pressed(shop: Shop, web: Web) -> None:
    page = await posted(web, await opened(web), scan=SALT)
    page = await posted(web, page, scan="20010001", press="more:0")
    assert (field(page, "scan"), field(page, "quantity.0")) == ("20010001", "2")


async def test_a_delivery_is_taken_in_by_scanner_alone(shop: Shop, web: Web) -> None:
    page = await posted(web, await opened(web), scan=[f"6*{SALT}", f"2*{SALT}", FINISH])
    assert "8 件已入库" in page
    assert await reading.value("SELECT SUM(pieces) FROM shelf_lot WHERE barcode = $1", SALT) == 8


async def test_what_is_scanned_behind_the_end_begins_the_next_delivery(shop: Shop, web: Web) -> None:
    lot = await shop.bring(SALT, 1)
    sent = [f"6*{SALT}", FINISH, TOWEL, lot]
    opening = await opened(web)
    giver = {"donor_kind": "organisation", "donor_name": "恒溪纺织有限公司"}
    page = await posted(web, opening, scan=sent, **giver)
    assert "6 件已入库" in page
    assert field(page, "donor_name") == "", "who gave the one before did not give this one"
    assert (field(page, "code.0"), field(page, "quantity.0"), field(page, "code.1")) == (TOWEL, "1", None)
    assert "这是批次标签" in page
    assert (await posted(web, opening, scan=sent, **giver)).count("已入库") == page.count("已入库")
    assert field(page, "idem") not in {"", None, field(opening, "idem")}
    left_over = {"voucher": "BF-2026-000001"}  # of another choice of source: it is not of this gift
    assert "1 件已入库" in await posted(web, page, press="finish", **left_over)
    assert await reading.value("SELECT SUM(pieces) FROM shelf_lot") == 1 + 6 + 1


async def test_a_delivery_that_nobody_heard_of_comes_in_once(shop: Shop, web: Web) -> None:
    page = await posted(web, await opened(web), scan=SALT)
    first = await posted(web, page, press="finish")
    assert "1 件已入库" in first
    for by in ("clerk", "manager"):  # who takes it over on the same device sends it again
        assert "1 件已入库" in await posted(web, page, press="finish", by=by)
    for change in ({"quantity__0": "2"}, {"quantity__0": "1", "fund": "F-WARM"}):
        changed = await posted(web, page, **change, press="finish")
        assert "这一单刚才已经入库" in changed
        assert field(changed, "idem") == field(page, "idem"), "so pressing once more does not bring it in again"
        page = changed
    page = await posted(web, page, press="clear")
    assert "1 件已入库" in await posted(web, page, scan=[TOWEL, FINISH])
    assert await reading.value("SELECT SUM(pieces) FROM shelf_lot") == 2


async def test_an_item_for_which_there_is_no_line_left_is_not_registered(
    shop: Shop, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charity.goods.intake.routes.INTAKE_LINES_MAX", 1)
    page = await posted(web, await opened(web), scan=[SALT, FINISH, SALT, TOWEL])
    assert ("1 件已入库" in page, "一次最多 1 种" in page) == (True, True), "the next delivery has no more room"
    page = await posted(web, await opened(web), scan=[SALT, f"24*{UNKNOWN}"])
    page = await posted(web, page, **NAMED, press="item")
    assert "一次最多 1 种" in page
    assert (field(page, "new_quantity"), field(page, "name")) == ("24", NAMED["name"])
    assert await reading.value("SELECT COUNT(*) FROM item WHERE barcode = $1", UNKNOWN) == 0
