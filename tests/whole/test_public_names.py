"""I13: no name, phone, ID number or typed reason of anybody reaches the public, a body, an answer kept, or a log.

One house in which everything was typed that can be typed about a person; then a stranger walks through
every public page and call, in both languages, and every table is read as it lies on the disk.
"""

import io
import json
import logging
import re
from dataclasses import dataclass, field
from typing import Any

import as_shown
import pytest
import pytest_asyncio
from aid.given import ASKED
from cast import Cast
from conftest import Web
from giving.given import approved, today
from goods.given import RICE, Shop
from goods.given import opened as shop_opened
from pdf_reading import flat

from charity import clock
from charity.aid import payments, vouchers
from charity.app import ENDPOINTS, PREFIX, ROUTES
from charity.db import engine, reading, sealed, transactions
from charity.documents import exports
from charity.giving import donations, pledges, receipts, refunds
from charity.giving.pledges import Promise
from charity.goods import till
from charity.goods.till import Line, Proxy
from charity.jobs import worker
from charity.ledger.writer import Idem
from charity.people import households
from charity.people.persons import Donor
from charity.web import logs

NAMES = ("欧阳明德", "诸葛静宜", "司马如风", "上官婉清", "慕容雪松", "公孙止戈")
PHONES = ("19912340001", "19912340002", "19912340003")
NUMBERS = ("330101199001011238", "shy.person@example.org", "溪东后村88号")
TYPED = "欧阳明德的儿子打错了"  # what somebody may type as a reason: it names a person
FIRM = "不愿具名纺织有限公司"  # an organisation that did not consent
MARKS = (*NAMES, *PHONES, *NUMBERS, TYPED, FIRM)
STAFF = ("cashier测试", "clerk测试")
OPEN_COLUMNS = {("person", "name"), ("household", "head_name"), ("staff", "name"), ("lookup", "term")}
"""Where a name may lie in the clear: those of people and of staff, shown to staff by role."""


@dataclass
class Town:
    """The seeded house and the addresses that a stranger may know from documents."""

    house: Cast
    shop: Shop
    codes: dict[str, list[str]] = field(default_factory=dict)
    slips: list[str] = field(default_factory=list)


async def _gifts(house: Cast, town: Town) -> None:
    shy = Donor("person", NAMES[0], PHONES[0], NUMBERS[1], NUMBERS[0])
    values = {"campaign": "everyday", "received_on": today(), "channel": "bank", "by": house.cashier}
    given = [
        await donations.receive(
            channel_ref=f"B{n}",
            amount_fen=10_000,
            donor=donor,
            memo=TYPED,
            idem=Idem("donation.receive:x", f"k{n}", "f"),
            **values,
        )
        for n, donor in enumerate((shy, Donor("person", NAMES[1], PHONES[1]), shy, shy, Donor("organisation", FIRM)))
    ]
    code = [a.body["receipt"]["code"] for a in given]
    await receipts.deliver(code[0], delivery="kept_undelivered", note=TYPED, by=house.cashier)
    new = await as_shown.replace(code[1], reason=TYPED, donor=shy, by=house.accountant)
    await as_shown.void(code[2], reason=TYPED, by=house.accountant)
    for n, gift in enumerate((given[0], given[3])):
        idem = Idem("refund.request:x", f"r{n}", "f")
        asked = await refunds.request(
            gift.body["id"], amount_fen=3_000, cause="mistaken", reason=TYPED, by=house.accountant, idem=idem
        )
        if n:
            await approved(asked.body["number"], house.approver)
    promise = Promise(
        campaign="one-day-2026", amount_fen=5_000, channel="bank", donor=shy, public_name=False,
        public_amount=True, message=TYPED,
    )  # fmt: skip
    pledge = (await pledges.promise(promise, idem=Idem("anon:pledge", "p", "f"))).body["code"]
    town.codes = {"code": [*code, new.body["code"], pledge], "slug": ["everyday", "one-day-2026", "winter-2025"]}


async def _aid(house: Cast) -> None:
    new = households.NewHousehold("HH0009", NAMES[2], "999901002", "DIBAO", 2, "LX01", PHONES[2], NUMBERS[2])
    await transactions.run(lambda tx: households.add(tx, [new]))
    content = ASKED.__class__(
        programme="P03", fund="F-GEN", payee_kind="household", payee="HH0009", amount_fen=100, recipients=1,
        reason=TYPED,
    )  # fmt: skip
    for end in ("pay", "return", "reject", "cancel"):
        made = (await vouchers.make(content=content, by=house.caseworker)).body
        number, seen = made["number"], made["content_hash"]
        if end == "pay":
            for by in (house.approver, house.approver2):
                await vouchers.approve(number=number, content_hash=seen, by=by)
            await payments.pay(
                number=number, paid_on=clock.today(), channel_ref="REF1", content_hash=seen, by=house.cashier
            )
        elif end == "return":
            await vouchers.send_back(number=number, reason=TYPED, by=house.approver)
        elif end == "reject":
            await vouchers.reject(number=number, reason=TYPED, by=house.approver)
        else:
            await vouchers.cancel(number=number, reason=TYPED, by=house.caseworker)


async def _goods(house: Cast, town: Town) -> None:
    donor = Donor("person", NAMES[3], PHONES[1])
    taken = await town.shop.bring_answer(RICE, 9, unit_value_fen=2650, donor=donor)
    town.codes["code"].append(taken["receipt"]["code"])
    out = await till.issue(
        store="LX01", card=town.shop.card, lines=[Line(1, barcode=RICE)], proxy=Proxy(NAMES[4], TYPED), by=house.clerk
    )
    await as_shown.reverse(number=out.body["number"], reason=TYPED, by=house.manager)
    other = await town.shop.bring_answer(RICE, 1, donor=Donor("person", NAMES[5]))
    await as_shown.reverse(number=other["number"], reason=TYPED, by=house.manager)
    town.slips = [taken["number"], out.body["number"]]


@pytest_asyncio.fixture
async def town(house: Cast) -> Town:
    town = Town(house, await shop_opened(house))
    await _gifts(house, town)
    await _aid(house)
    await _goods(house, town)
    return town


def _marks(text: str) -> list[str]:
    plain = "".join(text.split())
    return [mark for mark in (*MARKS, *STAFF) if mark in plain]


def _public_pages() -> list[str]:
    shut = ("/accounts", "/password", "/organisation", "/pledges", "/donations", "/receipts", "/refunds", "/desk",
            "/stores", "/goods", "/vouchers", "/ledgers", "/exports")  # fmt: skip
    paths = [str(getattr(r, "path", "")) for r in ROUTES if "GET" in (getattr(r, "methods", None) or {"GET"})]
    return [p for p in paths if not p.startswith(shut) and p != "/static"]


def _addresses(path: str, codes: dict[str, list[str]]) -> list[str]:
    names = re.findall(r"\{(\w+)\}", path)
    return [path.replace(f"{{{names[0]}}}", value) for value in codes.get(names[0], ["x"])] if names else [path]


async def test_a_stranger_walks_through_every_public_page_and_call_and_learns_no_name(town: Town, web: Web) -> None:
    order = await exports.start(report="donations", fmt="csv", filters=_year(), by=town.house.accountant)
    assert await worker.run_once()
    document = (await exports.order_of(order.id)).document
    assert document is not None
    town.codes["code"].append(document)
    stranger, seen, leaks = web.as_(), 0, list[str]()
    public = [PREFIX + e.path for e in ENDPOINTS if e.public and e.method == "GET"]
    for language in ("zh", "en"):
        todo = [a for path in (*_public_pages(), *public) for a in _addresses(path, town.codes)]
        walked: set[str] = set()
        while todo:
            address = todo.pop()
            if address in walked:
                continue
            walked.add(address)
            headers = {"Cookie": f"lang={language}", "Accept-Language": language}
            answer = await stranger.get(address, headers=headers)
            assert answer.status_code < 500, address
            is_pdf = answer.headers.get("content-type", "") == "application/pdf"
            text = flat(answer.content) if is_pdf else answer.text + str(answer.headers)
            marks = _marks(text)
            if re.match(rf"/r/|{PREFIX}/receipts/", address):
                marks = [mark for mark in marks if mark not in STAFF]  # who handled it stands on it (Charity Law 38)
            leaks += [f"{language} {address}: {mark}" for mark in marks]
            seen += answer.status_code == 200
            if answer.headers.get("content-type", "").startswith("text/html"):
                links = re.findall(r'(?:href|src|action)="(/[^"#]*)"', answer.text)
                todo += [link.replace("&amp;", "&") for link in links if not link.startswith("/static/")]
    assert leaks == []
    assert seen > 40


def _year() -> Any:
    from reports.given import whole_year  # noqa: PLC0415 - brings fixtures of its own

    return whole_year()


async def _tables() -> list[str]:
    sql = "SELECT name AS t FROM sqlite_master WHERE type = 'table'"
    if engine.state().postgres:
        sql = "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'public'"
    return [str(row["t"]) for row in await reading.rows(sql)]


async def test_what_was_typed_about_a_person_lies_in_no_table_in_the_clear(town: Town) -> None:
    await exports.start(report="disbursements", fmt="csv", filters=_year(), by=town.house.accountant)
    leaks, sealed_rows = [], 0
    for table in await _tables():
        for row in await reading.rows(f'SELECT * FROM "{table}"'):
            for column, value in row.items():
                if (table, column) in OPEN_COLUMNS:
                    continue
                text = bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                sealed_rows += isinstance(value, bytes | memoryview)
                leaks += [f"{table}.{column}: {mark}" for mark in _marks(text)]
    assert leaks == []
    assert sealed_rows > 20


async def test_every_sealed_reason_opens_again_where_staff_read_it(town: Town, web: Web) -> None:
    house = town.house
    for table, column, key in (
        ("receipt", "reason", "code"), ("receipt", "delivery_note", "code"), ("refund", "reason", "number"),
        ("goods_document", "reason", "number"), ("voucher_approval", "reason", "key"),
    ):  # fmt: skip
        rows = await reading.rows(f"SELECT {key} AS k, {column} AS v FROM {table} WHERE {column} IS NOT NULL")
        assert TYPED in {sealed.unseal(table, column, row["k"], row["v"]) for row in rows}, (table, column)
    read = {
        "accountant": [f"/receipts/{code}" for code in town.codes["code"][:3]] + ["/refunds/TK-{year}-000001"],
        "approver": [f"/vouchers/BF-{{year}}-{n:06d}" for n in (2, 3, 4)],
        "manager": ["/goods/documents/CX-LX01-{year}-000001"],
    }
    assert house.accountant
    for who, places in read.items():
        for place in places:
            answer = await web.as_(who).get(place.format(year=clock.today().year))
            assert answer.status_code == 200, place
            assert TYPED in answer.text, place


async def test_no_log_line_holds_what_was_typed(town: Town, web: Web) -> None:
    """Neither a good request nor a refused one nor a fault writes a person's words into the log."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Lines())
    root, before = logging.getLogger(), logging.getLogger("charity").level
    root.addHandler(handler)
    logging.getLogger("charity").setLevel(logging.DEBUG)
    try:
        body = {
            "campaign": "everyday", "amount_fen": 1, "received_on": today(), "channel": "cash",
            "donor": {"kind": "person", "name": NAMES[0], "phone": PHONES[0], "tax_id": NUMBERS[0],
                      "fiscal_receipt": True},
        }  # fmt: skip
        cashier = web.as_("cashier")
        for key, sent in (("a", body), ("a", {**body, "amount_fen": 2}), ("b", {**body, "donor": NAMES[0]})):
            await cashier.post(f"{PREFIX}/donations", json=sent, headers={"Idempotency-Key": key})
        await cashier.post("/donations/new", data={**body["donor"], "memo": TYPED, "amount_yuan": NAMES[0]})
        await cashier.post("/desk/search", data={"q": NAMES[0]})
        await web.as_().get(f"/campaigns/{NAMES[0]}?q={PHONES[0]}")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("charity.giving.donations.verbs.record", _broken)
            await cashier.post(f"{PREFIX}/donations", json=body, headers={"Idempotency-Key": "c"})
    finally:
        root.removeHandler(handler)
        logging.getLogger("charity").setLevel(before)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert any(line.get("error") == "RuntimeError" for line in lines)
    assert _marks(written.getvalue()) == []


def _broken(*args: Any, **values: Any) -> None:
    raise RuntimeError(f"{NAMES[0]} {PHONES[0]}")
