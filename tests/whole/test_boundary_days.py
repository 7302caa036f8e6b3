"""The last good day and the first bad one, each by its name: days are Shanghai's, and begin at 16:00 UTC.

`EVE` is the last instant of 2026-12-31 in Shanghai, the last day of a month, a quarter and a year; `NEW` the next one.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import as_shown
import pytest
import pytest_asyncio
from cast import Cast
from conftest import Web
from goods.given import RICE, SALT, Shop, holding, opened

from charity import clock, tokens
from charity.aid import payments, vouchers
from charity.aid.vouchers import Content
from charity.app import DOCUMENTS
from charity.db import reading, transactions
from charity.documents import facts, forms
from charity.errors import Refusal
from charity.giving import donations, pledges
from charity.giving.pledges import Promise
from charity.goods import cards, points, stock, till
from charity.goods.till import Line
from charity.ledger import accounts as acc
from charity.ledger import verify as books_verify
from charity.ledger.state import Flows, State
from charity.ledger.writer import Answer, Command, Wants, submit
from charity.office.sign_in import Authenticator, sessions
from charity.office.staff import passwords
from charity.office.staff import tokens as access_tokens
from charity.people.persons import Donor
from charity.printing.document import Filters
from charity.roles import SYSTEM, Role
from charity.web import limits

LAST, FIRST = date(2026, 12, 31), date(2027, 1, 1)
NEW = datetime(2026, 12, 31, 16, tzinfo=UTC)
EVE = NEW - timedelta(microseconds=1)
NOON = NEW - timedelta(hours=12)
DAY = timedelta(days=1)
WANG = Donor("person", "王小明", "19900002222")
ASKED = Content(
    programme="P03", fund="F-GEN", payee_kind="household", payee="HH0001", amount_fen=1_000, recipients=3, reason="住院"
)
REGISTERS = {document.name: document for document in DOCUMENTS}


async def give(house: Cast, day: date, **more: Any) -> Answer:
    values: dict[str, Any] = {"campaign": "one-day-2026", "amount_fen": 1_000, "channel": "bank", "donor": WANG}
    values["channel_ref"] = tokens.key16()
    return await donations.receive(received_on=day.isoformat(), by=house.cashier, **(values | more))


async def promised() -> str:
    values = Promise(
        campaign="one-day-2026", amount_fen=2_000, channel="bank", donor=WANG, public_name=False, public_amount=True
    )
    return str((await pledges.promise(values)).body["code"])


async def refused(code: str, asked: Any) -> None:
    """The refusal of this code, after which the journal is as long as before."""
    before = await reading.value("SELECT seq FROM head")
    with pytest.raises(Refusal) as caught:
        await asked
    assert caught.value.code == code
    assert await reading.value("SELECT seq FROM head") == before


async def change(sql: str, *values: Any) -> None:
    assert await transactions.run(lambda tx: tx.rows(sql, *values)), sql


@pytest_asyncio.fixture
async def ending(house: Cast) -> Cast:
    """The one-day campaign ends with 2026."""
    await change("UPDATE campaign SET ends_on = $1 WHERE slug = 'one-day-2026' RETURNING slug", LAST.isoformat())
    return house


# -- a campaign ----------------------------------------------------------------------------------------


async def test_a_campaign_takes_money_of_its_first_day_and_of_its_last_and_of_none_beside_them(ending: Cast) -> None:
    with clock.fixed(NEW):
        await give(ending, date(2026, 10, 1))
        await give(ending, LAST)
        await refused("campaign.not_begun", give(ending, date(2026, 9, 30)))
        await refused("campaign.ended", give(ending, FIRST))


async def test_a_campaign_takes_pledges_until_midnight_in_shanghai(ending: Cast) -> None:
    with clock.fixed(EVE):
        assert await promised()
    with clock.fixed(NEW):
        await refused("campaign.ended", promised())


async def test_a_campaign_takes_pledges_from_midnight_in_shanghai_on(ending: Cast) -> None:
    begin = datetime(2026, 9, 30, 16, tzinfo=UTC)
    with clock.fixed(begin - timedelta(microseconds=1)):
        await refused("campaign.not_begun", promised())
    with clock.fixed(begin):
        assert await promised()


async def test_money_of_a_pledge_is_taken_when_the_campaign_is_over(ending: Cast) -> None:
    with clock.fixed(EVE):
        code = await promised()
    with clock.fixed(NEW):
        on = FIRST.isoformat()
        await as_shown.receive(code, amount_fen=2_000, received_on=on, channel="cash", by=ending.cashier)
    assert (await pledges.get(code)).status == "received"


async def test_the_form_and_the_api_take_a_pledge_on_the_last_day_and_refuse_it_after(ending: Cast, web: Web) -> None:
    limits.reset()
    body = {
        "campaign": "one-day-2026",
        "amount_fen": 2_000,
        "channel": "bank",
        "donor": {"kind": "person", "name": "王小明", "phone": "19900002222"},
        "public_name": False,
        "public_amount": True,
    }
    for at, page, call in ((EVE, 303, 201), (NEW, 409, 409)):
        with clock.fixed(at):
            client = web.as_()
            shown = await client.get("/sign-in")
            csrf = re.findall(r'name="csrf" value="(\w+)"', shown.text)[0]
            fields = {
                "csrf": csrf,
                "notice": "1",
                "amount": "10000",
                "seen_fen": "10000",
                "kind": "person",
                "name": "王小明",
                "channel": "bank",
            }
            answer = await client.post("/campaigns/one-day-2026/give", data=fields)
            assert answer.status_code == page, answer.text
            answer = await client.post("/api/v1/pledges", json=body)
            assert answer.status_code == call, answer.text
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 2


async def test_tomorrow_begins_at_midnight_in_shanghai(house: Cast) -> None:
    with clock.fixed(EVE):
        await refused("donation.in_future", give(house, FIRST))
    with clock.fixed(NEW):
        assert await give(house, FIRST)


# -- a pledge ------------------------------------------------------------------------------------------


async def test_a_pledge_waits_for_thirty_days_and_not_a_moment_longer(house: Cast) -> None:
    with clock.fixed(NOON):
        code = await promised()
    row = await pledges.get(code)
    assert row.expires_at == clock.stamp(NOON + timedelta(days=30)) == "2027-01-30T04:00:00.000000Z"
    for at, status in ((timedelta(hours=13), "pending"), (30 * DAY, "pending"), (30 * DAY + EVE.resolution, "expired")):
        with clock.fixed(NOON + at):
            assert pledges.shown_status(row.status, row.expires_at) == status
            for asked in ("pending", "expired"):
                rows = await pledges.page(pledges.Filters(status=asked), 10, by=SYSTEM)
                assert [r["code"] for r in rows] == ([code] if asked == status else [])


# -- a payment -----------------------------------------------------------------------------------------


async def test_a_payment_is_not_dated_before_its_second_approval(house: Cast) -> None:
    with clock.fixed(NOON - DAY):
        await give(house, LAST - DAY)
        made = (await vouchers.make(content=ASKED, by=house.caseworker)).body
        shown = {"number": made["number"], "content_hash": made["content_hash"]}
        await vouchers.approve(**shown, by=house.approver)
    with clock.fixed(NEW):  # the next day but one
        await vouchers.approve(**shown, by=house.approver2)
        paid = {**shown, "channel_ref": "ICBC-1", "by": house.cashier}
        await refused("voucher.paid_before_approval", payments.pay(paid_on=LAST - DAY, **paid))
        await refused("voucher.paid_before_approval", payments.pay(paid_on=LAST, **paid))
        await refused("voucher.paid_in_future", payments.pay(paid_on=FIRST + DAY, **paid))
        assert (await payments.pay(paid_on=FIRST, **paid)).body["status"] == "paid"


# -- lots, cards and points -----------------------------------------------------------------------------


@pytest_asyncio.fixture
async def shop(house: Cast) -> Shop:
    with clock.fixed(NOON - DAY):
        return await opened(house)


async def hand_out(shop: Shop, line: Line, card: str = "") -> Answer:
    return await till.issue(store="LX01", card=card or shop.card, lines=[line], by=shop.house.clerk)


async def test_a_lot_is_handed_out_on_its_last_good_day_and_not_after(shop: Shop) -> None:
    with clock.fixed(NOON):
        lot = await shop.bring(SALT, 9, expires_on=LAST)
    with clock.fixed(EVE):
        await hand_out(shop, Line(1, barcode=SALT))
        await hand_out(shop, Line(1, lot=lot))
        soon = stock.Filter(store="LX01", expired=True)
        assert (await stock.page(soon, by=shop.house.clerk))[0] == []
    with clock.fixed(NEW):
        await refused("stock.short_held", hand_out(shop, Line(1, barcode=SALT)))
        await refused("lot.expired", hand_out(shop, Line(1, lot=lot)))
        assert [line.lot for line in (await stock.page(soon, by=shop.house.clerk))[0]] == [lot]
    assert await shop.on_hand(lot) == 7


async def test_goods_come_in_on_their_last_good_day_and_not_after(shop: Shop) -> None:
    with clock.fixed(EVE):
        assert await shop.bring(SALT, 1, expires_on=LAST)
    with clock.fixed(NEW):
        await refused("expiry.past", shop.bring(SALT, 1, expires_on=LAST))


async def test_the_page_and_the_api_hand_out_on_the_last_good_day_and_not_after(shop: Shop, web: Web) -> None:
    limits.reset()
    await change("UPDATE token SET expires_at = '2027-06-01T00:00:00.000000Z' RETURNING digest")
    with clock.fixed(NOON):
        lot = await shop.bring(SALT, 9, expires_on=LAST)
    body = {"store": "LX01", "card": shop.card, "lines": [{"lot": lot, "quantity": 1}]}
    fields = {"card": shop.card, "code.0": lot, "quantity.0": "1", "act": "finish"}
    client = web.as_("clerk")
    for at, status, page, left in ((EVE, 201, 303, 7), (NEW, 409, 409, 7)):
        with clock.fixed(at):
            answer = await client.post("/api/v1/goods/issues", json=body, headers={"Idempotency-Key": str(status)})
            assert answer.status_code == status, answer.text
            answer = await client.post("/stores/LX01/out", data=fields)
            assert answer.status_code == page, answer.text
            assert await shop.on_hand(lot) == left


async def test_a_card_may_be_used_on_its_last_day_and_not_after(shop: Shop) -> None:
    await cards.suspend(card=shop.card, reason="review", by=shop.house.caseworker)
    card = await cards.issue(household=shop.house.household, by=shop.house.caseworker, allowed_until=LAST)
    with clock.fixed(NOON):
        await shop.bring(SALT, 9)
    with clock.fixed(EVE):
        assert (await cards.view(card, by=shop.house.clerk)).refusals == ()
        await hand_out(shop, Line(1, barcode=SALT), card)
    with clock.fixed(NEW):
        view = await cards.view(card, by=shop.house.clerk)
        assert [rule.code for _, rule in view.refusals] == ["card.expired"]
        await refused("card.expired", hand_out(shop, Line(1, barcode=SALT), card))


async def test_points_are_those_of_the_quarter_in_shanghai(shop: Shop) -> None:
    household = acc.household(shop.house.household)
    assert await holding(household, acc.points("LX", "2026-Q4")) == 180
    with clock.fixed(EVE):
        assert await points.grant_cycle(by=shop.house.caseworker) == 0
        assert await points.expire(by=shop.house.caseworker) == 0
    with clock.fixed(NEW):
        assert await points.grant_cycle(by=shop.house.caseworker) == 2
        assert await shop.points() == 360
        assert await points.expire(by=shop.house.caseworker) == 0
    assert await holding(household, acc.points("LX", "2027-Q1")) == 180
    carried = datetime(2027, 3, 31, 16, tzinfo=UTC)
    with clock.fixed(carried - EVE.resolution):
        assert await shop.points() == 360
        assert await points.expire(by=shop.house.caseworker) == 0
    with clock.fixed(carried):
        assert await shop.points() == 180
        assert await points.expire(by=shop.house.caseworker) == 2
    assert await holding(household, acc.points("LX", "2026-Q4")) == 0


@pytest.mark.parametrize(
    ("cycle", "carried", "day", "spendable"),
    [
        ("month", 0, date(2026, 11, 30), ["2026-11"]),
        ("month", 0, date(2026, 12, 1), ["2026-12"]),
        ("month", 1, date(2026, 12, 31), ["2026-11", "2026-12"]),
        ("month", 1, date(2027, 1, 1), ["2026-12", "2027-01"]),
        ("quarter", 0, date(2026, 9, 30), ["2026-Q3"]),
        ("quarter", 0, date(2026, 10, 1), ["2026-Q4"]),
        ("quarter", 1, date(2027, 1, 1), ["2026-Q4", "2027-Q1"]),
        ("year", 0, date(2026, 12, 31), ["2026"]),
        ("year", 2, date(2027, 1, 1), ["2025", "2026", "2027"]),
    ],
)
def test_a_cycle_changes_with_its_month_quarter_or_year(
    cycle: str, carried: int, day: date, spendable: list[str]
) -> None:
    scheme = points.Scheme("LX", "积分", cycle, carried, {})
    assert scheme.spendable(day) == spendable
    assert scheme.cycle_of(day) == spendable[-1]
    for name in spendable:
        scheme.must_be_cycle(name)


# -- sessions and tokens --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "idle"),
    [
        ([Role.CASHIER], timedelta(minutes=30)),
        ([Role.ADMIN], timedelta(minutes=30)),
        ([Role.AUDITOR], timedelta(hours=2)),
        ([Role.CLERK], timedelta(hours=12)),
    ],
)
async def test_an_unused_session_lives_to_the_moment_before_its_time(
    house: Cast, roles: list[Role], idle: timedelta
) -> None:
    await _account(house, roles)
    with clock.fixed(EVE):
        digest = tokens.digest(await sessions.sign_in(login="wang", password="correct horse battery"))
    with clock.fixed(EVE + idle - EVE.resolution):
        assert await reading.value("SELECT COUNT(*) FROM session WHERE seen_at = $1", clock.stamp(EVE)) == 1
        assert await Authenticator().session(digest)
    await change("UPDATE session SET seen_at = created_at RETURNING digest")
    with clock.fixed(EVE + idle):
        assert await Authenticator().session(digest) is None


async def test_a_used_session_lives_to_the_moment_before_twelve_hours(house: Cast) -> None:
    await _account(house, [Role.CASHIER])
    with clock.fixed(EVE):
        digest = tokens.digest(await sessions.sign_in(login="wang", password="correct horse battery"))
    end = EVE + timedelta(hours=12)
    await change("UPDATE session SET seen_at = $1 RETURNING digest", clock.stamp(end - timedelta(seconds=1)))
    with clock.fixed(end - EVE.resolution):
        assert await Authenticator().session(digest)
    with clock.fixed(end):
        assert await Authenticator().session(digest) is None


async def _account(house: Cast, roles: list[Role]) -> None:
    await change("UPDATE staff SET login = 'wang', password_hash = $2 WHERE key = $1 RETURNING key",
                 house.organiser.key, await passwords.hashed("correct horse battery"))  # fmt: skip
    await change("DELETE FROM staff_role WHERE staff = $1 RETURNING staff", house.organiser.key)
    rows = [{"staff": house.organiser.key, "role": role.value} for role in roles]
    await transactions.run(lambda tx: tx.insert("staff_role", rows))


async def test_a_token_opens_to_the_moment_before_its_end(house: Cast) -> None:
    with clock.fixed(EVE):
        digest = tokens.digest(await access_tokens.create(role=Role.AUDITOR, days=30))
    with clock.fixed(EVE + 30 * DAY - EVE.resolution):
        assert await Authenticator().token(digest)
        assert [t.works for t in await access_tokens.every(by=SYSTEM) if t.login == "api-auditor"] == [True]
    with clock.fixed(EVE + 30 * DAY):
        assert await Authenticator().token(digest) is None
        assert [t.works for t in await access_tokens.every(by=SYSTEM) if t.login == "api-auditor"] == [False]


# -- months, quarters and years in the books --------------------------------------------------------------


async def test_numbers_begin_anew_with_the_year_in_shanghai(shop: Shop) -> None:
    numbers = []
    for at in (EVE, NEW):
        with clock.fixed(at):
            answer = await give(shop.house, clock.today())
            taken = await shop.bring_answer(RICE, 2, expires_on=FIRST + 9 * DAY)
            out = await hand_out(shop, Line(1, barcode=RICE))
            made = await vouchers.make(content=ASKED, by=shop.house.caseworker)
        numbers.append((answer.body["receipt"]["number"], taken["number"], out.body["number"], made.body["number"]))
    assert numbers == [
        (f"CS-{year}-000001", f"RK-LX01-{year}-000001", f"FF-LX01-{year}-000001", f"BF-{year}-000001")
        for year in (2026, 2027)
    ]


@pytest.mark.parametrize("label", ["本月", "本季", "本年"])
async def test_a_gift_stands_in_the_register_of_its_own_month_quarter_and_year(house: Cast, label: str) -> None:
    for at, fen in ((EVE, 1_000), (NEW, 2_000)):
        with clock.fixed(at):
            await give(house, clock.today(), amount_fen=fen)
    for day, fen in ((LAST, 1_000), (FIRST, 2_000)):
        (preset,) = [p for p in forms.presets(day) if p.label == label]
        assert preset.begin <= day.isoformat() <= preset.end
        filters, seq = Filters.of(preset.begin, preset.end), await facts.head_seq()
        page = await REGISTERS["donations"].page(filters, seq, None, 10)
        assert [row["amount_fen"] for row in page.rows] == [fen]
        totals = await REGISTERS["donations"].totals(filters, seq)
        assert (totals.sums["amount_fen"], totals.differences) == (fen, [])


async def test_the_screen_of_a_register_shows_the_month_of_shanghai(house: Cast, web: Web) -> None:
    await change("UPDATE token SET expires_at = '2027-06-01T00:00:00.000000Z' RETURNING digest")
    for at, fen in ((EVE, 1_111), (NEW, 2_222)):
        with clock.fixed(at):
            await give(house, clock.today(), amount_fen=fen)
    for at, seen, hidden in ((EVE, "11.11", "22.22"), (NEW, "22.22", "11.11")):
        with clock.fixed(at):
            answer = await web.as_("accountant").get("/ledgers/donations")
        assert seen in answer.text
        assert hidden not in answer.text


# -- the journal's own days --------------------------------------------------------------------------------


async def _posted(day: str) -> dict[str, Any]:
    """The entry of 1.00 that arrived in the general fund on a day."""

    def decide(state: State) -> Answer:
        lines = [(acc.money(acc.CASH, "F-GEN"), acc.CNY, 100), (acc.money(acc.GIFTS, "F-GEN"), acc.CNY, -100)]
        flows = Flows(receive=[("F-GEN", 100)])
        entry = state.post("gift.cash", lines, effective_on=day, actor="system", flows=flows)
        return Answer(201, {"seq": entry.seq, "on": entry.effective_on})

    answer = await submit(Command(decide, Wants(funds=["F-GEN"])))
    row = await reading.row("SELECT effective_on, recorded_at FROM entry WHERE seq = $1", answer.body["seq"])
    assert row is not None
    assert row["effective_on"] == answer.body["on"]
    return row


@pytest.mark.parametrize(
    ("day", "booked"),
    [
        ("2026-12-30", "2027-01-01"),
        ("2026-12-31", "2027-01-01"),
        ("2027-01-01", "2027-01-01"),
        ("2027-01-02", "2027-01-02"),
    ],
)
async def test_what_belongs_into_a_closed_period_is_booked_on_the_first_open_day(
    house: Cast, day: str, booked: str
) -> None:
    await change("UPDATE head SET closed_through = '2026-12-31' WHERE id = 1 RETURNING id")
    assert (await _posted(day))["effective_on"] == booked


async def test_recorded_at_never_goes_back_when_the_clock_does(house: Cast) -> None:
    stamps = []
    for hours in (0, -1, 1):
        with clock.fixed(NEW + timedelta(hours=hours)):
            stamps.append((await _posted("2026-12-31"))["recorded_at"])
    assert stamps == [clock.stamp(NEW), clock.stamp(NEW), clock.stamp(NEW + timedelta(hours=1))]
    assert await books_verify.run() == []
