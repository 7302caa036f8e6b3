"""Gifts of money: recorded once, posted, answered with a receipt."""

import asyncio
import json
from typing import Any

import as_shown
import pytest
from cast import Cast, resolved, tomorrow
from conftest import Web
from giving.given import approved, balance, code_of, entries, give, requested, today
from goods.given import RICE, TOWEL, opened
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.sqlite.client import SqliteClient

from charity import clock
from charity.db import reading, sealed, sqlite_child
from charity.errors import Refusal
from charity.giving import campaigns, donations, receipts
from charity.ledger import head_file
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
    monkeypatch.setattr(head_file, "PACE_S", 3_600)  # it looks now and then, however many gifts there are
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
    assert len(asked) < GIFTS / 2, asked


async def test_the_rows_of_a_gift_travel_to_sqlite_as_they_are(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """One word of a class of its own (a StrEnum) has every value of the batch looked at: 10 µs a gift."""
    made_plain: list[Any] = []
    plain = sqlite_child._plain
    monkeypatch.setattr(sqlite_child, "_plain", lambda step: made_plain.append(step) or plain(step))
    for n in range(2):
        answer = await give(
            house, channel="wechat", channel_ref=f"W-{n}", donor=Donor("person", "王小明", "19900002222")
        )
        assert answer.status == 201
    assert made_plain == []


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
        ({"received_on": lambda: tomorrow().isoformat()}, "donation.in_future"),
    ],
)
async def test_a_gift_that_breaks_a_rule_is_refused_and_nothing_is_written(house, changes, code):
    with pytest.raises(Refusal) as refused:
        await give(house, **resolved(changes))
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


async def _rows(donation: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A gift and its entry, as they are stored."""
    gift = await reading.row("SELECT * FROM donation WHERE key = $1", donation)
    assert gift is not None
    entry = await reading.row("SELECT * FROM entry WHERE seq = $1", gift["seq"])
    assert entry is not None
    return gift, entry


async def test_all_that_was_said_of_a_gift_is_kept_and_what_was_not_said_is_not_made_up(house: Cast) -> None:
    more = {
        "fund": "F-EDU",
        "channel": "bank",
        "channel_ref": "R9",
        "work_unit": "LXU02",
        "public_name": True,
        "public_amount": False,
        "memo": "给孩子们",
    }
    full, plain = (await give(house, 800, **more)).body["id"], (await give(house, 900)).body["id"]
    gift, entry = await _rows(full)
    assert sealed.unseal("donation", "memo", full, gift.pop("memo")) == "给孩子们"
    receipt, donor = gift.pop("receipt"), gift.pop("donor")
    assert gift.pop("party") == donor, "the first of his phone"
    assert await reading.value("SELECT name FROM person WHERE key = $1", donor) == "王小明"
    expected = {
        "key": full,
        "kind": "cash",
        "campaign": "one-day-2026",
        "fund": "F-EDU",
        "work_unit": "LXU02",
        "amount_fen": 800,
        "refunded_fen": 0,
        "received_on": today(),
        "channel": "bank",
        "channel_ref": "R9",
        "pledge": None,
        "store": None,
        "seq": 1,
        "booked_on": today(),
        "public_name": True,
        "public_amount": False,
        "status": "ok",
        "recorded_by": house.cashier.key,
        "recorded_at": entry["recorded_at"],
    }
    assert {
        name: type(expected[name])(value) if expected[name] is not None else value for name, value in gift.items()
    } == expected
    assert await reading.value("SELECT code FROM receipt WHERE number LIKE '%-000001'") == receipt
    gift, _ = await _rows(plain)
    assert (gift["work_unit"], gift["channel_ref"], gift["memo"]) == (None, "", None)
    assert (bool(gift["public_name"]), bool(gift["public_amount"])) == (False, False), "nobody was asked"
    assert await reading.value("SELECT COUNT(*) FROM payment_number") == 1


async def test_goods_are_a_gift_that_names_nobody_in_public(house: Cast) -> None:
    shop = await opened(house)
    taken = await shop.bring_answer(RICE, 3, unit_value_fen=2_650, campaign="everyday")
    await shop.bring(TOWEL, 1)
    gift, entry = await _rows(
        await reading.value("SELECT donation FROM goods_intake WHERE number = $1", taken["number"])
    )
    assert (gift["kind"], gift["amount_fen"], gift["refunded_fen"], gift["status"]) == ("in_kind", 7_950, 0, "ok")
    assert (gift["channel"], gift["channel_ref"], gift["work_unit"], gift["pledge"], gift["memo"]) == (
        "",
        "",
        None,
        None,
        None,
    )
    assert (gift["store"], gift["campaign"], gift["fund"]) == ("LX01", "everyday", "F-GEN")
    assert (gift["recorded_by"], gift["recorded_at"]) == (house.clerk.key, entry["recorded_at"])
    assert (bool(gift["public_name"]), bool(gift["public_amount"])) == (False, False)
    assert await reading.value("SELECT COUNT(*) FROM donation WHERE amount_fen IS NULL AND receipt IS NULL") == 1


@pytest.mark.parametrize(("donor", "delivery"), [(Donor(), "kept_undelivered"), (Donor("person", "王小明"), "pending")])
async def test_only_a_receipt_that_names_nobody_stays_here(house: Cast, donor: Donor, delivery: str) -> None:
    answer = await give(house, donor=donor)
    assert (await receipts.get(answer.body["receipt"]["code"])).delivery == delivery


async def test_the_newest_gifts_of_a_campaign_name_whom_the_valid_receipt_names(house: Cast) -> None:
    await give(house, 1)
    await give(house, 9, campaign="everyday")
    by = house.accountant
    answer = await give(house, 2, work_unit="LXU02", public_name=True, public_amount=False)
    other = await give(house, 3, public_amount=True)
    await as_shown.replace(answer.body["receipt"]["code"], reason="写错", donor=Donor("person", "李四"), by=by)
    await as_shown.void(other.body["receipt"]["code"], reason="写错", by=by)
    gone = await give(house, 4)
    await approved(await requested(house, gone, 4), house.approver)
    latest = await donations.latest("one-day-2026", 2)
    assert [(g.amount_fen, g.giver and g.giver.name, g.unit, g.public_name, g.public_amount) for g in latest] == [
        (3, "王小明", "", False, True),
        (2, "李四", "市民政局", False, False),
    ]
    assert [g.amount_fen for g in await donations.latest("one-day-2026", 9)] == [3, 2, 1]
    with pytest.raises(Refusal) as refused:
        await donations.get("none", by=SYSTEM)
    assert (code_of(refused), refused.value.status) == ("donation.unknown", 404)


@pytest.mark.parametrize(
    ("channel", "account"),
    [
        ("bank", "1002/ICBC-01"),
        ("wechat", "1009/WECHAT"),
        ("alipay", "1009/ALIPAY"),
        ("cash", "1001/-"),
    ],
)
async def test_money_lies_where_its_channel_says_and_only_providers_have_references(
    house: Cast, channel: str, account: str
) -> None:
    provider = channel in {"bank", "wechat", "alipay"}
    await give(house, 7, channel=channel, channel_ref="R1" if provider else "")
    assert await balance(f"{account}/F-GEN") == 7
    await give(house, 5, channel=channel, channel_ref="R2")
    assert await balance(f"{account}/F-GEN") == 12
