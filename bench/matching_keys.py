"""`match_keys_median`: keys that an accountant presses for a bank line which the system left to a person.

100 lines of one day come in, none of which is beyond doubt: paid from somebody else's account (one gift of the sum
fits), the same where another gift of the sum seems nearer, one transfer for two gifts, and what is not to be matched.
They are worked off in the queue of the demo in Debian's chromium, the topmost first, with keys alone; every key
counts, those of a reason too. Afterwards each line must be matched with its own gifts, or decided as it should be.
"""

import asyncio
import base64
import csv
import io
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from playwright import async_api
from playwright.async_api import Page, async_playwright

from bench import servers, statements
from bench.effort import CHROMIUM
from charity.office.demo import PASSWORD

PLACE: Final = "1002/ICBC-01"
ONE, NEARER, TWO, NONE = "one gift fits", "another seems nearer", "one for two gifts", "not to be matched"
KINDS: Final[Mapping[str, int]] = {ONE: 72, NEARER: 12, TWO: 10, NONE: 6}
REASON: Final = "退汇重发"
LOGIN: Final = "accountant"
TABS_MAX: Final = 400
LEFT_OVER_MAX: Final = 5
MATCHED_S: Final = 300
LAST_ROW_MS: Final = 1_000
"""A key that has moved nothing for so long moves nothing."""
PATIENCE_MS: Final = 30_000
ROW: Final = "() => document.activeElement?.closest?.('tr')?.innerText ?? ''"
FOCUSED: Final = "() => document.activeElement?.dataset?.bench ?? ''"


@dataclass(frozen=True)
class Line:
    """One line of the bank: what it is, the name it bears, its sum, and by giver the gifts that it paid, with sums."""

    kind: str
    name: str
    fen: int
    gifts: Mapping[str, tuple[str, int]]


def days_ago(day: str, days: int) -> str:
    """The day so many days before."""
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def _boc(lines: list[Line], day: str) -> bytes:
    """The day's file, as BOC writes it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    whole = sum(line.fen for line in lines)
    writer.writerow(["查询账号[ Inquirer account number ]", statements.OWN])
    writer.writerow(["总笔数[ Total number of transactions ]", len(lines)])
    writer.writerow(["贷方发生总额[ Total amount of credit ]", f"{whole // 100}.{whole % 100:02d}"])
    writer.writerow(statements.HEAD)
    for n, line in enumerate(lines):
        writer.writerow(
            ["来账", "转账", "104100000004", "中国银行临溪支行营业部", statements.OTHER, line.name, "104100000004",
             "中国银行临溪支行", statements.OWN, "临溪县慈善总会", day.replace("-", ""),
             f"09:{n // 60:02d}:{n % 60:02d}", "CNY",
             f"+{line.fen // 100}.{line.fen % 100:02d}", "", day.replace("-", ""), "", f"BOCKEYS{n:06d}",
             "", "", "", "", "", "", "", "", ""]
        )  # fmt: skip
    return out.getvalue().encode("gbk")


def _lines(base: str, token: str, day: str) -> list[Line]:
    """Gifts in the books, and the lines that the bank has of them."""

    def given(name: str, fen: int, before: int = 0) -> tuple[str, int]:
        gift = {"amount_fen": fen, "received_on": days_ago(day, before), "channel": "bank", "campaign": "everyday"}
        gift |= {"channel_ref": f"OURS{fen}D{before}", "donor": {"kind": "person", "name": name}}
        status, made = servers.post(base, token, "/api/v1/donations", gift)
        assert status == 201, made
        return str(made["id"]), fen

    lines, fen = list[Line](), 31_300_01
    for kind, count in KINDS.items():
        for _ in range(count):
            fen += 101
            names = [f"{name}{chr(0x4E00 + 40 * len(lines))}" for name in ("林家", "沈家", "王家")]
            if kind == ONE:
                lines.append(Line(kind, names[0], fen, {names[1]: given(names[1], fen, 1)}))
            elif kind == NEARER:
                given(names[2], fen)
                lines.append(Line(kind, names[0], fen, {names[1]: given(names[1], fen, 1)}))
            elif kind == TWO:
                gifts = {name: given(name, fen + more) for name, more in zip(names[1:], (0, 7), strict=True)}
                lines.append(Line(kind, names[0], 2 * fen + 7, gifts))
                fen += 7
            else:
                lines.append(Line(kind, names[0], fen, {}))
    return lines


class Keyboard:
    """Hands on a keyboard; every key is counted, and one that a screen does not answer to is a fault."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    async def press(self, key: str, *, leads: bool = False) -> None:
        """Press one key; `leads`: and wait for the page that it opens."""
        self.keys += 1
        await self.page.wait_for_timeout(60)  # quicker is a scanner (static/js/moves.js)
        if leads:
            async with self.page.expect_navigation():
                await self.page.keyboard.press(key)
        else:
            await self.page.keyboard.press(key)
            await self.page.wait_for_timeout(60)

    async def tab_to(self, selector: str) -> None:
        """Tab until this has the focus."""
        await self.page.locator(selector).first.evaluate("one => { one.dataset.bench = 'wanted' }")
        for _ in range(TABS_MAX):
            if await self.page.evaluate(FOCUSED) == "wanted":
                break
            await self.press("Tab")
        else:
            raise AssertionError(f"no key leads to {selector}")
        await self.page.locator(selector).first.evaluate("one => { delete one.dataset.bench }")

    async def move_to(self, text: str) -> None:
        """Move from row to row, down and then up, until one has this text."""
        for key in ("j", "k"):
            for _ in range(TABS_MAX):
                row = await self.page.evaluate(ROW)
                if text in row:
                    return
                await self.press(key)
                try:
                    await self.page.wait_for_function(f"row => ({ROW})() !== row", arg=row, timeout=LAST_ROW_MS)
                except async_api.TimeoutError:
                    break
        raise AssertionError(f"no key leads to {text}")

    async def write(self, text: str) -> None:
        """Type a text, a key a character."""
        self.keys += len(text)
        await self.page.keyboard.type(text)


async def _decided(keyboard: Keyboard, line: Line) -> None:
    """Work off the topmost line of the queue, by keys."""
    page, row = keyboard.page, "tbody tr:first-child"
    await keyboard.press("j")
    assert await page.evaluate(f"() => document.querySelector('{row}').contains(document.activeElement)")
    if line.kind == ONE:
        assert await page.evaluate("() => document.activeElement.dataset.act") == "1"
        await keyboard.press("Enter", leads=True)
    elif line.kind == NEARER:
        (giver,) = line.gifts
        await keyboard.tab_to(f"{row} .candidates li:has-text('{giver}') button")
        await keyboard.press("Enter", leads=True)
    else:
        await keyboard.press("o", leads=True)
        for giver in line.gifts:
            await keyboard.move_to(giver)
            await keyboard.press("Space")
        if line.kind == NONE:
            await keyboard.tab_to("#f-reason")
            await keyboard.write(REASON)
            await keyboard.tab_to("button:has-text('不再核对')")
        await keyboard.press("Enter", leads=True)


async def _worked_off(base: str, lines: list[Line]) -> dict[str, tuple[Line, int]]:
    """Each line of the bank by its key, with how many keys it took."""
    done: dict[str, tuple[Line, int]] = {}
    of = {line.name: line for line in lines}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
        page = await (await browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")).new_page()
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(f"{base}/sign-in?next=/bank/matching")
        await page.fill("#f-login", LOGIN)
        await page.fill("#f-password", PASSWORD)
        await page.press("#f-password", "Enter")
        await page.wait_for_url("**/bank/matching")
        for _ in lines:
            row = page.locator("tbody tr").first
            key = (await row.get_attribute("id") or "").removeprefix("l-")
            text = await row.inner_text()
            (line,) = [line for name, line in of.items() if name in text]
            keyboard = Keyboard(page)
            await _decided(keyboard, line)
            assert key not in done, key
            done[key] = line, keyboard.keys
        await browser.close()
    return done


def _left_over(base: str, token: str) -> list[dict[str, Any]]:
    """What waits in the queue once the server has matched what it can."""
    began = time.monotonic()
    while True:
        status, waiting = servers.get(base, "/api/v1/bank/matching", token)
        assert status == 200, waiting
        items: list[dict[str, Any]] = waiting["items"]
        if len(items) <= LEFT_OVER_MAX:
            return items
        assert time.monotonic() - began < MATCHED_S, len(items)
        time.sleep(1)


def _booked(base: str, token: str, lines: list[Line]) -> dict[str, str]:
    """The gift of each movement in the books, once the server's timetable has come to all gifts of these lines."""
    began, gift_of = time.monotonic(), dict[str, str]()
    for gift, fen in ((gift, fen) for line in lines for gift, fen in line.gifts.values()):
        while gift not in gift_of.values():
            assert time.monotonic() - began < MATCHED_S, gift
            asked = f"/api/v1/bank/movements?place={PLACE}&least_fen={fen}&most_fen={fen}"
            status, booked = servers.get(base, asked, token)
            assert status == 200, booked
            gift_of |= {one["key"]: one["number"] for one in booked["items"]}
            if gift not in gift_of.values():
                time.sleep(1)
    return gift_of


def hundred_lines() -> Mapping[str, tuple[float | Mapping[str, int], str]]:
    """The middle of 100 lines, and the middle of each kind."""
    with servers.demo_city() as server:
        cashier, accountant = server.at.token("cashier"), server.at.token("accountant")
        day = servers.today()
        for line in _left_over(server.base, accountant):  # the demo's own
            path = f"/api/v1/bank/lines/{line['key']}/ignore"
            assert servers.post(server.base, accountant, path, {"reason": REASON})[0] == 200
        lines = _lines(server.base, cashier, day)
        file = base64.b64encode(_boc(lines, day)).decode()
        body = {"place": PLACE, "file_name": "a.csv", "file": file}
        status, row = servers.post(server.base, cashier, "/api/v1/bank/statements", body)
        assert (status, row.get("new_lines")) == (200, len(lines)), row
        take = f"/api/v1/bank/statements/{row['key']}/take"
        status, row = servers.post(server.base, cashier, take, {"content_hash": row["content_hash"]})
        assert (status, row.get("status")) == (200, "taken"), row
        gift_of = _booked(server.base, accountant, lines)
        done = asyncio.run(_worked_off(server.base, lines))
        for key, (one, _) in done.items():
            _, answer = servers.get(server.base, f"/api/v1/bank/lines/{key}", accountant)
            decision = answer["decisions"][-1]
            gifts = {gift_of[item] for item in decision["items"] if item != key}
            assert gifts == {gift for gift, _ in one.gifts.values()}, (one, answer)
            assert answer["status"] == ("matched" if gifts else "ignored"), answer
        _, left = servers.get(server.base, "/api/v1/bank/matching", accountant)
        assert left["items"] == []
    keys = {kind: sorted(taken for one, taken in done.values() if one.kind == kind) for kind in KINDS}
    middle = {kind: int(statistics.median(taken)) for kind, taken in keys.items()}
    return {
        "match_keys_median": (statistics.median(taken for _, taken in done.values()), "keys"),
        "match_keys_of_kinds": (middle, "keys"),
    }
