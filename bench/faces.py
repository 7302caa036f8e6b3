"""`make faces`: a picture of every public page in both languages, light and dark, usual and large type, at five widths.

Then of every page of staff (bench/staff_faces.py).

They come into var/faces with an index.html to lay beside the mock-ups. On the way each page is judged: nothing scrolls
sideways, every target is 44 px, axe-core finds nothing. What is wrong is listed at the end and in the index.
Links lead to most pages. A pledge is made for its page; receipts that ended, of goods, and a pledge that was paid are
those that the demo's auditor finds first; two pages of the form to give only a form opens.

FACES=http://127.0.0.1:8000 python -m bench.faces    a demo that runs; without it the demo city is loaded anew
WIDTHS=390,1280 …                                     some widths
PAGES=staff …                                         the pages of staff alone, or those of the `public`
"""

import asyncio
import html
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bench import effort, servers
from charity.office.demo import PASSWORD

OUT: Final = servers.ROOT / "var" / "faces"
WIDTHS: Final = (320, 390, 768, 1280, 1920)
LANGUAGES: Final = ("zh", "en")
SCHEMES: Final = ("light", "dark")
TYPES: Final = ("normal", "large")
FIRST: Final = ("/", "/check", "/sign-in", "/nowhere")
PATIENCE_MS: Final = 120_000
"""How long a page may take beside whatever else runs."""
EACH_MOST: Final = 3
"""So many pages of one kind that links lead to are looked at: home leads to two open campaigns and to closed ones."""
AXE: Final = servers.ROOT / "static" / "vendor" / "axe.min.js"
SIDEWAYS: Final = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > wide + 1)
    .slice(0, 5).map((e) => `sideways: ${e.outerHTML.slice(0, 120)}`);
}"""
SMALL: Final = """() => {
  const shown = (e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const box = (e) => {
    const whole = getComputedStyle(e, "::after").position === "absolute" ? e.closest("tr, li, article, section") : null;
    const of = [e, whole, e.closest("label"), ...(e.labels ?? [])].filter((x) => x && shown(x));
    const all = of.flatMap((x) => [...x.getClientRects()]);
    return [Math.max(0, ...all.map((r) => r.width)), Math.max(0, ...all.map((r) => r.height))];
  };
  return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((e) => e.labels?.length ? [...e.labels].some(shown) : shown(e))
    .filter((e) => !e.matches(".skip, .sr[aria-hidden]"))
    .filter((e) => !(e.matches("a") && e.closest("td, th") && matchMedia("(min-width: 40.01em)").matches))
    .map((e) => [e, ...box(e)]).filter(([, wide, high]) => wide && high && (high < 43.5 || wide < 23.5))
    .map(([e, wide, high]) => `small: ${Math.round(wide)} x ${Math.round(high)} ${e.outerHTML.slice(0, 120)}`);
}"""
"""Targets that are lower than 44 px, or narrower than 24: a word of two signs is 44 high and as wide as it is.

The rows of a table are dense at a desk.
"""
JUDGED: Final = (
    "() => axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.flatMap((v) => "
    "v.nodes.slice(0, 3).map((n) => `axe ${v.id}: ${n.html.slice(0, 160)}`)))"
)
Step = Callable[[Page], Awaitable[None]]
LISTED: Final = (
    "(start) => [...document.querySelectorAll(`main a[href^='${start}']`)].map((a) => a.getAttribute('href'))"
)
LINKS: Final = "() => [...document.querySelectorAll('a[href^=\"/\"]')].map((a) => a.getAttribute('href'))"


@dataclass(frozen=True)
class Look:
    """One way of looking at a page."""

    language: str
    scheme: str
    size: str
    width: int

    @property
    def name(self) -> str:
        """As files and lines call it."""
        return f"{self.language}-{self.scheme}-{self.size}-{self.width}"

    def unusual(self) -> int:
        """In how many things it is not the look of most readers: those are made first."""
        usual = (LANGUAGES[0], SCHEMES[0], TYPES[0])
        return sum(one != other for one, other in zip((self.language, self.scheme, self.size), usual, strict=True))


async def faults(page: Page, *, axe: bool) -> list[str]:
    """What is wrong with the page as it stands."""
    wrong: list[str] = await page.evaluate(SIDEWAYS)
    wrong += await page.evaluate(SMALL)
    if axe:
        await page.evaluate(AXE.read_text(encoding="utf-8"))
        wrong += await page.evaluate(JUDGED)
    return wrong


def kind(address: str) -> str:
    """The kind of a page: its path with codes left out."""
    path = urlsplit(address).path
    return re.sub(r"(?<=/)(campaigns|c|r|p|v|i)/[^/]+", r"\1/…", path)


async def addresses(page: Page, base: str, first: Sequence[str] = FIRST) -> list[str]:
    """The first pages, and public ones that links lead to from them, at most EACH_MOST of a kind; no files."""
    todo, known, kinds = [*first], set[str](), dict[str, int]()
    while todo:
        address = todo.pop(0)
        path = urlsplit(address).path
        if (
            path in known
            or "." in path
            or path.startswith(("/api/", "/static/"))
            or (address not in first and kinds.get(kind(path), 0) >= EACH_MOST)
        ):
            continue
        known.add(path)
        kinds[kind(path)] = kinds.get(kind(path), 0) + 1
        await page.goto(base + path)
        todo += await page.evaluate(LINKS)
    return sorted(known)


async def _refused(page: Page) -> None:
    """The form to give as it comes back with what is missing."""
    async with page.expect_navigation():
        await page.locator("#ask").get_by_role("button").last.click()


async def _reviewed(page: Page) -> None:
    """What is reviewed where no script showed the sum above the button."""
    await page.route("**/static/js/*", lambda route: route.abort())
    await page.reload()
    for name in ("amount", "channel"):
        await page.locator(f"input[name={name}]").first.check()
    await page.locator("input[name=name]").fill(effort.GIVER)
    await _refused(page)
    await page.unroute("**/static/js/*")


STEPS: Final[Mapping[str, Step]] = {"refused": _refused, "reviewed": _reviewed}
"""Pages that only the form to give opens, by the word behind the # of what they are called here."""


async def shown(page: Page, base: str, name: str) -> None:
    """Go to a page, and do what its name asks for: `/campaigns/everyday/give#refused`."""
    address, _, step = name.partition("#")
    await page.goto(base + address)
    if step:
        await STEPS[step](page)


async def kept(browser: Browser, base: str) -> list[str]:
    """Addresses that no link of the public leads to: a new pledge, and what the demo's auditor finds first."""
    by = await effort.finger(browser, scripts=True)
    made = [urlsplit(await effort.give(by, base)).path]
    await by.page.context.close()
    context = await browser.new_context(locale="zh-CN")
    page = await context.new_page()
    await page.goto(f"{base}/sign-in")
    await page.locator("input[name=login]").fill("auditor")
    await page.locator("input[name=password]").fill(PASSWORD)
    async with page.expect_navigation():
        await page.locator("input[name=password]").press("Enter")
    for status in ("received", "partial"):
        await page.goto(f"{base}/pledges?status={status}")
        made += [code.replace("/pledges/", "/p/").removesuffix("/receive") for code in await _codes(page, "/p", 1)]
    for status in ("voided", "replaced"):
        await page.goto(f"{base}/receipts?status={status}")
        made += [code.replace("/receipts/", "/r/") for code in await _codes(page, "/receipts/", 1)]
    await page.goto(f"{base}/receipts")
    made += await _of_each_kind(page, base, await _codes(page, "/receipts/", 100))
    await context.close()
    return made


async def _codes(page: Page, start: str, most: int) -> list[str]:
    """The first addresses of a list that begin so and hold a code of 26 characters."""
    codes: list[str] = await page.evaluate(LISTED, start)
    return [address for address in codes if re.search(r"/[0-9A-Z]{26}", address)][:most]


async def _of_each_kind(page: Page, base: str, codes: list[str]) -> list[str]:
    """The first of these receipts that is for money, and the first for goods."""
    kinds: dict[bool, str] = {}
    for code in codes:
        address = code.replace("/receipts/", "/r/")
        await page.goto(base + address)
        kinds.setdefault(bool(await page.get_by_role("table", name="捐赠的物资").count()), address)
        if len(kinds) > 1:
            break
    return list(kinds.values())


async def opened(browser: Browser, base: str, look: Look) -> BrowserContext:
    """A browser that looks in this way; no mobile one, which shrinks what is too wide instead of scrolling."""
    context = await browser.new_context(
        viewport={"width": look.width, "height": 900},
        locale="zh-CN",
        color_scheme="dark" if look.scheme == "dark" else "light",
        has_touch=look.width < 600,
    )
    context.set_default_timeout(PATIENCE_MS)
    kept = {"lang": look.language, "type": look.size}
    await context.add_cookies([{"name": name, "value": value, "url": base} for name, value in kept.items()])
    return context


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage"]
        )
        try:
            yield browser
        finally:
            await browser.close()


async def gallery(base: str, widths: tuple[int, ...]) -> list[str]:
    """Picture and judge all public pages; the lines of what is wrong."""
    OUT.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    async with chromium() as browser:
        looks = sorted((Look(*each) for each in product(LANGUAGES, SCHEMES, TYPES, widths)), key=Look.unusual)
        first = await opened(browser, base, looks[0])
        listed = await addresses(await first.new_page(), base, [*FIRST, "/_parts", *await kept(browser, base)])
        forms = [path for path in listed if kind(path) == "/campaigns/…/give"]
        listed += [f"{forms[0]}#{step}" for step in STEPS]
        await first.close()
        for look in looks:
            context = await opened(browser, base, look)
            page = await context.new_page()
            for path in listed:
                await shown(page, base, path)
                faults_here = [f"{path} {look.name} {fault}" for fault in await faults(page, axe=True)]
                print(*faults_here, sep="\n", end="\n" if faults_here else "", flush=True)
                wrong += faults_here
                await page.screenshot(path=OUT / f"{_file(path)}.{look.name}.png", full_page=True)
            await context.close()
            print(f"    {look.name}: {len(listed)} pages, {len(wrong)} faults so far", flush=True)
            made = looks[: looks.index(look) + 1]
            files = {path: _file(path) for path in listed}
            (OUT / "index.html").write_text(index(files, made, wrong), encoding="utf-8")
    return wrong


def _file(path: str) -> str:
    return re.sub(r"[/#]", "-", path.strip("/")) or "home"


def index(files: Mapping[str, str], looks: Sequence[Look], wrong: Sequence[str]) -> str:
    """A page of all pictures, by what they show."""
    rows = "".join(
        f"<h2>{html.escape(path)}</h2><p>"
        + "".join(
            f'<a href="{file}.{look.name}.png"><img loading="lazy" width="{look.width // 5}" alt="{look.name}" '
            f'title="{look.name}" src="{file}.{look.name}.png"></a> '
            for look in looks
        )
        + "</p>"
        for path, file in files.items()
    )
    faulty = "".join(f"<li>{html.escape(line)}</li>" for line in wrong)
    return (
        f'<!doctype html><meta charset="utf-8"><title>Faces</title><h1>Faces</h1>{rows}<h2>Faults</h2><ol>{faulty}</ol>'
    )


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo: one that runs, or one that is loaded for this."""
    if "FACES" in os.environ:
        yield os.environ["FACES"]
        return
    with servers.demo_city() as server:
        yield server.base


def main() -> int:
    """Make the gallery; non-zero when something is wrong."""
    from bench import staff_faces  # noqa: PLC0415 - it looks as this module does

    widths = tuple(int(width) for width in os.environ.get("WIDTHS", "").split(",") if width)
    pages, wrong = os.environ.get("PAGES", ""), list[str]()
    with demo() as base:
        if pages != "staff":
            wrong += asyncio.run(gallery(base, widths or WIDTHS))
        if pages != "public":
            wrong += asyncio.run(staff_faces.gallery(base, widths))
    (OUT / "faults.json").write_text(json.dumps(wrong, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{len(wrong)} faults; pictures in {OUT.relative_to(Path.cwd()) if OUT.is_relative_to(Path.cwd()) else OUT}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
