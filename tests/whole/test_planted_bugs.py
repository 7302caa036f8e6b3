"""Rules that bugs once broke unnoticed: baskets of several funds, agency goods, the pace window, keys of forms."""

import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

import as_shown
import pytest
import pytest_asyncio
from cast import Cast
from conftest import Web
from goods.given import RICE, SALT, TOWEL, Shop, holding, in_days, opened

from charity import clock
from charity.app import DOCUMENTS
from charity.db import reading, transactions
from charity.documents import facts
from charity.errors import Refusal
from charity.giving import donations, pledges, refunds
from charity.giving import verify as giving_verify
from charity.giving.limits import REASON_MAX
from charity.giving.pledges import Promise
from charity.goods import points, stock, till
from charity.goods.till import Line
from charity.ledger import checks, funds
from charity.ledger import verify as books_verify
from charity.ledger.writer import Answer
from charity.people import households
from charity.people.persons import Donor
from charity.printing.document import Filters, Totals
from charity.web import limits
from charity.web.limits import Pace

REGISTERS = {document.name: document for document in DOCUMENTS}
AGENCY = "F-AGENCY"


@pytest_asyncio.fixture
async def shop(house: Cast) -> Shop:
    """A shop with rice of two funds, and salt that the house only holds for somebody else."""
    await transactions.run(lambda tx: funds.open_fund(tx, code=AGENCY, name="受托代理", kind="agency"))
    shop = await opened(house)
    await shop.bring(RICE, 2, unit_value_fen=2_500, fund="F-WARM", expires_on=in_days(30))
    await shop.bring(RICE, 4, unit_value_fen=3_000)
    await shop.bring(SALT, 5, unit_value_fen=200, fund=AGENCY)
    await shop.bring(TOWEL, 5)
    return shop


async def hand_out(shop: Shop, *lines: Line) -> Answer:
    return await till.issue(store="LX01", card=shop.card, lines=list(lines), by=shop.house.clerk)


async def disbursements(**chosen: str) -> tuple[list[dict[str, Any]], Totals]:
    year = clock.today().year
    filters, seq = Filters.of(f"{year}-01-01", f"{year}-12-31", **chosen), await facts.head_seq()
    register = REGISTERS["disbursements"]
    return (await register.page(filters, seq, None, 100)).rows, await register.totals(filters, seq)


async def test_a_visit_for_goods_of_two_funds_counts_once(shop: Shop) -> None:
    number = (await hand_out(shop, Line(3, barcode=RICE))).body["number"]
    rows, totals = await disbursements()
    assert sorted((r["fund"], r["goods_fen"]) for r in rows) == [("送温暖专项基金", 5_000), ("非限定性基金", 3_000)]
    assert [r["recipients"] for r in rows] == [1, 0]
    assert totals.sums == {"recipients": 1, "cash_fen": 0, "goods_fen": 8_000, "amount_fen": 8_000}
    assert [group.figures["recipients"] for group in totals.groups] == [1]
    for fund in ("F-GEN", "F-WARM"):  # each fund alone reached this one
        rows, totals = await disbursements(fund=fund)
        assert [r["recipients"] for r in rows] == [1]
        assert totals.sums["recipients"] == 1
    await as_shown.reverse(number=number, reason="扫错卡", by=shop.house.manager)
    rows, totals = await disbursements()
    assert [r["recipients"] for r in rows] == [1, 0, -1, 0]
    assert totals.sums["recipients"] == totals.sums["amount_fen"] == 0
    assert await books_verify.run() == []


async def test_agency_goods_that_go_out_lower_the_debt_and_cost_nothing(shop: Shop) -> None:
    await hand_out(shop, Line(2, barcode=SALT), Line(1, barcode=TOWEL))
    assert await holding(f"1801/LX01/{AGENCY}", "CNY") == 600
    assert await holding(f"2601/-/{AGENCY}", "CNY") == -600
    for wrong in (f"5101/P05/{AGENCY}", f"1201/LX01/{AGENCY}"):
        assert await holding(wrong, "CNY") == 0
    number = (await hand_out(shop, Line(1, barcode=RICE))).body["number"]
    assert await holding("5101/P05/F-WARM", "CNY") == 2_500
    assert await holding("1201/LX01/F-WARM", "CNY") == 2_500
    assert await holding("2601/-/F-WARM", "CNY") == 0
    await as_shown.reverse(number=number, reason="扫错卡", by=shop.house.manager)
    assert await holding("5101/P05/F-WARM", "CNY") == 0
    assert await books_verify.run() == []


# -- the pace of an address --------------------------------------------------------------------------------


class Time:
    """A clock for `time.monotonic` that stands still until it is moved."""

    now = 6_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Time]:
    limits.reset()
    moved = Time()
    monkeypatch.setattr(time, "monotonic", moved)
    yield moved
    limits.reset()


def passes(pace: Pace, caller: str = "a") -> int:
    """How many requests pass until one is refused."""
    for n in range(10_000):
        try:
            limits.hit(pace, caller)
        except Refusal:
            return n
    raise AssertionError("nothing was refused")


def test_the_pace_is_a_window_that_slides(at: Time) -> None:
    pace = Pace("test", 100, 600)
    at.now += 599
    assert passes(pace) == 100
    at.now += 1  # a new window, yet all hundred lie within the last ten minutes
    assert passes(pace) == 0
    at.now += 300
    assert passes(pace) == 50
    at.now += 300
    assert passes(pace) == 50
    at.now += 1_200
    assert passes(pace) == 100
    assert passes(pace, "b") == 100
    assert passes(Pace("other", 7, 600)) == 7


def test_who_came_too_fast_is_told_when_to_come_again(at: Time) -> None:
    pace = Pace("test", 1, 600)
    for moment, wait in ((0, 60), (590, 10)):
        at.now = 6_000.0 + moment
        limits.reset()
        limits.hit(pace, "a")
        with pytest.raises(Refusal) as refused:
            limits.hit(pace, "a")
        assert (refused.value.status, refused.value.retry_after_s) == (429, wait)


# -- pledges, and the key of a form ------------------------------------------------------------------------------------------


async def promised() -> str:
    """A pledge of 20 yuan; its code."""
    values = Promise(
        campaign="one-day-2026",
        amount_fen=2_000,
        channel="bank",
        donor=Donor("person", "王小明"),
        public_name=False,
        public_amount=True,
    )
    return str((await pledges.promise(values)).body["code"])


async def test_the_key_of_a_form_belongs_to_its_address(house: Cast, web: Web) -> None:
    codes = [await promised() for _ in range(2)]
    client, today = web.as_("cashier"), clock.today().isoformat()
    fields = {"amount_yuan": "20", "confirmed_amount_yuan": "20", "received_on": today, "channel": "cash"}
    fields |= {"idem": secrets.token_hex(16), "content_hash": await as_shown.pledge_hash(codes[0])}
    first = await client.post(f"/pledges/{codes[0]}/receive", data=fields)
    again = await client.post(f"/pledges/{codes[0]}/receive", data=fields)
    assert (first.status_code, again.headers["location"]) == (303, first.headers["location"])
    other = await client.post(f"/pledges/{codes[1]}/receive", data=fields)
    assert other.status_code == 422
    fields |= {"idem": secrets.token_hex(16), "content_hash": await as_shown.pledge_hash(codes[1])}
    fresh = await client.post(f"/pledges/{codes[1]}/receive", data=fields)
    assert fresh.status_code == 303
    assert await reading.value("SELECT COUNT(*) FROM donation") == 2


async def test_the_key_of_a_call_belongs_to_its_address(house: Cast, web: Web) -> None:
    codes = [await promised() for _ in range(2)]
    body = {"amount_fen": 2_000, "confirmed_amount_fen": 2_000, "received_on": clock.today().isoformat()}
    body |= {"channel": "cash", "content_hash": await as_shown.pledge_hash(codes[0])}
    key = {"Idempotency-Key": secrets.token_hex(8)}
    calls = [
        await web.as_("cashier").post(f"/api/v1/pledges/{code}/receive", json=body, headers=key)
        for code in (codes[0], codes[0], codes[1])
    ]
    assert [call.status_code for call in calls] == [201, 201, 422]
    assert await reading.value("SELECT COUNT(*) FROM donation") == 1


# -- found by `make mutants` ------------------------------------------------------------------------------------


async def test_the_journal_lists_the_postings_of_each_entry_as_they_were_hashed(shop: Shop, web: Web) -> None:
    await hand_out(shop, Line(3, barcode=RICE), Line(1, barcode=SALT))
    answer = await web.as_("auditor").get("/api/v1/ledger/entries?after=0&limit=100")
    entries = answer.json()["items"]
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    assert len(entries) == await reading.value("SELECT seq FROM head")
    for entry in entries:
        values = [[p["account"], p["unit"], p["quantity"]] for p in entry["postings"]]
        assert values == json.loads(entry["body"])["postings"]


async def test_a_household_that_comes_later_gets_the_points_of_the_cycle_too(shop: Shop) -> None:
    new = [households.NewHousehold("HH0003", "张秀兰", "999901002", "DIBAO", 2, "LX01")]
    (key,) = await transactions.run(lambda tx: households.add(tx, new))
    assert await points.grant_cycle(by=shop.house.caseworker) == 1
    assert await shop.points(key) == 120
    assert await shop.points() == 180


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("UPDATE pledge SET received_fen = received_fen", []),
        ("UPDATE pledge SET received_fen = 999 WHERE status = 'partial'", ["partial"]),
        ("UPDATE pledge SET status = 'partial' WHERE status = 'received'", ["received"]),
        ("UPDATE pledge SET status = 'received' WHERE status = 'partial'", ["partial"]),
        ("UPDATE pledge SET status = 'pending' WHERE status = 'partial'", ["partial"]),
        ("UPDATE pledge SET status = 'partial' WHERE status = 'pending'", ["pending"]),
    ],
)
async def test_verify_names_the_pledge_that_is_not_what_its_gifts_are(
    house: Cast, statement: str, wrong: list[str]
) -> None:
    codes = {}
    for name, fen in (("pending", 0), ("partial", 1_000), ("received", 2_000)):
        codes[name] = await promised()
        if fen:
            values = {"received_on": clock.today().isoformat(), "channel": "cash", "by": house.cashier}
            await as_shown.receive(codes[name], amount_fen=fen, **values)
    assert await giving_verify.run() == []
    await transactions.run(lambda tx: tx.rows(f"{statement} RETURNING code"))
    codes_found = [f.words.split()[1] for f in await giving_verify.run() if f.invariant == "I3"]
    assert codes_found == [codes[name] for name in wrong]


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "reason.needed"),
        (" \n", "reason.needed"),
        ("退" * REASON_MAX, ""),
        ("退" * (REASON_MAX + 1), "reason.needed"),
    ],
)
async def test_a_refund_has_a_reason_that_is_neither_blank_nor_too_long(house: Cast, reason: str, code: str) -> None:
    gift = await donations.receive(
        campaign="everyday",
        amount_fen=1_000,
        received_on=clock.today().isoformat(),
        channel="cash",
        donor=Donor("person", "王小明"),
        by=house.cashier,
    )
    asked = refunds.request(gift.body["id"], amount_fen=100, cause="mistaken", reason=reason, by=house.accountant)
    if not code:
        assert (await asked).body["status"] == "requested"
        return
    with pytest.raises(Refusal) as refused:
        await asked
    assert refused.value.code == code
    assert await reading.value("SELECT COUNT(*) FROM refund") == 0


@pytest.mark.parametrize("kind", ["cash", "in_kind"])
async def test_verify_looks_at_the_last_gift_of_each_part_of_the_journal_too(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(checks, "CHUNK", 1)
    if kind == "cash":
        await donations.receive(
            campaign="everyday",
            amount_fen=1_000,
            received_on=clock.today().isoformat(),
            channel="cash",
            donor=Donor("person", "王小明"),
            by=shop.house.cashier,
        )
    else:
        await shop.bring(SALT, 1, unit_value_fen=200)
    assert await giving_verify.run() == []
    newest = "UPDATE donation SET recorded_by = 'somebody else' WHERE kind = $1 AND seq = (SELECT seq FROM head) "
    assert await transactions.run(lambda tx: tx.rows(f"{newest}RETURNING key", kind))
    assert [f.invariant for f in await giving_verify.run()] == ["I3"]


@pytest.mark.parametrize("name", sorted(REGISTERS))
async def test_a_register_adds_up_the_columns_that_say_so(shop: Shop, name: str) -> None:
    year = clock.today().year
    totals = await REGISTERS[name].totals(Filters.of(f"{year}-01-01", f"{year}-12-31"), await facts.head_seq())
    assert set(totals.sums) == {column.key for column in REGISTERS[name].columns if column.total}


async def test_the_last_page_of_the_stock_is_the_last_one_also_when_it_is_full(shop: Shop) -> None:
    chosen, by = stock.Filter(store="LX01"), shop.house.clerk
    lines, after = await stock.page(chosen, by=by)
    assert (len(lines), after) == (4, None)
    first, after = await stock.page(chosen, by=by, limit=2)
    assert after is not None
    assert await stock.page(chosen, by=by, after=after, limit=2) == (lines[2:], None)
    assert first == lines[:2]
    assert await stock.page(chosen, by=by, limit=4) == (lines, None)
