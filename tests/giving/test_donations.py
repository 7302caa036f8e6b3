"""Gifts of money: recorded once, posted, answered with a receipt."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from cast import Cast
from conftest import Web
from giving.given import balance, code_of, entries, give
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.sqlite.client import SqliteClient

from charity import clock
from charity.db import reading
from charity.errors import Refusal
from charity.giving import campaigns, donations
from charity.ledger.writer import Idem
from charity.people.persons import Donor
from charity.roles import SYSTEM

GIFTS = 20


async def test_a_gift_is_not_dated_before_its_campaign_began(house: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        await give(house, received_on="2026-09-30")
    assert refused.value.code == "campaign.not_begun"


async def test_a_gift_is_one_entry_with_a_receipt_and_counts_in_the_figures(house):
    answer = await give(house, 12_345)
    assert answer.status == 201
    year = clock.today().year
    assert answer.body["receipt"]["number"] == f"CS-{year}-000001"
    assert await balance("1001/-/F-GEN") == 12_345
    assert await balance("4101/-/F-GEN") == -12_345
    row = await donations.get(answer.body["id"], by=SYSTEM)
    assert (row.amount_fen, row.receipt_id, row.campaign_id) == (12_345, answer.body["receipt"]["code"], "one-day-2026")
    figures = (await campaigns.get("one-day-2026")).figures
    assert (figures.received_fen, figures.refunded_fen, figures.gifts, figures.donors) == (12_345, 0, 1, 1)
    assert figures.seq == await entries() == 1


async def test_a_gift_asks_the_database_nothing_outside_its_batch(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """One read more a gift made three gifts of one: thousands come in a second. What lasts is known after the first."""
    body = {
        "campaign": "one-day-2026",
        "amount_fen": 100,
        "received_on": clock.today().isoformat(),
        "channel": "wechat",
    }
    body["donor"] = {"kind": "person", "name": "王小明", "phone": "19900002222"}
    asked: list[str] = []
    for kind in (SqliteClient, AsyncpgDBClient):
        for name in ("execute_query", "execute_query_dict"):
            plain = getattr(kind, name)

            async def noted(client: Any, query: str, values: Any = None, *, plain: Any = plain) -> Any:
                asked.append(query)
                return await plain(client, query, values)

            monkeypatch.setattr(kind, name, noted)
    for n in range(GIFTS + 1):
        headers = {"Idempotency-Key": f"gift-{n}"}
        answer = await web.as_("cashier").post(
            "/api/v1/donations", json=body | {"channel_ref": f"r{n}"}, headers=headers
        )
        assert answer.status_code == 201, answer.text
        if n == 0:
            asked.clear()
    assert len(asked) < GIFTS / 2, asked  # the head file looks now and then, beside the gifts


async def test_no_name_or_phone_enters_a_body_or_a_stored_answer(house):
    await give(house, idem=Idem("donation.receive:x", "k1", "f"))
    for table, column in (("entry", "body"), ("idem", "response")):
        text = str(await reading.value(f"SELECT {column} FROM {table}"))
        assert "王" not in text
        assert "1990000" not in text


async def test_receipt_numbers_have_no_gap_when_a_gift_is_refused_between(house):
    first = await give(house)
    with pytest.raises(Refusal):
        await give(house, campaign="winter-2025")
    second = await give(house)
    numbers = [a.body["receipt"]["number"][-6:] for a in (first, second)]
    assert numbers == ["000001", "000002"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"campaign": "nowhere"}, "campaign.unknown"),
        ({"campaign": "winter-2025"}, "campaign.not_open"),
        ({"campaign": "draft-2027"}, "campaign.not_open"),
        ({"channel": "pigeon"}, "channel.unknown"),
        ({"channel": "bank"}, "channel.ref_needed"),
        ({"channel": "wechat"}, "channel.ref_needed"),
        ({"channel": "alipay"}, "channel.ref_needed"),
        ({"channel": "sandbox"}, "channel.sandbox"),
        ({"fund": "F-DIS"}, "campaign.fund_not_choice"),
        ({"work_unit": "LXU99"}, "work_unit.unknown"),
        ({"received_on": (clock.today() + timedelta(days=1)).isoformat()}, "donation.in_future"),
    ],
)
async def test_a_gift_that_breaks_a_rule_is_refused_and_nothing_is_written(house, changes, code):
    with pytest.raises(Refusal) as refused:
        await give(house, **changes)
    assert code_of(refused) == code
    assert await entries() == 0
    assert await reading.value("SELECT COUNT(*) FROM person") == 0


@pytest.mark.parametrize("who", ["accountant", "clerk", "auditor", "admin", "approver", "organiser"])
async def test_only_a_cashier_records_a_gift(house, who):
    with pytest.raises(Refusal) as refused:
        await give(house, by=getattr(house, who))
    assert refused.value.status == 403


async def test_a_payment_reference_counts_once_in_its_channel(house):
    await give(house, channel="bank", channel_ref="ICBC20261008001")
    await give(house, channel="wechat", channel_ref="ICBC20261008001")
    with pytest.raises(Refusal) as refused:
        await give(house, channel="bank", channel_ref="ICBC20261008001")
    assert code_of(refused) == "channel.ref_used"
    assert await entries() == 2
    assert await balance("1002/ICBC-01/F-GEN") == 10_000
    assert await balance("1009/WECHAT/F-GEN") == 10_000


async def test_the_same_reference_ten_times_at_once_is_one_entry(house):
    outcomes = await asyncio.gather(
        *(give(house, channel="bank", channel_ref="R1") for _ in range(10)), return_exceptions=True
    )
    refused = [o for o in outcomes if isinstance(o, Refusal)]
    assert len(refused) == 9
    assert {r.code for r in refused} == {"channel.ref_used"}
    assert await entries() == 1


async def test_the_same_key_ten_times_at_once_is_one_entry_and_one_answer(house):
    key = Idem("donation.receive:cashier", "key-1", "same")
    answers = await asyncio.gather(*(give(house, idem=key) for _ in range(10)))
    assert len({json.dumps(a.body, sort_keys=True) for a in answers}) == 1
    assert sum(not a.replayed for a in answers) == 1
    assert await entries() == 1


async def test_a_designated_gift_goes_to_the_chosen_fund(house):
    await give(house, fund="F-EDU")
    assert await balance("4101/-/F-EDU") == -10_000
    assert await balance("4101/-/F-GEN") == 0


async def test_money_for_a_named_recipient_is_a_debt_and_no_income(house):
    await give(house, campaign="wenchuan-2008")
    assert await balance("2601/-/F-WC08") == -10_000
    assert await balance("4101/-/F-WC08") == 0


async def test_an_anonymous_gift_keeps_its_receipt_undelivered(house):
    answer = await give(house, donor=Donor())
    delivery = await reading.value("SELECT delivery FROM receipt WHERE code = $1", answer.body["receipt"]["code"])
    assert delivery == "kept_undelivered"
