"""The close of a day: prepared, closed by another over what was shown, in order; a closed day refuses every change."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from aid.given import opened as aid_opened
from bank.given import BANK, Line, came, csv_file, lines, open_movements, waiting
from bank.test_matching import banked, refused
from cast import Cast
from finance.given import asked as transfer
from giving.given import all_is_well, approved, box_counted, corrected, give, paid, promised, requested, roster_filled
from page_forms import hidden_of

from charity import clock
from charity.bank import closing, fees, matching, reconciliation, statements, unidentified, verify
from charity.bank.statements import readers as statement_readers
from charity.db import reading, transactions
from charity.finance import transfers
from charity.giving import boxes, pledges, settling, unit_rosters
from charity.giving.models import Pledge
from charity.roles import Role

API = "/api/v1/bank"
KEY = {"Idempotency-Key": "k-1"}


def day(ago: int) -> str:
    return (clock.today() - timedelta(days=ago)).isoformat()


async def shown(house: Cast, on: str, place: str = BANK) -> closing.Day:
    await matching.keep_up()
    return await closing.shown_day(place, on, by=house.cashier)


async def prepared(
    house: Cast, on: str, balance_fen: int | None = None, place: str = BANK, **asked_of: Any
) -> tuple[str, str]:
    """A day as the cashier prepares it: its key, and the hash of what is to be closed."""
    content_hash = (await shown(house, on, place)).shown().hash
    asked = closing.Prepared(balance_fen=balance_fen, **asked_of)
    answer = await closing.prepare(place=place, on=on, content_hash=content_hash, asked=asked, by=house.cashier)
    return str(answer.body["key"]), str(answer.body["content_hash"])


async def closed(house: Cast, on: str, balance_fen: int | None = None, place: str = BANK, **asked: Any) -> str:
    key, content_hash = await prepared(house, on, balance_fen, place, **asked)
    await closing.close(key=key, content_hash=content_hash, by=house.accountant)
    return key


async def two_days(house: Cast) -> None:
    """100.00 on the third day before today, matched; 20.00 on the second, which nobody has booked."""
    await banked(house, 10_000, "ICBC-000001", received_on=day(3))
    await came(
        house,
        Line(10_000, "甲", reference="ICBC000001", on=day(3)),
        Line(2_000, "乙", on=day(2)),
        start_fen=0,
    )


async def test_the_cashier_is_told_of_a_day_that_a_file_speaks_for(web: Any, house: Cast) -> None:
    async def shown_tasks(who: str = "cashier") -> list[str]:
        return re.findall(r"有 \d+ 个账户可以日结", (await web.as_(who).get("/desk")).text)

    await two_days(house)
    assert await shown_tasks() == [], "from which day on a place is closed is decided at its first close"
    key, content_hash = await prepared(house, day(3))
    assert await shown_tasks() == []
    await closing.close(key=key, content_hash=content_hash, by=house.accountant)
    assert (await shown_tasks(), await shown_tasks("accountant")) == (["有 1 个账户可以日结"], [])
    assert (
        f"/bank/days/new?place={quote(BANK, safe='')}&amp;on={day(2)}" in (await web.as_("cashier").get("/desk")).text
    )
    key, content_hash = await prepared(house, day(2))
    assert await shown_tasks() == [], "it waits for the accountant"
    await closing.close(key=key, content_hash=content_hash, by=house.accountant)
    assert await shown_tasks() == [], "no file speaks for the day after"


async def test_days_close_in_order_by_two_and_open_from_the_last(house: Cast, web: Any) -> None:
    await two_days(house)
    key, content_hash = await prepared(house, day(3))
    assert await prepared(house, day(3)) == (key, content_hash), "prepared again: the same"
    await refused("not_yours", closing.close(key=key, content_hash=content_hash, by=house.cashier))
    promoted = replace(house.cashier, roles=frozenset({Role.ACCOUNTANT}))
    await refused("bank_day.own", closing.close(key=key, content_hash=content_hash, by=promoted))
    await refused("content.changed", closing.close(key=key, content_hash="0" * 64, by=house.accountant))
    await closing.close(key=key, content_hash=content_hash, by=house.accountant)
    await refused("bank_day.not_prepared", closing.close(key=key, content_hash=content_hash, by=house.accountant))
    await refused("bank_day.done", prepared(house, day(3)))
    await refused("bank_day.order", prepared(house, day(1)))
    page = (await web.as_("cashier").get("/bank/days/new", params={"place": BANK, "on": day(1)})).text
    assert (">准备日结</a>" in page, f">{day(2)}</a>" in page) == (True, False), "the day is named once"
    last = await closed(house, day(2))
    assert [row["status"] for row in (await closing.newest(by=house.auditor))[0]] == ["closed", "closed"]
    assert await verify.run() == []
    await refused("bank_day.not_last", closing.reopen(key=key, reason="补记", by=house.accountant))
    await refused("not_yours", closing.reopen(key=last, reason="补记", by=house.cashier))
    for one in (last, key):
        await closing.reopen(key=one, reason="补记", by=house.accountant)
    assert (await closing.get(key, by=house.auditor)).reason == "补记"
    assert await verify.run() == []
    await closed(house, day(3))
    rows = (await closing.newest(by=house.auditor))[0]
    assert sorted((row["on_day"], row["status"]) for row in rows) == [
        (day(3), "closed"),
        (day(3), "reopened"),
        (day(2), "reopened"),
    ]


async def test_a_day_closes_only_over_balances_that_agree_and_a_statement(house: Cast) -> None:
    await two_days(house)
    today = clock.today().isoformat()
    await refused("bank_day.not_over", prepared(house, today))
    await refused("bank_day.no_statement", prepared(house, day(1)))
    await refused("bank_day.balance", prepared(house, day(1), 11_999))
    await refused("bank_day.not_quiet", prepared(house, day(2), 12_000))
    await refused("cash.only", prepared(house, day(2), sheets={100: 1}))
    key, _ = await prepared(house, day(1), 12_000)
    assert '"quiet":true' in (await closing.get(key, by=house.auditor)).row["content"]
    await came(house, Line(700, "丙", on=day(0)), start_fen=99_000)
    await came(house, Line(300, "丁", on=day(1)), start_fen=50_000)
    await refused("bank_day.apart", prepared(house, day(1)))


def moment(on: str, time: str) -> datetime:
    """A time of a day in China."""
    return datetime.fromisoformat(f"{on}T{time}").replace(tzinfo=clock.SHANGHAI)


async def test_a_file_of_the_day_itself_speaks_for_it_once_it_came_after_the_day(house: Cast) -> None:
    """What came in at noon, and one second before the day ends at 16:00 UTC, says nothing of what came behind it."""
    line = Line(2_000, "乙", on=day(2))
    with clock.fixed(moment(day(2), "23:59:59")):
        await came(house, line, start_fen=0)
    refusal = await refused("bank_day.file_early", prepared(house, day(2)))
    assert (refusal.facts["time"], refusal.see[1]) == ("23:59", f"/bank/statements/new?place={quote(BANK, safe='')}")
    await refused("bank_day.file_early", prepared(house, day(2), 2_000))
    assert not (await shown(house, day(2))).covered
    with clock.fixed(moment(day(1), "00:00:00")):
        again = await statements.upload(
            place=BANK, name="again.csv", data=csv_file(line, start_fen=0), by=house.cashier
        )
    row = await statements.get(again, by=house.cashier)
    assert (row["status"], clock.business_date(str(row["again_at"])).isoformat()) == ("taken", day(1))
    await closed(house, day(2))
    assert await verify.run() == []


async def test_a_file_speaks_for_the_days_before_its_last_line(house: Cast) -> None:
    lines_then = Line(2_000, "乙", on=day(3)), Line(500, "丙", on=day(1), at="08:00:00")
    with clock.fixed(moment(day(1), "10:00:00")):
        await came(house, *lines_then, start_fen=0)
    await closed(house, day(3))
    await closed(house, day(2))
    await refused("bank_day.file_early", prepared(house, day(1)))
    await came(house, lines_then[1], Line(90, "丁", on=day(1)), start_fen=2_000)
    await closed(house, day(1))
    assert await verify.run() == []


async def test_no_day_is_closed_over_a_file_that_waits(web: Any, house: Cast) -> None:
    await two_days(house)
    data = csv_file(Line(2_000, "乙", on=day(2)), Line(300, "丁", on=day(2)), start_fen=10_000)
    waits = await statements.upload(place=BANK, name="w.csv", data=data, by=house.cashier)
    refusal = await refused("bank_day.file_waits", prepared(house, day(2)))
    assert (refusal.facts["count"], refusal.see[1]) == (1, f"/bank/statements/{waits}")
    cashier = web.as_("cashier")
    page = (await cashier.get("/bank/days/new", params={"place": BANK, "on": day(2)})).text
    for words in ("还不能日结", "有一个文件还没有导入", f'href="/bank/statements/{waits}"'):
        assert words in page
    assert "准备好了，交会计复核" not in page
    answer = (await cashier.get(f"{API}/day", params={"place": BANK, "on": day(2)})).json()
    assert [one["code"] for one in answer["missing"]] == ["bank_day.file_waits"]
    asked = {"place": BANK, "on": day(2), "content_hash": answer["content_hash"]}
    problem = (await cashier.post(f"{API}/days", json=asked, headers=KEY)).json()
    assert (problem["type"], problem["see"]["href"]) == (
        "urn:charity:problem:bank_day.file_waits",
        f"/bank/statements/{waits}",
    )
    await closed(house, day(3))
    key, content_hash = await closed_or_prepared(house, waits)
    later = csv_file(Line(700, "戊", on=day(2)), start_fen=12_000)
    other = await statements.upload(place=BANK, name="v.csv", data=later, by=house.cashier)
    await refused("bank_day.file_waits", closing.close(key=key, content_hash=content_hash, by=house.accountant))
    shown_page = (await web.as_("accountant").get(f"/bank/days/{key}")).text
    assert (f"/bank/statements/{other}" in shown_page, "复核无误，日结" in shown_page) == (True, False)
    await statements.withdraw(other, by=house.cashier)
    await closing.close(key=key, content_hash=content_hash, by=house.accountant)


async def closed_or_prepared(house: Cast, waits: str) -> tuple[str, str]:
    """The second day, prepared once nothing waits any more."""
    await statements.withdraw(waits, by=house.cashier)
    return await prepared(house, day(2))


async def test_the_page_says_how_many_lines_nobody_matched_and_leads_to_every_task(web: Any, house: Cast) -> None:
    await two_days(house)
    cashier, accountant = web.as_("cashier"), web.as_("accountant")
    page = (await cashier.get("/bank/days/new", params={"place": BANK, "on": day(2)})).text
    place = quote(BANK, safe="")
    for words in (
        "还有 1 笔流水没有人核对",
        f'href="/bank/matching?place={place}"',
        f'href="/bank/lines?place={place}&amp;from_on={day(2)}&amp;to_on={day(2)}"',
    ):
        assert words in page
    (line,) = await waiting(house)
    await matching.ignore(line.row["key"], reason="不明，在查", by=house.accountant)
    page = (await cashier.get("/bank/days/new", params={"place": BANK, "on": day(2)})).text
    assert "没有人核对" not in page
    register = (await accountant.get("/ledgers/bank_lines", params={"place": BANK, "from": day(2), "to": day(2)})).text
    assert ("乙" in register or "*" in register, "20.00" in register) == (True, True)
    key, _ = await prepared(house, day(2))
    waits = (await accountant.get(f"/bank/days/{key}")).text
    d12 = f'href="/ledgers/bank_lines?place={place}&amp;from={day(2)}&amp;to={day(2)}"'
    assert (d12 in waits, "出纳准备以后" in waits) == (True, False)
    await banked(house, 500, "LATE", received_on=day(2))
    await matching.keep_up()
    changed = (await accountant.get(f"/bank/days/{key}")).text
    assert ("出纳准备以后，这一天的账或流水变了" in changed, "复核无误，日结" in changed) == (True, False)
    anew = f'href="/bank/days/new?place={place}&amp;on={day(2)}"'
    assert (anew in changed, anew in (await cashier.get(f"/bank/days/{key}")).text) == (False, True)


async def test_what_changes_between_is_refused_until_it_is_prepared_anew(house: Cast) -> None:
    await two_days(house)
    before = (await shown(house, day(2))).shown().hash
    key, content_hash = await prepared(house, day(2))
    await banked(house, 500, "LATE", received_on=day(2))
    asked: dict[str, Any] = {"place": BANK, "on": day(2), "by": house.cashier}
    refusal = await refused("content.changed", closing.prepare(content_hash=before, **asked))
    assert refusal.now is not None
    await refused("bank_day.changed", closing.close(key=key, content_hash=content_hash, by=house.accountant))
    again, other = await prepared(house, day(2))
    assert (again == key, other == content_hash) == (True, False)
    await refused("content.changed", closing.close(key=key, content_hash=content_hash, by=house.accountant))
    await closing.close(key=key, content_hash=other, by=house.accountant)
    assert await verify.run() == []


async def _gift(house: Cast) -> Awaitable[Any]:
    return banked(house, 100, "NEW-1")


async def _cash_gift(house: Cast) -> Awaitable[Any]:
    return give(house, 100)


async def _pledge(house: Cast) -> Awaitable[Any]:
    code = await promised()
    shown_hash = pledges.content_of(await Pledge.with_code(code).get()).hash
    return pledges.receive(
        code, amount_fen=20_000, received_on=day(0), channel="bank", channel_ref="Q-1", content_hash=shown_hash,
        confirmed_amount_fen=20_000, by=house.cashier,
    )  # fmt: skip


async def _deposit(house: Cast) -> Awaitable[Any]:
    await give(house, 8_000, campaign="everyday")
    return transfers.make(await transfer(), by=house.cashier)


async def _correction(house: Cast) -> Awaitable[Any]:
    return corrected(house, await give(house, 700, channel="bank", channel_ref="C-1"))


async def _refund(house: Cast) -> Awaitable[Any]:
    number = await requested(house, await give(house, 700, channel="bank", channel_ref="C-2"), 700)
    await approved(number, house.approver)
    return paid(house, number)


async def _voucher(house: Cast) -> Awaitable[Any]:
    aid = await aid_opened(house)
    await aid.gift("F-EDU", 1_000_000)
    number, _ = await aid.approved()
    return aid.pay(number, "OUT-000001")


async def _roster(house: Cast) -> Awaitable[Any]:
    key, _ = await roster_filled(house)

    async def shown_hash() -> str:
        return unit_rosters.locked_content(await unit_rosters.get(key, by=house.cashier)).hash

    await unit_rosters.lock(key, content_hash=await shown_hash(), by=house.cashier)
    return settling.settle(
        key, received_on=day(0), received_fen=10_000, channel_ref="R-1", content_hash=await shown_hash(),
        by=house.cashier,
    )  # fmt: skip


async def _hold(house: Cast) -> Awaitable[Any]:
    await came(house, Line(2_000, "乙"))
    (line,) = await lines(house)
    return unidentified.hold(line.row["key"], note="不明", by=house.cashier)


async def _box(house: Cast) -> Awaitable[Any]:
    number, content_hash = await box_counted(house, day(0), {10_000: 2})
    return boxes.confirm(number, content_hash=content_hash, by=house.accountant)


WAYS: list[Callable[[Cast], Awaitable[Awaitable[Any]]]] = [
    *(_gift, _cash_gift, _pledge, _deposit, _correction, _refund, _voucher, _roster, _hold, _box)
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_nothing_is_booked_on_a_closed_day(house: Cast, way: Callable[[Cast], Awaitable[Awaitable[Any]]]) -> None:
    booking = await way(house)
    before = await reading.value("SELECT seq FROM head")
    await through(day(0))
    refusal = await refused("day.closed", booking)
    assert (refusal.status, refusal.facts["day"]) == (409, day(0))
    assert await reading.value("SELECT seq FROM head") == before
    await through(day(1))
    await give(house, 100, received_on=day(0))


async def test_a_gift_booked_anew_keeps_its_day_when_that_is_closed(house: Cast) -> None:
    gift = await give(house, 700, channel="bank", channel_ref="C-1", received_on=day(2))
    await corrected(house, gift)
    number = await reading.value("SELECT number FROM gift_reversal")
    await through(day(1))
    anew = await give(house, 900, channel="bank", channel_ref="C-1", received_on=day(2), corrects=number)
    row = await reading.row("SELECT received_on, booked_on FROM donation WHERE key = $1", anew.body["id"])
    assert row == {"received_on": day(2), "booked_on": day(0)}
    assert await all_is_well() == []


async def through(on: str) -> None:
    """Every place as if it were closed to the end of this day."""
    await transactions.run(lambda tx: tx.rows("UPDATE money_place SET closed_through = $1 RETURNING code", on))


async def test_no_line_comes_and_no_match_changes_on_a_closed_day(house: Cast) -> None:
    await two_days(house)
    await banked(house, 2_000, "LATE-2", received_on=day(2))
    statement = await came(house, Line(50, "丁", on=day(1)), start_fen=12_000)
    await matching.keep_up()
    await transactions.run(lambda tx: tx.rows("UPDATE bank_line SET attempt = 'never' RETURNING key"))
    (made,) = await matching.history((await lines(house))[0].row["key"], by=house.auditor)
    await closed(house, day(3))
    await closed(house, day(2))
    was = await reconciliation.of(BANK, day(2), by=house.auditor)
    await refused("day.closed", came(house, Line(70, "丁", on=day(2)), start_fen=1))
    await refused("day.closed", matching.undo(made.row["key"], by=house.accountant))
    line, booked = (await waiting(house))[0], (await open_movements(house))[0]
    both: dict[str, Any] = {"lines": [line.row["key"]], "movements": [booked["key"]], "by": house.accountant}
    await refused("day.closed", matching.match(**both))
    await refused(
        "bank_opening.closed", reconciliation.state_opening(place=BANK, on=day(4), fen=1, by=house.accountant)
    )
    await came(house, Line(10_000, "甲", reference="ICBC000001", on=day(3)), Line(60, "丁", on=day(0)), start_fen=0)
    first = await reading.value("SELECT statement FROM bank_line WHERE on_day = $1 LIMIT 1", day(3))
    shown_hash = statement_readers.content(await statements.get(first, by=house.cashier)).hash
    await refused("day.closed", statements.take_back(first, content_hash=shown_hash, by=house.cashier))
    await banked(house, 2_000, "LATER-3", received_on=day(1))
    await matching.keep_up()
    later = next(row for row in await open_movements(house) if row["on_day"] == day(1))
    kept = await matching.match(lines=[line.row["key"]], movements=[later["key"]], by=house.accountant)
    now = await reconciliation.of(BANK, day(2), by=house.auditor)
    assert [one.row["key"] for one in now.lines] == [one.row["key"] for one in was.lines], (
        "cleared later: open that day"
    )
    assert await verify.run() == []
    await matching.undo(kept, by=house.accountant)
    shown_hash = statement_readers.content(await statements.get(statement, by=house.cashier)).hash
    assert await verify.run() == []


async def test_the_cashier_prepares_and_the_accountant_closes_in_the_browser(web: Any, house: Cast) -> None:
    await two_days(house)
    cashier, accountant, auditor = (web.as_(name) for name in ("cashier", "accountant", "auditor"))
    before = (await cashier.get("/bank/days")).text
    assert ("准备日结" in before, "/bank/days/new?place=1002%2FICBC-01" in before) == (True, True)
    assert "准备日结" not in (await auditor.get("/bank/days")).text
    page = (await cashier.get("/bank/days/new", params={"place": BANK, "on": day(2)})).text
    for words in ("乙", "银行已收、单位未收", "120.00", "20.00"):
        assert words in page
    assert 'name="balance_yuan"' not in page
    assert (await cashier.get("/bank/days/new", params={"place": BANK, "on": "x"})).status_code == 422
    quiet = (await cashier.get("/bank/days/new", params={"place": BANK, "on": day(1)})).text
    wrong = await cashier.post("/bank/days/new", data=hidden_of(quiet) | {"balance_yuan": "1 2"})
    assert (wrong.status_code, 'value="1 2"' in wrong.text) == (422, True)
    made = await cashier.post("/bank/days/new", data=hidden_of(page))
    assert made.status_code == 303, made.text
    href = made.headers["location"]
    assert (await cashier.post("/bank/days/new", data=hidden_of(page))).headers["location"] == href, "pressed twice"
    assert "有 1 天的日结等您复核" in (await accountant.get("/desk")).text
    waits = (await accountant.get(href)).text
    assert "复核无误，日结" not in (await cashier.get(href)).text
    await banked(house, 10, "LATE", received_on=day(2))
    stale = await accountant.post(f"{href}/close", data=hidden_of(waits))
    assert (stale.status_code, "出纳重新准备" in stale.text) == (409, True)
    page = (await cashier.get("/bank/days/new", params={"place": BANK, "on": day(2)})).text
    assert (await cashier.post("/bank/days/new", data=hidden_of(page))).status_code == 303
    waits = (await accountant.get(href)).text
    assert (await accountant.post(f"{href}/close", data=hidden_of(waits))).status_code == 303
    shown_page = (await auditor.get(href)).text
    assert ("已日结" in shown_page, "重新打开这一天" in shown_page) == (True, False)
    gift = {"campaign": "one-day-2026", "amount_fen": 100, "channel": "bank", "channel_ref": "Z-9"}
    gift |= {"received_on": day(2), "donor": {"kind": "anonymous"}}
    refusal = await cashier.post("/api/v1/donations", json=gift, headers=KEY)
    assert (refusal.status_code, refusal.json()["type"]) == (409, "urn:charity:problem:day.closed")
    no_reason = await accountant.post(f"{href}/reopen", data={"reason": " "})
    assert no_reason.status_code == 422
    assert (await accountant.post(f"{href}/reopen", data={"reason": "漏记一笔"})).status_code == 303
    assert "漏记一笔" in (await auditor.get(href)).text
    assert (await cashier.post("/api/v1/donations", json=gift, headers=KEY)).status_code == 201


@pytest.mark.parametrize(
    ("path", "asked", "where"),
    [
        ("matching", {}, ("items",)),
        ("reconciliation", {"place": BANK, "on": 2}, ("lines",)),
        ("day", {"place": BANK, "on": 2}, ("facts", "open_lines")),
        ("movements", {"place": BANK}, ("items",)),
    ],
)
async def test_a_program_sees_what_was_just_booked_as_the_pages_do(
    web: Any, house: Cast, path: str, asked: dict[str, Any], where: tuple[str, ...]
) -> None:
    await two_days(house)
    await banked(house, 5_000, "ICBC-000002", received_on=day(1))  # no line is it
    params = asked | ({"on": day(asked["on"])} if "on" in asked else {})
    answer = (await web.as_("accountant").get(f"{API}/{path}", params=params)).json()
    for name in where:
        answer = answer[name]
    assert len(answer) == 1, "the line of 20.00 is open, that of 100.00 was matched; the gift of 50.00 is open"


async def test_movements_are_asked_for_by_sums_that_money_can_have(web: Any, house: Cast) -> None:
    for name in ("least_fen", "most_fen"):
        answer = await web.as_("accountant").get(f"{API}/movements", params={"place": BANK, name: str(10**30)})
        assert answer.status_code == 422, name


async def test_a_day_prepared_before_a_later_one_closed_waits_for_nobody(web: Any, house: Cast) -> None:
    await two_days(house)
    await prepared(house, day(3))
    last = await closed(house, day(2))
    assert await closing.prepared(by=house.accountant) == []
    assert "天的日结等您复核" not in (await web.as_("accountant").get("/desk")).text
    (one,) = (each for each in await closing.progress(by=house.cashier) if each.place.code == BANK)
    assert one.prepared is None, "the next day can be prepared"
    await closing.reopen(key=last, reason="补记", by=house.accountant)
    assert [row["on_day"] for row in await closing.prepared(by=house.accountant)] == [day(3)]


async def test_a_program_closes_a_day_as_the_pages_do(web: Any, house: Cast) -> None:
    await two_days(house)
    cashier, accountant = web.as_("cashier"), web.as_("accountant")
    await matching.keep_up()
    answer = (await cashier.get(f"{API}/day", params={"place": BANK, "on": day(2)})).json()
    assert (answer["covered"], answer["facts"]["apart_fen"], len(answer["facts"]["open_lines"])) == (True, 0, 1)
    asked = {"place": BANK, "on": day(2), "content_hash": answer["content_hash"]}
    assert (await accountant.post(f"{API}/days", json=asked, headers=KEY)).status_code == 403
    made = await cashier.post(f"{API}/days", json=asked, headers=KEY)
    assert made.status_code == 201
    one = f"{API}/days/{made.json()['key']}"
    content = {"content_hash": made.json()["content_hash"]}
    assert (await accountant.post(f"{one}/close", json=content, headers=KEY)).json()["on"] == day(2)
    (row,) = (await accountant.get(f"{API}/days")).json()["items"]
    assert (row["status"], row["counted_fen"], row["on"]) == ("closed", 12_000, day(2))
    assert (await accountant.post(f"{one}/reopen", json={"reason": "漏记"}, headers=KEY)).status_code == 201
    assert (await cashier.get(one)).json()["status"] == "reopened"


async def test_what_stood_open_at_the_close_is_held_on_the_first_open_day(house: Cast) -> None:
    await banked(house, 10_000, "ICBC-000001", received_on=day(3), campaign="everyday")
    first = Line(10_000, "甲", reference="ICBC000001", on=day(3))
    await came(house, first, Line(2_000, "乙", on=day(2)), Line(-900, "", "手续费", on=day(2)), start_fen=0)
    await closed(house, day(3))
    await closed(house, day(2))
    was = await reconciliation.of(BANK, day(2), by=house.auditor)
    fee, strange = sorted((one.row for one in await waiting(house)), key=lambda row: row["in_fen"])
    number = (await unidentified.hold(strange["key"], note="不明", by=house.cashier)).body["number"]
    await fees.book(fee["key"], by=house.accountant)
    assert await waiting(house) == []
    rows = await reading.rows("SELECT on_day, cleared_on FROM bank_movement WHERE document <> 'gift' ORDER BY seq")
    assert rows == [{"on_day": day(1), "cleared_on": day(1)}] * 2
    now = await reconciliation.of(BANK, day(2), by=house.auditor)
    assert [one.row["key"] for one in now.lines] == [one.row["key"] for one in was.lines]
    await banked(house, 2_000, number, received_on=day(2))  # the money came then
    await closed(house, day(1), 11_100)
    assert await verify.run() == []


async def test_what_was_held_on_a_closed_day_is_not_undone(house: Cast) -> None:
    await two_days(house)
    (line,) = await waiting(house)
    number = (await unidentified.hold(line.row["key"], note="不明", by=house.cashier)).body["number"]
    await closed(house, day(2))
    await refused("day.closed", unidentified.undo(number, reason="错", by=house.accountant))
    assert await verify.run() == []


CASH = "1001/-"


async def test_cash_is_counted_by_denomination_and_a_difference_has_a_name(house: Cast) -> None:
    today = day(0)
    await give(house, 12_350, received_on=day(1))
    await give(house, 8_000, received_on=today)
    sheets = {10_000: 1, 2_000: 1, 100: 3, 50: 1}
    await refused("statement.place", prepared(house, day(1), 12_350, place=CASH))
    await refused("cash.apart", prepared(house, day(1), place=CASH, sheets=sheets | {50: 0}))
    await refused("bank_day.not_over", prepared(house, day(-1), place=CASH, sheets=sheets))
    await closed(house, day(1), place=CASH, sheets=sheets)
    await refused("day.closed", give(house, 100, received_on=day(1)))
    short = {10_000: 2}
    key, content_hash = await prepared(house, today, place=CASH, sheets=short, note="少 3.50 元，找零有误")
    view = await closing.get(key, by=house.auditor)
    assert (view.row["book_fen"], view.row["counted_fen"], view.note) == (20_350, 20_000, "少 3.50 元，找零有误")
    again, other = await prepared(house, today, place=CASH, sheets=short, note="少 3.50 元，正在查")
    assert (again, other == content_hash) == (key, False), "the name of the difference is part of what is confirmed"
    before = await reading.value("SELECT seq FROM head")
    await closing.close(key=key, content_hash=other, by=house.accountant)
    assert await reading.value("SELECT seq FROM head") == before, "nothing books a difference"
    await refused("day.closed", give(house, 100, received_on=today))
    assert await verify.run() == []
    await transactions.run(lambda tx: tx.rows("UPDATE bank_day SET note = NULL WHERE on_day = $1 RETURNING key", today))
    assert [one.invariant for one in await verify.run()] == ["I4"]


async def test_cash_is_not_closed_over_a_box_that_nobody_confirmed(web: Any, house: Cast) -> None:
    """Its cash lies in the till and in no book, and on a closed day nobody could confirm it any more."""
    cashier, accountant = web.as_("cashier"), web.as_("accountant")
    await pressed(cashier, "/boxes/new", {"code": "MX-01", "site": "超市", "keeper": "李四", "campaign": "everyday"})
    opening = {"on": day(1), "time": "09:30", "opener": "王小明", "witness": "赵六", "sheets_10000": "3"}
    href = await pressed(cashier, "/boxes/MX-01/open", opening)
    refusal = await refused("bank_day.box_waits", prepared(house, day(1), place=CASH))
    assert refusal.see == (href.rsplit("/", 1)[1], href)
    page = (await cashier.get("/bank/days/new", params={"place": CASH, "on": day(1)})).text
    assert (f'href="{href}"' in page, "准备好了，交会计复核" in page) == (True, False)
    await closed(house, day(2), place=CASH)
    await pressed(accountant, href, to=f"{href}/confirm")
    await closed(house, day(1), place=CASH, sheets={10_000: 3})
    assert await verify.run() == []


async def test_the_cashier_counts_on_the_page_and_nothing_typed_is_lost(web: Any, house: Cast) -> None:
    await give(house, 12_350)
    cashier, accountant = web.as_("cashier"), web.as_("accountant")
    assert "/bank/days/new?place=1001%2F-" in (await cashier.get("/bank/days")).text
    page = (await cashier.get("/bank/days/new", params={"place": CASH, "on": day(0)})).text
    assert ("5 角" in page, "/transfers/new?source=1001%2F-&amp;all=1" in page) == (True, True)
    deposit = (await cashier.get("/transfers/new?source=1001%2F-&all=1")).text
    assert 'value="123.50"' in deposit
    typed = {"sheets_10000": "1", "sheets_2000": "１", "sheets_100": "3", "note": ""}
    short = await cashier.post("/bank/days/new", data=hidden_of(page) | typed)
    assert (short.status_code, "相差 -0.50 元" in short.text, 'value="１"' in short.text) == (422, True, True)
    wrong = await cashier.post("/bank/days/new", data=hidden_of(page) | typed | {"sheets_50": "1.5"})
    assert (wrong.status_code, 'value="1.5"' in wrong.text) == (422, True)
    done = await cashier.post("/bank/days/new", data=hidden_of(page) | typed | {"sheets_50": "1"})
    assert done.status_code == 303, done.text
    href = done.headers["location"]
    waits = (await accountant.get(href)).text
    for words in ("100 元", "5 角", "123.50", "盘点合计"):
        assert words in waits
    assert (await accountant.post(f"{href}/close", data=hidden_of(waits))).status_code == 303
    body = {"place": CASH, "on": day(0), "content_hash": "0" * 64, "sheets": [{"fen": 7, "count": 1}]}
    assert (await cashier.post(f"{API}/days", json=body, headers=KEY)).status_code == 422


async def pressed(client: Any, page: str, typed: dict[str, Any] | None = None, *, to: str = "") -> str:
    """Send the form of a page; where it leads."""
    shown_page = await client.get(page)
    assert shown_page.status_code == 200, page
    done = await client.post(to or page, data=hidden_of(shown_page.text) | (typed or {}))
    assert done.status_code == 303, done.text
    return str(done.headers["location"])


async def test_finance_takes_a_day_from_the_box_to_its_close_in_the_browser_only(web: Any, house: Cast) -> None:
    cashier, accountant, yesterday = web.as_("cashier"), web.as_("accountant"), day(1)
    box = {"code": "MX-01", "site": "超市", "keeper": "李四", "campaign": "everyday"}
    await pressed(cashier, "/boxes/new", box)
    opening = {"on": yesterday, "time": "09:30", "opener": "王小明", "witness": "赵六", "sheets_10000": "3"}
    href = await pressed(cashier, "/boxes/MX-01/open", opening)
    await pressed(accountant, href, to=f"{href}/confirm")
    page = (await cashier.get("/transfers/new?source=1001%2F-&all=1")).text
    assert 'value="300.00"' in page
    slip = {"target": BANK, "on": yesterday, "channel_ref": "SLIP-000300", "amount.0": "300.00", "step": "review"}
    slip |= {"source": CASH, "fund.0": "F-GEN"}
    review = await cashier.post("/transfers/new", data=slip)
    sent = await cashier.post("/transfers/new", data=slip | hidden_of(review.text) | {"step": "confirm"})
    assert sent.status_code == 303, sent.text
    await pressed(cashier, href, {"slip_ref": "SLIP-000300"}, to=f"{href}/slip")
    data = csv_file(
        Line(30_000, "现金", reference="SLIP-000300", on=yesterday), Line(2_000, "乙", on=yesterday), start_fen=0
    )
    upload = {"file": ("day.csv", data, "text/csv")}
    statement = await cashier.post("/bank/statements/new", data={"place": BANK}, files=upload)
    taken = str(statement.headers["location"])
    await pressed(cashier, taken, to=f"{taken}/take")
    queue = (await accountant.get("/bank/matching")).text
    assert ("乙" in queue, "SLIP-000300" in queue) == (True, False), "the deposit is matched by its slip"
    line = (await waiting(house))[0].row["key"]
    await pressed(accountant, f"/bank/lines/{line}", {"reason": "不明，在查"}, to=f"/bank/lines/{line}/ignore")
    for place, words in ((CASH, "0.00"), (BANK, "银行已收、单位未收")):
        asked = f"/bank/days/new?place={quote(place, safe='')}&on={yesterday}"
        assert words in (await cashier.get(asked)).text
        made = await pressed(cashier, asked, to="/bank/days/new")
        await pressed(accountant, made, to=f"{made}/close")
        assert "已日结" in (await accountant.get(made)).text
    assert (await cashier.get("/bank/days")).text.count(yesterday) >= len((CASH, BANK))
    late = await cashier.post("/boxes/MX-01/open", data=opening)
    assert (late.status_code, "已经日结" in late.text, 'value="09:30"' in late.text) == (409, True, True)
    assert await boxes.unconfirmed(yesterday, by=house.accountant) == [], "nothing waits that nobody can confirm"
    assert await verify.run() == []


PLANTED = {
    "content": "UPDATE bank_day SET content = '{}' RETURNING key",
    "hash": "UPDATE bank_day SET content_hash = 'x' RETURNING key",
    "a line": "UPDATE bank_line SET in_fen = in_fen + 1 RETURNING key",
    "a match": "UPDATE bank_line SET cleared_on = NULL, matched = NULL, status = 'open' RETURNING key",
    "an entry": "UPDATE bank_day SET closed_seq = 0 RETURNING key",
    "the place": "UPDATE money_place SET closed_through = '' RETURNING code",
    "another place": "UPDATE money_place SET closed_through = '2026-01-01' WHERE chart = '1001' RETURNING code",
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=list(PLANTED))
async def test_verify_sees_what_changed_since_a_day_closed(house: Cast, planted: str) -> None:
    await two_days(house)
    await closed(house, day(2))
    await transactions.run(lambda tx: tx.rows(planted))
    assert [one for one in await verify.run() if "日结" in one.words]
