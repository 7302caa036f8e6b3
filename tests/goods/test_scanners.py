"""Keyboard scanners and the queue, in a browser: nothing that was scanned is lost, nothing that was typed is touched."""

import asyncio
import random
import re
import shutil
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from browsing import PASSWORD, Served, Visitor, build, street
from goods.given import RICE, SALT
from playwright.async_api import Page, Route, expect

from charity.goods.scanning import COMMANDS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

TILL = "/stores/LX01/out"
LOT = "B7K2M3N4P5Q"
FINISH = next(code for code, name in COMMANDS.items() if name == "finish")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("scanners")
    url = f"sqlite://{folder / 'charity.db'}"
    town = Served(url, folder, build(url, folder)).begin()
    yield town
    town.end()
    shutil.rmtree(folder, ignore_errors=True)


async def stocked(served: Served, key: str) -> None:
    line = {"barcode": SALT, "quantity": 100, "unit_value_fen": 250, "evidence": "invoice"}
    await served.post("clerk", "/goods/intakes", {"store": "LX01", "source": "gift", "lines": [line]}, key)


# -- keys -----------------------------------------------------------------------------------------------

KEYS = """async ({field, before, keys, gaps, end, ime, composed, full}) => {
  const target = field ? document.querySelector(field) : document.body;
  const scans = [];
  const hear = (event) => { event.stopImmediatePropagation(); scans.push(event.detail.text); };
  addEventListener("charity:scan", hear, true);
  document.activeElement.blur();
  target.focus?.();
  if (before !== null) { target.value = before; target.setSelectionRange(before.length, before.length); }
  let time = (window.lastKey ?? performance.now()) + 10_000;
  let pressed = 0;
  const click = () => { pressed += 1; };
  target.addEventListener("click", click);
  const press = (key, code, sign, composing) => {
    const event = new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true, isComposing: composing});
    Object.defineProperty(event, "timeStamp", {value: time});
    target.dispatchEvent(event);
    if (event.defaultPrevented) return;
    if (sign && "value" in target) target.value += sign;
    if (key === "Enter" && target.matches("button")) target.click();
  };
  if (ime) target.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
  const placeOf = (key) => (/[0-9]/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`);
  for (const [n, key] of [...keys].entries()) {
    if (n) time += gaps[(n - 1) % gaps.length];
    if (composed) press("Unidentified", "", key, false);
    else if (ime) press("Process", placeOf(key), key, true);
    else press(key, full ? "" : placeOf(key), key, false);
  }
  if (composed) target.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true, data: composed}));
  time += gaps[0];
  if (end) press(ime ? "Process" : end, end, "", ime);
  if (ime) target.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true, data: keys}));
  window.lastKey = time;
  await new Promise((done) => setTimeout(done, end ? 20 : 420));
  removeEventListener("charity:scan", hear, true);
  target.removeEventListener("click", click);
  return [scans, "value" in target && target.matches("input") ? target.value : null, pressed];
}"""
NAME, SCAN_FIELD, BUTTON = "#f-proxy_name", "[data-scan]", "button[value=proxy]"
QUICK, SLOW = [8, 12, 9], [77, 127, 101, 90, 118, 84, 110, 96]
PERSON = [140, 310, 95, 220, 60, 410, 180, 120]
# what is focused and holds what, the keys and their gaps in ms, what ends them; then the scans, and what the field holds
RHYTHMS: dict[str, tuple[str, str | None, str, list[int], str, dict[str, Any], list[str], str | None]] = {
    "quick, Enter": (SCAN_FIELD, "", RICE, QUICK, "Enter", {}, [RICE], ""),
    "quick, Tab": (SCAN_FIELD, "", RICE, QUICK, "Tab", {}, [RICE], ""),
    "quick, a pause": (SCAN_FIELD, "", RICE, QUICK, "", {}, [RICE], ""),
    "slow, Enter": (SCAN_FIELD, "", RICE, SLOW, "Enter", {}, [RICE], ""),
    "slow, Tab, into a name": (NAME, "邻居", LOT, SLOW, "Tab", {}, [LOT], "邻居"),
    "slow, a pause, into a name": (NAME, "邻居", RICE, SLOW, "", {}, [RICE], "邻居"),
    "quick, Enter, into a name": (NAME, "邻居 5", RICE, QUICK, "Enter", {}, [RICE], "邻居 5"),
    "quick, Enter, on a button": (BUTTON, None, RICE, QUICK, "Enter", {}, [RICE], None),
    "quick, a pause, nowhere": ("", None, LOT, QUICK, "", {}, [LOT], None),
    "an input method": (NAME, "邻居", LOT, QUICK, "Enter", {"ime": True}, [LOT], "邻居"),
    "an input method in the scan field": (SCAN_FIELD, "", LOT, SLOW, "Enter", {"ime": True}, [LOT], ""),
    "keys without a name": (NAME, "邻居", LOT, QUICK, "Enter", {"composed": LOT}, [LOT], "邻居"),
    "full width": (SCAN_FIELD, "", "２００１０００１０００２", QUICK, "", {"full": True}, ["２００１０００１０００２"], ""),
    "a count before it": (SCAN_FIELD, "3*", RICE, QUICK, "Enter", {}, [f"3*{RICE}"], ""),
    "one that stuttered": (SCAN_FIELD, "", RICE, [8, 8, 300, *[8] * 9], "Enter", {}, [RICE], ""),
    "half a code of a person": (SCAN_FIELD, "200", RICE, QUICK, "Enter", {}, [RICE], "200"),
    "a person, a name": (NAME, "", "zhang", PERSON, "", {}, [], "zhang"),
    "a person, a phone": (NAME, "", "19900001234", PERSON, "Tab", {}, [], "19900001234"),
    "a person, a short count": (NAME, "", "12", QUICK, "Tab", {}, [], "12"),
    "a person, a few keys": (NAME, "", "1234567", QUICK, "", {}, [], "1234567"),
    "a person who is quick": (NAME, "", "19900001234", [60, 190, 70, 180], "Tab", {}, [], "19900001234"),
    "a person, a code": (SCAN_FIELD, "", RICE, PERSON, "", {}, [], RICE),
}  # fmt: skip


async def test_a_scanner_is_told_from_a_person_and_leaves_the_fields_as_they_were(served: Served) -> None:
    async with street(served, "desk", accessible=False) as here:
        clerk = await here.visitor()
        await clerk.sign_in("clerk", TILL)
        page = clerk.page
        await page.locator("[data-scan]").fill(served.facts["card"])
        await page.keyboard.press("Enter")
        await page.locator(BUTTON).click()
        await page.locator(NAME).wait_for()
        heard = {}
        for name, (field, before, keys, gaps, end, more, _, _) in RHYTHMS.items():
            case = {"field": field, "before": before, "keys": keys, "gaps": gaps, "end": end}
            heard[name] = await page.evaluate(KEYS, {"ime": False, "composed": "", "full": False} | case | more)
        assert heard == {name: [case[-2], case[-1], 0] for name, case in RHYTHMS.items()}
        assert await page.evaluate(QUEUE) == {
            "order": True,
            "another": [["one", 2, True], [["690"]], []],
            "elsewhere": None,
            "unfinished": [{"counter": "LX09-out", "pieces": 2, "waiting": 1}, None],
            "since": True,
            "taken": [["690"], "two", {"counter": "LX09-out", "pieces": 3, "waiting": 1}, None],
            "later": None,
        }


# What the queue keeps on the device, of two accounts at one till and one at another.
QUEUE = """async () => {
  const address = performance.getEntriesByType("resource").find(({name}) => name.includes("/js/queue.js")).name;
  const { Queue, unfinished } = await import(address);
  const [out, elsewhere, now] = ["LX09-out", "LX09-in", Date.now];
  const one = await Queue.open(out, "one");
  Date.now = () => 1_800_000_000_000;
  await Promise.all(["690", "张三", "691"].map((text) => one.put({ text })));
  const order = one.entries.every(({ key }, n) => !n || key > one.entries[n - 1].key);
  await one.answered([one.entries[2]], { fields: [["card", "C"]], pieces: 2 });
  const [begun, two, other] = [one.basket.since, await Queue.open(out, "two"), await Queue.open(elsewhere, "two")];
  const [basket, waiting] = await two.left();
  const facts = {
    order,
    another: [[basket.account, basket.pieces, one.lasting && two.lasting], [waiting.map(({ text }) => text)], two.entries],
    elsewhere: await other.left(),
    unfinished: [await unfinished("one"), await unfinished("ne")],
  };
  Date.now = () => 1_800_000_000_000 + 11 * 3_600_000;
  await one.answered([], { fields: [["card", "C"]], pieces: 3 });
  facts.since = one.basket.since === begun && one.basket.at > begun;
  await two.take(await two.left(), true);
  facts.taken = [two.entries.map(({ text }) => text), two.basket.account, await unfinished("two"), await unfinished("one")];
  Date.now = () => 1_800_000_000_000 + 24 * 3_600_000;
  facts.later = await unfinished("two");
  Date.now = now;
  return facts;
}"""

HELD_UP = """(code) => {
  const press = (key, time) => {
    const event = new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true});
    Object.defineProperty(event, "timeStamp", {value: time});
    document.activeElement.dispatchEvent(event);
    const field = document.activeElement;
    if (!event.defaultPrevented && key.length === 1 && "value" in field) field.value += key;
    if (!event.defaultPrevented && key === "Enter") field.form?.requestSubmit();
  };
  document.activeElement.blur();
  [...code].forEach((key, n) => {
    if (n === 5) document.querySelector("[data-scan]").focus();
    press(key, 1000 + 10 * n);
  });
  press("Enter", 1000 + 10 * code.length);
  document.activeElement.blur();
  [...code, "Enter"].forEach((key, n) => press(key, 9000 + 10 * n));
}"""


def until(late: asyncio.Event) -> Callable[[Route], Awaitable[None]]:
    async def wait(route: Route) -> None:
        await late.wait()
        await route.continue_()

    return wait


async def test_a_code_that_comes_before_the_scripts_is_read_when_they_are_there(served: Served) -> None:
    """One that begins before the scan field has the caret and ends in it, and one that never had a field."""
    await stocked(served, "early")
    async with street(served, "desk", accessible=False) as here:
        clerk = await here.visitor()
        await clerk.sign_in("clerk", TILL)
        page = clerk.page
        await key_in(page, served.facts["card"])
        await expect(page.locator(".till-panel")).to_be_visible()
        for path in (TILL, "/stores/LX01/in"):
            late = asyncio.Event()
            await page.route("**/js/till.js", until(late))
            await page.goto(served.base + path, wait_until="commit")
            await page.locator("[data-scan]").wait_for()
            await page.evaluate(HELD_UP, SALT)
            await expect(page.locator("[data-scan]")).to_have_value("")
            late.set()
            line = page.locator("li.item", has_text="食用盐 400g")
            if path == TILL:
                await expect(line.locator(".step-count")).to_have_text("2")
            else:
                await expect(line.locator('[name="quantity.0"]')).to_have_value("2")
            await page.unroute("**/js/till.js")


# -- the queue --------------------------------------------------------------------------------------------


async def waits_for(page: Page, pieces: int) -> None:
    """Until the page shows so many pieces, and nothing waits."""
    await expect(page.locator("button[value=finish]")).to_have_text(f"确认发放 {pieces} 件" if pieces else "确认发放")
    await expect(page.locator("[data-queue]")).to_have_text("")


async def key_in(page: Page, text: str) -> None:
    """A scanner: keys and Enter into whatever has the focus, once the page has drawn itself."""
    await expect(page.locator("[data-queue][data-state]")).to_be_attached()
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def test_slow_answers_lose_no_scan_and_keep_their_order(served: Served) -> None:
    await stocked(served, "slow")
    chance = random.Random(7)
    posted: list[str] = []

    async def late(route: Route) -> None:
        if route.request.method == "POST":
            posted.extend(text for name, text in parse_qsl(route.request.post_data or "") if name == "scan")
            await asyncio.sleep(0.6)
        await route.continue_()

    async with street(served, "phone", accessible=False) as here:
        clerk = await here.visitor()
        await clerk.sign_in("clerk", TILL)
        await clerk.page.route("**/out", late)
        scans = [served.facts["card"], *[SALT] * 18, FINISH, served.facts["card2"], *[SALT] * 18, FINISH]
        for text in scans:
            await key_in(clerk.page, text)
            await asyncio.sleep(chance.uniform(0.02, 0.2))
        await clerk.sees("已发给李* 18 件")
        assert posted == scans
        assert clerk.faults == []
    async with served.client("clerk") as client:
        slips = (await client.get(f"/api/v1/goods/cards/{served.facts['card']}")).json()
        others = (await client.get(f"/api/v1/goods/cards/{served.facts['card2']}")).json()
    assert (slips["points"], others["points"]) == (180 - 54, 60 - 54)


async def test_a_basket_lives_through_reload_back_no_network_and_a_new_sign_in(served: Served) -> None:
    await stocked(served, "lives")
    async with street(served, "desk", accessible=False) as here:
        clerk = await here.visitor()
        page, context = clerk.page, clerk.page.context
        await clerk.sign_in("clerk", TILL)
        for text in (served.facts["card"], SALT, SALT):
            await key_in(page, text)
        await waits_for(page, 2)
        key = await page.locator("[name=idem]").input_value()
        await page.reload()
        await waits_for(page, 2)
        assert await page.locator("[name=idem]").input_value() == key
        await clerk.go("/stores/LX01/stock")
        await page.go_back()
        await waits_for(page, 2)

        await context.set_offline(True)
        await key_in(page, SALT)
        await key_in(page, SALT)
        await expect(page.locator("[data-queue]")).to_contain_text("没有网络：2 个扫描在等")
        await page.close()
        await context.set_offline(False)
        page = clerk.page = await context.new_page()
        await page.goto(served.base + TILL)
        await waits_for(page, 4)
        await _leaves_a_person_alone(page)

        await context.clear_cookies()
        await key_in(page, SALT)
        await page.wait_for_url("**/sign-in?*")
        await clerk.sees("登录已结束", "篮里的东西还在")
        await _signs_in(page, "clerk")
        await waits_for(page, 5)

        await page.locator(".head-menu summary").click()
        await page.locator(".head-menu-sheet").get_by_role("button", name="退出").click()
        await clerk.sees("还有一篮没有办完", "5 件在篮里")
        await clerk.press("回去办完", look=False)
        await waits_for(page, 5)

        await context.clear_cookies()
        await page.goto(served.base + f"/sign-in?next={TILL}")
        await _signs_in(page, "manager")
        await clerk.sees("未完成的一篮", "5 件在篮里")
        assert "王" not in await page.locator(".till-left").inner_text()
        await clerk.press("接着办", look=False)
        await waits_for(page, 5)
        await clerk.press("确认发放 5 件", look=False)
        await clerk.sees("已发给王* 5 件", "请扫下一张爱心卡")
        await page.reload()
        await expect(page.locator("[data-scan]")).to_be_focused()
        assert await page.locator(".till-left").count() == 0
        await page.locator(".head-menu summary").click()
        await page.locator(".head-menu-sheet").get_by_role("button", name="退出").click()
        await page.wait_for_url(served.base + "/")


async def test_a_question_is_answered_by_what_is_scanned_after_it_was_shown(served: Served) -> None:
    """An impatient second scan of the next card is no answer; a button pressed twice hands out once."""
    await stocked(served, "asks")
    network = asyncio.Event()
    network.set()

    async def late(route: Route) -> None:
        await network.wait()
        await route.continue_()

    async with street(served, "phone", accessible=False) as here:
        clerk = await here.visitor()
        page = clerk.page
        await clerk.sign_in("clerk", TILL)
        await page.route("**/out", late)
        for text in (served.facts["card"], SALT):
            await key_in(page, text)
        await expect(page.locator("[name='code.0']")).to_have_value(SALT)
        network.clear()
        for _ in range(2):
            await key_in(page, served.facts["card2"])
        await expect(page.locator("[data-queue]")).to_have_text("2 个扫描正在送出")
        network.set()
        await clerk.sees("发给王* 1 件？")
        await expect(page.locator("[data-queue]")).to_have_text("")
        assert await page.locator(".till-done, .is-good").count() == 0
        await key_in(page, served.facts["card2"])
        await clerk.sees("李*", "已发给王* 1 件")
        await key_in(page, SALT)
        await waits_for(page, 1)
        await page.locator("button[value=finish]").evaluate("(button) => { button.click(); button.click(); }")
        await clerk.sees("已发给李* 1 件", "请扫下一张爱心卡")
        assert await page.locator(".is-bad").count() == 0


async def _signs_in(page: Page, login: str) -> None:
    await page.locator("#f-login").fill(login)
    await page.locator("#f-password").fill(PASSWORD)
    await page.locator("main").get_by_role("button", name="登录").click()
    await page.wait_for_url("**" + TILL)


async def _leaves_a_person_alone(page: Page) -> None:
    """An answer that comes while somebody types changes neither the text nor the caret."""
    await page.locator("button[value=proxy]").click()
    await page.locator("#f-proxy_name").fill("张小")

    async def late(route: Route) -> None:
        await asyncio.sleep(0.3)
        await route.continue_()

    await page.route("**/out", late)
    await page.locator("button[value='more:0']").click()
    await page.locator("#f-proxy_name").focus()
    await page.keyboard.press("End")
    await page.keyboard.insert_text("红")
    await waits_for(page, 5)
    await expect(page.locator("#f-proxy_name")).to_be_focused()
    assert await page.locator("#f-proxy_name").input_value() == "张小红"
    await page.unroute("**/out")
    await page.locator("button[value='less:0']").click()
    await waits_for(page, 4)
    await page.locator("button[value=proxy]").click()
    await expect(page.locator("#f-proxy_name")).to_have_count(0)
    await expect(page.locator("[data-scan]")).to_be_focused()


FREE = """(selector) => document.querySelector(selector).getBoundingClientRect().bottom
  <= document.querySelector(".till-foot").getBoundingClientRect().top"""


async def _brings_the_proxy_into_view(page: Page) -> None:
    """What 代领 asks for comes out from under the foot with the caret in it, unless somebody types elsewhere."""
    name, button = page.locator("#f-proxy_name"), page.locator("button[value=proxy]")
    await expect(page.locator("button[value=finish]")).to_have_text("确认发放 1 件")
    await button.tap()
    await expect(name).to_be_focused()
    assert [await page.evaluate(FREE, field) for field in (NAME, "#f-proxy_reason")] == [True, True]
    await button.tap()
    await expect(name).to_have_count(0)
    await page.locator(SCAN_FIELD).fill("3*")
    await button.evaluate("(button) => button.form.requestSubmit(button)")
    await expect(name).to_be_in_viewport()
    await expect(page.locator(SCAN_FIELD)).to_be_focused()
    await expect(page.locator(SCAN_FIELD)).to_have_value("3*")
    await page.locator(SCAN_FIELD).fill("")
    await button.tap()
    await expect(name).to_have_count(0)


async def test_where_the_device_keeps_nothing_the_till_works_from_memory_and_says_so(served: Served) -> None:
    await stocked(served, "memory")
    async with street(served, "phone", accessible=False) as here:
        clerk: Visitor = await here.visitor()
        await clerk.page.add_init_script("delete Object.getPrototypeOf(window).indexedDB; delete window.indexedDB;")
        await clerk.sign_in("clerk", TILL)
        await clerk.sees("扫描没有存到这台设备上")
        for text in (served.facts["card"], SALT):
            await key_in(clerk.page, text)
        await _brings_the_proxy_into_view(clerk.page)
        await key_in(clerk.page, FINISH)
        await clerk.sees("已发给王* 1 件")
        assert re.search("没有存到", await clerk.page.locator("[data-queue]").inner_text())
