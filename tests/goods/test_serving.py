"""Households are served by scans alone, several in one request, each answered; the same request gives the same answer."""

import re
from typing import Any

import pytest
from conftest import Web
from goods.given import COAT, MILK, RICE, SALT, TOWEL, UNKNOWN, Shop, counts, in_days
from page_forms import hidden_of

from charity import clock
from charity.db import reading
from charity.goods import cards
from charity.goods.limits import SCANS_MAX
from charity.goods.scanning import COMMANDS

TILL = "/stores/LX01/out"
QUEUED = {"X-Fragment": "till"}
CODES = {name: code for code, name in COMMANDS.items()}
FIRST = "a1b2c3d4e5f60718293a4b5c6d7e8f90"


class Till:
    """The till of one clerk: what its form carries goes with the next request, as from a browser."""

    def __init__(self, web: Web, **fields: Any) -> None:
        self.client = web.as_("clerk")
        self.fields: dict[str, Any] = {"idem": FIRST} | fields
        self.page = ""
        self.status = 0

    async def scan(self, *texts: str, pressed: str = "scan", scripts: bool = True) -> "Till":
        sent = {**self.fields, "scan": list(texts), "act": pressed}
        answer = await self.client.post(TILL, data=sent, headers=QUEUED if scripts else {})
        while answer.status_code == 303:
            answer = await self.client.get(answer.headers["location"])
        self.page, self.status = answer.text, answer.status_code
        form = re.search(r'<form class="till-form".*?</form>', self.page, re.DOTALL)
        assert form, self.page
        self.fields = {
            name: value for name, value in _numbered(form[0]).items() if value or name.startswith("quantity")
        }
        return self

    @property
    def signals(self) -> list[str]:
        flash = re.search(r'data-flash="([a-z ]*)"', self.page)
        return flash[1].split() if flash else []

    @property
    def points(self) -> int:
        shown = re.search(r'aria-label="还剩积分">([0-9,−-]+)<', self.page)
        assert shown, self.page
        return int(shown[1].replace(",", ""))

    @property
    def basket(self) -> dict[str, int]:
        codes = {name.partition(".")[2]: value for name, value in self.fields.items() if name.startswith("code.")}
        return {code: int(self.fields[f"quantity.{n}"]) for n, code in codes.items()}


def _numbered(form: str) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)"', form)
    return dict(fields)


async def stocked(shop: Shop) -> None:
    await shop.bring(RICE, 50)
    await shop.bring(SALT, 50)


async def test_many_scans_of_one_request_are_taken_in_order_and_each_is_answered(shop: Shop, web: Web) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card, RICE, f"2*{SALT}", UNKNOWN, RICE)
    assert till.signals == ["accepted", "accepted", "accepted", "refused", "accepted"]
    assert till.basket == {RICE: 2, SALT: 2}
    assert till.points == 180 - 58
    assert f"条码 {UNKNOWN} 尚未登记" in till.page
    assert till.status == 422
    again = await Till(web).scan(shop.card, RICE, f"2*{SALT}", UNKNOWN, RICE)
    assert (again.fields | {"csrf": ""}, again.signals) == (till.fields | {"csrf": ""}, till.signals)
    one_by_one = Till(web)
    for text in (shop.card, RICE, f"2*{SALT}", UNKNOWN, RICE):
        await one_by_one.scan(text)
    assert one_by_one.basket == till.basket


async def test_more_scans_than_one_request_takes_are_refused_and_nothing_is_added(shop: Shop, web: Web) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card, *[SALT] * (SCANS_MAX - 1))
    assert till.basket == {SALT: SCANS_MAX - 1}
    refused = await Till(web).scan(shop.card, *[SALT] * SCANS_MAX)
    assert (refused.status, refused.basket) == (422, {})
    assert f"一次最多送 {SCANS_MAX} 个扫描" in refused.page
    await till.scan(*[SALT] * (SCANS_MAX + 1))
    assert (till.status, till.basket, till.fields["card"]) == (422, {SALT: SCANS_MAX - 1}, shop.card)


async def test_two_codes_that_ran_together_are_answered_one_by_one(shop: Shop, web: Web) -> None:
    """Only the second answer was given: a first code that was refused was never heard of."""
    await stocked(shop)
    till = await Till(web).scan(shop.card, f"{RICE}{UNKNOWN}")
    assert (till.signals, till.basket) == (["accepted", "accepted", "refused"], {RICE: 1})
    await till.scan(f"9*{RICE}{SALT}")
    assert (till.signals, till.basket) == (["refused", "accepted"], {RICE: 1, SALT: 1})
    assert "要 234 分" in till.page
    assert (await Till(web).scan(f"{shop.card}{RICE}")).signals == ["accepted", "accepted"]


async def test_a_button_pressed_behind_a_card_and_its_pieces_is_pressed(shop: Shop, web: Web) -> None:
    """Where the network is slow all of it comes in one request; the card began a basket that knew of no button."""
    await stocked(shop)
    till = await Till(web).scan(shop.card, RICE, pressed="finish")
    assert "已发给王* 1 件" in till.page
    till = await Till(web, idem="0123456789abcdef0123456789abcdef").scan(shop.card, RICE, SALT, pressed="undo")
    assert till.basket == {RICE: 1}


@pytest.mark.parametrize(
    ("scanned", "sentence"),
    [
        (f"9*{RICE}", "要 234 分，只剩 151 分，还差 83 分"),
        (f"60*{TOWEL}", "毛巾 纯棉 只剩 3 条，要 60 条"),
        (MILK, "纯牛奶 250ml×16 只剩 0 箱，要 1 箱（另有 4 箱已过期，或是捐赠人指定了用处的）"),
        (COAT, "只剩 0 件，要 1 件"),
        ("2001000100003", "有一位不对"),
        ("19900001234", "这是手机号码"),
    ],
)
async def test_what_could_not_go_out_is_refused_at_its_scan_and_the_basket_stays(
    shop: Shop, web: Web, scanned: str, sentence: str
) -> None:
    await stocked(shop)
    await shop.bring(TOWEL, 3)
    await shop.bring(MILK, 4, expires_on=in_days(90), fund="F-EDU")
    till = await Till(web).scan(shop.card, RICE, SALT)
    basket, points = till.basket, till.points
    await till.scan(scanned)
    assert till.signals == ["refused"]
    assert sentence in till.page
    title, reason = re.findall(r"<p>(.*?)</p>", re.findall('data-flash="refused".*?</div>', till.page)[0])
    assert (sentence in reason, sentence in title) == (True, False), "a line each"
    assert "19900001234" not in till.page
    assert (till.basket, till.points) == (basket, points)
    assert till.status in {409, 422}
    once = till.page.count(sentence)
    assert (await till.scan(scanned, scanned)).page.count(sentence) == once, "the same twice is said once"


async def test_a_step_that_has_too_few_points_or_pieces_is_refused_too(shop: Shop, web: Web) -> None:
    await shop.bring(RICE, 7)
    await shop.bring(SALT, 20)
    till = await Till(web).scan(shop.card, f"6*{RICE}")
    await till.scan(pressed="more:0")
    assert "要 26 分，只剩 24 分，还差 2 分" in till.page
    assert (till.basket, till.signals) == ({RICE: 6}, ["refused"])
    await till.scan(pressed="less:0")
    await till.scan(pressed="more:0")
    assert (till.basket, till.signals) == ({RICE: 6}, ["accepted"])
    assert (await till.scan(pressed="undo")).basket == {RICE: 5}, "a step is taken back alone"
    till = await Till(web).scan(shop.card2, f"2*{RICE}")
    assert (await till.scan(f"2*{SALT}", SALT)).signals == ["accepted", "refused"]
    await shop.bring(TOWEL, 1)
    till = await Till(web).scan(shop.card2, f"20*{SALT}", TOWEL)
    assert (till.points, till.basket) == (0, {SALT: 20, TOWEL: 1}), "all points there are may be spent"


async def test_a_card_that_cannot_be_used_begins_no_basket(shop: Shop, web: Web) -> None:
    await cards.suspend(card=shop.card, reason="review", by=shop.house.caseworker)
    till = await Till(web).scan(shop.card)
    assert till.signals == ["refused"]
    assert f"爱心卡自 {clock.today().isoformat()} 起停用：等待年度复核" in till.page
    assert "没有办理</h2>" in till.page
    assert "没有加入" not in till.page, "a card is not what goes into a basket"
    assert "card" not in till.fields
    await till.scan(RICE)
    assert "请先扫爱心卡" in till.page


async def test_the_next_card_asks_once_and_its_second_scan_hands_out_and_begins(shop: Shop, web: Web) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card, RICE, f"2*{SALT}")
    await till.scan(shop.card2)
    assert till.signals == ["asks"]
    assert "发给王* 3 件？" in till.page
    assert till.basket == {RICE: 1, SALT: 2}
    await till.scan(SALT)
    assert till.signals == ["refused"]
    assert "请先办完王*这一篮" in till.page
    before = till.fields
    await till.scan(shop.card2, RICE)
    assert "已发给王* 3 件" in till.page
    assert (till.fields["card"], till.basket) == (shop.card2, {RICE: 1})
    assert till.signals == ["accepted", "accepted"]
    after = await counts()
    again = Till(web, **before)
    await again.scan(shop.card2, RICE)
    assert await counts() == after
    assert (again.fields | {"csrf": ""}) == (till.fields | {"csrf": ""})
    await till.scan(CODES["finish"])
    assert "已发给李* 1 件" in till.page
    assert await reading.value("SELECT COUNT(*) FROM goods_issue") == 2


async def test_a_card_scanned_twice_before_its_question_was_seen_hands_nothing_out(shop: Shop, web: Web) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card, RICE)
    await till.scan(shop.card2, shop.card2)
    assert till.signals == ["asks", "asks"]
    assert await reading.value("SELECT COUNT(*) FROM goods_issue") == 0
    before = till.fields
    await till.scan(shop.card2, CODES["clear"], shop.card, RICE, shop.card2, shop.card2)
    assert till.signals[-2:] == ["asks", "asks"], "the answer to one question is none to the next"
    assert await reading.value("SELECT COUNT(*) FROM goods_issue") == 1
    till.fields = before | {"idem": "0123456789abcdef0123456789abcdef"}
    await till.scan(shop.card)
    assert "next_card" not in till.fields, "the first card again means going on with it"
    await till.scan(SALT)
    assert till.basket == {RICE: 1, SALT: 1}


async def test_command_codes_finish_undo_and_clear(shop: Shop, web: Web) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card, RICE, f"3*{SALT}", SALT)
    await till.scan(CODES["undo"])
    assert till.basket == {RICE: 1, SALT: 3}
    assert "撤销了 食用盐 400g" in till.page
    await till.scan(CODES["undo"], CODES["undo"])
    assert till.basket == {}
    await till.scan(CODES["undo"])
    assert "card" not in till.fields
    await till.scan(CODES["undo"])
    assert "没有可以撤销的扫描" in till.page
    await till.scan(shop.card, RICE, CODES["clear"])
    assert "card" not in till.fields
    await till.scan(shop.card, RICE, CODES["finish"])
    assert "已发给王* 1 件" in till.page
    assert "请扫下一张爱心卡" in till.page
    assert await shop.points() == 154
    await till.scan(shop.card, f"40*{SALT}", CODES["finish"], shop.card, f"2*{RICE}")
    assert "要 52 分，只剩 34 分" in till.page, "the card as it is after the basket before"
    await till.scan(CODES["clear"], shop.card2, RICE, CODES["finish"], SALT)
    assert "已发给李* 1 件" in till.page
    assert ("请先扫爱心卡" in till.page, till.signals[-1]) == (True, "refused"), "what came behind is answered too"


@pytest.mark.parametrize("following", [False, True])
@pytest.mark.parametrize("together", [False, True])
async def test_finish_said_twice_says_that_the_basket_is_out(
    shop: Shop, web: Web, *, together: bool, following: bool
) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card, RICE)
    if following:
        await till.scan(shop.card2)
    for scans in ((CODES["finish"], CODES["finish"]),) if together else ((CODES["finish"],), (CODES["finish"],)):
        await till.scan(*scans)
        assert "refused" not in till.signals
        assert "已发给王* 1 件" in till.page
    assert await reading.value("SELECT COUNT(*) FROM goods_issue") == 1
    await till.scan(shop.card2, CODES["finish"])
    assert "篮中还没有物品" in till.page
    await till.scan(CODES["clear"])
    await till.scan(CODES["finish"])
    assert "请先扫爱心卡" in till.page
    assert "还没有发放" not in till.page


async def test_undo_after_the_next_card_goes_on_with_the_first(shop: Shop, web: Web) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card2, shop.card, RICE)
    assert till.signals == ["accepted"] * 3, "a card without a basket is asked nothing about"
    await till.scan(shop.card2)
    await till.scan(pressed="undo")
    assert till.basket == {RICE: 1}
    await till.scan(SALT)
    assert till.basket == {RICE: 1, SALT: 1}


@pytest.mark.parametrize("end", ["button", "command"])
async def test_nothing_is_handed_out_behind_a_scan_whose_refusal_nobody_has_seen(
    shop: Shop, web: Web, end: str
) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card, RICE)
    if end == "button":
        await till.scan(UNKNOWN, pressed="finish")
    else:
        await till.scan(UNKNOWN, CODES["finish"])
    assert till.signals == ["refused", "refused"]
    assert "前面有一件没有加入，还没有发放" in till.page
    assert await reading.value("SELECT COUNT(*) FROM goods_issue") == 0
    await till.scan(pressed="finish")
    assert "已发给王* 1 件" in till.page


async def test_an_undo_behind_a_refused_scan_takes_nothing_that_was_seen(shop: Shop, web: Web) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card, RICE)
    await till.scan(UNKNOWN, CODES["undo"])
    assert till.basket == {RICE: 1}
    await till.scan(UNKNOWN, SALT, CODES["undo"])
    assert till.basket == {RICE: 1}


async def test_a_basket_goes_out_once_however_often_and_with_whatever_behind_it_is_sent(shop: Shop, web: Web) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card, RICE)
    sent = till.fields
    for behind in ((), (shop.card2,), (shop.card2, SALT)):
        again = Till(web, **sent)
        await again.scan(SALT, CODES["finish"], *behind)
        assert "已发给王* 2 件" in again.page
    assert await reading.value("SELECT COUNT(*) FROM goods_issue") == 1
    taken_over = Till(web, **sent)
    taken_over.client = web.as_("manager")
    await taken_over.scan(SALT, CODES["finish"])
    assert "已发给王* 2 件" in taken_over.page, "whoever takes the basket over at this till"
    assert await reading.value("SELECT COUNT(*) FROM goods_issue") == 1
    proxy = {"proxy": "1", "proxy_name": "张小红", "proxy_reason": "行动不便"}
    for change in ({"quantity.0": "2"}, {"card": shop.card2}, proxy):
        changed = Till(web, **sent | change)
        await changed.scan(SALT, pressed="finish")
        assert "这一篮刚才已经发放" in changed.page
        assert changed.fields["idem"] == sent["idem"]
        assert await reading.value("SELECT COUNT(*) FROM goods_issue") == 1
    await changed.scan(pressed="clear")
    await changed.scan(shop.card2, SALT, pressed="finish")
    assert "已发给李* 1 件" in changed.page


async def test_a_basket_keeps_its_key_over_answers_and_the_next_one_has_another(shop: Shop, web: Web) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card)
    assert till.fields["idem"] == FIRST
    await till.scan(RICE, UNKNOWN)
    assert till.fields["idem"] == FIRST
    await till.scan(pressed="finish")
    fresh = till.fields["idem"]
    assert fresh != FIRST
    page = await web.as_("clerk").get(TILL)
    assert hidden_of(page.text)["idem"] not in {FIRST, fresh}


async def test_without_scripts_a_half_typed_code_waits_while_a_step_is_pressed(shop: Shop, web: Web) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card, RICE, scripts=False)
    await till.scan("2002", pressed="more:0", scripts=False)
    assert till.basket == {RICE: 2}
    assert 'value="2002"' in till.page
    await till.scan(SALT, pressed="finish", scripts=False)
    assert "已发给王* 3 件" in till.page


async def test_the_newest_line_stands_first_and_is_marked(shop: Shop, web: Web) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card, RICE, SALT)
    names = re.findall(r'class="item-name">([^<]+)<', till.page)
    assert names == ["食用盐 400g", "大米(晚籼) 5kg"]
    assert re.search(r'class="item is-new">.*?食用盐', till.page, re.DOTALL)
    await till.scan(RICE)
    assert re.findall(r'class="item-name">([^<]+)<', till.page) == ["大米(晚籼) 5kg", "食用盐 400g"]


async def test_who_is_served_next_does_not_get_the_proxy_of_before(shop: Shop, web: Web) -> None:
    await stocked(shop)
    till = await Till(web).scan(shop.card, RICE)
    assert 'value="proxy" formaction="/stores/LX01/out#f-proxy_name"' in till.page, (
        "without scripts it comes into view too"
    )
    await till.scan(pressed="proxy")
    assert 'id="f-proxy_name"' in till.page
    longest = {"proxy_name": "张小红" + "红" * 97, "proxy_reason": "行动不便" * 50}
    till.fields |= longest
    await till.scan(shop.card2)
    for name, words in (("proxy_name", "代领人姓名最多 100 个字"), ("proxy_reason", "代领原因最多 200 个字")):
        till.fields |= longest | {name: longest[name] + "红"}
        await till.scan(shop.card2)
        assert words in till.page
    till.fields |= longest
    await till.scan(shop.card2)
    assert "已发给王* 1 件" in till.page
    assert "proxy" not in till.fields
    assert "张小红" not in till.page


async def test_whose_sign_in_has_ended_is_told_so_and_comes_back_to_the_till(shop: Shop, web: Web) -> None:
    stranger = web.as_()
    for method, why in (("GET", "ended"), ("POST", "lost")):
        plain = await stranger.request(method, TILL)
        assert plain.headers["location"] == f"/sign-in?next={TILL}"
        answer = await stranger.request(method, TILL, headers={"Cookie": "session=over"})
        assert answer.headers["location"] == f"/sign-in?after={why}&next={TILL}"
    page = (await stranger.get(f"/sign-in?after=ended&next={TILL}")).text
    assert "登录已结束，请重新登录" in page
    assert hidden_of(page)["next"] == TILL
    assert "篮里的东西还在" in (await stranger.get(f"/sign-in?after=till&next={TILL}")).text


@pytest.mark.parametrize(
    "forged",
    [
        {"code.0": RICE, "quantity.0": "-5"},
        {"code.0": RICE, "quantity.0": "0"},
        {"code.0": RICE, "quantity.0": "1e3"},
        {"code.0": RICE, "quantity.0": "99999999999999999999"},
        {"code.0": "B" * 4000, "quantity.0": "1"},
        {"code.0": "🍚' OR 1=1 --", "quantity.0": "1"},
        {"code.0": RICE, "quantity.0": "1", "card": "C" * 4000},
        {"code.0": RICE, "quantity.0": "1", "card": ""},
        {"code.0": RICE, "quantity.0": "1", "next_card": RICE, "proxy": "1"},
        {"code.0": RICE, "quantity.0": "51", "history": f"99999*{RICE} x*y * 1*"},
        {f"code.{n}": RICE for n in range(900)} | {f"quantity.{n}": "1" for n in range(900)},
    ],
)
async def test_a_basket_that_somebody_made_up_hands_nothing_out(shop: Shop, web: Web, forged: dict[str, str]) -> None:
    await stocked(shop)
    before = await counts()
    for pressed in ("finish", "undo", "more:" + "9" * 5000, "less:-1", "drop:\u00b2", "again:0", "finish"):
        sent = {"idem": FIRST, "card": shop.card, "scan": "", "act": pressed} | forged
        answer = await web.as_("clerk").post(TILL, data=sent, headers=QUEUED)
        assert answer.status_code in {200, 400, 404, 409, 413, 422}, (pressed, answer.status_code, answer.text[:200])
        assert pressed != "finish" or answer.status_code != 200
    assert await counts() == before


async def test_a_basket_whose_ground_has_changed_since_its_scans_goes_out_whole_or_not_at_all(
    shop: Shop, web: Web
) -> None:
    """Two tills have the last pieces and the same points in their baskets; then the card is suspended."""
    await shop.bring(RICE, 3)
    await shop.bring(SALT, 50)
    first = await Till(web).scan(shop.card, f"2*{RICE}")
    second = await Till(web, idem="0123456789abcdef0123456789abcdef").scan(shop.card2, f"2*{RICE}", SALT)
    third = await Till(web, idem="fedcba98765432100123456789abcdef").scan(shop.card, f"50*{SALT}")
    await first.scan(pressed="finish")
    assert "已发给王* 2 件" in first.page
    before = await counts()
    await second.scan(pressed="finish")
    assert (second.status, second.signals, second.basket) == (409, ["refused"], {RICE: 2, SALT: 1})
    assert "只剩" in second.page
    await third.scan(pressed="finish")
    assert (third.status, third.signals, third.basket) == (409, ["refused"], {SALT: 50})
    assert "积分不足：现有 128，需要 150" in third.page
    await cards.suspend(card=shop.card2, reason="review", by=shop.house.caseworker)
    await second.scan(pressed="drop:0")
    await second.scan(pressed="finish")
    assert "还没有发放" in second.page
    assert "等待年度复核" in second.page
    assert await counts() == before
