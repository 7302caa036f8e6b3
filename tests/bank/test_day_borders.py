"""The borders of a closed day: midnight in China, the ends of months and years, two at once, pressed twice, told late."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aid.given import opened as aid_opened
from bank import files
from bank.given import BANK, Line, came, csv_file, lines, open_movements
from bank.test_closing import KEY, closed, day, prepared, shown, through, two_days
from bank.test_matching import banked, refused
from cast import Cast
from giving.given import all_is_well, give, roster_filled
from page_forms import hidden_of
from pdf_reading import text_of

from charity import clock
from charity.bank import closing, matching, reconciliation, statements, verify
from charity.bank.statements import readers as statement_readers
from charity.db import reading
from charity.errors import Refusal
from charity.giving import unit_rosters
from charity.ledger.writer import Answer, Idem

ALIPAY = "1009/ALIPAY"


@pytest.mark.parametrize("last", [date(2026, 11, 30), date(2026, 12, 31), date(2028, 2, 29)], ids=str)
async def test_a_day_is_over_at_16_00_utc_also_the_last_of_a_month_and_a_year(house: Cast, last: date) -> None:
    """One microsecond before, the day is not over, and a file says nothing of its end; then it is, and it does."""
    over = datetime(last.year, last.month, last.day, 16, tzinfo=UTC)
    on, then = last.isoformat(), (last + timedelta(days=1)).isoformat()
    with clock.fixed(over - timedelta(microseconds=1)):
        await came(house, Line(2_000, "乙", on=on), start_fen=0)
        await refused("bank_day.not_over", prepared(house, on))
    with clock.fixed(over):
        await refused("bank_day.file_early", prepared(house, on))
        await came(house, Line(2_000, "乙", on=on), Line(70, "丙", on=on, at="23:59:59"), start_fen=0)
        await closed(house, on)
        assert (await shown(house, then)).facts()["before"] == on
        await refused("bank_day.not_over", prepared(house, then))
        await refused("day.closed", give(house, 100, channel="bank", channel_ref="OLD", received_on=on))
        await give(house, 100, channel="bank", channel_ref="NEW", received_on=then)
        assert [one.next_on for one in await closing.progress(by=house.auditor) if one.place.code == BANK] == [then]
        assert await verify.run() == []


async def outcomes(*asked: Any) -> list[str]:
    """What became of commands that were sent at once: done, or the code of the refusal."""
    ends = await asyncio.gather(*asked, return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException) and not isinstance(end, Refusal):
            raise end
    return sorted(end.code if isinstance(end, Refusal) else "done" for end in ends)


async def test_of_two_accountants_who_close_a_day_at_once_one_does(house: Cast) -> None:
    await two_days(house)
    key, content_hash = await prepared(house, day(3))
    at_once = [closing.close(key=key, content_hash=content_hash, by=by) for by in (house.accountant, house.accountant2)]
    assert await outcomes(*at_once) == ["bank_day.not_prepared", "done"]
    (row,) = (await closing.newest(by=house.auditor))[0]
    assert (row["status"], await verify.run()) == ("closed", [])


async def test_of_two_cashiers_who_prepare_a_day_at_once_the_last_has_prepared_it(house: Cast) -> None:
    await two_days(house)
    content_hash = (await shown(house, day(3))).shown().hash
    at_once = [
        closing.prepare(place=BANK, on=day(3), content_hash=content_hash, by=by)
        for by in (house.cashier, house.cashier2)
    ]
    made = await asyncio.gather(*at_once)
    assert len({answer.body["key"] for answer in made}) == 1
    (row,) = (await closing.newest(by=house.auditor))[0]
    hashes = [answer.body["content_hash"] for answer in made]
    assert (row["status"], row["content_hash"] in hashes, len(set(hashes))) == ("prepared", True, 2)
    stale = next(one for one in hashes if one != row["content_hash"])
    await refused("content.changed", closing.close(key=row["key"], content_hash=stale, by=house.accountant))
    await closing.close(key=row["key"], content_hash=row["content_hash"], by=house.accountant)
    assert await verify.run() == []


async def test_a_day_prepared_anew_while_it_is_closed_ends_closed_once(house: Cast) -> None:
    await two_days(house)
    key, content_hash = await prepared(house, day(3))
    fresh = (await shown(house, day(3))).shown().hash
    ends = await outcomes(
        closing.prepare(place=BANK, on=day(3), content_hash=fresh, by=house.cashier2),
        closing.close(key=key, content_hash=content_hash, by=house.accountant),
    )
    assert ends in (["bank_day.done", "done"], ["content.changed", "done"], ["done", "content.changed"]), ends
    (row,) = (await closing.newest(by=house.auditor))[0]
    assert (row["key"], row["status"] in {"closed", "prepared"}, await verify.run()) == (key, True, [])


@pytest.mark.parametrize("first", ["the gift", "the close"])
async def test_a_gift_into_a_day_that_is_being_closed_is_before_it_or_refused(house: Cast, first: str) -> None:
    await two_days(house)
    key, content_hash = await prepared(house, day(3))
    asked = [
        give(house, 500, channel="bank", channel_ref="RACE", received_on=day(3)),
        closing.close(key=key, content_hash=content_hash, by=house.accountant),
    ]
    ends = await outcomes(*(asked if first == "the gift" else reversed(asked)))
    assert ends.count("done") == 1, ends
    assert set(ends) - {"done"} <= {"day.closed", "bank_day.changed", "bank_day.behind"}
    gifts = await reading.value("SELECT COUNT(*) FROM donation WHERE channel_ref = 'RACE'")
    assert (gifts == 0, "day.closed" in ends, await verify.run()) == ("day.closed" in ends, gifts == 0, [])


async def test_the_same_key_prepares_and_closes_once_and_another_press_is_told(web: Any, house: Cast) -> None:
    await two_days(house)
    cashier, accountant = web.as_("cashier"), web.as_("accountant")
    page = hidden_of((await cashier.get("/bank/days/new", params={"place": BANK, "on": day(3)})).text)
    pressed = await asyncio.gather(*(cashier.post("/bank/days/new", data=page) for _ in range(2)))
    assert [one.status_code for one in pressed] == [303, 303]
    (href,) = {one.headers["location"] for one in pressed}
    waits = hidden_of((await accountant.get(href)).text)
    pressed = await asyncio.gather(*(accountant.post(f"{href}/close", data=waits) for _ in range(2)))
    assert [one.status_code for one in pressed] == [303, 303]
    assert await reading.value("SELECT COUNT(*) FROM bank_day") == 1
    other = await accountant.post(f"{href}/close", data=waits | {"idem": "another"})
    assert (other.status_code, "这次日结不在等待复核" in other.text) == (409, True)
    again = await cashier.post("/bank/days/new", data=page | {"idem": "another"})
    assert again.status_code == 409
    assert f"{day(3)} 已经日结" in again.text
    assert f'href="/bank/days?place={BANK.replace("/", "%2F")}"' in again.text
    idem = Idem("day.close", "k-9", "same")
    key, content_hash = await prepared(house, day(2))
    ends = await asyncio.gather(
        *(closing.close(key=key, content_hash=content_hash, by=house.accountant, idem=idem) for _ in range(2))
    )
    assert [end.body for end in ends] == [{"key": key, "on": day(2)}] * 2


async def test_page_call_and_import_refuse_what_is_dated_into_a_closed_day(web: Any, house: Cast) -> None:
    aid = await aid_opened(house)
    await aid.gift("F-EDU", 1_000_000)
    number, _ = await aid.approved()
    key, _ = await roster_filled(house)

    async def seen() -> str:
        return unit_rosters.locked_content(await unit_rosters.get(key, by=house.cashier)).hash

    await unit_rosters.lock(key, content_hash=await seen(), by=house.cashier)
    cashier = web.as_("cashier")
    await through(day(0))
    before = await reading.value("SELECT seq FROM head")
    gift = {"campaign": "one-day-2026", "channel": "bank", "channel_ref": "Z-1", "received_on": day(0)}
    page = hidden_of((await cashier.get("/donations/new")).text)
    typed = page | gift | {"amount_yuan": "1.00", "confirmed_amount_yuan": "1.00", "kind": "anonymous"}
    answer = await cashier.post("/donations/new", data=typed)
    assert (answer.status_code, "已经日结" in answer.text, "Z-1" in answer.text) == (409, True, True)
    call = gift | {"amount_fen": 100, "donor": {"kind": "anonymous"}}
    answer = await cashier.post("/api/v1/donations", json=call, headers=KEY)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:charity:problem:day.closed")
    paying = hidden_of((await cashier.get(f"/vouchers/{number}/pay")).text)
    paying |= {"paid_on": day(0), "paid_from": BANK, "channel_ref": "OUT-1"}
    answer = await cashier.post(f"/vouchers/{number}/pay", data=paying)
    assert (answer.status_code, "已经日结" in answer.text) == (409, True), answer.text
    settle = {"received_on": day(0), "received_fen": 10_000, "channel_ref": "R-1", "content_hash": await seen()}
    answer = await cashier.post(f"/api/v1/unit-rosters/{key}/settle", json=settle, headers={"Idempotency-Key": "k-2"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:charity:problem:day.closed"), answer.text
    assert await reading.value("SELECT seq FROM head") == before


async def alipay_file(house: Cast, on: str, fen_yuan: str) -> str:
    """A file of the platform with one payment: the key of its statement."""
    data = files.csv_of(files.alipay([(on, "09:00:00", fen_yuan, "", "捐款")]), encoding="gb18030")
    key = await statements.upload(place=ALIPAY, name="alipay.csv", data=data, by=house.cashier)
    seen = statement_readers.content(await statements.get(key, by=house.cashier)).hash
    await statements.take(key, content_hash=seen, by=house.cashier)
    return key


async def test_what_a_provider_tells_late_is_booked_on_the_first_open_day_with_its_own(web: Any, house: Cast) -> None:
    """The provider's line stood open at the close; the gift comes later, keeps its day, and is matched with it."""
    await alipay_file(house, day(3), "20.00")
    await closed(house, day(3), place=ALIPAY)
    was = await reconciliation.of(ALIPAY, day(3), by=house.auditor)
    assert [one.row["in_fen"] for one in was.lines] == [2_000]
    cashier = web.as_("cashier")
    gift = {"campaign": "everyday", "channel": "alipay", "channel_ref": "YW0", "received_on": day(3)}
    call = gift | {"amount_fen": 2_000, "donor": {"kind": "anonymous"}}
    answer = await cashier.post("/api/v1/donations", json=call, headers=KEY)
    assert answer.status_code == 201, answer.text
    row = await reading.row("SELECT received_on, booked_on FROM donation WHERE key = $1", answer.json()["id"])
    assert row == {"received_on": day(3), "booked_on": day(2)}
    page = (await web.as_("accountant").get(f"/donations/{answer.json()['id']}")).text
    assert f"{day(2)} 入账" in page
    await matching.keep_up()
    if open_rows := await open_movements(house, ALIPAY):
        (line,) = await lines(house, place=ALIPAY)
        await matching.match(lines=[line.row["key"]], movements=[open_rows[0]["key"]], by=house.accountant)
    now = await reconciliation.of(ALIPAY, day(3), by=house.auditor)
    assert ([one.row["key"] for one in now.lines], now.apart_fen) == ([one.row["key"] for one in was.lines], 0)
    then = await reconciliation.of(ALIPAY, day(2), by=house.auditor)
    assert (then.lines, then.movements, then.apart_fen) == ([], [], 0)
    await closed(house, day(2), 502_000, place=ALIPAY)
    assert [*await verify.run(), *await all_is_well()] == []
    await banked(house, 100, "BANK-1", received_on=day(2))
    await through(day(2))
    await refused("day.closed", banked(house, 100, "BANK-2", received_on=day(2)))


async def test_what_a_provider_tells_late_waits_while_no_later_day_has_come(house: Cast) -> None:
    await through(day(0))
    asked: dict[str, Any] = {"channel": "alipay", "channel_ref": "YW-1", "received_on": day(0)}
    await refused("day.closed", give(house, 100, **asked))
    await through(day(1))
    answer: Answer = await give(house, 100, **asked | {"received_on": day(4)})
    row = await reading.row("SELECT received_on, booked_on FROM donation WHERE key = $1", answer.body["id"])
    assert row == {"received_on": day(4), "booked_on": day(0)}
    assert await all_is_well() == []


async def test_the_first_day_offered_is_one_that_its_file_speaks_for(house: Cast) -> None:
    """Before the first close the list leads to a day that can be closed: not to the one on which its file came in."""
    noon = datetime.fromisoformat(f"{day(1)}T12:00:00").replace(tzinfo=clock.SHANGHAI)
    both = Line(2_000, "乙", on=day(3)), Line(500, "丙", on=day(1), at="08:00:00")
    with clock.fixed(noon):
        await came(house, *both, start_fen=0)
    assert [one.next_on for one in await closing.progress(by=house.auditor) if one.place.code == BANK] == [day(2)]
    await came(house, *both, Line(5, "丁", on=day(1)), start_fen=0)
    assert [one.next_on for one in await closing.progress(by=house.auditor) if one.place.code == BANK] == [day(1)]


async def signed(client: Any, asked: dict[str, str]) -> tuple[str, str]:
    """Who prepared and who reviewed a reconciliation, as it is printed."""
    printed = await client.get("/bank/reconciliation.pdf", params=asked)
    assert printed.status_code == 200
    text = " ".join(text_of(printed.content).split())
    return tuple(part.strip() for part in re.search("编制(.*?)复核人(.*?)财务负责人", text).groups())  # type: ignore[union-attr,return-value]


async def test_the_reconciliation_of_a_closed_day_names_who_prepared_and_who_closed_it(web: Any, house: Cast) -> None:
    await two_days(house)
    key = await closed(house, day(3))
    auditor, asked = web.as_("auditor"), {"place": BANK, "on": day(3)}
    assert f'href="/bank/days/{key}"' in (await auditor.get("/bank/reconciliation", params=asked)).text
    assert await signed(auditor, asked) == (house.cashier.name, house.accountant.name)
    asked["on"] = day(2)
    assert "/bank/days/" not in (await auditor.get("/bank/reconciliation", params=asked)).text.partition("<main")[2]
    assert await signed(auditor, asked) == (house.auditor.name, "")


@pytest.mark.parametrize(
    ("label", "made", "speaks"),
    [
        ("导出时间", "{on} 12:00:00", False),
        ("打印时间", "{on} 23:59:59", False),
        ("下载时间", "{on} 24:00:00", True),
        ("导出时间", "[{next} 00:00:00]", True),
        ("打印日期", "{on}", False),
        ("打印日期", "{next}", True),
        ("导出时间", "9999-01-01 00:00:00", True),
        ("导出时间", "{before} 09:00:00", True),
        ("导出时间", "随时", True),
    ],
)
async def test_a_file_that_says_when_it_was_made_is_believed_however_late_it_comes(
    house: Cast,
    label: str,
    made: str,
    speaks: bool,  # noqa: FBT001 - a row of the table above
) -> None:
    """All come in the day after. A moment to come, one before the lines of the file, and none at all say nothing."""
    on = day(2)
    text = made.format(on=on, next=day(1), before=day(3))
    data = csv_file(Line(2_000, "乙", on=on), start_fen=0) + f"{label}：{text}\r\n".encode()
    key = await statements.upload(place=BANK, name="late.csv", data=data, by=house.cashier)
    row = await statements.get(key, by=house.cashier)
    await statements.take(key, content_hash=statement_readers.content(row).hash, by=house.cashier)
    if speaks:
        await closed(house, on)
        return
    refusal = await refused("bank_day.file_early", prepared(house, on))
    assert refusal.facts["time"] == (text.split()[1][:5] if " " in text else "00:00")
    assert [one.next_on for one in await closing.progress(by=house.auditor) if one.place.code == BANK] == [day(3)]
    again = await statements.upload(place=BANK, name="again.csv", data=data, by=house.cashier)
    assert again == key
    await refused("bank_day.file_early", prepared(house, on))


async def test_when_a_file_was_made_is_shown(house: Cast, web: Any) -> None:
    data = csv_file(Line(2_000, "乙", on=day(2)), start_fen=0) + f"导出时间：{day(2)} 12:34:56\r\n".encode()
    key = await statements.upload(place=BANK, name="noon.csv", data=data, by=house.cashier)
    client = web.as_("cashier")
    shown_page = (await client.get(f"/bank/statements/{key}")).text
    assert "导出时间" in shown_page
    assert f"{day(2)} 12:34" in shown_page
    (answer,) = (await client.get("/api/v1/bank/statements")).json()["items"]
    assert answer["exported_at"] == clock.stamp(datetime.fromisoformat(f"{day(2)}T12:34:56+08:00"))
