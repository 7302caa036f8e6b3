"""Who may open what: every page and every call against one table, and every act against the owner of a thing.

The table is written here once more, by hand: it is the contract's, and must not follow a slip in the code.
"""

import re
from typing import Any

import pytest
from cast import Cast
from conftest import Web
from giving.given import give, promised, requested
from goods.given import RICE
from goods.given import opened as shop_opened
from starlette.routing import Route
from test_reports import whole_year

from charity.app import ENDPOINTS, PREFIX, ROUTES
from charity.db import transactions
from charity.documents import exports
from charity.documents.filters import STORE
from charity.goods import cards
from charity.jobs import worker
from charity.roles import Actor
from charity.web import auth

EVERYBODY = {"admin", "cashier", "accountant", "caseworker", "approver", "clerk", "manager", "auditor", "nobody"}
PUBLIC = EVERYBODY | {None}
CASHIER, ACCOUNTANT, CASEWORKER, APPROVER = {"cashier"}, {"accountant"}, {"caseworker"}, {"approver"}
CLERK, TILL, MANAGER, AUDITOR, ADMIN = {"clerk"}, {"clerk", "manager"}, {"manager"}, {"auditor"}, {"admin"}
GOODS = TILL | ACCOUNTANT | AUDITOR
GIFTS = CASHIER | ACCOUNTANT | AUDITOR
REFUNDS = CASHIER | ACCOUNTANT | APPROVER | AUDITOR
VOUCHERS = CASEWORKER | APPROVER | CASHIER | ACCOUNTANT | AUDITOR
GUARDED = CASHIER | ACCOUNTANT | APPROVER | CASEWORKER | ADMIN
REGISTERS = ACCOUNTANT | AUDITOR | MANAGER

CALLS: dict[str, set[Any]] = {
    "GET /openapi.json": PUBLIC,
    "GET /campaigns": PUBLIC,
    "GET /campaigns/{slug}": PUBLIC,
    "POST /pledges": PUBLIC,
    "GET /pledges/{code}": PUBLIC,
    "GET /receipts/{code}": PUBLIC,
    "GET /stores": EVERYBODY,
    "GET /funds": EVERYBODY,
    "GET /programmes": EVERYBODY,
    "GET /ledger/entries": ACCOUNTANT | AUDITOR,
    "GET /ledger/balances": ACCOUNTANT | AUDITOR,
    "POST /pledges/{code}/receive": CASHIER,
    "POST /donations": CASHIER,
    "POST /donations/{id}/refund": ACCOUNTANT,
    "POST /refunds/{number}/approve": ACCOUNTANT | APPROVER,
    "POST /goods/intakes": CLERK,
    "POST /goods/issues": CLERK,
    "POST /goods/documents/{number}/reverse": MANAGER,
    "GET /goods/stock": CLERK | AUDITOR,
    "GET /goods/cards/{code}": CLERK | AUDITOR,
    "GET /aid/vouchers": VOUCHERS,
    "POST /aid/vouchers": CASEWORKER,
    "GET /aid/vouchers/{number}": VOUCHERS,
    "PUT /aid/vouchers/{number}": CASEWORKER,
    "POST /aid/vouchers/{number}/approve": APPROVER,
    "POST /aid/vouchers/{number}/return": APPROVER,
    "POST /aid/vouchers/{number}/reject": APPROVER,
    "POST /aid/vouchers/{number}/cancel": CASEWORKER,
    "POST /aid/vouchers/{number}/pay": CASHIER,
    "POST /exports": REGISTERS,
    "GET /exports/{id}": REGISTERS,
    "POST /exports/{id}/cancel": REGISTERS,
    "GET /exports/{id}/file": REGISTERS,
}
PAGES: dict[str, set[Any]] = {
    "GET /": PUBLIC,
    "GET /check": PUBLIC,
    "GET /campaigns/{slug}": PUBLIC,
    "GET /give/goods": PUBLIC,
    "GET /r/{code}": PUBLIC,
    "GET /r/{code}.pdf": PUBLIC,
    "GET /v/{code}": PUBLIC,
    "GET /p/{code}": PUBLIC,
    "GET /campaigns/{slug}/give": PUBLIC,
    "POST /campaigns/{slug}/give": PUBLIC,
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    "GET /_parts": PUBLIC,
    "GET /api-docs": PUBLIC,
    "GET /sign-in": PUBLIC,
    "POST /sign-in": PUBLIC,
    "POST /sign-out": PUBLIC,
    "POST /language": PUBLIC,
    "POST /type": PUBLIC,
    "GET /metrics": PUBLIC,  # from this machine; test_web has the rest
    "GET /sign-in/code": PUBLIC,
    "POST /sign-in/code": EVERYBODY,
    "GET /password": EVERYBODY,
    "POST /password": EVERYBODY,
    "GET /two-step": EVERYBODY,
    "POST /two-step": EVERYBODY,
    "POST /two-step/codes": EVERYBODY,
    "POST /two-step/end": EVERYBODY,
    "GET /sessions": EVERYBODY,
    "POST /sessions/end": EVERYBODY,
    "GET /desk": EVERYBODY,
    "POST /desk/search": EVERYBODY,
    "GET /accounts": ADMIN,
    "GET /accounts/new": ADMIN,
    "POST /accounts/new": ADMIN,
    "GET /accounts/changes": GUARDED,
    "POST /accounts/changes/{key}/confirm": ADMIN,
    "POST /accounts/changes/{key}/stop": GUARDED,
    "GET /tokens": ADMIN,
    "POST /tokens/{id}/revoke": ADMIN,
    "POST /accounts/{key}/two-step": ADMIN,
    "GET /accounts/{key}": ADMIN,
    "POST /accounts/{key}": ADMIN,
    "POST /accounts/{key}/password": ADMIN,
    "GET /accounts/{key}/disable": ADMIN,
    "POST /accounts/{key}/disable": ADMIN,
    "POST /accounts/{key}/enable": ADMIN,
    "GET /organisation": ADMIN,
    "GET /pledges": GIFTS,
    "GET /pledges/{code}/receive": CASHIER,
    "POST /pledges/{code}/receive": CASHIER,
    "GET /donations/new": CASHIER,
    "POST /donations/new": CASHIER,
    "GET /donations/{id}/refund": ACCOUNTANT,
    "POST /donations/{id}/refund": ACCOUNTANT,
    "GET /receipts": GIFTS,
    "GET /receipts/{code}": GIFTS,
    "GET /receipts/{code}/paper.pdf": GIFTS,
    "POST /receipts/{code}/delivery": CASHIER,
    "GET /receipts/{code}/void": ACCOUNTANT,
    "POST /receipts/{code}/void": ACCOUNTANT,
    "GET /receipts/{code}/replace": ACCOUNTANT,
    "POST /receipts/{code}/replace": ACCOUNTANT,
    "GET /refunds": REFUNDS,
    "GET /refunds/{number}": REFUNDS,
    "POST /refunds/{number}/{act}": ACCOUNTANT | APPROVER,
    "GET /desk/campaigns": ACCOUNTANT | AUDITOR,
    "GET /desk/campaigns/new": ACCOUNTANT,
    "POST /desk/campaigns/new": ACCOUNTANT,
    "GET /desk/campaigns/{slug}": ACCOUNTANT | AUDITOR,
    "POST /desk/campaigns/{slug}/{act}": ACCOUNTANT,
    "GET /stores": GOODS,
    "GET /stores/{store}/out": TILL,
    "POST /stores/{store}/out": TILL,
    "GET /stores/{store}/in": TILL,
    "POST /stores/{store}/in": TILL,
    "GET /stores/{store}/stock": GOODS,
    "GET /goods/documents": GOODS,
    "GET /goods/documents/{number}": GOODS,
    "GET /goods/documents/{number}.pdf": GOODS,
    "GET /goods/documents/{number}/labels.pdf": GOODS,
    "GET /goods/documents/{number}/reverse": MANAGER,
    "POST /goods/documents/{number}/reverse": MANAGER,
    "GET /vouchers": VOUCHERS,
    "GET /vouchers/{number}": VOUCHERS,
    "GET /vouchers/{number}.pdf": VOUCHERS,
    "GET /vouchers/new": CASEWORKER,
    "POST /vouchers/new": CASEWORKER,
    "GET /vouchers/{number}/edit": CASEWORKER,
    "POST /vouchers/{number}/edit": CASEWORKER,
    "POST /vouchers/{number}/approve": APPROVER,
    "GET /vouchers/{number}/return": APPROVER,
    "POST /vouchers/{number}/return": APPROVER,
    "GET /vouchers/{number}/reject": APPROVER,
    "POST /vouchers/{number}/reject": APPROVER,
    "GET /vouchers/{number}/cancel": CASEWORKER,
    "POST /vouchers/{number}/cancel": CASEWORKER,
    "GET /vouchers/{number}/pay": CASHIER,
    "POST /vouchers/{number}/pay": CASHIER,
    "GET /ledgers/{report}": REGISTERS,
    "GET /exports": REGISTERS,
    "POST /exports": REGISTERS,
    "GET /exports/{id}": REGISTERS,
    "GET /exports/{id}/progress": REGISTERS,
    "POST /exports/{id}/cancel": REGISTERS,
    "GET /exports/{id}/file": REGISTERS,
}
FORM = {"sec-fetch-site": "same-origin"}


def _filled(path: str) -> str:
    """The path with codes of things that are not there: who may not come in never learns that."""
    known = {"store": "LX01", "report": "stock", "slug": "everyday", "act": "approve"}
    return re.sub(r"\{(\w+)\}", lambda m: known.get(m[1], "0" * 26), path)


def _pages() -> list[str]:
    routes = [r for r in ROUTES if isinstance(r, Route)]
    return [f"{method} {r.path}" for r in routes for method in sorted((r.methods or {"GET"}) - {"HEAD"})]


def test_the_table_names_every_page_and_every_call() -> None:
    assert {f"{e.method} {e.path}" for e in ENDPOINTS} == set(CALLS)
    assert set(_pages()) == set(PAGES)


@pytest.mark.parametrize("who", [None, *sorted(EVERYBODY)])
async def test_the_table_of_roles_holds_for_every_call(house: Cast, web: Web, who: str | None) -> None:
    client, wrong = web.as_(who), []
    for call, allowed in CALLS.items():
        method, path = call.split(" ")
        answer = await client.request(method, PREFIX + _filled(path), headers={"Idempotency-Key": "k"})
        shut = answer.status_code == (401 if who is None else 403)
        if shut == (who in allowed):
            wrong.append(f"{call}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("who", [None, *sorted(EVERYBODY)])
async def test_the_table_of_roles_holds_for_every_page(house: Cast, web: Web, who: str | None) -> None:
    client, wrong = web.as_(who), []
    for page, allowed in PAGES.items():
        method, path = page.split(" ")
        if who is None and method == "POST" and who in allowed:
            continue  # the form token says no first; test_web has that
        answer = await client.request(method, _filled(path), headers=FORM)
        shut = answer.headers.get("location", "").startswith("/sign-in") if who is None else answer.status_code == 403
        if shut == (who in allowed):
            wrong.append(f"{page}: {answer.status_code} {answer.headers.get('location', '')}")
    assert wrong == []


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
    sent = await manager.post(
        f"{PREFIX}/goods/documents/{number}/reverse", json={"reason": "x"}, headers={"Idempotency-Key": "c"}
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


async def test_an_organiser_sees_an_empty_desk_and_finds_no_number(house: Cast, web: Web) -> None:
    shop = await shop_opened(house)
    taken = await shop.bring_answer(RICE, 3)
    given = await give(house)
    number = await requested(house, given, 100)
    pledge = await promised()
    client = web.as_("nobody")
    desk = (await client.get("/desk")).text
    assert "笔" not in re.sub(r"<[^>]+>", "", desk.partition("<main")[2].partition("</main")[0])
    for code in (taken["number"], taken["lots"][0]["code"], number, pledge, shop.card):
        found = await client.post("/desk/search", data={"q": code})
        assert found.status_code == 404, code
    receipt = await client.post("/desk/search", data={"q": given.body["receipt"]["number"]})
    # The number of a receipt counts up: it must not open the page that only its secret code opens.
    assert receipt.status_code == 404


async def test_nobody_approves_the_own_refund_by_any_door(house: Cast, web: Web) -> None:
    number = await requested(house, await give(house), 100)
    client = web.as_("accountant")
    sent = await client.post(f"{PREFIX}/refunds/{number}/approve", headers={"Idempotency-Key": "k"})
    assert (sent.status_code, sent.json()["type"]) == (409, "urn:charity:problem:refund.same_person")
    assert (await client.post(f"/refunds/{number}/approve")).status_code == 409
    assert (await client.post(f"/refunds/{number}/reject")).status_code == 409


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
