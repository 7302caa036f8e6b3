"""`home_kb`, `campaign_kb`, `lcp_ms`: what a phone loads before a giver sees home or a campaign; how long it takes.

Debian's chromium over CDP: 9 Mbit/s, 170 ms, a processor four times slower than this one, an empty cache each time.
What is counted is what comes over the line, heads and packing included, fonts left out. The middle of ROUNDS loads.

WEIGHT=http://127.0.0.1:8000 python -m bench.weight    a server that runs, printed only
"""

import os
import statistics
import sys
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from bench import servers

ROUNDS: Final = 5
BYTES_S: Final = 9_000_000 / 8
LATENCY_MS: Final = 170
SLOWER: Final = 4
PHONE: Final = {"width": 390, "height": 844}
PAGES: Final = {"home": "/", "campaign": "/campaigns/one-day-2026"}
SETTLED_MS: Final = 400
"""How long after `load` the largest paint may still come: nothing is drawn later on these pages."""
LARGEST: Final = """() => new Promise((done) => {
  new PerformanceObserver((list) => { const all = list.getEntries(); done(all[all.length - 1].startTime); })
    .observe({type: "largest-contentful-paint", buffered: true});
})"""
Figures = dict[str, tuple[float, str]]
Load = tuple[int, float, dict[str, int]]
"""(bytes without fonts, ms until the largest paint, bytes by address)."""


def on_demo() -> Figures:
    """The figures on the demo city."""
    with servers.demo_city() as server:
        return measured(server.base)


def measured(base: str) -> Figures:
    """The figures of a server at this address; what weighs is printed."""
    figures: Figures = {}
    slowest: tuple[float, str] = (0.0, "")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage"]
        )
        for name, path in PAGES.items():
            loads = [_load(browser, base + path) for _ in range(ROUNDS)]
            weight, _, parts = loads[0]
            for address, size in sorted(parts.items(), key=lambda part: -part[1]):
                print(f"    {size / 1024:8.1f} KB  {name}  {address.removeprefix(base)}")
            ms = statistics.median(ms for _, ms, _ in loads)
            print(
                f"    {ms:8.0f} ms  {name}, {min(ms for _, ms, _ in loads):.0f} to {max(ms for _, ms, _ in loads):.0f}"
            )
            figures[f"{name}_kb"] = (round(weight / 1024, 1), "KB without fonts")
            slowest = max(slowest, (ms, name))
        browser.close()
    return figures | {"lcp_ms": (round(slowest[0]), f"ms, {slowest[1]}")}


def _load(browser: Browser, address: str) -> Load:
    """One load with an empty cache."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=3, is_mobile=True, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    line = context.new_cdp_session(page)
    asked: dict[str, tuple[str, str]] = {}
    sizes: dict[str, int] = {}

    def responded(event: dict[str, Any]) -> None:
        asked[event["requestId"]] = (event["response"]["url"], event["type"])

    def ended(event: dict[str, Any]) -> None:
        url, kind = asked.get(event["requestId"], ("", "Other"))
        if kind != "Font":
            sizes[url] = int(event["encodedDataLength"])

    line.on("Network.responseReceived", responded)
    line.on("Network.loadingFinished", ended)
    line.send("Network.enable")
    conditions = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": BYTES_S, "uploadThroughput": BYTES_S}
    line.send("Network.emulateNetworkConditions", conditions)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load")
    page.wait_for_timeout(SETTLED_MS)
    ms = float(page.evaluate(LARGEST))
    context.close()
    return sum(sizes.values()), ms, sizes


if __name__ == "__main__":
    for figure, (value, unit) in measured(os.environ["WEIGHT"]).items():
        sys.stdout.write(f"{figure} {value} {unit}\n")
