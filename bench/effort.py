"""`effort`: what a finger does on a phone to give, to find one's gift and to get the whole receipt; and staff at work.

Each journey is really done at 390 x 844, with the browser's scripts and without. A tap is a tap; a typed field is one
field, the tap into it included; a swipe is a screen that is moved until what is tapped next is in sight. What is
tapped is named by the words that stand on it: whatever cannot be seen and named cannot be tapped here.

EFFORT=http://127.0.0.1:8000 python -m bench.effort    the gift alone on a demo that runs, printed only
"""

import asyncio
import math
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Browser, Locator, Page, async_playwright

from bench import servers
from charity.office.demo import PASSWORD

PHONE: Final = {"width": 390, "height": 844}
TAPS_MOST: Final = 6
TYPED_MOST: Final = 1
"""The aim for a typical gift, with or without scripts."""
CAMPAIGN: Final = "one-day-2026"
APPROVAL_TAPS, NEXT_TAPS = 2, 1
"""From the desk to an approval, and to each that follows it."""
WALK_IN_TAPS, WALK_IN_TYPED = 5, 2
LOOK_UP_TAPS, LOOK_UP_TYPED = 1, 1
"""From an amount that somebody says to the gift."""
GIVER: Final = "林小溪"
PHONE_NO: Final = "19900001234"
CHROMIUM: Final = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage"],
}


@dataclass(frozen=True)
class Receipt:
    """What a giver holds in hand: the check code on a receipt, its number, and the end of the phone he gave."""

    code: str
    number: str
    phone: str = PHONE_NO


@dataclass
class Finger:
    """A hand at a phone; every tap, typed field and swipe is counted."""

    page: Page
    taps: int = 0
    typed: int = 0
    swipes: int = 0

    async def tap(self, target: Locator) -> None:
        """Tap what is in sight, after as many swipes as it takes."""
        await self._in_sight(target)
        self.taps += 1
        await target.tap()

    async def follow(self, words: str) -> None:
        """Tap the first button or link of the page's own part that says so; it leads to a page."""
        part = self.page.locator("main")
        async with self.page.expect_navigation():
            await self.tap(part.get_by_role("button", name=words).or_(part.get_by_role("link", name=words)).first)

    async def pick(self, words: str) -> None:
        """Tap one of several, by its words."""
        await self.tap(self.page.locator("main label", has_text=words).first)

    async def write(self, label: str, text: str) -> None:
        """Type into the field with this label."""
        field = self.page.locator("main").get_by_label(label, exact=False).first
        await self._in_sight(field)
        self.typed += 1
        await field.tap()
        await self.page.keyboard.type(text)

    async def choose(self, label: str, value: str) -> None:
        """Open a list and choose from it: two taps."""
        field = self.page.locator("main").get_by_label(label, exact=False).first
        await self._in_sight(field)
        self.taps += 2
        await field.select_option(value)

    async def enter(self) -> None:
        """The key of the phone that sends what was typed; it leads to a page."""
        self.taps += 1
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")

    async def _in_sight(self, target: Locator) -> None:
        await target.wait_for(state="visible")
        box = await target.bounding_box()
        assert box is not None, "nobody can see it"
        away = max(0.0, box["y"] + box["height"] - PHONE["height"], -box["y"])
        self.swipes += math.ceil(away / PHONE["height"])
        await target.scroll_into_view_if_needed()

    def counts(self) -> dict[str, int]:
        """What was done."""
        return {"taps": self.taps, "typed": self.typed, "swipes": self.swipes}


async def finger(browser: Browser, *, scripts: bool) -> Finger:
    """A hand at a phone that has never been here."""
    context = await browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(20_000)
    return Finger(await context.new_page())


async def give(by: Finger, base: str, slug: str = CAMPAIGN) -> str:
    """Home, the campaign, the form, the page of the pledge; its address. 200 yuan by bank, with a name."""
    await by.page.goto(f"{base}/")
    async with by.page.expect_navigation(url=f"**/campaigns/{slug}"):
        await by.tap(by.page.locator(f"main a.row-link[href='/campaigns/{slug}']").first)
    await by.follow("捐一份")
    await by.pick("¥200")
    await by.pick("银行转账")
    await by.write("姓名", GIVER)
    await by.follow("去付款")
    if await by.page.get_by_role("heading", name="请核对").count():
        await by.follow("去付款")
    assert "/p/" in by.page.url, by.page.url
    return by.page.url


async def find(by: Finger, base: str, reference: str) -> None:
    """From home to how far the pledge with this reference is."""
    await by.page.goto(f"{base}/")
    await by.follow("查我的捐款")
    await by.write("收据上的核验码、网址，或付款参考号", reference)
    await by.follow("查去向")
    await by.page.locator("main", has_text=reference).filter(has_text="认捐进度").wait_for()


async def whole_receipt(by: Finger, base: str, receipt: Receipt) -> None:
    """From home to the whole receipt, with the paper in hand: its code, its number, the end of one's phone."""
    await by.page.goto(f"{base}/")
    await by.follow("查我的捐款")
    await by.write("收据上的核验码、网址，或付款参考号", receipt.code)
    await by.follow("查去向")
    await by.follow("捐赠人看全本")
    await by.write("收据编号", receipt.number)
    await by.write("手机号后四位", receipt.phone[-4:])
    await by.follow("看收据全本")
    await by.page.get_by_role("button", name="下载 PDF").and_(by.page.locator(".is-main")).wait_for()


# -- staff, from their desk ---------------------------------------------------------------------------


async def approve(by: Finger, base: str) -> None:
    """From the desk to the approval of the first voucher that waits."""
    await by.page.goto(f"{base}/desk")
    async with by.page.expect_navigation(url="**/vouchers/*"):
        await by.tap(by.page.locator("main a.row-link[href^='/vouchers/']").first)
    await approve_next(by)


async def approve_next(by: Finger) -> None:
    """What stands on the screen is agreed to."""
    number = by.page.url.rpartition("/")[2]
    await by.follow("同意以上内容")
    await by.page.locator(".toast", has_text=number).wait_for()


async def walk_in(by: Finger, base: str, campaign: str, amount: str) -> None:
    """From the desk to the receipt of a gift that somebody brings in cash: menu, form, campaign, amount, name."""
    await by.page.goto(f"{base}/desk")
    await by.tap(by.page.locator(".head-menu > summary"))
    async with by.page.expect_navigation():
        await by.tap(by.page.locator(".head-menu a[href='/donations/new']"))
    await by.choose("活动", campaign)
    await by.write("金额", amount)
    await by.write("姓名", GIVER)
    await by.follow("登记并开收据")
    assert "/receipts/" in by.page.url, by.page.url


async def look_up(by: Finger, base: str, amount: str) -> None:
    """From the desk to the gift of an amount."""
    await by.page.goto(f"{base}/desk")
    field = by.page.locator("header input[name='q']")
    by.typed += 1
    await field.tap()
    await by.page.keyboard.type(amount)
    await by.enter()
    await by.page.locator("main", has_text=amount).wait_for()
    assert "/donations/" in by.page.url or "/receipts/" in by.page.url, by.page.url


async def journeys(browser: Browser, base: str, receipt: Receipt | None, slug: str = CAMPAIGN) -> dict[str, int]:
    """All journeys with scripts and without: `gift taps` -> 5 …, `gift without scripts taps` -> 6 …."""
    done: dict[str, int] = {}
    for scripts in (True, False):
        word = "" if scripts else " without scripts"
        gift = await finger(browser, scripts=scripts)
        await give(gift, base, slug)
        reference = (await gift.page.locator(".ref-code strong").inner_text()).strip()
        finding = await finger(browser, scripts=scripts)
        await find(finding, base, reference)
        walked = {"gift": gift, "find": finding}
        if receipt is not None:
            walked["receipt"] = await finger(browser, scripts=scripts)
            await whole_receipt(walked["receipt"], base, receipt)
        for name, by in walked.items():
            done |= {f"{name}{word} {what}": count for what, count in by.counts().items()}
            await by.page.context.close()
    return done


async def _signed_in(browser: Browser, base: str, login: str) -> Finger:
    """Somebody of the demo's staff, on their desk."""
    by = await finger(browser, scripts=True)
    await by.page.goto(f"{base}/sign-in?next=/desk")
    await by.page.fill("input[name='login']", login)
    await by.page.fill("input[name='password']", PASSWORD)
    async with by.page.expect_navigation():
        await by.page.keyboard.press("Enter")
    return by


async def at_work(browser: Browser, base: str) -> dict[str, int]:
    """What staff of the demo do on a phone, from their desk: `approval taps` -> 2 …."""
    approver, cashier = await _signed_in(browser, base, "approver"), await _signed_in(browser, base, "cashier")
    await approve(approver, base)
    await walk_in(cashier, base, "everyday", "1234.56")
    asked = Finger(cashier.page)
    await look_up(asked, base, "1,234.56")
    walked = {"approval": approver, "walk-in gift": cashier, "gift from an amount": asked}
    return {f"{name} {what}": count for name, by in walked.items() for what, count in by.counts().items()}


async def _walked(base: str, receipt: Receipt | None, *, staff: bool = False) -> dict[str, int]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
        try:
            done = await journeys(browser, base, receipt)
            return done | (await at_work(browser, base) if staff else {})
        finally:
            await browser.close()


def _gift(base: str, token: str) -> Receipt:
    """A gift at the counter, with its receipt."""
    body = {
        "campaign": CAMPAIGN,
        "amount_fen": 20_000,
        "received_on": servers.today(),
        "channel": "cash",
        "donor": {"kind": "person", "name": GIVER, "phone": PHONE_NO},
    }
    _, answer = servers.post(base, token, "/api/v1/donations", body)
    receipt = answer["receipt"]
    return Receipt(receipt["code"], receipt["number"])


def on_demo() -> Mapping[str, tuple[Mapping[str, int], str]]:
    """The figure on the demo city."""
    with servers.demo_city() as server:
        counts = asyncio.run(_walked(server.base, _gift(server.base, server.at.token("cashier")), staff=True))
    return {"effort": (counts, "taps, typed fields and swipes")}


if __name__ == "__main__":
    for name, count in asyncio.run(_walked(os.environ["EFFORT"], None)).items():
        sys.stdout.write(f"{count:4} {name}\n")
