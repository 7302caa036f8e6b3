"""The opening: the first entry or none, written by one and confirmed by another over what was shown."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from cast import Cast, resolved, tomorrow
from conftest import Web
from finance.given import BANK, CASH, held, refused
from giving.given import give
from whole.given import verify_failures

from charity import clock
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.finance import opening, verify
from charity.finance.opening import Line
from charity.ledger import entries, funds, tracing
from charity.roles import Role
from charity.web import problems

API = "/api/v1/ledger/opening"
FORM = {"sec-fetch-site": "same-origin"}
LINES = (Line("F-GEN", BANK, 70_000), Line("F-GEN", CASH, 3_000), Line("F-EDU", BANK, 5_000), Line("F-WC08", BANK, 900))


async def written(house: Cast, **changes: Any) -> str:
    """A draft: its content hash."""
    values: dict[str, Any] = {"on": clock.today(), "lines": LINES, "by": house.accountant, **changes}
    return str((await opening.write(**values)).body["content_hash"])


async def test_the_books_begin_with_what_each_fund_has_and_where_it_lies(house: Cast) -> None:
    seen = await written(house)
    assert await reading.value("SELECT seq FROM head") == 0
    answer = await opening.confirm(content_hash=seen, confirmed_total_fen=78_900, by=house.accountant2)
    assert answer.body["status"] == "confirmed"
    assert await held() == {f"{line.place}/{line.fund}": line.amount_fen for line in LINES}
    worth = {row["account"]: row["quantity"] for row in await entries.balances() if row["quantity"] < 0}
    assert worth == {"3101/-/F-GEN": -73_000, "3102/-/F-EDU": -5_000, "2601/-/F-WC08": -900}
    available = {row.code: row.available_fen for row in await funds.every() if row.available_fen}
    assert available == {"F-GEN": 73_000, "F-EDU": 5_000, "F-WC08": 900}
    assert await verify_failures() == []


async def test_what_is_spent_first_was_carried_and_no_gift(house: Cast) -> None:
    seen = await written(house, lines=(Line("F-GEN", CASH, 3_000),))
    await opening.confirm(content_hash=seen, confirmed_total_fen=3_000, by=house.approver)
    await give(house, 5_000)
    state = await tracing.gift_state(2)
    assert (state.given, state.unspent) == (5_000, 5_000)
    first = await reading.row("SELECT start, stop, seq FROM inflow WHERE fund = 'F-GEN' ORDER BY start LIMIT 1")
    assert first == {"start": 0, "stop": 3_000, "seq": 1}


async def test_nothing_lies_before_the_opening_whatever_it_is(house: Cast) -> None:
    on = clock.today() - timedelta(days=2)
    seen = await written(house, on=on, lines=(Line("F-GEN", CASH, 3_000),))
    await refused("opening.total", opening.confirm(content_hash=seen, confirmed_total_fen=1, by=house.approver))
    assert (await entries.head()).closed_through == "", "a refused one closes nothing"
    await opening.confirm(content_hash=seen, confirmed_total_fen=3_000, by=house.approver)
    assert (await entries.head()).closed_through == (on - timedelta(days=1)).isoformat()
    for days, booked in ((30, on), (2, on), (1, on + timedelta(days=1))):
        received = (clock.today() - timedelta(days=days)).isoformat()
        gift = (await give(house, 5_000 + days, campaign="everyday", received_on=received)).body
        row = await reading.row("SELECT received_on, booked_on FROM donation WHERE key = $1", gift["id"])
        assert row == {"received_on": received, "booked_on": booked.isoformat()}
    assert await verify_failures() == []


async def test_books_that_have_begun_have_no_opening_any_more(house: Cast) -> None:
    seen = await written(house)
    await give(house)
    await refused("opening.begun", written(house))
    confirm = {"content_hash": seen, "confirmed_total_fen": 78_900}
    await refused("opening.begun", opening.confirm(**confirm, by=house.accountant2))


async def test_it_is_booked_once_even_when_two_confirm_at_once(house: Cast) -> None:
    seen = await written(house)
    confirm = {"content_hash": seen, "confirmed_total_fen": 78_900}
    people = (house.accountant2, house.approver, house.approver2)
    outcomes = await asyncio.gather(*(opening.confirm(**confirm, by=p) for p in people), return_exceptions=True)
    codes = sorted(o.code if isinstance(o, Refusal) else "booked" for o in outcomes)
    assert codes == ["booked", "opening.begun", "opening.begun"]
    assert await reading.value("SELECT seq FROM head") == 1


async def test_who_wrote_it_does_not_confirm_it_and_a_total_is_typed_again(house: Cast) -> None:
    await refused("opening.none", opening.confirm(content_hash="0" * 64, confirmed_total_fen=1, by=house.approver))
    seen = await written(house)
    await refused("opening.own", opening.confirm(content_hash=seen, confirmed_total_fen=78_900, by=house.accountant))
    await refused("opening.total", opening.confirm(content_hash=seen, confirmed_total_fen=78_901, by=house.approver))
    fresh = await written(house, lines=LINES[:2], by=house.accountant2)  # now it is the second accountant's
    changed = await refused(
        "content.changed", opening.confirm(content_hash=seen, confirmed_total_fen=78_900, by=house.approver)
    )
    assert changed.now is not None
    assert changed.now.facts["total_fen"] == 73_000
    assert (await opening.confirm(content_hash=fresh, confirmed_total_fen=73_000, by=house.accountant)).status == 201


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("opening.later", {"on": tomorrow}),
        ("opening.empty", {"lines": ()}),
        ("opening.fund", {"lines": (Line("F-NONE", BANK, 1),)}),
        ("fields.unreadable", {"lines": (Line("F-GEN", "1002/NONE", 1),)}),
        ("opening.twice", {"lines": (Line("F-GEN", BANK, 1), Line("F-GEN", BANK, 2))}),
    ],
)
async def test_what_cannot_be_an_opening_is_refused(house: Cast, code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        await written(house, **resolved(changes))
    assert (caught.value.code, caught.value.status) == (code, 422)
    assert await reading.value("SELECT COUNT(*) FROM opening") == 0


async def test_a_fund_and_a_place_that_are_filled_in_twice_are_named(house: Cast) -> None:
    with pytest.raises(Refusal) as caught:
        await written(house, lines=(Line("F-GEN", BANK, 1), Line("F-GEN", BANK, 2)))
    assert problems.document(caught.value)["detail"] == "基金 非限定性基金 在 工商银行基本户 填写了两次"
    assert (caught.value.facts["fund"], caught.value.facts["place"]) == ("F-GEN", BANK)


async def test_only_an_accountant_writes_and_only_accountants_and_approvers_confirm(house: Cast) -> None:
    for role in Role:
        by = house.actors[role.value]
        if role is not Role.ACCOUNTANT:
            await refused("not_yours", opening.write(on=clock.today(), lines=LINES, by=by))
        if role not in {Role.ACCOUNTANT, Role.APPROVER}:
            await refused("not_yours", opening.confirm(content_hash="0" * 64, confirmed_total_fen=1, by=by))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("UPDATE opening SET total_fen = total_fen + 1", "哈希或各列不符"),
        ("UPDATE opening SET content = replace(content, '70000', '70001')", "与分录 #1 不符"),
        ("UPDATE opening SET confirmed_by = 'x'", "与分录 #1 不符"),
        ("DELETE FROM opening", "没有它的记录"),
    ],
)
async def test_verify_names_an_opening_that_is_not_what_was_booked(house: Cast, fault: str, words: str) -> None:
    seen = await written(house)
    await opening.confirm(content_hash=seen, confirmed_total_fen=78_900, by=house.approver)
    await transactions.run(lambda tx: tx.many(fault, [[]]))
    assert any(words in failure.words for failure in await verify.run())


async def test_the_calls_write_show_and_confirm(house: Cast, web: Web) -> None:
    assert (await web.as_("auditor").get(API)).status_code == 404
    lines = [{"fund": "F-GEN", "account": BANK, "amount_fen": 70_000}]
    body = {"on": clock.today().isoformat(), "lines": lines}
    wrote = await web.as_("accountant").post(API, json=body, headers={"Idempotency-Key": "a"})
    assert (wrote.status_code, wrote.json()["total_fen"]) == (201, 70_000)
    read = (await web.as_("auditor").get(API)).json()
    assert (read["status"], read["lines"], read["content_hash"]) == ("draft", lines, wrote.json()["content_hash"])
    confirm = {"content_hash": read["content_hash"], "confirmed_total_fen": 70_000}
    place = f"{API}/confirm"
    for changes, field in (
        ({"content_hash": "x"}, "content_hash"),
        ({"confirmed_total_fen": 1}, "confirmed_total_fen"),
    ):
        sent = {**confirm, **changes}
        wrong = await web.as_("approver").post(place, json=sent, headers={"Idempotency-Key": "b"})
        assert (wrong.status_code, [e["field"] for e in wrong.json()["errors"]]) == (422, [field])
    done = await web.as_("approver").post(place, json=confirm, headers={"Idempotency-Key": "b"})
    assert (done.status_code, done.json()["status"]) == (201, "confirmed")
    assert (await web.as_("auditor").get(API)).json()["seq"] == 1


async def test_the_pages_write_and_confirm_without_a_script(house: Cast, web: Web) -> None:
    accountant, approver = web.as_("accountant"), web.as_("approver")
    assert "填写期初余额" in (await accountant.get("/opening")).text
    typed = {"rows": "8", "on": clock.today().isoformat(), "fund.0": "F-GEN", "place.0": BANK, "amount.0": "700"}
    more = await accountant.post("/opening/edit", data={**typed, "step": "more"}, headers=FORM)
    assert 'name="amount.15"' in more.text
    assert 'value="700"' in more.text
    wrong = await accountant.post("/opening/edit", data={**typed, "fund.0": "", "amount.1": "x"}, headers=FORM)
    assert wrong.status_code == 422
    assert all(f'href="#f-{name}"' in wrong.text for name in ("fund.0", "amount.1", "fund.1", "place.1"))
    saved = await accountant.post("/opening/edit", data=typed, headers=FORM)
    assert saved.status_code == 303
    assert "确认入账" not in (await accountant.get("/opening")).text
    assert "等您核对确认" in (await approver.get("/desk")).text
    page = (await approver.get("/opening")).text
    seen = page.partition('name="content_hash" value="')[2][:64]
    short = {"content_hash": seen, "total_yuan": "70"}
    assert (await approver.post("/opening/confirm", data=short, headers=FORM)).status_code == 422
    assert (await accountant.post("/opening/edit", data={**typed, "place.0": CASH}, headers=FORM)).status_code == 303
    changed = await approver.post("/opening/confirm", data={**short, "total_yuan": "700.00"}, headers=FORM)
    assert changed.status_code == 409
    assert 'value="700.00"' not in changed.text, "the total of what was shown before is typed again"
    short["content_hash"] = changed.text.partition('name="content_hash" value="')[2][:64]
    done = await approver.post("/opening/confirm", data={**short, "total_yuan": "700.00"}, headers=FORM)
    assert done.status_code == 303
    assert "已入账" in (await approver.get("/opening")).text
    assert (await accountant.get("/opening/edit")).status_code == 409


async def test_a_draft_that_can_no_longer_be_booked_waits_for_nobody(house: Cast, web: Web) -> None:
    await opening.write(on=clock.today(), lines=[opening.Line("F-GEN", BANK, 70_000)], by=house.accountant)
    approver = web.as_("approver")
    assert "等您核对确认" in (await approver.get("/desk")).text
    assert 'name="total_yuan"' in (await approver.get("/opening")).text
    await give(house, 100)
    assert "等您核对确认" not in (await approver.get("/desk")).text
    assert 'name="total_yuan"' not in (await approver.get("/opening")).text
