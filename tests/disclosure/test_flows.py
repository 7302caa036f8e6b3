"""The way of the money: both sides are the equation, to the fen, at the page and at the call."""

import random
import re
from collections import Counter
from typing import Any

import pytest
import pytest_asyncio
from cast import Cast
from conftest import Web
from giving.given import give as gift
from giving.given import refunded, spend
from reports.given import busy_town, give, noon, pay

from charity.finance import flows
from charity.ledger import statement
from charity.ledger.equation import FIGURES
from charity.ledger.statement import Aided, Period
from charity.web import limits

URL = "/api/v1/figures/flow"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    limits.reset()


@pytest_asyncio.fixture
async def town(house: Cast) -> Cast:
    with noon("2025-12-31"):
        await give(house, 700)
        await pay(house, 200, "P03", "F-GEN")
    await busy_town(house)
    return house


async def asked(web: Web, **params: str) -> dict[str, Any]:
    response = await web.as_().get(URL, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def side(answer: dict[str, Any], name: str) -> dict[tuple[str, str | None], int]:
    return {(part["figure"], part["code"]): part["amount_fen"] for part in answer[name]}


def made_up(chance: random.Random) -> Period:
    """Figures of five funds, any of them below zero too, of which one holds for others."""
    funds = {}
    for code in ("F-GEN", "F-EDU", "F-WARM", "F-WC08", "F-NEW"):
        fund = statement._Fund()
        names = [figure.code for figure in FIGURES if figure.code not in {"carried", "unspent"}] + ["opening"]
        for counter in (fund.money.within, fund.money.before):
            counter.update({name: chance.choice((0, 1, -1)) * chance.randrange(10**9) for name in names})
        fund.counts.agency = code == "F-WC08"
        programmes = {f"P0{n}": Aided(chance.randrange(-(10**8), 10**8), n * 7, n * 7) for n in range(1, 10)}
        fund.aided = programmes if chance.random() < 0.7 else {}
        funds[code] = fund
    return Period(1, funds)


async def test_whatever_the_books_say_both_sides_are_the_same_and_are_the_equation(house: Cast) -> None:
    chance = random.Random(9)
    for _ in range(40):
        period = made_up(chance)
        for fund in ("", "F-GEN", "F-WC08", "F-NONE"):
            way = await flows._way(period, "2026-01-01", "2026-12-31", fund, ())
            into, out = (sum(part.end.fen for part in parts) for parts in (way.sources, way.ends))
            assert into == out == way.trunk_fen == way.drawn().trunk_fen
            assert all(part.end.fen > 0 or part.figure == "unspent" for part in [*way.sources, *way.ends])
            signed: Counter[str] = Counter()
            for sign, parts in ((1, way.sources), (-1, way.ends)):
                for part in parts:
                    signed[part.figure] += sign * part.end.fen
            for figure, term in flows._TERMS.items():
                held = not fund and figure.startswith("agency")
                assert signed[figure] == (0 if held else term.sign * way.equation[figure].money_fen), figure
            brief = sum({"+": 1, "−": -1, "=": 0}[line.sign] * line.money_fen for line in way.brief())
            assert way.came_fen + brief == way.equation["unspent"].money_fen


async def test_the_call_follows_sources_to_programmes_and_people(web: Web, town: Cast) -> None:
    answer = await asked(web, **{"from": "2026-01-01"})
    assert side(answer, "sources")[("carried", None)] == 500
    assert side(answer, "sources")[("received", "F-GEN")] == 10_000
    assert side(answer, "ends")[("aid", "P03")] == 4_000
    assert ("aid", None) not in side(answer, "ends"), "all aid has its programme"
    assert not any(figure.startswith("agency") for figure, _ in side(answer, "ends"))
    assert {part["visits"] for part in answer["ends"]} == {None}, "fewer than ten are not counted out"
    agency = await asked(web, fund="F-WC08")
    assert side(agency, "sources") == {("agency_in", None): 70_000}
    assert side(agency, "ends") == {("agency_out", None): 30_000, ("unspent", None): 40_000}
    assert await asked(web, campaign="dream-2026") == await asked(web, fund="F-EDU")
    for params, status in (
        ({"fund": "F-NO"}, 422),
        ({"from": "2026-02-02", "to": "2026-02-01"}, 422),
        ({"campaign": "nope"}, 404),
    ):
        assert (await web.as_().get(URL, params=params)).status_code == status


async def test_nothing_received_all_spent_and_given_back(web: Web, house: Cast) -> None:
    empty = await asked(web, fund="F-EDU")
    assert (empty["available_fen"], empty["sources"]) == (0, [])
    assert "今年还没有收到善款" in (await web.as_().get("/")).text
    made = await gift(house, 10_000, campaign="dream-2026")
    assert side(await asked(web, fund="F-EDU"), "ends") == {("unspent", None): 10_000}
    await refunded(house, made, 4_000)
    await spend("F-EDU", 6_000, "P01", kept=True)
    spent = await asked(web, fund="F-EDU")
    assert side(spent, "sources") == {("received", "F-EDU"): 10_000}
    assert side(spent, "ends") == {("aid", "P01"): 6_000, ("refunded", None): 4_000, ("unspent", None): 0}


async def test_home_draws_the_year_beside_words_with_the_same_figures_as_a_table(web: Web, town: Cast) -> None:
    page = (await web.as_().get("/")).text
    (figure,) = re.findall(r'<figure class="flow".*?</figure>', page, re.DOTALL)
    (table,) = re.findall(r'<table class="flow-table">.*?</table>', page, re.DOTALL)
    shown = set(re.findall(r'<span class="money">¥?([\d,.]+)</span>', figure))
    assert shown <= set(re.findall(r'<span class="money">([\d,.]+)</span>', table))
    assert {"100.00", "40.00", "5.00"} <= shown
    assert 'class="f-rest' in figure
    assert "style=" not in figure
    assert "<text" not in figure
    english = (await web.as_().get("/", headers={"Cookie": "lang=en"})).text
    assert "Where this year" in english


async def test_home_says_who_we_are_and_what_to_do_and_what_a_shared_link_shows(web: Web, house: Cast) -> None:
    page = (await web.as_().get("/")).text
    hero = page[page.index('<div class="hero">') : page.index('<section class="brief"')]
    for text in ("去了哪里都查得到", "困难的家庭", "我要捐赠", 'href="/check"'):
        assert text in hero
    assert page.count('action="/check"') == 1
    image = re.search(r'property="og:image" content="https?://[^"/]+(/static/img/share\.png\?v=\w+)"', page)
    assert image
    fetched = await web.as_().get(image[1])
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "image/png")
    code = (await gift(house, 10_000)).body["receipt"]["code"]
    for url, title in (
        ("/", "临溪市慈善总会"),
        ("/campaigns/one-day-2026", "活动 one-day-2026"),
        (f"/r/{code}", "临溪市慈善总会"),
    ):
        shared = dict(re.findall(r'<meta property="og:([a-z_]+)" content="([^"]*)"', (await web.as_().get(url)).text))
        assert shared.keys() == {"type", "site_name", "title", "description", "image"}, url
        assert title in shared["title"]
        assert not any(text in value for value in shared.values() for text in (code, "王", "100.00"))
    assert "og:title" not in (await web.as_("cashier").get("/")).text
