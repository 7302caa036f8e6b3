"""Who may open what: every page and every call against one table, and every write against the owner of a thing.

The table is written by hand once more: not derived from the code, so that it notices a mistake there.
"""

import re

import pytest
from cast import Cast
from conftest import Web
from giving.given import give, promised, requested
from goods.given import RICE
from goods.given import opened as shop_opened
from reports.given import whole_year
from starlette.routing import Match, Route
from whole.given import CALLS, EVERYBODY, PAGES, filled

from charity.app import ENDPOINTS, PREFIX, ROUTES
from charity.db import transactions
from charity.documents import exports
from charity.documents.filters import STORE
from charity.giving import refunds
from charity.goods import cards
from charity.jobs import worker
from charity.roles import Actor
from charity.web import auth

FORM = {"sec-fetch-site": "same-origin"}


def _pages() -> list[str]:
    routes = [r for r in ROUTES if isinstance(r, Route)]
    return [f"{method} {r.path}" for r in routes for method in sorted((r.methods or {"GET"}) - {"HEAD"})]


def test_the_table_names_every_page_and_every_call() -> None:
    calls = [f"{e.method} {e.path}" for e in ENDPOINTS]
    for name, made, table, file in (("CALLS", calls, CALLS, "api.py"), ("PAGES", _pages(), PAGES, "routes.py")):
        for line in made:
            assert line in table, f'write into {name} of tests/whole/given.py who may open it: "{line}": {{…}},'
        for line in table:
            assert line in made, f"{name} of tests/whole/given.py has {line!r}, no {file} has: delete the line there"


def differs(table: str, who: str | None, lines: list[str]) -> str:
    return (
        f"{table} of tests/whole/given.py does not say of {who or 'the public'} what charity/roles.py and the routes do; "
        f"if the change is wanted, change these lines there: {'; '.join(lines)}"
    )


@pytest.mark.parametrize("who", [None, *sorted(EVERYBODY)])
async def test_the_table_of_roles_holds_for_every_call(house: Cast, web: Web, who: str | None) -> None:
    client, wrong = web.as_(who), []
    for call, allowed in CALLS.items():
        method, path = call.split(" ")
        answer = await client.request(method, PREFIX + filled(path), headers={"Idempotency-Key": "k"})
        shut = answer.status_code == (401 if who is None else 403)
        if shut == (who in allowed):
            wrong.append(f"{call} ({answer.status_code})")
    assert not wrong, differs("CALLS", who, wrong)


@pytest.mark.parametrize("who", [None, *sorted(EVERYBODY)])
async def test_the_table_of_roles_holds_for_every_page(house: Cast, web: Web, who: str | None) -> None:
    client, wrong = web.as_(who), []
    for page, allowed in PAGES.items():
        method, path = page.split(" ")
        if who is None and method == "POST" and who in allowed:
            continue  # the form token says no first; test_web has that
        answer = await client.request(method, filled(path), headers=FORM)
        shut = answer.headers.get("location", "").startswith("/sign-in") if who is None else answer.status_code == 403
        if shut == (who in allowed):
            wrong.append(f"{page} ({answer.status_code} {answer.headers.get('location', '')})")
    assert not wrong, differs("PAGES", who, wrong)


async def test_a_change_of_language_leads_to_a_page_that_get_opens_after_every_form(house: Cast, web: Web) -> None:
    """Also without Referer, and for each role that may send the form."""
    opens = [r for r in ROUTES if isinstance(r, Route) and "GET" in (r.methods or {"GET"})]
    sent, wrong = 0, []
    for page, allowed in PAGES.items():
        method, path = page.split(" ")
        answer = await web.as_(min(allowed - {None})).request(method, filled(path), headers=FORM)
        if method != "POST" or 'action="/language"' not in answer.text:  # with a form of the public it is its button
            continue
        sent += 1
        back = re.findall(r'action="/language".*?name="next" value="([^"]*)"', answer.text)[0]
        scope = {"type": "http", "method": "GET", "path": back}
        led = next((r.path for r in opens if r.matches(scope)[0] == Match.FULL), "nowhere")
        if not allowed <= PAGES.get(f"GET {led}", set()):
            wrong.append(f"{page} -> {back} ({led})")
    assert sent > 40, sent
    assert not wrong, wrong


async def test_after_a_search_the_language_changes_on_the_page_the_search_came_from(house: Cast, web: Web) -> None:
    client = web.as_("accountant")
    for came_from, back in (
        ("http://127.0.0.1:8000/receipts?who=&status=issued", "/receipts?who=&amp;status=issued"),
        ("http://127.0.0.1:8000/journal/review", "/desk"),  # a form alone opens it
        ("http://evil.example/receipts", "/desk"),
        ("", "/desk"),
    ):
        answer = await client.post("/desk/search", data={"q": "没有这个"}, headers={**FORM, "referer": came_from})
        assert answer.status_code == 404
        assert f'name="next" value="{back}"' in answer.text, came_from
        switched = await client.post("/language", data={"lang": "en", "next": back.replace("&amp;", "&")}, headers=FORM)
        shown = await client.get(switched.headers["location"])
        assert (shown.status_code, shown.headers["content-language"]) == (200, "en"), came_from
        await client.post("/language", data={"lang": "zh", "next": "/"}, headers=FORM)


# -- another store, another person's thing --------------------------------------------------------------


async def test_a_clerk_and_a_manager_serve_their_own_store_only(house: Cast, web: Web) -> None:
    shop = await shop_opened(house)
    number = (await shop.bring_answer(RICE, 3))["number"]
    lot = await shop.bring(RICE, 1)
    for attribute in ("clerk", "manager"):
        other = web.as_(attribute)
        for page in ("/stores/LX02/out", "/stores/LX02/in", "/stores/LX02/stock", "/stores/lx02/stock"):
            assert (await other.get(page)).status_code == 403, page
        assert (await other.get(f"{PREFIX}/goods/stock?store=LX02")).status_code == 403
        body = {"store": "LX02", "source": "gift", "lines": [{"barcode": RICE, "quantity": 1}]}
        sent = await other.post(f"{PREFIX}/goods/intakes", json=body, headers={"Idempotency-Key": "a"})
        assert sent.status_code == 403
        body = {"store": "LX02", "card": shop.card, "lines": [{"lot": lot, "quantity": 1}]}
        sent = await other.post(f"{PREFIX}/goods/issues", json=body, headers={"Idempotency-Key": "b"})
        assert sent.status_code == 403
    await _moved(house.manager, "LX02")
    auth.forget()
    manager = web.as_("manager")
    for page in ("", ".pdf", "/labels.pdf", "/reverse"):
        assert (await manager.get(f"/goods/documents/{number}{page}")).status_code == 403, page
    assert (await manager.post(f"/goods/documents/{number}/reverse", data={"reason": "x"})).status_code == 403
    assert (await manager.get(f"{PREFIX}/goods/documents/{number}")).status_code == 403
    sent = await manager.post(
        f"{PREFIX}/goods/documents/{number}/reverse",
        json={"reason": "x", "content_hash": "0" * 64},
        headers={"Idempotency-Key": "c"},
    )
    assert sent.status_code == 403
    assert number not in (await manager.get("/goods/documents?store=LX01")).text
    assert RICE not in (await manager.get(f"{PREFIX}/goods/stock")).text


async def test_a_manager_exports_the_own_store_only_and_reads_nobody_elses_export(house: Cast, web: Web) -> None:
    year = {"from": whole_year().begin, "to": whole_year().end}
    manager = web.as_("manager")
    for filters in ({"store": "LX02"},):
        sent = await manager.post(
            f"{PREFIX}/exports", json={"report": "stock", "format": "csv", **year, "filters": filters}
        )
        assert sent.status_code == 403
        assert (await manager.get("/ledgers/stock", params={**year, **filters})).status_code == 403
    own = await manager.post(f"{PREFIX}/exports", json={"report": "stock", "format": "csv", **year, "filters": {}})
    assert own.status_code == 202
    assert (await exports.order_of(own.json()["id"])).filters[STORE] == "LX01"
    order = await exports.start(report="donations", fmt="csv", filters=whole_year(), by=house.accountant)
    for place in (f"/exports/{order.id}", f"/exports/{order.id}/progress", f"/exports/{order.id}/file"):
        assert (await manager.get(place)).status_code == 404, place
    for place in (f"/exports/{order.id}", f"/exports/{order.id}/file"):
        assert (await manager.get(PREFIX + place)).status_code == 404, place
    for client in (manager, web.as_("auditor")):  # an auditor may look at it and may not stop it
        assert (await client.post(f"{PREFIX}/exports/{order.id}/cancel")).status_code == 404
    assert (await exports.order_of(order.id)).state == "queued"
    assert (await web.as_("auditor").get(f"{PREFIX}/exports/{order.id}")).status_code == 200
    assert order.id not in (await manager.get("/exports")).text


async def test_a_manager_who_moved_no_longer_fetches_the_old_stores_file(house: Cast, web: Web) -> None:
    order = await exports.start(report="stock", fmt="csv", filters=whole_year(), by=house.manager)
    assert await worker.run_once()
    assert (await web.as_("manager").get(f"/exports/{order.id}/file")).status_code == 200
    await _moved(house.manager, "LX02")
    auth.forget()
    assert (await web.as_("manager").get(f"/exports/{order.id}/file")).status_code == 403
    assert (await web.as_("manager").get(f"{PREFIX}/exports/{order.id}/file")).status_code == 403
    assert (await web.as_("auditor").get(f"{PREFIX}/exports/{order.id}/file")).status_code == 200


async def test_an_organiser_is_led_to_his_unit_and_finds_no_number(house: Cast, web: Web) -> None:
    shop = await shop_opened(house)
    taken = await shop.bring_answer(RICE, 3)
    given = await give(house)
    number = await requested(house, given, 100)
    pledge = await promised()
    client = web.as_("organiser")
    desk = await client.get("/desk")
    assert (desk.status_code, desk.headers["location"]) == (303, "/my-unit")
    mine = (await client.get("/my-unit")).text
    assert ("市民政局" in mine, "YRJ26-02" in mine, 'action="/desk/search"' in mine) == (True, True, False)
    menu = re.findall(r'<nav class="head-nav".*?</nav>', mine, re.DOTALL)[0]
    assert re.findall(r'href="([^"]+)"', menu) == ["/my-unit", "/one-day"]
    for code in (taken["number"], taken["lots"][0]["code"], number, pledge, shop.card):
        answer = await client.post("/desk/search", data={"q": code})
        assert answer.status_code == 403, code
    receipt = await client.post("/desk/search", data={"q": given.body["receipt"]["number"]})
    # The number of a receipt counts up: it must not open the page that only its secret code opens.
    assert receipt.status_code == 403


async def test_nobody_approves_the_own_refund_by_any_door(house: Cast, web: Web) -> None:
    number = await requested(house, await give(house), 100)
    client = web.as_("accountant")
    seen = {"content_hash": await refunds.content_hash(number)}
    sent = await client.post(f"{PREFIX}/refunds/{number}/approve", json=seen, headers={"Idempotency-Key": "k"})
    assert (sent.status_code, sent.json()["type"]) == (409, "urn:charity:problem:refund.same_person")
    assert (await client.post(f"/refunds/{number}/approve", data=seen)).status_code == 409
    assert (await client.post(f"/refunds/{number}/reject", data=seen | {"reason": "不符"})).status_code == 409


async def test_a_card_of_a_household_is_shown_without_its_name(house: Cast, web: Web) -> None:
    card = await cards.issue(household=house.household, by=house.caseworker)
    answer = await web.as_("clerk").get(f"{PREFIX}/goods/cards/{card}")
    assert answer.json()["masked_name"] == "王*"
    assert "建国" not in answer.text


async def _moved(who: Actor, store: str | None) -> None:

    await transactions.run(
        lambda tx: tx.rows("UPDATE staff SET store = $2 WHERE key = $1 RETURNING key", who.key, store)
    )


async def test_who_only_reads_is_offered_no_button(house: Cast, web: Web) -> None:
    number = await requested(house, await give(house), 100)
    reader = web.as_("auditor")
    for page in ("/desk/campaigns", "/desk/campaigns/everyday", "/desk/campaigns/draft-2027", f"/refunds/{number}"):
        text = (await reader.get(page)).text.partition("<main")[2].partition("</main")[0]
        assert text, page
        assert "<button" not in text, page
        assert "/desk/campaigns/new" not in text, page
