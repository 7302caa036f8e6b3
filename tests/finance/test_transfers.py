"""Transfers: money changes its place, never its fund; the fee is the general fund's; a wrong slip is reversed once."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import as_shown
import pytest
from cast import Cast, resolved, tomorrow
from finance.given import BANK, CASH, WECHAT, asked, gifts, held, refused, settlement
from giving.given import give
from whole.given import verify_failures

from charity import clock, words
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.finance import opening, transfers, verify
from charity.finance.opening import Line
from charity.finance.transfers import verbs
from charity.ledger import funds, places, tracing
from charity.roles import Role
from charity.web import problems


async def test_cash_is_brought_to_the_bank_and_the_fund_keeps_what_it_has(house: Cast) -> None:
    await gifts(house)
    before = {row.code: row.available_fen for row in await funds.every()}
    answer = await transfers.make(await asked(channel_ref="ICBC-1"), by=house.cashier)
    assert answer.body["number"] == f"ZZ-{clock.today().year}-000001"
    assert await held() == {f"{BANK}/F-GEN": 8_000, f"{WECHAT}/F-EDU": 5_000, f"{WECHAT}/F-GEN": 30_000}
    assert {row.code: row.available_fen for row in await funds.every()} == before
    body = json.loads(await reading.value("SELECT body FROM entry WHERE id16 = $1", answer.body["entry"]))
    assert body["kind"] == "money.transfer"
    assert body["postings"] == [[f"{BANK}/F-GEN", "CNY", 8_000], [f"{CASH}/F-GEN", "CNY", -8_000]]
    assert "flows" not in body
    assert await verify_failures() == []


async def test_a_transfer_that_is_refused_is_no_money_elsewhere(house: Cast) -> None:
    await gifts(house)
    refusal = await refused(
        "fund_place.short",
        transfers.make(await asked(lines=(("F-GEN", 8_001),), channel_ref="ICBC-1"), by=house.cashier),
    )
    assert words.say(refusal.words, **refusal.facts) == (
        "“非限定性基金”在“现金”只有 80.00 元，需要 80.01 元。该基金的钱还在：微信支付 300.00 元。请先办理资金划转"
    )


async def test_a_settlement_of_two_funds_costs_the_general_fund_its_fee_and_no_gift(house: Cast) -> None:
    await gifts(house)
    answer = await transfers.make(await settlement(), by=house.cashier)
    assert await held() == {f"{CASH}/F-GEN": 8_000, f"{BANK}/F-EDU": 5_000, f"{BANK}/F-GEN": 29_790}
    assert (await funds.get("F-GEN")).available_fen == 37_790
    assert (await funds.get("F-EDU")).available_fen == 5_000
    body = json.loads(await reading.value("SELECT body FROM entry WHERE id16 = $1", answer.body["entry"]))
    assert body["postings"] == [
        ["5401/-/F-GEN", "CNY", 210],
        [f"{BANK}/F-EDU", "CNY", 5_000],
        [f"{WECHAT}/F-EDU", "CNY", -5_000],
        [f"{BANK}/F-GEN", "CNY", 29_790],
        [f"{WECHAT}/F-GEN", "CNY", -30_000],
    ]
    gift = await tracing.gift_state(1)
    assert (gift.given, gift.spent, gift.unspent) == (30_000, 210, 29_790)
    assert await verify_failures() == []


async def test_cash_for_aid_is_taken_from_the_bank_and_banks_pass_money_on(house: Cast) -> None:
    await gifts(house)
    await transactions.run(lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建设银行专户"))
    await transfers.make(await asked(), by=house.cashier)
    await transfers.make(await asked("between", BANK, "1002/CCB-02", lines=(("F-GEN", 3_000),)), by=house.cashier)
    await transfers.make(await asked("withdrawal", BANK, CASH, lines=(("F-GEN", 500),)), by=house.cashier)
    mine = {account: fen for account, fen in (await held()).items() if not account.startswith(WECHAT)}
    assert mine == {f"{CASH}/F-GEN": 500, f"{BANK}/F-GEN": 4_500, "1002/CCB-02/F-GEN": 3_000}
    assert await verify.run() == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("transfer.same_place", {"kind": "between", "source": BANK}),
        ("transfer.not_these_places", {"kind": "settlement"}),
        ("transfer.not_these_places", {"kind": "deposit", "source": WECHAT}),
        ("transfer.later", {"on": tomorrow}),
        ("transfer.nothing", {"lines": ()}),
        ("channel.ref_needed", {"channel_ref": ""}),
        ("channel.ref_needed", {"channel_ref": " - "}),
        ("channel.ref_needed", {"kind": "withdrawal", "source": BANK, "target": CASH, "channel_ref": ""}),
        ("transfer.fund_twice", {"lines": (("F-GEN", 1), ("F-GEN", 2))}),
        ("transfer.fee", {"fee_fen": 1}),
        ("transfer.fee", {"kind": "settlement", "source": WECHAT, "lines": (("F-GEN", 100),), "fee_fen": 100}),
        ("fund.unknown", {"lines": (("F-NONE", 1),)}),
        ("fund_place.short", {"lines": (("F-GEN", 8_001),)}),
        ("fund_place.short", {"lines": (("F-GEN", 1), ("F-EDU", 1))}),
    ],
)
async def test_what_cannot_move_is_refused_and_nothing_is_booked(house: Cast, code: str, changes: dict) -> None:
    await gifts(house)
    await refused(code, transfers.make(await asked(**resolved(changes)), by=house.cashier))
    assert await reading.value("SELECT COUNT(*) FROM money_transfer") == 0
    assert (await transfers.make(await asked(), by=house.cashier)).status == 201


async def test_a_fund_that_is_filled_in_twice_is_named(house: Cast) -> None:
    twice = await asked(lines=(("F-GEN", 1), ("F-GEN", 2)))
    refusal = await refused("transfer.fund_twice", transfers.make(twice, by=house.cashier))
    assert (problems.document(refusal)["detail"], refusal.facts["fund"]) == ("基金 非限定性基金 填写了两次", "F-GEN")


async def test_a_fee_that_the_general_fund_has_not_in_that_bank_is_refused(house: Cast) -> None:
    await give(house, 5_000, campaign="dream-2026", channel="wechat", channel_ref="W-2")
    only_edu = await settlement(lines=(("F-EDU", 5_000),))
    with pytest.raises(Refusal) as caught:
        await transfers.make(only_edu, by=house.cashier)
    assert caught.value.code in {"fund.short", "fund_place.short"}
    await give(house, 8_000)  # the fund has the money, in the till
    await refused("fund_place.short", transfers.make(only_edu, by=house.cashier))
    await transfers.make(await asked(), by=house.cashier)
    assert (await transfers.make(only_edu, by=house.cashier)).status == 201


async def test_agency_money_is_carried_by_itself_and_settled_with_the_rest(house: Cast) -> None:
    await gifts(house)
    agency = {"campaign": "wenchuan-2008"}
    await give(house, 700, **agency)
    await give(house, 900, channel="wechat", channel_ref="W-3", **agency)
    mixed = await asked(lines=(("F-GEN", 8_000), ("F-WC08", 700)))
    await refused("transfer.agency", transfers.make(mixed, by=house.cashier))
    await transfers.make(await asked(lines=(("F-WC08", 700),)), by=house.cashier)
    await transfers.make(await settlement(lines=(("F-GEN", 30_000), ("F-WC08", 900))), by=house.cashier)
    assert (await held())[f"{BANK}/F-WC08"] == 1_600
    assert await verify_failures() == []


async def test_a_slip_is_not_dated_before_its_money_came(house: Cast) -> None:
    today = clock.today()
    for fen, days in ((5_000, 3), (3_000, 1)):
        await give(house, fen, received_on=(today - timedelta(days=days)).isoformat())
    early = await asked(on=today - timedelta(days=3))
    refusal = await refused("fund_place.short_on", transfers.make(early, by=house.cashier))
    assert refusal.facts["day"] == early.on.isoformat()
    assert (f"{refusal.facts['place']}", refusal.facts["left_yuan"]) == ("现金", "50.00")
    assert (await transfers.make(replace(early, lines=(("F-GEN", 5_000),)), by=house.cashier)).status == 201
    back = await asked("withdrawal", BANK, CASH, on=today - timedelta(days=4), lines=(("F-GEN", 1),))
    await refused("fund_place.short_on", transfers.make(back, by=house.cashier))
    assert (await transfers.make(await asked(lines=(("F-GEN", 3_000),)), by=house.cashier)).status == 201
    assert await verify_failures() == []


async def test_a_day_of_a_closed_period_is_refused(house: Cast) -> None:
    await gifts(house)
    yesterday = clock.today() - timedelta(days=1)
    closed = "UPDATE head SET closed_through = $1 WHERE id = 1 RETURNING id"
    await transactions.run(lambda tx: tx.rows(closed, yesterday.isoformat()))
    refusal = await refused("transfer.closed", transfers.make(await asked(on=yesterday), by=house.cashier))
    assert refusal.facts["closed_through"] == yesterday.isoformat()
    assert (await transfers.make(await asked(), by=house.cashier)).status == 201


async def test_no_slip_lies_before_the_opening_of_the_books(house: Cast) -> None:
    seen = (await opening.write(on=clock.today(), lines=[Line("F-GEN", BANK, 500)], by=house.accountant)).body
    confirm = {"content_hash": seen["content_hash"], "confirmed_total_fen": 500, "by": house.accountant2}
    await opening.confirm(**confirm)
    await gifts(house)
    before = await asked(on=clock.today() - timedelta(days=1))
    refusal = await refused("transfer.closed", transfers.make(before, by=house.cashier))
    assert refusal.facts["closed_through"] == (clock.today() - timedelta(days=1)).isoformat()
    assert (await transfers.make(await asked(), by=house.cashier)).status == 201


async def test_a_bank_number_belongs_to_one_slip_until_it_is_reversed(house: Cast) -> None:
    await gifts(house)
    slip = await asked(channel_ref="icbc 77", lines=(("F-GEN", 100),))
    number = (await transfers.make(slip, by=house.cashier)).body["number"]
    await refused("channel.ref_used", transfers.make(replace(slip, channel_ref="ICBC-77"), by=house.cashier))
    await as_shown.transfer_back(number=number, reason="回单看错", by=house.accountant)
    assert (await transfers.make(replace(slip, channel_ref="ICBC-77"), by=house.cashier)).status == 201
    assert await verify.run() == []


async def test_a_wrong_slip_is_taken_back_once_with_its_fee(house: Cast) -> None:
    await gifts(house)
    before = await held()
    number = (await transfers.make(await settlement(), by=house.cashier)).body["number"]
    await as_shown.transfer_back(number=number, reason="手续费写错", by=house.accountant)
    assert await held() == before
    assert (await funds.get("F-GEN")).available_fen == 38_000
    await refused("transfer.reversed", as_shown.transfer_back(number=number, reason="再来", by=house.accountant))
    await refused("transfer.unknown", as_shown.transfer_back(number="ZZ-2026-999999", reason="无", by=house.accountant))
    assert await verify_failures() == []


async def test_a_slip_whose_money_went_on_is_not_taken_back(house: Cast) -> None:
    await gifts(house)
    number = (await transfers.make(await asked(), by=house.cashier)).body["number"]
    back = await asked("withdrawal", BANK, CASH)
    await transfers.make(back, by=house.cashier)
    await refused("fund_place.short", as_shown.transfer_back(number=number, reason="写错", by=house.accountant))


async def test_only_a_cashier_moves_and_only_an_accountant_takes_back(house: Cast) -> None:
    await gifts(house)
    slip = await asked()
    for role in Role:
        if role is not Role.CASHIER:
            await refused("not_yours", transfers.make(slip, by=house.actors[role.value]))
    number = (await transfers.make(slip, by=house.cashier)).body["number"]
    for role in Role:
        if role is not Role.ACCOUNTANT:
            await refused(
                "not_yours", as_shown.transfer_back(number=number, reason="写错", by=house.actors[role.value])
            )


async def test_a_cashier_who_became_an_accountant_does_not_take_back_an_own_slip(house: Cast) -> None:
    await gifts(house)
    number = (await transfers.make(await asked(), by=house.cashier)).body["number"]
    later = replace(house.cashier, roles=frozenset({Role.ACCOUNTANT}))
    await refused("transfer.own", as_shown.transfer_back(number=number, reason="写错", by=later))
    await as_shown.transfer_back(number=number, reason="写错", by=house.accountant)


async def test_of_two_slips_over_the_same_money_one_is_booked(house: Cast) -> None:
    await gifts(house)
    slips = [await asked(lines=(("F-GEN", 5_000),)) for _ in range(2)]
    outcomes = await asyncio.gather(*(transfers.make(s, by=house.cashier) for s in slips), return_exceptions=True)
    codes = sorted(o.code if isinstance(o, Refusal) else "booked" for o in outcomes)
    assert codes == ["booked", "fund_place.short"]
    assert await reading.value("SELECT next FROM series WHERE name = 'transfer'") == 2


async def test_what_changed_since_it_was_shown_is_not_booked(house: Cast) -> None:
    await gifts(house)
    slip = await asked(lines=(("F-GEN", 5_000),))
    seen = verbs.shown(slip, {"F-GEN": 8_000}).hash
    await give(house, 100)
    refusal = await refused("content.changed", transfers.make(slip, content_hash=seen, by=house.cashier))
    assert refusal.now is not None
    assert refusal.now.facts["lines"] == [{"fund": "F-GEN", "amount_fen": 5_000, "held_fen": 8_100}]
    assert (await transfers.make(slip, content_hash=refusal.now.content_hash, by=house.cashier)).status == 201


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("UPDATE money_transfer SET amount_fen = amount_fen + 1", "各列与分录"),
        ("UPDATE money_transfer SET fee_fen = fee_fen + 1", "各列与分录"),
        ("UPDATE money_transfer SET source = '1009/ALIPAY'", "各列与分录"),
        ("UPDATE money_transfer SET on_day = '2020-01-01'", "各列与分录"),
        ("UPDATE money_transfer SET channel_ref = 'X'", "回单号"),
        ("UPDATE money_transfer SET number = 'ZZ-2026-000009'", "编号序列"),
        ("DELETE FROM money_transfer", "却没有划转单"),
        ("UPDATE money_transfer SET reversed_by = 'x', reversed_at = 'x', reversal_seq = 1, reason = $1", "冲销的记录"),
    ],
)
async def test_verify_names_a_slip_that_is_not_what_was_booked(house: Cast, fault: str, words: str) -> None:
    await gifts(house)
    await transfers.make(await settlement(), by=house.cashier)
    args = [b"x"] if "$1" in fault else []
    await transactions.run(lambda tx: tx.many(fault, [args]))
    assert any(words in failure.words for failure in await verify.run())
