"""A page loads only style sheets of which something is on it: a phone pays for each."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import cssselect2
import pytest
import tinycss2
import tinyhtml5
from giving.given import give, promised, spend
from web.given import linked
from whole.given import PAGES, PUBLIC

from charity.web import pages
from charity.web.assets import FOLDER

EVERYWHERE = {"tokens", "base", "frame", "parts", "print"}
"""Sheets of every page: what one page lacks of them the next has, and the browser keeps them."""
NO_PAGES = {"/healthz", "/readyz", "/metrics", "/_parts", "/r/{code}.pdf", "/p/{code}/codes/{channel}.png"}
STATE = re.compile(r"::?(?!not\b|is\b|where\b|has\b)[a-z-]+(\([^()]*\))?")


def rules(nodes: list[Any]) -> Iterator[Any]:
    """All rules with selectors, those inside of `@media` and `@supports` too."""
    for node in nodes:
        if node.type == "qualified-rule":
            yield node
        elif node.type == "at-rule" and node.content and node.lower_at_keyword in {"media", "supports", "layer"}:
            yield from rules(tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True))


@lru_cache(maxsize=32)
def selectors(sheet: str) -> tuple[Any, ...]:
    """The selectors of a sheet, without states such as `:hover`, which no page has at rest."""
    text = (FOLDER / "css" / f"{sheet}.css").read_text(encoding="utf-8")
    tops = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    compiled: list[Any] = []
    for rule in rules(tops):
        for one in tinycss2.serialize(rule.prelude).split(","):
            plain = STATE.sub("", one).strip()
            if plain and plain not in {"html", "body", "*"}:
                try:
                    compiled += cssselect2.compile_selector_list(plain)
                except cssselect2.SelectorError:  # a part of `:is(…, …)` that the comma cut
                    continue
    assert compiled, f"{sheet}.css has no rule"
    return tuple(compiled)


def matches(sheet: str, html: str) -> bool:
    """Whether any selector of the sheet matches any element of the page."""
    root = cssselect2.ElementWrapper.from_html_root(tinyhtml5.parse(html, namespace_html_elements=True))
    return any(one.test(element) for element in root.iter_subtree() for one in selectors(sheet))


def unused(html: str) -> list[str]:
    return sorted(sheet for sheet in linked(html) - EVERYWHERE if not matches(sheet, html))


def lacks(html: str) -> list[tuple[str, list[str]]]:
    """Classes on the page that are only in sheets that it does not load, with those sheets."""
    there = {name for names in re.findall(r'class="([^"]*)"', html) for name in names.split()}
    styled: dict[str, set[str]] = {}
    for path in (FOLDER / "css").glob("*.css"):
        for name in there & set(re.findall(r"\.(-?[a-z][a-z0-9-]*)", path.read_text(encoding="utf-8"))):
            styled.setdefault(name, set()).add(path.stem)
    return [
        (name, sorted(sheets)) for name, sheets in sorted(styled.items()) if not sheets & (linked(html) | EVERYWHERE)
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_no_public_page_loads_a_sheet_of_which_nothing_is_on_it(web: Any, house: Any) -> None:
    receipt = (await give(house)).body["receipt"]["code"]
    await spend("F-GEN", 5_000, "P01", kept=True)
    places = {"slug": "one-day-2026", "invitation": "nothing"}
    client, wrong, lacking = web.as_(), [], []
    for page, allowed in PAGES.items():
        method, path = page.split(" ")
        if (
            method != "GET"
            or allowed is not PUBLIC
            or path in NO_PAGES
            or ".csv" in path
            or path.endswith((".xlsx", ".png", ".pdf"))
        ):
            continue
        code = await promised() if path.startswith("/p/") else receipt
        answer = await client.get(path.format(**places, code=code), follow_redirects=True)
        assert linked(answer.text) >= EVERYWHERE, page
        wrong += [f"{page} ({answer.status_code}): {sheet}.css" for sheet in unused(answer.text)]
        lacking += [f"{page} ({answer.status_code}): .{name} of {sheets}" for name, sheets in lacks(answer.text)]
    assert not wrong, f"leave these out of `styles` of the template: {wrong}"
    assert not lacking, f"add to `styles` of the template one of these: {lacking}"


def test_a_sheet_without_anything_on_the_page_is_seen_and_one_with_something_is_not() -> None:
    html = '<html><head><link rel="stylesheet" href="/static/css/{}.css?v=1"></head><body class="page">{}</body></html>'
    assert unused(html.format("till", "<main></main>")) == ["till"]
    assert unused(html.format("tables", "<main></main>")) == ["tables"]
    assert unused(html.format("tables", '<div class="table-wrap"><table class="table"></table></div>')) == []
    assert unused(html.format("base", "")) == []
    assert lacks(html.format("base", '<p class="equation sub"></p>')) == [("equation", ["money"])]


async def test_the_page_of_all_parts_is_on_a_demo_alone(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await web.as_().get("/_parts")).status_code == 404

    async def demo() -> bool:
        return True

    monkeypatch.setattr(pages, "is_demo", demo)
    answer = await web.as_().get("/_parts")
    assert answer.status_code == 200
    assert linked(answer.text) >= {"forms", "give", "till", "money", "public"}
    assert unused(answer.text) == []
    assert lacks(answer.text) == []
