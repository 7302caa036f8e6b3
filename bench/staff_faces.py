"""`make faces`, the part of staff: a picture of every page behind the sign-in, seen by the first role that reaches it.

Each page is judged as those of the public are (bench/faces.py), in Chinese and light at 390 and 1,280 px. The desk is
another page for each role.

LOOKS=all make faces    all languages, schemes, sizes of type and widths of `faces`
"""

import os
import re
from collections.abc import Iterable
from itertools import product
from typing import Final
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext

from bench import faces, walking
from charity.office.demo import PASSWORD, STAFF
from charity.roles import Role

WIDTHS: Final = (390, 1280)
DESK: Final = "/desk"
LEFT_OUT: Final = re.compile(r"^/(api|sign-in|sign-out)|\.(csv|xlsx|zip|png|svg|json|txt)$")
"""No pages: files, calls, and what signs somebody in or out."""
Face = tuple[str, str, str]
"""(role, template of the route, address)."""


async def listed(get: walking.Get, roles: Iterable[str]) -> list[Face]:
    """Each page of staff once, by the first of these roles that reaches it, and each role's own desk."""
    from charity.app import ROUTES  # noqa: PLC0415 - the routes of today

    walk = await walking.walk(get, [walking.PUBLIC, *roles], ROUTES, [])
    first: dict[str, Face] = {}
    desks: list[Face] = []
    for role in roles:
        for (by, template), addresses in walk.reached.items():
            if by != role or LEFT_OUT.search(template) or (walking.PUBLIC, template) in walk.reached:
                continue
            face = (role, template, min(addresses, key=lambda address: ("?" in address, addresses.index(address))))
            if template == DESK:
                desks.append(face)
            first.setdefault(template, face)
    return sorted({*desks, *first.values()})


def looks(widths: tuple[int, ...]) -> list[faces.Look]:
    """Chinese and light at two widths, or all on request."""
    if os.environ.get("LOOKS") == "all":
        every = product(faces.LANGUAGES, faces.SCHEMES, faces.TYPES, widths or faces.WIDTHS)
        return sorted((faces.Look(*each) for each in every), key=faces.Look.unusual)
    return [faces.Look("zh", "light", "normal", width) for width in widths or WIDTHS]


async def _signed_in(browser: Browser, base: str, look: faces.Look, role: str) -> BrowserContext:
    login = next(login for login, _, roles, _ in STAFF if role in roles)
    context = await faces.opened(browser, base, look)
    page = await context.new_page()
    await page.goto(f"{base}/sign-in")
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[name=password]").fill(PASSWORD)
    async with page.expect_navigation():
        await page.locator("input[name=password]").press("Enter")
    return context


async def gallery(base: str, widths: tuple[int, ...]) -> list[str]:
    """Picture and judge all pages of staff; the lines of what is wrong."""
    faces.OUT.mkdir(parents=True, exist_ok=True)
    async with faces.chromium() as browser:
        return await _gallery(browser, base, looks(widths))


async def _gallery(browser: Browser, base: str, wanted: list[faces.Look]) -> list[str]:
    wrong, shown = list[str](), list[Face]()
    for look in wanted:
        contexts = {role.value: await _signed_in(browser, base, look, role.value) for role in Role}
        contexts[walking.PUBLIC] = await faces.opened(browser, base, look)

        async def get(role: str, path: str, contexts: dict[str, BrowserContext] = contexts) -> tuple[int, str]:
            answer = await contexts[role].request.get(base + path, max_redirects=0)
            return answer.status, await answer.text()

        shown = shown or await listed(get, [role.value for role in Role])
        for role, template, address in shown:
            page = contexts[role].pages[0]
            await page.goto(base + address)
            line = f"{role} {address} {look.name}"
            faults = [f"{line} {fault}" for fault in await faces.faults(page, axe=True)]
            print(*faults, sep="\n", end="\n" if faults else "", flush=True)
            wrong += faults
            await page.screenshot(path=faces.OUT / f"{name(role, template)}.{look.name}.png", full_page=True)
        for context in contexts.values():
            await context.close()
        files = {f"{template} ({role})": name(role, template) for role, template, _ in shown}
        made = wanted[: wanted.index(look) + 1]
        (faces.OUT / "staff.html").write_text(faces.index(files, made, wrong), encoding="utf-8")
        print(f"    staff {look.name}: {len(shown)} pages, {len(wrong)} faults so far", flush=True)
    return wrong


def name(role: str, template: str) -> str:
    """The file of a page: staff-finance-funds-code, and the desk with its role."""
    path = re.sub(r"[^a-z0-9-]+", "-", urlsplit(template).path.strip("/"))
    return f"staff-{path.strip('-')}" + (f"-{role}" if template == DESK else "")
