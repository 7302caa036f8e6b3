"""`till_300_scans` and `scan_to_answer_ms`: a keyboard scanner at the till of the demo city, in Debian's chromium.

300 scans are keyed in one after the other, 0.05 to 0.6 s between them, drawn from a seed: households of a card, eight
pieces and the command code of handing out. Every answer comes 600 ms late, then 1,200 ms. Counted is what the books say
afterwards: pieces and households, each with the pieces that were scanned behind its card; and whether the till sent the
scans in the order in which they were keyed.

`scan_to_answer_ms`: from the Enter of a scanned piece until its answer is drawn, without delay; the middle of 40.

TILL_SCANS=30 python -m bench.scanning    fewer scans, printed only
"""

import asyncio
import json
import os
import random
import secrets
import statistics
import sys
import urllib.request
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from playwright.async_api import Browser, Page, Route, async_playwright

from bench import servers

SCANS: Final = 300
LATE_MS: Final = (600, 1_200)
GAPS_S: Final = (0.05, 0.6)
SEED: Final = 20_261_127
PIECES: Final = 8
PIECE: Final = "2002000900005"
FINISH: Final = "9900100100"
STORE: Final = "LX14"
LOGIN, PASSWORD = "storekeeper", "linxi-2026"
TIMED: Final = 40
PATIENCE_MS: Final = 60_000
Figures = Mapping[str, tuple[float | Mapping[str, int], str]]
IDLE: Final = (
    "() => document.querySelector('[data-queue][data-state=\"\"]') && !document.querySelector('#till[aria-busy]')"
)
DRAWN: Final = """() => { window.drawn = []; addEventListener('keydown', (event) => {
  if (event.key === 'Enter') window.began = event.timeStamp;
}, true);
document.addEventListener('charity:render', (event) => {
  if (event.target.id !== 'till') return;
  requestAnimationFrame(() => setTimeout(() => drawn.push(performance.now() - began), 0));
}); }"""


async def _at_the_till(browser: Browser, base: str) -> Page:
    """A page of the till, signed in and bound."""
    page = await (await browser.new_context(viewport={"width": 1024, "height": 600}, locale="zh-CN")).new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(f"{base}/sign-in?next=/stores/{STORE}/out")
    await page.fill("#f-login", LOGIN)
    await page.fill("#f-password", PASSWORD)
    await page.press("#f-password", "Enter")
    await page.wait_for_selector("[data-queue][data-state]", state="attached")
    return page


async def _key(page: Page, text: str) -> None:
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def _scanned(browser: Browser, base: str, late_ms: int, scans: list[str]) -> dict[str, int]:
    """Key everything in; how many scans were sent, and how many of them at their place."""
    page = await _at_the_till(browser, base)
    sent: list[str] = []
    chance = random.Random(SEED)

    async def late(route: Route) -> None:
        if route.request.method == "POST":
            sent.extend(text for name, text in parse_qsl(route.request.post_data or "") if name == "scan")
            await asyncio.sleep(late_ms / 1_000)
        await route.continue_()

    await page.route("**/out", late)
    for text in scans:
        await _key(page, text)
        await asyncio.sleep(chance.uniform(*GAPS_S))
    await page.wait_for_function(IDLE)
    await page.context.close()
    at_place = sum(one == other for one, other in zip(sent, scans, strict=False))
    return {"scans": len(scans), "sent": len(sent), "in order": at_place}


async def _timed(browser: Browser, base: str, card: str) -> list[float]:
    """Milliseconds from the Enter of each piece until its answer is drawn."""
    page = await _at_the_till(browser, base)
    await _key(page, card)
    await page.wait_for_function(IDLE)
    await page.evaluate(DRAWN)
    for n in range(TIMED):
        await _key(page, PIECE if n % 2 else "9900200206")
        await page.wait_for_function(f"() => drawn.length > {n}")
    times: list[float] = await page.evaluate("() => drawn")
    await page.context.close()
    return times


def _ask(base: str, token: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {token}", "idempotency-key": secrets.token_hex(16)}
    data = None if body is None else json.dumps(body).encode()
    if data:
        headers["content-type"] = "application/json"
    request = urllib.request.Request(f"{base}/api/v1{path}", data, headers)  # noqa: S310 - our own server
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        whole: dict[str, Any] = json.load(answer)
    return whole


async def _measured(base: str, token: str, cards: list[str], count: int) -> Figures:
    line = {"barcode": PIECE, "quantity": count * 3, "unit_value_fen": 250, "evidence": "invoice"}
    taken = {"store": STORE, "source": "gift", "donor": {"kind": "anonymous"}, "lines": [line]}
    await asyncio.to_thread(_ask, base, token, "/goods/intakes", taken)
    counts: dict[str, int] = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage"]
        )
        households = count // (PIECES + 2)
        for late_ms in LATE_MS:
            served, cards = cards[:households], cards[households:]
            points = {card: _ask(base, token, f"/goods/cards/{card}")["points"] for card in served}
            scans = [text for card in served for text in (card, *[PIECE] * PIECES, FINISH)]
            result = await _scanned(browser, base, late_ms, scans)
            spent = [points[card] - _ask(base, token, f"/goods/cards/{card}")["points"] for card in served]
            result["counted"] = sum(2 + taken // 3 for taken in spent if taken)
            result["households right"] = sum(taken == 3 * PIECES for taken in spent)
            counts |= {f"{late_ms} ms {name}": number for name, number in result.items()}
        times = await _timed(browser, base, cards[0])
        await browser.close()
    print(f"    scan to answer: {min(times):.0f} to {max(times):.0f} ms")
    return {
        "till_300_scans": (counts, "scans"),
        "scan_to_answer_ms": (round(statistics.median(times), 1), "ms from Enter to the drawn answer"),
    }


def on_demo(count: int = SCANS) -> Figures:
    """The figures on the demo city."""
    with servers.house() as at:
        at.run("migrate")
        at.run("demo")
        cards = json.loads(at.run("cards", "list", "--store", STORE, "--format", "json", "--limit", "600"))
        rich = [card["code"] for card in cards if card["points"] >= 3 * PIECES]
        token = at.token("clerk")
        with servers.platform(at) as server:
            return asyncio.run(_measured(server.base, token, rich, count))


if __name__ == "__main__":
    for name, (value, unit) in on_demo(int(os.environ.get("TILL_SCANS", SCANS))).items():
        sys.stdout.write(f"{name} {value} {unit}\n")
