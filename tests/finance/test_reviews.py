"""Reviews: by number, over what was shown, by an accountant who neither made nor handled it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import as_shown
import pytest
from aid.given import Aid, advanced, branch_opened, recorded, roster
from cast import Cast
from conftest import Web
from finance.given import asked, refused
from giving.given import approved, corrected, give, paid, refunded, requested
from pdf_reading import flat, page_count, paper_size_mm
from tampering import tampered
from whole.given import verify_failures

from charity import clock
from charity.aid import rosters
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.finance import reviews, transfers, verify
from charity.finance.reviews import readers
from charity.roles import Role

API = "/api/v1/ledger"
FORM = {"sec-fetch-site": "same-origin"}
DAY, NOON = "2026-11-25", datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


async def takings(house: Cast, *sums: int) -> None:
    with clock.fixed(NOON):
        for fen in sums:
            await give(house, fen, received_on=DAY)


async def seen(house: Cast, *numbers: str) -> str:
    """What a reviewer sees of these, now."""
    views = [await readers.get(number, by=house.accountant) for number in numbers]
    return reviews.together({view.row["number"]: view.content_hash for view in views}).hash


async def review(house: Cast, *numbers: str, by: str = "accountant", content_hash: str = "") -> Any:
    shown = content_hash or await seen(house, *numbers)
    return await reviews.review(numbers=numbers, content_hash=shown, by=house.actors[by])


async def test_a_review_is_a_row_over_the_leaves_and_later_takings_open_a_new_number(house: Cast) -> None:
    await takings(house, 100, 200)
    before = await reading.rows("SELECT * FROM entry")
    assert (await review(house, "202611-0001")).body == {"reviewed": ["202611-0001"]}
    assert await reading.rows("SELECT * FROM entry") == before
    (row,) = await reading.rows("SELECT * FROM journal_review")
    voucher = await reading.row("SELECT * FROM journal_voucher")
    assert voucher is not None
    assert (row["reviewer"], row["entries"], row["leaves"]) == (house.accountant.key, 2, voucher["leaves"])
    await takings(house, 300)
    day = await readers.waiting(DAY, by=house.accountant)
    assert [(v.row["number"], v.row["entries"]) for v in day.vouchers] == [("202611-0002", 1)]
    assert await verify_failures() == []


async def test_a_reversal_names_the_voucher_that_it_takes_back_on_page_and_paper(house: Cast, web: Web) -> None:
    with clock.fixed(NOON):
        await corrected(house, await give(house, 7_000, received_on=DAY))
    gift, back = [row["number"] for row in await reading.rows("SELECT number FROM journal_voucher ORDER BY month, n")]
    number = await reading.value("SELECT number FROM gift_reversal")
    words, accountant = f"冲销捐款 {number}，注销 {DAY} 记-0001 号凭证", web.as_("accountant2")
    page = (await accountant.get(f"/journal/{back}")).text
    assert words in page
    assert f'href="/reversals/{number}"' in page
    assert words in (await accountant.get("/journal")).text
    document = flat((await accountant.get(f"/journal/{back}.pdf")).content)
    assert f"冲销捐款{number}，注销" in document
    assert f"{DAY}记-0001号凭证" in document
    assert "注销" not in (await accountant.get(f"/journal/{gift}")).text


async def test_neither_who_made_it_nor_who_handled_its_money_reviews_it(house: Cast) -> None:
    await takings(house, 8_000)
    number = (await transfers.make(await asked(), by=house.cashier)).body["number"]
    await as_shown.transfer_back(number=number, reason="写错", by=house.accountant)
    cashier = replace(house.cashier, roles=frozenset({Role.ACCOUNTANT}))
    numbers = [row["number"] for row in await reading.rows("SELECT number FROM journal_voucher ORDER BY month, n")]
    gift, moved, back = numbers
    for own, by in ((gift, cashier), (moved, cashier), (back, house.accountant)):
        shown = await seen(house, own)
        await refused("review.own", reviews.review(numbers=[own], content_hash=shown, by=by))
    for role in Role:
        if role is not Role.ACCOUNTANT:
            by = house.actors[role.value]
            await refused("not_yours", reviews.review(numbers=[gift], content_hash="0" * 64, by=by))
    assert (await review(house, gift, moved)).status == 201
    assert (await review(house, back, by="accountant2")).status == 201
    assert await verify_failures() == []


async def test_an_entry_that_joined_meanwhile_was_not_seen(house: Cast) -> None:
    await takings(house, 100)
    shown = await seen(house, "202611-0001")
    await takings(house, 50)
    refusal = await refused("content.changed", review(house, "202611-0001", content_hash=shown))
    assert refusal.now is not None
    assert refusal.now.content_hash == await seen(house, "202611-0001")
    assert (await review(house, "202611-0001")).status == 201


async def test_one_that_was_reversed_meanwhile_was_not_seen(house: Cast) -> None:
    await takings(house, 8_000)
    number = (await transfers.make(await asked(), by=house.cashier)).body["number"]
    (mine,) = await reading.rows("SELECT number FROM journal_voucher WHERE kind = 'money.transfer'")
    shown = await seen(house, mine["number"])
    await as_shown.transfer_back(number=number, reason="写错", by=house.accountant2)
    await refused("content.changed", review(house, mine["number"], content_hash=shown))
    view = await readers.get(mine["number"], by=house.accountant)
    assert view.reversed == [2]
    assert (await review(house, mine["number"])).status == 201
    assert await verify_failures() == []


async def test_a_gift_that_is_undone_meanwhile_is_named_and_its_undoing_is_the_requesters(house: Cast) -> None:
    with clock.fixed(NOON):
        gift = await give(house, 100, received_on=DAY)
        await give(house, 50, received_on=DAY)
        shown = await seen(house, "202611-0001")
        await corrected(house, gift, by=house.approver)
        refusal = await refused("content.changed", review(house, "202611-0001", content_hash=shown))
    assert refusal.now is not None
    view = await readers.get("202611-0001", by=house.accountant)
    assert (view.reversed, view.row["entries"]) == ([1], 2)
    undone = await readers.get("202611-0002", by=house.accountant)
    assert (undone.row["kind"], undone.row["unusual"]) == ("gift.reversal", "reversal")
    assert undone.names(undone.row["makers"]) == [house.accountant.name]
    await refused("review.own", review(house, "202611-0002"))
    assert (await review(house, "202611-0001", "202611-0002", by="accountant2")).status == 201
    assert await verify_failures() == []


async def test_a_refund_and_its_payment_are_unusual_and_the_cashiers(house: Cast) -> None:
    with clock.fixed(NOON):
        gift = await give(house, 10_000, received_on=DAY)
        await refunded(house, gift, 1_000)
    rows = await reading.rows("SELECT kind, unusual, cashiers, makers FROM journal_voucher ORDER BY n")
    assert [(row["kind"], row["unusual"]) for row in rows[1:]] == [
        ("gift.refund", "refund"),
        ("refund.paid", "cash refund"),
    ]
    assert [row["cashiers"] for row in rows[1:]] == ["", house.cashier.key]
    assert [row["makers"] for row in rows[1:]] == [house.accountant.key] * 2, "who asked for it has made it too"


async def test_who_asked_for_a_refund_does_not_review_it_at_any_door(house: Cast, web: Web) -> None:
    with clock.fixed(NOON):
        await refunded(house, await give(house, 10_000, received_on=DAY), 1_000)
        accountant, other = web.as_("accountant"), web.as_("accountant2")
        for number in ("202611-0002", "202611-0003"):
            await refused("review.own", review(house, number))
            call = {"vouchers": [number], "content_hash": await seen(house, number)}
            answer = await accountant.post(f"{API}/reviews", json=call, headers={"Idempotency-Key": number})
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:charity:problem:review.own")
            whole = (await accountant.get(f"{API}/vouchers/{number}")).json()
            assert whole["maker"] == house.accountant.name
        own, others = [(await who.get(f"/journal?on={DAY}")).text for who in (accountant, other)]
        assert (own.count('name="seen"'), others.count('name="seen"')) == (1, 3), "the gift alone can be ticked"
        assert (await review(house, "202611-0002", "202611-0003", by="accountant2")).status == 201
    assert await verify_failures() == []
    own = f"UPDATE journal_review SET reviewer = '{house.accountant.key}' WHERE number = '202611-0002'"
    for fault in (own, "UPDATE journal_voucher SET makers = '' WHERE kind = 'gift.refund'"):
        async with tampered(fault):
            assert set(await verify_failures()) == {"I14"}, fault


async def test_who_approved_a_refund_or_a_correction_does_not_review_it_at_any_door(house: Cast, web: Web) -> None:
    """An accountant may approve; then neither the approval nor the payment that it allowed is theirs to review."""
    with clock.fixed(NOON):
        made = await give(house, 10_000, received_on=DAY)
        number = await requested(house, made, 1_000)
        await approved(number, house.accountant2)
        await paid(house, number)
        await corrected(house, await give(house, 500, received_on=DAY), by=house.accountant2)
        rows = await reading.rows("SELECT number, kind FROM journal_voucher WHERE kind <> 'gift.cash' ORDER BY n")
        assert [row["kind"] for row in rows] == ["gift.refund", "refund.paid", "gift.reversal"]
        client = web.as_("accountant2")
        for row in rows:
            await refused("review.approved", review(house, row["number"], by="accountant2"))
            call = {"vouchers": [row["number"]], "content_hash": await seen(house, row["number"])}
            answer = await client.post(f"{API}/reviews", json=call, headers={"Idempotency-Key": row["number"]})
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:charity:problem:review.approved")
        page = (await client.get(f"/journal?on={DAY}")).text
        assert page.count('name="seen"') == 1, "the gifts alone can be ticked"
        assert (await review(house, "202611-0001", by="accountant2")).status == 201
    assert await verify_failures() == []


async def test_who_approved_a_payment_or_a_roster_does_not_review_it_at_any_door(house: Cast) -> None:
    """An approver may be an accountant too: 审批 and 复核 are two persons' looks."""
    both = replace(house.approver, roles=frozenset({Role.APPROVER, Role.ACCOUNTANT}))
    await give(house, 300_000, campaign="everyday", channel="bank", channel_ref="B1")
    await branch_opened()
    aid = Aid(house, "", "")
    voucher = await advanced(aid)
    number, shown = await recorded(house, voucher, roster(100, 1))
    await rosters.confirm(number=number, content_hash=shown, by=house.approver)
    rows = await reading.rows("SELECT number, kind FROM journal_voucher WHERE kind <> 'gift.cash' ORDER BY n")
    assert [row["kind"] for row in rows] == ["voucher.paid", "branch.roster"]
    for row in rows:
        shown = await seen(house, row["number"])
        await refused("review.approved", reviews.review(numbers=[row["number"]], content_hash=shown, by=both))
        assert (await readers.get(row["number"], by=both)).mine, "the page offers no tick"
        await review(house, row["number"])
    assert await verify_failures() == []
    for row in rows:
        of = f"'{house.approver.key}' WHERE number = '{row['number']}'"
        async with tampered(
            f"UPDATE journal_review SET reviewer = {of}", f"UPDATE journal_voucher SET reviewed_by = {of}"
        ):
            assert set(await verify_failures()) == {"I14"}, row["kind"]


async def test_verify_names_a_review_by_who_approved(house: Cast) -> None:
    with clock.fixed(NOON):
        await refunded(house, await give(house, 10_000, received_on=DAY), 1_000)
        await review(house, "202611-0002", "202611-0003", by="accountant2")
    assert await verify_failures() == []
    for number in ("202611-0002", "202611-0003"):
        of = f"'{house.approver.key}' WHERE number = '{number}'"
        async with tampered(
            f"UPDATE journal_review SET reviewer = {of}", f"UPDATE journal_voucher SET reviewed_by = {of}"
        ):
            assert set(await verify_failures()) == {"I14"}, number


async def test_what_is_not_there_or_done_is_refused_whole(house: Cast) -> None:
    await takings(house, 100)
    shown = await seen(house, "202611-0001")
    both = ["202611-0001", "202611-0009"]
    await refused("journal_voucher.unknown", reviews.review(numbers=both, content_hash=shown, by=house.accountant))
    await refused("review.nothing", reviews.review(numbers=[], content_hash=shown, by=house.accountant))
    await review(house, "202611-0001")
    await refused("review.done", review(house, "202611-0001"))
    assert await reading.value("SELECT COUNT(*) FROM journal_review") == 1


async def test_of_two_reviews_at_once_one_counts(house: Cast) -> None:
    await takings(house, 100)
    shown = await seen(house, "202611-0001")
    calls = (review(house, "202611-0001", by=by, content_hash=shown) for by in ("accountant", "accountant2"))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    codes = sorted(o.code if isinstance(o, Refusal) else "reviewed" for o in outcomes)
    assert codes == ["review.done", "reviewed"]


async def test_gifts_that_arrive_with_the_review_are_on_the_next_number(house: Cast) -> None:
    await takings(house, 100)
    shown = await seen(house, "202611-0001")
    with clock.fixed(NOON):
        gifts = [give(house, 10, received_on=DAY) for _ in range(3)]
        await asyncio.gather(review(house, "202611-0001", content_hash=shown), *gifts, return_exceptions=True)
    rows = await reading.rows("SELECT number, entries, reviewed_at FROM journal_voucher ORDER BY n")
    assert sum(row["entries"] for row in rows) == 4
    reviewed = [row["entries"] for row in rows if row["reviewed_at"]]
    assert reviewed in ([], [1])  # a gift that came first was not on the screen: then nothing is reviewed
    assert await verify_failures() == []


async def test_the_unusual_stands_first_and_days_follow_one_another(house: Cast) -> None:
    with clock.fixed(NOON):
        await give(house, 100, received_on="2026-11-20")
        await give(house, 100, received_on=DAY)
        await give(house, 5_000_000, received_on=DAY, channel="wechat", channel_ref="W")
    first = await readers.waiting("", by=house.accountant)
    assert (first.on, first.before, first.behind) == ("2026-11-20", "", DAY)
    day = await readers.waiting(DAY, by=house.accountant)
    assert [v.row["unusual"] for v in day.vouchers] == ["large", ""]
    page = await readers.waiting(DAY, by=house.accountant, limit=1)
    rest = await readers.waiting(DAY, after=page.following or "", by=house.accountant, limit=1)
    assert [v.row["number"] for v in (*page.vouchers, *rest.vouchers)] == [v.row["number"] for v in day.vouchers]
    assert rest.following is None


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE journal_review SET entries = entries + 1",
        "UPDATE journal_review SET leaves = 'x'",
        "UPDATE journal_review SET at = 'x'",
        "UPDATE journal_review SET reviewer = (SELECT cashiers FROM journal_voucher)",
        "DELETE FROM journal_review",
    ],
)
async def test_verify_names_a_review_that_is_not_over_its_entries(house: Cast, fault: str) -> None:
    await takings(house, 100)
    await review(house, "202611-0001")
    await transactions.run(lambda tx: tx.many(fault, [[]]))
    assert [f.invariant for f in await verify.run()] == ["I14"]


async def test_the_calls_list_show_and_review(house: Cast, web: Web) -> None:
    await takings(house, 100, 200)
    accountant = web.as_("accountant")
    listed = (await accountant.get(f"{API}/unreviewed")).json()
    assert (listed["on"], [item["number"] for item in listed["items"]], listed["next"]) == (DAY, ["202611-0001"], None)
    whole = (await web.as_("auditor").get(f"{API}/vouchers/202611-0001?limit=1")).json()
    assert whole["lines"] == [
        {"account": "1001/-/F-GEN", "debit_fen": 300, "credit_fen": 0},
        {"account": "4101/-/F-GEN", "debit_fen": 0, "credit_fen": 300},
    ]
    assert ([e["seq"] for e in whole["entries"]], whole["next"]) == ([1], "1")
    assert (whole["cashier"], whole["maker"], whole["reviewer"]) == (house.cashier.name, None, None)
    rest = (await accountant.get(f"{API}/vouchers/202611-0001?after=1")).json()
    assert [e["seq"] for e in rest["entries"]] == [2]
    assert (await accountant.get(f"{API}/vouchers/202611-0002")).status_code == 404
    body = {"vouchers": ["202611-0001"], "content_hash": listed["content_hash"]}
    wrong = {**body, "content_hash": "0" * 64}
    changed = await accountant.post(f"{API}/reviews", json=wrong, headers={"Idempotency-Key": "a"})
    assert (changed.status_code, changed.json()["type"]) == (409, "urn:charity:problem:content.changed")
    done = await accountant.post(f"{API}/reviews", json=body, headers={"Idempotency-Key": "a"})
    assert (done.status_code, done.json()) == (201, {"reviewed": ["202611-0001"]})
    shown = (await accountant.get(f"{API}/vouchers/202611-0001")).json()
    assert shown["reviewer"] == house.accountant.name
    assert (await accountant.get(f"{API}/unreviewed?on={DAY}")).json()["items"] == []


async def test_the_pages_show_every_line_before_anything_is_ticked(house: Cast, web: Web) -> None:
    await takings(house, 100, 200)
    accountant = web.as_("accountant")
    assert "张记账凭证等复核" in (await accountant.get("/desk")).text
    page = (await accountant.get("/journal")).text
    assert "checked" not in page.partition("<main")[2]
    assert all(words in page for words in ("记-0001", "收到捐款，2 笔", "1001 现金", "4101 捐赠收入", "系统，据单据"))
    ticked = page.partition('name="seen" value="')[2].partition('"')[0]
    nothing = await accountant.post("/journal/review", data={"on": DAY}, headers=FORM)
    assert nothing.status_code == 422
    await takings(house, 7)
    changed = await accountant.post("/journal/review", data={"on": DAY, "seen": ticked}, headers=FORM)
    assert (changed.status_code, "您看过之后有变动" in changed.text) == (409, True)
    ticked = changed.text.partition('name="seen" value="')[2].partition('"')[0]
    done = await accountant.post("/journal/review", data={"on": DAY, "seen": ticked}, headers=FORM)
    assert (done.status_code, done.headers["location"]) == (303, f"/journal?on={DAY}")
    shown = (await web.as_("auditor").get("/journal/202611-0001")).text
    assert "已复核" in shown
    assert house.accountant.name in shown
    assert "<button" not in shown.partition("<main")[2].partition("</main")[0]
    assert (await accountant.get("/journal/202611-0009")).status_code == 404


async def test_a_voucher_and_a_part_of_a_month_are_printed(house: Cast, web: Web) -> None:
    await takings(house, 100, 200)
    with clock.fixed(NOON):
        await give(house, 12_345, received_on=DAY, channel="wechat", channel_ref="W")
    await review(house, "202611-0001")
    auditor = web.as_("auditor")
    one = await auditor.get("/journal/202611-0001.pdf")
    assert one.headers["content-type"] == "application/pdf"
    text = flat(one.content)
    for words in (
        "记账凭证",
        "记-0001",
        DAY,
        "收到捐款，2笔",
        "1001",
        "捐赠收入",
        "叁元整",
        "附件2张",
        house.accountant.name,
    ):
        assert words.replace(" ", "") in text.replace(" ", ""), words
    assert paper_size_mm(one.content) == (210, 148)
    month = await auditor.get("/journal/2026-11/vouchers.pdf")
    assert page_count(month.content) == 2
    assert "记-0002" in flat(month.content)
    for path in (
        "2026-10/vouchers.pdf",
        "x/vouchers.pdf",
        "2026-11/vouchers.pdf?after=2",
        "2026-11/vouchers.pdf?after=x",
    ):
        assert (await auditor.get(f"/journal/{path}")).status_code == 404, path


async def test_each_entry_of_a_voucher_links_its_document(house: Cast, web: Web) -> None:
    await takings(house, 100, 50)
    accountant, auditor = web.as_("accountant"), web.as_("auditor")
    page = (await accountant.get("/journal/202611-0001")).text
    for row in await reading.rows("SELECT code, number FROM receipt"):
        assert f'<a href="/receipts/{row["code"]}"><span class="code">{row["number"]}</span></a>' in page
        assert (await auditor.get(f"/receipts/{row['code']}")).status_code == 200
    entries = (await accountant.get("/api/v1/ledger/vouchers/202611-0001")).json()["entries"]
    gifts = await reading.rows("SELECT key FROM donation ORDER BY seq")
    assert [entry["document"] for entry in entries] == [gift["key"] for gift in gifts]


async def test_the_head_of_accounting_has_a_place_for_the_stamp(house: Cast, web: Web) -> None:
    await takings(house, 100)
    auditor = web.as_("auditor")
    assert "会计主管" in (await auditor.get("/journal/202611-0001")).text
    document = flat((await auditor.get("/journal/202611-0001.pdf")).content)
    places = [document.index(word) for word in ("会计主管", "审核", "记账系统", "出纳", "制单")]
    assert places == sorted(places)
