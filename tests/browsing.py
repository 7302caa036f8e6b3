"""A small town behind a real server process, and a visitor with a real browser who minds what is wrong.

`python tests/browsing.py FOLDER` (settings in the environment) builds the town; the tests start it apart, so
that its engine and settings never meet those of a test.
"""

import asyncio
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
import pyotp
import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, async_playwright
from playwright.async_api import TimeoutError as PlaywrightTimeout

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "correct horse battery"
SETTINGS = {
    "CHARITY_SECRET_KEY": "test-secret-key-that-is-long-enough-0123456789",
    "CHARITY_DATA_KEYS": "k1:MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=",
}
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
PATIENCE_S = 90
PATIENCE_MS = 1_000 * PATIENCE_S
AXE = (ROOT / "static" / "vendor" / "axe.min.js").read_text(encoding="utf-8")


# -- the town -----------------------------------------------------------------------------------------


async def _build() -> dict[str, Any]:
    """The cast with passwords, a shop with two cards, and money in the general fund."""
    from cast import seed  # noqa: PLC0415
    from goods import given as goods_given  # noqa: PLC0415 - this half runs in a process of its own

    from charity import clock  # noqa: PLC0415
    from charity.app import MODELS  # noqa: PLC0415
    from charity.db import engine, migrations, transactions  # noqa: PLC0415
    from charity.giving import donations  # noqa: PLC0415
    from charity.ledger import writer  # noqa: PLC0415
    from charity.office.staff import passwords  # noqa: PLC0415
    from charity.people.persons import Donor  # noqa: PLC0415
    from charity.settings import settings  # noqa: PLC0415

    async with engine.opened(migrating=True):
        await migrations.migrate()
    async with engine.opened(MODELS), writer.running():
        house = await seed(settings().database_url)
        shop = await goods_given.opened(house)
        secret = await passwords.hashed(PASSWORD)
        await transactions.run(lambda tx: tx.rows("UPDATE staff SET password_hash = $1 RETURNING key", secret))
        gift = await donations.receive(
            campaign="everyday",
            amount_fen=50_000_000,
            confirmed_amount_fen=50_000_000,
            received_on=clock.today().isoformat(),
            channel="bank",
            channel_ref="SEED-1",
            donor=Donor("organisation", "溪东建材有限公司"),
            by=house.cashier,
        )
        lot = await shop.bring(goods_given.TOWEL, 12)
    return {"card": shop.card, "card2": shop.card2, "receipt": gift.body["receipt"]["code"], "lot": lot}


def environment(url: str, folder: Path, port: int = 8000) -> dict[str, str]:
    """What a process of ours is started with: nothing of the caller's own settings."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CHARITY_")}
    places = {"CHARITY_DATABASE_URL": url, "CHARITY_DATA_DIR": str(folder)}
    tests = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "CHARITY_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    return plain | SETTINGS | places | tests


def build(url: str, folder: Path) -> dict[str, Any]:
    """Fill an empty database with the town; its facts."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__))],
        env=environment(url, folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


# -- the server ---------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """`charity serve` as a process of its own on one database."""

    url: str
    folder: Path
    facts: dict[str, Any]
    port: int = field(default_factory=free_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: int = 1

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def begin(self, sign: str = "/readyz") -> Self:
        """Start and wait until it is ready, or shows another sign of life; on PostgreSQL also the worker."""
        commands = [["serve", "--port", str(self.port), "--workers", str(self.workers)]]
        if not self.url.startswith("sqlite"):
            commands.append(["work"])
        for words in commands:
            with (self.folder / f"{words[0]}.log").open("ab") as log:
                self.processes.append(self.popen(*words, stdout=log, stderr=log))
        self._wait(sign)
        return self

    def popen(self, *words: str, **more: Any) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "charity", *words]
        return subprocess.Popen(command, env=environment(self.url, self.folder, self.port), cwd=self.folder, **more)

    def _wait(self, sign: str) -> None:
        until = time.monotonic() + PATIENCE_S
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while True:
            try:
                with opener.open(f"{self.base}{sign}", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                running = self.processes[0].poll() is None
                assert running, (self.folder / "serve.log").read_text()[-3000:]
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.1)

    def kill(self) -> None:
        """`kill -9`, at once."""
        for process in self.processes:
            process.kill()
            process.wait(timeout=PATIENCE_S)
        self.processes.clear()

    def end(self) -> None:
        """Stop as Ctrl+C does."""
        for process in self.processes:
            process.send_signal(signal.SIGINT)
        self.wait()

    def wait(self) -> None:
        """Wait until all have stopped: a second signal would be one too many, it cuts a clean stop short."""
        for process in self.processes:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=PATIENCE_S)
        self.processes.clear()

    def run(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """A command beside the server."""
        command = [sys.executable, "-m", "charity", *words]
        return subprocess.run(
            command,
            env=environment(self.url, self.folder, self.port),
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def client(self, attribute: str | None = None) -> httpx2.AsyncClient:
        """A client of the API with the token of one of the cast."""
        headers = {"Authorization": f"Bearer token-{attribute}"} if attribute else {}
        return httpx2.AsyncClient(base_url=self.base, headers=headers, timeout=PATIENCE_S, trust_env=False)

    async def post(self, attribute: str, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        """A call of the API that must succeed."""
        async with self.client(attribute) as client:
            answer = await client.post(f"/api/v1{path}", json=body, headers={"Idempotency-Key": key})
        assert answer.status_code in {200, 201, 202}, answer.text
        content: dict[str, Any] = answer.json()
        return content


# -- the visitor --------------------------------------------------------------------------------------

OVERFLOWING = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > wide + 1)
    .slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
}"""
LIGHT = (
    "() => axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.map((v) => "
    "[v.id, v.help, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + ' ' + (n.any[0]?.message ?? ''))]))"
)
STRUCTURE = (
    "() => [...document.body.querySelectorAll('*')].map((e) => e.tagName + e.className + (e.role ?? '')).join(' ')"
)
_judged: set[str] = set()
_codes: dict[tuple[str, str], list[str]] = {}
"""The recovery codes of a town's people, by its address and their login."""
REFUSED = re.compile(r"status of (409|422)")


@dataclass
class Visitor:
    """A person at a browser. Everything that goes wrong on the way is kept in `faults`."""

    page: Page
    base: str
    scripts: bool
    accessible: bool
    faults: list[str] = field(default_factory=list)

    def _watch(self) -> None:
        def on_console(message: ConsoleMessage) -> None:
            # The browser calls our own refusals errors of loading; the tests read them in the page.
            if message.type in {"error", "warning"} and not REFUSED.search(message.text):
                self.faults.append(f"console: {message.text} {message.location}")

        def asked(request: Request) -> None:
            if urlsplit(request.url).scheme not in {"data", "blob"} and not request.url.startswith(self.base + "/"):
                self.faults.append(f"foreign: {request.url}")

        self.page.on("console", on_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", asked)

    async def go(self, path: str) -> None:
        answer = await self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        await self.look()

    async def look(self) -> None:
        """Nothing hangs over the edge, axe-core is content, and nothing went wrong on the way."""
        await self.page.wait_for_load_state("load")
        where = self.page.url.removeprefix(self.base)
        assert await self.page.evaluate(OVERFLOWING) == [], where
        if self.accessible and await self._is_new():
            if not await self.page.evaluate("() => 'axe' in window"):
                await self.page.evaluate(AXE)
            assert await self.page.evaluate(LIGHT) == [], where
        assert self.faults == [], where

    async def _is_new(self) -> bool:
        """Whether axe-core has not judged a page of the same elements and classes at this size yet."""
        built = f"{self.page.viewport_size} {await self.page.evaluate(STRUCTURE)}"
        if built in _judged:
            return False
        _judged.add(built)
        return True

    async def press(self, name: str, *, look: bool = True) -> None:
        """Press the button, or follow the link, with this name."""
        await self.named(name).click()
        if look:
            await self.look()

    @asynccontextmanager
    async def answered(self) -> AsyncIterator[None]:
        """Wait until the till shows the answer to what is done inside: a new page, or a new #till."""
        if not self.scripts:
            async with self.page.expect_navigation():
                yield
            return
        await self.page.evaluate("() => { document.getElementById('till').dataset.before = '1'; }")
        yield
        await self.page.wait_for_function("() => document.querySelector('#till:not([data-before], [aria-busy])')")

    def named(self, name: str) -> Locator:
        page = self.page.locator("main")
        return page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first

    async def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            await self.page.locator(f"[id='f-{name.replace('__', '.')}']").fill(text)

    async def choose(self, **fields: str) -> None:
        for name, value in fields.items():
            await self.page.locator(f"[id='f-{name.replace('__', '.')}']").select_option(value)

    async def mark(self, name: str, value: str) -> None:
        """Choose a radio button."""
        await self.page.locator(f"input[name='{name}'][value='{value}']").check()

    async def sees(self, *words: str) -> None:
        for text in words:
            try:
                await self.page.locator("main, .toasts").filter(has_text=text).first.wait_for(timeout=PATIENCE_MS)
            except PlaywrightTimeout:
                shown = await self.page.locator("body").inner_text()
                pytest.fail(f"{text!r} is not on {self.page.url}:\n{shown}", pytrace=False)

    async def code_shown(self, selector: str) -> str:
        """What a phone's camera reads from a part of the page."""
        # The code must be drawn: dark modules on a light ground, large enough for a camera.
        png = await self.page.locator(selector).first.screenshot()
        image = Image.open(io.BytesIO(png)).convert("RGB")
        result = zxingcpp.read_barcodes(image) or zxingcpp.read_barcodes(
            image.resize((image.width * 2, image.height * 2))
        )
        assert len(result) == 1, selector
        return str(result[0].text)

    async def pdf(self, path: str) -> bytes:
        """A PDF, fetched with this visitor's cookies."""
        answer = await self.page.context.request.get(path if path.startswith("http") else self.base + path)
        assert answer.status == 200, path
        assert answer.headers["content-type"] == "application/pdf"
        return await answer.body()

    async def href(self, name: str) -> str:
        result = await self.named(name).get_attribute("href")
        assert result is not None, name
        return result

    async def sign_in(self, login: str, then: str = "/desk", password: str = PASSWORD) -> None:
        """Sign in, and go through the second factor of who has one or has to set it up."""
        await self.go(f"/sign-in?next={then}")
        await self.fill(login=login, password=password)
        await self.press("登录", look=False)
        await self.page.wait_for_load_state("load")
        codes = _codes.setdefault((self.base, login), [])
        step = urlsplit(self.page.url).path
        if step == "/two-step":
            await self.look()
            secret = await self.page.locator("input[name='secret']").get_attribute("value")
            assert secret is not None
            await self.fill(code=pyotp.TOTP(secret).now(), current=password)
            await self.press("启用两步验证")
            codes += await self.page.locator(".recovery-codes li").all_inner_texts()
            await self.press("已保存，继续", look=False)
        elif step == "/sign-in/code":
            await self.look()
            await self.fill(code=codes.pop())  # a code of the phone works once in 30 seconds
            await self.press("登录", look=False)
        await self.page.wait_for_url(self.base + then)
        await self.look()


@dataclass
class Street:
    """A browser, and what its visitors have in hand."""

    browser: Browser
    served: Served
    size: str
    scripts: bool = True
    accessible: bool = True

    async def visitor(self) -> Visitor:
        width, height = SIZES[self.size]
        context = await self.browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=self.scripts,
            has_touch=self.size == "phone",
            is_mobile=self.size == "phone",
            locale="zh-CN",
        )
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        visitor = Visitor(page, self.served.base, self.scripts, self.accessible and self.scripts)
        visitor._watch()
        return visitor


@asynccontextmanager
async def street(
    served: Served, size: str, *, scripts: bool = True, accessible: bool = True, arguments: Sequence[str] = ()
) -> AsyncIterator[Street]:
    """Debian's chromium without windows; the whole one with more arguments where a test needs a device, such as a camera."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium" if arguments else "/usr/bin/chromium-headless-shell",
            args=["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage", *arguments],
        )
        try:
            yield Street(browser, served, size, scripts, accessible)
        finally:
            await browser.close()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_build())) + "\n")
