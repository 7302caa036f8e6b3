"""Hostile input at every door: cursors and filters that are none, numbers too large, addresses that lead away."""

import html
import json
from typing import Any

import httpx2
import pytest
from cast import Cast
from conftest import Web
from giving.given import give, promised, roster_filled
from goods.given import COAT, RICE, counts, in_days
from goods.given import opened as shop_opened
from web.given import PASSWORD, token_of
from whole.given import filled

from charity import clock
from charity.app import ENDPOINTS, PREFIX
from charity.documents import registry
from charity.giving.pledges import routes as pledge_pages
from charity.giving.receipts import routes as receipt_pages
from charity.office import staff
from charity.office.staff import passwords
from charity.roles import Role
from charity.web import auth, limits, pages
from charity.web.system import local

ODD = (
    "9" * 40, "-1", "0", "1e9", "|", "a|b", "~", "~~~", "a~b~c~d", "'", '"', "%", "../../etc/passwd", "<script>",
    "２", "[]", "[1,2]", "{}", "null", "W10", "bnVsbA", "2026-13-45", "9999-12-31", "0000-00-00", " ", "\U0001f600",
    "a" * 300,
)  # fmt: skip
QUERIES = {  # page: who reads it, and what its address may ask
    "/receipts": ("auditor", "status delivery number from_on to_on after"),
    "/pledges": ("auditor", "status reference campaign after"),
    "/vouchers": ("auditor", "status programme fund after"),
    "/goods/documents": ("auditor", "store kind from_on to_on after"),
    "/stores/LX01/stock": ("auditor", "q within after"),
    "/stores/LX01/out": ("clerk", "done"),
    "/stores/LX01/in": ("clerk", "done"),
    "/ledgers/donations": ("auditor", "from to copy store fund campaign programme after"),
    "/ledgers/disbursements": ("auditor", "from to copy store fund campaign programme after"),
    "/ledgers/stock": ("auditor", "from to copy store fund campaign programme after"),
    "/campaigns/everyday": (None, "sort"),
    "/campaigns/everyday/give": (None, "work_unit"),
    "/v/AAAA": (None, "hash"),
    "/sign-in": (None, "next"),
}


@pytest.fixture(autouse=True)
def fresh_limits(one_step: None) -> None:
    limits.reset()


async def test_no_page_falls_over_an_odd_query(house: Cast, web: Web) -> None:
    await shop_opened(house)
    fell = []
    for place, (who, names) in QUERIES.items():
        client = web.as_(who)
        for name in names.split():
            for value in ODD:
                answer = await client.get(place, params={name: value})
                if answer.status_code >= 500:
                    fell.append(f"{place}?{name}={value}: {answer.status_code}")
    assert fell == []


async def test_a_refused_filter_is_shown_again_whatever_else_the_address_names(house: Cast, web: Web) -> None:
    for place in ("/receipts", "/goods/documents"):
        odd = {"from_on": "2026-02-30", "_fields_set": "1", "cls": "1", "self": "1", "model_config": "1", "utm": "1"}
        answer = await web.as_("auditor").get(place, params=odd)
        assert answer.status_code == 422, place
        assert 'value="2026-02-30"' in answer.text, place


async def test_no_call_falls_over_an_odd_query(house: Cast, web: Web) -> None:
    await shop_opened(house)
    fell = []
    for endpoint in ENDPOINTS:
        if endpoint.method != "GET" or endpoint.params is None:
            continue
        client = web.as_("auditor")
        for name in endpoint.params.model_fields:
            for value in ODD:
                answer = await client.get(PREFIX + filled(endpoint.path), params={name: value})
                if answer.status_code >= 500:
                    fell.append(f"{endpoint.path}?{name}={value}: {answer.status_code}")
    assert fell == []


@pytest.mark.parametrize(
    ("quantity", "value", "lines"),
    [(1_000_000, 10_000_000_000_000, 1), (2, 10_000_000_000_000, 1), (1, 10_000_000_000_000, 2)],
)
async def test_goods_worth_more_than_any_amount_are_a_field_error(
    house: Cast, web: Web, quantity: int, value: int, lines: int
) -> None:
    await shop_opened(house)
    line = {
        "barcode": RICE, "quantity": quantity, "unit_value_fen": value, "evidence": "invoice",
        "expires_on": in_days(9).isoformat(),
    }  # fmt: skip
    before = await counts()
    body = {"store": "LX01", "source": "gift", "lines": [line] * lines}
    answer = await web.as_("clerk").post(f"{PREFIX}/goods/intakes", json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"], answer.text
    assert await counts() == before


async def test_the_price_and_the_points_of_a_basket_are_ours_whatever_the_till_sends(house: Cast, web: Web) -> None:
    shop = await shop_opened(house)
    await shop.bring(RICE, 3, unit_value_fen=2650)
    fields = {
        "act": "finish", "card": shop.card, "code.0": RICE, "quantity.0": "2", "points.0": "0", "cost.0": "0",
        "price.0": "0", "points": "0", "value.0": "0", "idem": "f" * 32,
    }  # fmt: skip
    sent = await web.as_("clerk").post("/stores/LX01/out", data=fields)
    assert sent.status_code == 303
    assert await shop.points() == 180 - 2 * 26
    for quantity in ("-1", "0", "1.5", "1e3", "９", "", "99999999999999999999"):
        before = await counts()
        bad = await web.as_("clerk").post("/stores/LX01/out", data={**fields, "quantity.0": quantity, "idem": "e" * 32})
        assert bad.status_code in {409, 422}, quantity
        assert await counts() == before


# -- doors ----------------------------------------------------------------------------------------------


async def _boss(house: Cast) -> None:
    await staff.create(
        login="boss", name="管理员甲", roles=[Role.ADMIN], password=PASSWORD, initial=False, by=house.admin
    )


async def _sent(client: httpx2.AsyncClient, **headers: str) -> httpx2.Response:
    token = token_of(await client.get("/sign-in", headers=headers))
    return await client.post("/sign-in", data={"csrf": token, "login": "boss", "password": PASSWORD}, headers=headers)


async def test_without_https_nobody_signs_in_through_a_proxy_on_this_machine(house: Cast, web: Web) -> None:
    """A web server here that passes strangers on makes every one of them look local."""
    await _boss(house)
    passed_on = {"X-Forwarded-For": "203.0.113.9"}
    assert (await _sent(web.as_(), **passed_on)).status_code == 403
    near = web.as_()
    assert (await _sent(near)).status_code == 303
    assert (await near.get("/accounts")).status_code == 200
    auth.forget()
    assert (await near.get("/accounts", headers=passed_on)).status_code == 303


async def test_a_session_that_was_there_before_signing_in_is_worth_nothing_after(house: Cast, web: Web) -> None:
    await _boss(house)
    client, planted = web.as_(), "session=a-secret-that-somebody-planted"
    token = token_of(await client.get("/sign-in", headers={"Cookie": planted}))
    form = {"csrf": token, "login": "boss", "password": PASSWORD}
    cookies = f"{planted}; visit={client.cookies['visit']}"
    assert (await client.post("/sign-in", data=form, headers={"Cookie": cookies})).status_code == 303
    first = client.cookies["session"]
    assert first != "a-secret-that-somebody-planted"
    assert (await web.as_().get("/accounts", headers={"Cookie": planted})).is_redirect
    token = token_of(await client.get("/accounts/new"))
    again = await client.post("/sign-in", data={"csrf": token, "login": "boss", "password": PASSWORD})
    assert again.status_code == 303
    assert client.cookies["session"] != first
    assert (await web.as_().get("/accounts", headers={"Cookie": f"session={first}"})).is_redirect


async def test_guessing_tokens_is_slowed_down_at_pages_and_calls_alike(house: Cast, web: Web) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "READ", limits.Pace("read", 20, 600))
        for place in ("/desk", f"{PREFIX}/stores"):
            limits.reset()
            client, answers = web.as_(), []
            for n in range(25):
                answer = await client.get(place, headers={"Authorization": f"Bearer guess-{n}"})
                answers.append(answer.status_code)
            assert 429 in answers, place
            assert (await web.as_("clerk").get(place)).status_code in {200, 403}, place


async def test_an_unknown_login_takes_as_long_as_a_known_one(house: Cast, web: Web) -> None:
    """Both are hashed: the number of hashes is the same, so no clock is needed to tell."""
    await _boss(house)
    counted: list[str] = []
    inner = passwords._in_pool

    async def spied(work: Any, *args: Any) -> Any:
        counted.append(work.__name__)
        return await inner(work, *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_in_pool", spied)
        seen = []
        for login in ("boss", "nobody-knows", "clerk"):  # known, unknown, known without a password
            counted.clear()
            client = web.as_()
            token = token_of(await client.get("/sign-in"))
            answer = await client.post("/sign-in", data={"csrf": token, "login": login, "password": "wrong wrong"})
            assert answer.status_code == 422
            seen.append(list(counted))
    assert seen[0] == seen[1] == seen[2] != []


@pytest.mark.parametrize(
    "url",
    ["//evil.invalid", "/\\evil.invalid", "\\/evil.invalid", "https://evil.invalid", "javascript:alert(1)", "",
     "/\t/evil.invalid", "/\n/evil.invalid", "/\r\nset-cookie: a=b", " //evil.invalid", "/\u0000"],
)  # fmt: skip
async def test_next_never_leads_away_nor_splits_a_header(house: Cast, web: Web, url: str) -> None:
    await _boss(house)
    assert local(url) == "/"
    client = web.as_()
    asked = await client.get("/sign-in", params={"next": url})
    form = {"csrf": token_of(await client.get("/sign-in")), "login": "boss", "password": PASSWORD, "next": url}
    if not url.isprintable():  # what nobody sees is refused at the door (test_texts.py)
        assert asked.status_code == 422
        assert (await client.post("/sign-in", data=form)).status_code == 422
        return
    answer = await client.post("/sign-in", data=form)
    assert answer.headers["location"] in {"/", "/desk"}
    assert "a=b" not in str(answer.headers)
    language = await client.post("/language", data={"csrf": token_of(await client.get("/accounts")), "next": url})
    assert language.headers["location"] == "/"


@pytest.mark.parametrize(
    "path",
    ["/static/../pyproject.toml", "/static/..%2f..%2fpyproject.toml", "/static/%2e%2e/%2e%2e/etc/passwd",
     "/static//etc/passwd", "/static/css/../../charity/app.py", "/static/package-lock.json",
     "/static/css/../package.json", "/static/vendor/../package.json", "/static/.%5c..%5cpyproject.toml"],
)  # fmt: skip
async def test_static_files_come_from_their_folder_only(web: Web, path: str) -> None:
    answer = await web.as_().get(httpx2.URL("http://127.0.0.1:8000").join("/").copy_with(raw_path=path.encode()))
    assert answer.status_code == 404, answer.text[:200]


async def test_a_name_of_a_file_cannot_split_a_header(house: Cast, web: Web) -> None:
    answer = pages.pdf(b"%PDF", 'a"\r\nset-cookie: x=y; 王.pdf')
    disposition = dict(answer.headers)["content-disposition"]
    assert "\r" not in disposition
    assert "\n" not in disposition
    assert disposition.count('"') == 2


async def test_coats_without_value_are_still_taken_in(house: Cast) -> None:
    """The bound on values must not touch goods that have none."""
    shop = await shop_opened(house)
    assert await shop.on_hand(await shop.bring(COAT, 1_000_000)) == 1_000_000


async def test_the_way_to_the_next_page_names_no_host(house: Cast, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a proxy the scheme and host that we see are not those that the reader sees."""
    monkeypatch.setattr(pledge_pages, "ROWS", 1)
    monkeypatch.setattr(receipt_pages, "ROWS", 1)
    for _ in range(2):
        await give(house)
        await promised()
    for page in ("/receipts", "/pledges"):
        text = (await web.as_("auditor").get(f"{page}?status=&x=1")).text
        assert f'href="{page}?status=' in text, page
        assert "http://127.0.0.1" not in text, page


GIFT = {"campaign": "everyday", "amount_fen": 100, "channel": "cash", "donor": {"kind": "anonymous"}}


@pytest.mark.parametrize("name", ["王\u202e明小", "\u200b", "王\x85明", "王\u2066小明", "王\U000e0041"])
async def test_a_name_with_characters_that_nobody_sees_is_a_field_error(house: Cast, web: Web, name: str) -> None:
    body = {**GIFT, "received_on": clock.today().isoformat(), "donor": {"kind": "person", "name": name}}
    answer = await web.as_("cashier").post("/api/v1/donations", json=body, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["donor.name"]
    assert "看不见或不能使用" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("clerk", "/goods/stock?store=LX01&after=garbage"),
        (None, "/campaigns?after=garbage"),
        ("auditor", "/ledger/entries?after=garbage"),
    ],
)
async def test_a_cursor_that_we_did_not_write_is_refused_and_does_not_begin_again(
    house: Cast, web: Web, who: str | None, path: str
) -> None:
    answer = await web.as_(who).get(f"/api/v1{path}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "after"


@pytest.mark.parametrize("day", ["86400", "2026-11-26T00:00:00", "20261126", "2026-02-30"])
async def test_a_day_is_written_in_one_way_only(house: Cast, web: Web, day: str) -> None:
    answer = await web.as_("auditor").get(f"/api/v1/ledger/balances?on={day}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "on"


async def test_a_wildcard_is_no_leading_part_of_an_account(house: Cast, web: Web) -> None:
    body = {**GIFT, "received_on": clock.today().isoformat()}
    await web.as_("cashier").post("/api/v1/donations", json=body, headers={"Idempotency-Key": "k"})
    auditor = web.as_("auditor")
    assert len((await auditor.get("/api/v1/ledger/balances?account=1001")).json()["items"]) == 1
    for odd in ("%25", "100_", "1%25"):
        assert (await auditor.get(f"/api/v1/ledger/balances?account={odd}")).json()["items"] == []


# -- what a form says it had shown ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forged", ["\\ud800", "\\udfff1", "\\u0000", "\\u202e1,000.00", "\\u200b", "<script>x()</script>"]
)
async def test_what_a_form_says_it_had_shown_brings_nothing_onto_the_page(house: Cast, web: Web, forged: str) -> None:
    """JSON spells characters that the form itself would be refused for; half a pair of them is no text at all."""
    code = (await give(house)).body["receipt"]["code"]
    client = web.as_("accountant")
    path = f"/receipts/{code}/void"
    page = (await client.get(path)).text
    terms = json.loads(html.unescape(page.split('name="shown" value="')[1].split('"')[0]))
    shown = json.dumps(dict.fromkeys(terms, "FORGED")).replace("FORGED", "FORGED" + forged)
    answer = await client.post(path, data={"reason": "错", "content_hash": "0" * 64, "shown": shown})
    assert answer.status_code == 409
    assert not any(sign in answer.text for sign in ("\u202e", "\u200b", "\0", "<script>x()"))
    assert ("FORGED" in answer.text) == forged.startswith("<")


@pytest.mark.parametrize("number", ["9" * 19, "9" * 30, "-" + "9" * 30])
async def test_a_cursor_with_a_number_that_no_column_holds_is_no_fault_of_ours(
    house: Cast, web: Web, number: str
) -> None:
    fell = []
    for document in registry.every():
        for parts in range(1, 6):
            after = "~".join([number] * parts)
            answer = await web.as_("auditor").get(f"/ledgers/{document.name}", params={"after": after})
            if answer.status_code not in {200, 422}:
                fell.append(f"{document.name} {after}: {answer.status_code}")
    assert fell == []


@pytest.mark.parametrize("report", ["bank_lines", "units"])
async def test_a_shop_reads_no_register_of_banks_or_work_units(house: Cast, web: Web, report: str) -> None:
    """Their pages are not the manager's; as registers every line of the bank was, and what each unit gave."""
    manager, day = web.as_("manager"), clock.today().isoformat()
    assert (await manager.get(f"/ledgers/{report}")).status_code == 403
    body = {"report": report, "format": "csv", "from": day, "to": day}
    assert (await manager.post(f"{PREFIX}/exports", json=body)).status_code == 403
    assert f"/ledgers/{report}" not in (await manager.get("/exports")).text
    assert (await web.as_("auditor").get(f"/ledgers/{report}")).status_code == 200
    assert f"/ledgers/{report}" in (await web.as_("accountant").get("/exports")).text


async def test_a_text_that_is_longer_than_its_column_is_nothing_that_there_is(house: Cast, web: Web) -> None:
    client, fell = web.as_("auditor"), []
    long = ["A" * length for length in (21, 41, 64)]
    paths = [page + text for page in ("/boxes/openings/", f"{PREFIX}/boxes/openings/") for text in long]
    paths += [f"/boxes/openings/{text}.pdf" for text in long[:2]] + [f"/stores/{text}/stock" for text in long]
    lists = ("/boxes", "/refunds", "/reversals", f"{PREFIX}/boxes/openings", f"{PREFIX}/work-units")
    paths += [f"{page}?after={'A' * length}" for page in lists for length in (41, 65, 200)]
    for path in paths:
        answer = await client.get(path)
        if answer.status_code not in {200, 403, 404, 422}:
            fell.append(f"{path}: {answer.status_code}")
    assert fell == []


async def test_a_transfer_without_its_day_is_a_field_error(house: Cast, web: Web) -> None:
    key, _ = await roster_filled(house)
    body = {"content_hash": "0" * 64, "received_on": "", "received_fen": 100, "channel_ref": "R-1"}
    answer = await web.as_("cashier").post(f"{PREFIX}/unit-rosters/{key}/settle", json=body)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, ["received_on"])
