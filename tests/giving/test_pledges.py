"""Pledges: they post nothing, and what their money does."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import as_shown
import pytest
from giving.given import all_is_well, code_of, entries, give, promised, today

from charity import clock, tokens
from charity.db import reading, sealed, transactions
from charity.errors import Refusal
from charity.giving import campaigns, channels, pledges, receipts, work_units
from charity.giving.pledges import Promise, screens
from charity.ledger.writer import Answer
from charity.office import organisation
from charity.people.persons import Donor
from charity.roles import SYSTEM


async def test_a_pledge_posts_nothing_and_has_a_reference_that_checks(house):
    code = await promised()
    row = await pledges.get(code)
    assert await entries() == 0
    assert tokens.reference_valid(row.reference)
    assert row.reference.startswith("ONE-")
    assert row.status == "pending"
    assert (await campaigns.get("one-day-2026")).figures.received_fen == 0


async def test_a_pledge_of_a_work_unit_carries_the_units_reference(house):
    row = await pledges.get(await promised(work_unit="LXU02"))
    assert row.reference.startswith("YRJ2602-")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"campaign": "nowhere"}, "campaign.unknown"),
        ({"campaign": "winter-2025"}, "campaign.not_open"),
        ({"fund": "F-WARM"}, "campaign.fund_not_choice"),
        ({"work_unit": "LXU99"}, "work_unit.unknown"),
        ({"channel": "pigeon"}, "channel.unknown"),
        ({"channel": "box"}, "channel.not_promised"),
        ({"channel": "sandbox"}, "channel.not_promised"),
    ],
)
async def test_a_pledge_that_breaks_a_rule_is_refused(house, changes, code):
    with pytest.raises(Refusal) as refused:
        await promised(**changes)
    assert code_of(refused) == code
    assert await reading.value("SELECT COUNT(*) FROM pledge") == 0


@pytest.mark.parametrize("demo", [False, True])
async def test_a_channel_of_the_demo_takes_promises_in_a_demo_only(house, monkeypatch, demo):
    """Were the sandbox to be paid like a transfer."""
    sandbox = replace(channels.CHANNELS["sandbox"], paid=channels.Paid.ACCOUNT)
    monkeypatch.setitem(channels.CHANNELS, "sandbox", sandbox)
    monkeypatch.setattr(channels, "PROMISED", (*channels.PROMISED, "sandbox"))
    await transactions.run(lambda tx: organisation.describe(tx, replace(organisation.UNNAMED, demo=demo)))
    assert ("sandbox" in [choice["value"] for choice in await screens.pay_choices("one-day-2026")]) == demo
    if demo:
        assert await promised(channel="sandbox")
        return
    with pytest.raises(Refusal) as refused:
        await promised(channel="sandbox")
    assert code_of(refused) == "channel.sandbox"


async def test_a_pledge_may_arrive_in_parts_each_with_its_receipt(house):
    code = await promised(amount_fen=20_000)
    first = await as_shown.receive(
        code, amount_fen=5_000, received_on=today(), channel="bank", channel_ref="A1", by=house.cashier
    )
    assert (await pledges.get(code)).status == "partial"
    second = await as_shown.receive(
        code, amount_fen=15_000, received_on=today(), channel="bank", channel_ref="A2", by=house.cashier
    )
    row = await pledges.get(code)
    assert (row.status, row.received_fen) == ("received", 20_000)
    numbers = [r.number for r in await pledges.receipts_of(code)]
    assert numbers == [first.body["receipt"]["number"], second.body["receipt"]["number"]]
    figures = (await campaigns.get("one-day-2026")).figures
    assert (figures.received_fen, figures.gifts, figures.donors) == (20_000, 2, 1)


async def test_a_pledge_that_is_complete_takes_no_more_money(house):
    code = await promised(amount_fen=100)
    await as_shown.receive(code, amount_fen=100, received_on=today(), channel="cash", by=house.cashier)
    with pytest.raises(Refusal) as refused:
        await as_shown.receive(code, amount_fen=100, received_on=today(), channel="cash", by=house.cashier)
    assert code_of(refused) == "pledge.done"
    assert await entries() == 1


async def test_a_pledge_expires_by_the_clock_and_its_money_is_still_taken(house):
    long_ago = clock.now() - timedelta(days=pledges.PLEDGE_DAYS + 1)
    with clock.fixed(long_ago):
        code = await promised(amount_fen=100)
    row = await pledges.get(code)
    assert pledges.shown_status(row.status, row.expires_at) == "expired"
    listed = await pledges.page(pledges.Filters(status="expired"), 10, by=SYSTEM)
    assert [r["code"] for r in listed] == [code]
    await as_shown.receive(code, amount_fen=100, received_on=today(), channel="cash", by=house.cashier)
    row = await pledges.get(code)
    assert pledges.shown_status(row.status, row.expires_at) == "received"


async def test_money_of_a_pledge_is_taken_after_the_campaign_closed(house):
    code = await promised()
    await campaigns.close("one-day-2026", by=house.accountant)
    await as_shown.receive(code, amount_fen=100, received_on=today(), channel="cash", by=house.cashier)
    with pytest.raises(Refusal) as refused:
        await give(house)
    assert code_of(refused) == "campaign.not_open"


async def test_the_cashier_finds_a_pledge_by_part_of_its_reference(house):
    code = await promised()
    await promised()
    row = await pledges.get(code)
    rows = await pledges.page(pledges.Filters(reference=row.reference[-7:].lower()), 10, by=SYSTEM)
    assert [r["code"] for r in rows] == [code]
    first = await pledges.page(pledges.Filters(), 1, by=SYSTEM)
    after = f"{first[0]['created_at']}|{first[0]['code']}"
    rest = await pledges.page(pledges.Filters(after=after), 10, by=SYSTEM)
    assert {first[0]["code"], *(r["code"] for r in rest)} == {
        r["code"] for r in await pledges.page(pledges.Filters(), 9, by=SYSTEM)
    }
    assert len(rest) == 1


AT = "2026-11-01T00:00:00.000000Z"


async def test_a_promise_is_kept_as_it_was_made_for_thirty_days(house: Any) -> None:
    made = Promise(
        campaign="one-day-2026",
        amount_fen=20_000,
        channel="bank",
        donor=Donor("person", "王小明"),
        public_name=True,
        public_amount=False,
        fund="F-EDU",
        work_unit="LXU02",
        message="加油",
    )
    with clock.fixed(clock.instant(AT)):
        answer = await pledges.promise(made)
    code, reference = answer.body["code"], answer.body["reference"]
    assert answer == Answer(
        201,
        {
            "code": code,
            "reference": reference,
            "status": "pending",
            "amount_fen": 20_000,
            "expires_at": "2026-12-01T00:00:00.000000Z",
        },
    )
    row = await pledges.get(code)
    assert (row.reference, row.status, row.campaign_id, row.fund, row.channel) == (
        reference,
        "pending",
        "one-day-2026",
        "F-EDU",
        "bank",
    )
    assert (row.amount_fen, row.received_fen, row.work_unit_id) == (20_000, 0, "LXU02")
    assert (row.public_name, row.public_amount, row.expires_at) == (True, False, "2026-12-01T00:00:00.000000Z")
    assert sealed.unseal("pledge", "message", code, row.message) == "加油"
    assert await reading.value("SELECT name FROM person WHERE key = $1", row.donor_id) == "王小明"
    assert [await pledges.known(c) for c in (code, "none")] == [True, False]
    with pytest.raises(Refusal) as refused:
        await pledges.get("none")
    assert (code_of(refused), refused.value.status) == ("pledge.unknown", 404)


@pytest.mark.parametrize(
    ("reference", "prefix"),
    [("YRJ26-02", "YRJ2602"), ("yrj单位26.02", "YRJ2602"), ("A" * 15, "A" * 12), ("单位", "ONE")],
)
async def test_a_reference_begins_with_what_a_bank_remark_takes_of_the_units(
    house: Any, reference: str, prefix: str
) -> None:
    await work_units.add(code="LXU01", name="某单位", kind="government", reference="OTHER", by=house.accountant)
    sql = "UPDATE work_unit SET reference = $1 WHERE code = 'LXU02'"
    await transactions.run(lambda tx: tx.rows(sql, reference))
    assert (await pledges.get(await promised(work_unit="LXU02"))).reference.split("-")[0] == prefix


async def test_a_reference_is_drawn_twice_and_then_asked_for_again(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = ["ONE-1", "ONE-2", "ONE-1", "ONE-3", "ONE-3", "ONE-1"]
    monkeypatch.setattr(tokens, "reference", lambda _: drawn.pop(0))
    assert [(await pledges.get(await promised())).reference for _ in range(2)] == ["ONE-1", "ONE-3"]
    with pytest.raises(Refusal) as refused:
        await promised()
    assert (code_of(refused), refused.value.status) == ("pledge.busy", 503)


@pytest.mark.parametrize(
    ("sums", "status"), [([199], "partial"), ([200], "received"), ([201], "received"), ([150, 49], "partial")]
)
async def test_a_pledge_is_received_when_all_of_it_has_come(house: Any, sums: list[int], status: str) -> None:
    code = await promised(amount_fen=200)
    for fen in sums:
        answer = await as_shown.receive(code, amount_fen=fen, received_on=today(), channel="cash", by=house.cashier)
        assert answer.status == 201
    row = await pledges.get(code)
    assert (row.status, row.received_fen) == (status, sum(sums))
    figures = (await campaigns.get("one-day-2026")).figures
    assert (figures.gifts, figures.donors) == (len(sums), 1)
    assert await all_is_well() == []


@pytest.mark.parametrize(
    ("donor", "kept", "delivery"),
    [
        (Donor("person", "王小明"), "kept", "pending"),
        (Donor(), "kept", "kept_undelivered"),
        (Donor("person", "王小明"), "erased", "kept_undelivered"),
    ],
)
async def test_the_receipt_of_a_promise_that_names_nobody_stays_here(
    house: Any, monkeypatch: pytest.MonkeyPatch, donor: Donor, kept: str, delivery: str
) -> None:
    code = await promised(donor=donor)
    if kept == "erased":

        async def gone(_: Any) -> tuple[str, ...]:
            return ()

        monkeypatch.setattr(pledges.verbs.parties, "keys_of", gone)
    answer = await as_shown.receive(code, amount_fen=1, received_on=today(), channel="cash", by=house.cashier)
    assert (await receipts.get(answer.body["receipt"]["code"])).delivery == delivery


async def test_money_of_a_pledge_has_come_already(house: Any) -> None:
    code = await promised()
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    with pytest.raises(Refusal) as refused:
        await as_shown.receive(code, amount_fen=1, received_on=tomorrow, channel="cash", by=house.cashier)
    assert code_of(refused) == "donation.in_future"


async def test_the_valid_receipts_of_a_pledge_are_listed_in_order(house: Any) -> None:
    code, other = await promised(), await promised()
    numbers = []
    for of in (code, other, code, code):
        answer = await as_shown.receive(of, amount_fen=1, received_on=today(), channel="cash", by=house.cashier)
        numbers.append(answer.body["receipt"])
    await as_shown.void(numbers[2]["code"], reason="写错", by=house.accountant)
    assert [r.number for r in await pledges.receipts_of(code)] == [numbers[0]["number"], numbers[3]["number"]]


async def test_the_list_of_pledges_takes_every_filter_alone_and_together(house: Any) -> None:
    """Those of 1 and 2 November, and one of today that is paid in part."""
    codes = {}
    for name, at, campaign in (
        ("first", AT, "everyday"),
        ("second", "2026-11-02T00:00:00.000000Z", "one-day-2026"),
        ("third", "2026-11-02T00:00:00.000000Z", "everyday"),
    ):
        with clock.fixed(clock.instant(at)):
            codes[name] = await promised(campaign=campaign)
    codes["paid"] = await promised()
    await as_shown.receive(codes["paid"], amount_fen=1, received_on=today(), channel="cash", by=house.cashier)
    name_of = {code: name for name, code in codes.items()}

    async def listed(at: str, **filters: str) -> set[str]:
        with clock.fixed(clock.instant(at)):
            return {name_of[row["code"]] for row in await pledges.page(pledges.Filters(**filters), 9, by=house.cashier)}

    day_30 = "2026-12-01T00:00:00.000000Z"
    assert await listed(day_30) == {"first", "second", "third", "paid"}
    assert await listed(day_30, status="expired") == set()
    assert await listed(day_30, status="pending") == {"first", "second", "third"}
    assert await listed("2026-12-01T00:00:00.000001Z", status="expired") == {"first"}
    assert await listed("2026-12-01T00:00:00.000001Z", status="pending") == {"second", "third"}
    assert await listed("2027-12-01T00:00:00.000001Z", status="expired", campaign="everyday") == {"first", "third"}
    assert await listed(day_30, status="partial") == {"paid"}
    assert await listed(day_30, status="received") == set()
    assert await listed(day_30, campaign="everyday") == {"first", "third"}
    for at, shown in ((day_30, "pending"), ("2026-12-01T00:00:00.000001Z", "expired")):
        with clock.fixed(clock.instant(at)):
            assert pledges.shown_status("pending", day_30) == shown
            assert pledges.shown_status("partial", day_30) == "partial"
    assert await pledges.page(pledges.Filters(), 9, by=house.clerk) == []


async def test_the_list_of_pledges_is_read_page_by_page_from_the_newest(house: Any) -> None:
    codes = []
    for at in ("2026-11-01T00:00:00.000000Z", "2026-11-02T00:00:00.000000Z", "2026-11-02T00:00:00.000000Z"):
        with clock.fixed(clock.instant(at)):
            codes.append(await promised())
    newest = [*sorted(codes[1:], reverse=True), codes[0]]
    seen: list[str] = []
    after = ""
    while page := await pledges.page(pledges.Filters(after=after), 1, by=SYSTEM):
        seen += [row["code"] for row in page]
        after = f"{page[-1]['created_at']}|{page[-1]['code']}"
    assert seen == newest
    assert [row["code"] for row in await pledges.page(pledges.Filters(after="nonsense"), 9, by=SYSTEM)] == newest


async def test_a_pledge_is_looked_up_by_four_signs_or_more_of_its_reference(house: Any) -> None:
    codes = [await promised() for _ in range(3)]
    for code, reference in zip(codes, ("YRJ26-AAAB234", "YRJ26-CCCB234", "YRJ26-AAAB235"), strict=True):
        values = ("UPDATE pledge SET reference = $2 WHERE code = $1", code, reference)
        await transactions.run(lambda tx, values=values: tx.rows(*values))

    async def listed(reference: str) -> set[int]:
        rows = await pledges.page(pledges.Filters(reference=reference), 9, by=SYSTEM)
        return {codes.index(row["code"]) for row in rows}

    assert await listed("b234") == {0, 1}
    assert await listed("AAAB234") == {0}
    assert await listed("yrj26 aaab234") == {0}
    assert await listed("YRJ26-AAAB235") == {2}
    assert await listed("B236") == set()


@pytest.mark.parametrize("status", ["draft", "filed"])
async def test_a_stranger_hears_no_more_of_a_draft_than_of_nothing(house: Any, web: Any, status: str) -> None:
    """Guessing the name in an address finds neither a campaign that is not public yet nor that there is one."""
    set_ = "UPDATE campaign SET status = $1 WHERE slug = 'draft-2027' RETURNING slug"
    await transactions.run(lambda tx: tx.rows(set_, status))
    body = {"amount_fen": 100, "channel": "bank", "donor": {"kind": "anonymous"}}
    body |= {"public_name": False, "public_amount": False}
    client, answers = web.as_(), []
    for slug in ("draft-2027", "nothing-27"):
        call = await client.post("/api/v1/pledges", json=body | {"campaign": slug})
        answers.append((call.status_code, call.text.replace(slug, "…"), [
            (await client.request(method, f"/campaigns/{slug}{path}")).status_code
            for method, path in (("GET", ""), ("GET", "/give"))
        ]))  # fmt: skip
    assert re.sub('"(instance|request)[^,}]*', "", answers[0][1]) == re.sub(
        '"(instance|request)[^,}]*', "", answers[1][1]
    )
    assert answers[0][0] == answers[1][0] == 422
    assert answers[0][2] == answers[1][2] == [404, 404]
