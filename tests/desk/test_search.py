"""The search box: amounts in every writing, names by their beginning, bank numbers; by permission, and bounded."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import as_shown
import pytest
from cast import Cast
from conftest import Web
from desk.test_desk import made
from finance.given import asked
from finance.given import gifts as gifts_of_money
from giving.given import give, promised, refunded, today
from goods.given import RICE, catalogued, in_days
from tampering import tampered

from charity import clock
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.desk import search
from charity.desk.search import SHOWN
from charity.finance import transfers
from charity.giving import donations, lookup, pledges, receipts
from charity.giving.donations import Part
from charity.giving.lookup import checks, keeping, readers, terms
from charity.goods import intake, looked_up
from charity.goods.intake import IntakeLine
from charity.ledger.writer import Answer
from charity.people import names
from charity.people.persons import Donor
from charity.roles import PERMISSIONS

API = "/api/v1/search"
FIRM = Donor("organisation", "恒溪纺织有限公司")


async def kinds(text: str, by: Any) -> dict[str, list[str]]:
    return {hits.kind: [hit.number for hit in hits.items] for hits in await search.find(text, by)}


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.56", (123_456,)),
        ("1234.56", (123_456,)),
        ("¥1,234.56", (123_456,)),
        ("￥１，２３４．５６", (123_456,)),
        ("1234.56元", (123_456,)),
        ("人民币1234.56", (123_456,)),
        ("1,234.5", (123_450,)),
        ("123456", (12_345_600, 123_456)),
        ("123456元", (12_345_600,)),
        ("¥123456", (12_345_600,)),
        ("3万元", (3_000_000,)),
        ("1.25万", (1_250_000,)),
        ("1亿", (10_000_000_000,)),
        ("0", ()),
        ("1,23", ()),
        ("1.234", ()),
        ("-5", ()),
        ("12345678901234567890", ()),
        ("王小明", ()),
        ("9" * 64, ()),
    ],
)
def test_an_amount_is_read_as_yuan_and_a_whole_number_also_as_fen(text: str, fen: tuple[int, ...]) -> None:
    assert search.read(text).amounts == fen


def test_a_name_is_folded_and_an_organisation_has_parts() -> None:
    assert names.folded(" Ｗang  Xiao-Ming ") == "wangxiaoming"
    assert "纺织有限公司" in names.parts("恒溪纺织有限公司")
    assert names.parts("Linxi Steel Co., Ltd.") == ["steelcoltd", "coltd", "ltd"]
    assert names.answers("恒溪纺织有限公司", "纺织", organisation=True)
    assert not names.answers("王小明", "小明", organisation=False)
    assert names.answers("Ｗang Xiaoming", "wangx", organisation=False)


@pytest.mark.parametrize("written", [False, True], ids=["tail", "written"])
async def test_gifts_are_reached_by_amount_and_by_name_before_and_after_they_are_written_down(
    house: Cast,
    written: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    first = (await give(house, 123_456)).body["receipt"]["number"]
    second = (await give(house, 12_345_600)).body["receipt"]["number"]
    firm = (await give(house, 700, donor=FIRM)).body["receipt"]["number"]
    await give(house, 800, donor=Donor())
    if written:
        assert await lookup.keep_up() >= 4
        assert await lookup.keep_up() == 0
        assert await lookup.check() == []
    by = house.accountant
    assert await kinds("1,234.56", by) == {"捐赠": [first]}
    assert await kinds("123456", by) == {"捐赠": [second, first]}
    await give(house, 100)
    whole = (await give(house, 10_000)).body["receipt"]["number"]
    as_fen = (await give(house, 100)).body["receipt"]["number"]
    assert (await kinds("100", by))["捐赠"][:2] == [whole, as_fen], "what was typed as yuan comes first"
    for text in ("王小", "王小明", " 王 小明"):
        assert set((await kinds(text, by))["捐赠"]) >= {second, first}, text
    for text in ("纺织", "恒溪", "有限公司", "恒溪纺织有限公司"):
        assert await kinds(text, by) == {"捐赠": [firm]}, text
    for text in ("小明", "王大", "爱心人士", "王", "4.56", "6.66"):
        assert await kinds(text, by) == {}, text


async def test_the_list_of_all_is_of_the_reading_that_has_hits(house: Cast) -> None:
    for _ in range(SHOWN + 1):
        await give(house, 4_200)
    (hits,) = await search.find("4200", house.accountant)
    assert (len(hits.items), hits.more, hits.all_href) == (SHOWN, True, "/receipts?least=42.00&most=42.00")


async def test_a_corrected_receipt_is_reached_by_its_new_name(house: Cast) -> None:
    code = (await give(house)).body["receipt"]["code"]
    new = await as_shown.replace(code, reason="错名", donor=Donor("person", "王晓明"), by=house.accountant)
    await lookup.keep_up()
    assert await kinds("王晓", house.accountant) == {"捐赠": [new.body["number"]]}


async def test_pledges_refunds_and_vouchers_are_reached_by_amount_and_name(house: Cast) -> None:
    await promised(amount_fen=77_700)
    gift = await give(house, 9_900)
    refund = await refunded(house, gift, 9_900)
    number, _ = await made(house)
    reference = await reading.value("SELECT reference FROM pledge")
    assert await kinds("777元", house.cashier) == {"认捐": [reference]}
    assert (await kinds("王小明", house.cashier))["认捐"] == [reference]
    assert (await kinds("99.00", house.accountant))["退款"] == [refund]
    for text in ("1500.00", "王建国", "王建"):
        assert await kinds(text, house.auditor) == {"拨付审批单": [number]}, text
    (hits,) = await search.find("王建国", house.auditor)
    assert "王建国" not in hits.items[0].title


async def test_who_is_shown_a_masked_payee_is_answered_no_guess_of_the_name(house: Cast, web: Web) -> None:
    number, _ = await made(house)
    for text in ("王建国", "王建", "王"):
        assert await kinds(text, house.approver) == {}, text
    for text in ("1500.00", "HH0001", "hh0001", number):
        assert await kinds(text, house.approver) == {"拨付审批单": [number]}, text
    for role, who, seen in (("approver", "王建", False), ("approver", "HH0001", True), ("caseworker", "王建", True)):
        sent = await web.as_(role).post("/desk/filter", data={"list": "/vouchers", "who": who})
        page = (await web.as_(role).get(sent.headers["location"])).text
        assert (number in page, "户编号" in page) == (seen, role == "approver"), (role, who)


async def test_a_hit_has_its_day_in_shanghai(house: Cast) -> None:
    with clock.fixed(datetime(2026, 11, 25, 20, tzinfo=UTC)):  # four in the morning of the next day
        await promised(amount_fen=77_700)
        number, _ = await made(house)
    refund = await refunded(house, await give(house, 9_900), 9_900)

    async def at_night(tx: Tx) -> None:
        sql = "UPDATE refund SET requested_at = $2 WHERE number = $1 RETURNING number"
        await tx.rows(sql, refund, "2026-11-25T20:00:00.000000Z")

    await transactions.run(at_night)
    for text, by in (("777元", house.cashier), ("99.00", house.accountant), (number, house.approver)):
        for hits in await search.find(text, by):
            assert {hit.on for hit in hits.items if hits.kind != "捐赠"} <= {"", "2026-11-26"}, text
    (vouchers,) = await search.find("1500.00", house.approver)
    assert [hit.on for hit in vouchers.items] == ["2026-11-26"]


async def test_a_bank_number_leads_to_its_gift_however_it_is_written(house: Cast) -> None:
    gift = await give(house, 5_500, channel="bank", channel_ref="ICBC-2026 0001")
    for text in ("icbc20260001", "ＩＣＢＣ－２０２６０００１", "ICBC 2026-0001"):
        (hits,) = await search.find(text, house.accountant)
        assert [hit.number for hit in hits.items] == [gift.body["receipt"]["number"]], text
        assert hits.items[0].href == f"/receipts/{gift.body['receipt']['code']}"
    assert await search.find("ICBC20260001", house.caseworker) == []


async def test_nobody_sees_what_he_may_not_open(house: Cast, web: Web) -> None:
    await give(house, 123_456, channel="bank", channel_ref="REF-77")
    await promised(amount_fen=123_456)
    await made(house)
    for text in ("1234.56", "王小明", "王建国", "REF-77", "1500.00"):
        for role in ("clerk", "manager", "organiser", "admin"):
            assert await search.find(text, getattr(house, role)) == [], (role, text)
    for role, hidden in (("caseworker", "捐赠"), ("approver", "捐赠"), ("approver", "认捐")):
        assert hidden not in await kinds("1234.56", getattr(house, role))
        assert hidden not in await kinds("王小明", getattr(house, role))
    for role in ("accountant", "auditor", "cashier", "approver", "caseworker"):
        client = web.as_(role)
        for text in ("1234.56", "王小明", "王建国", "1500.00"):
            for hits in await search.find(text, getattr(house, role)):
                for hit in hits.items:
                    assert (await client.get(hit.href)).status_code in {200, 303}, (role, hit.href)
    assert "desk.read" in PERMISSIONS


async def test_a_name_that_begins_many_others_and_an_amount_of_many_stay_bounded(house: Cast) -> None:
    await give(house, 100)
    seq = await reading.value("SELECT MAX(seq) FROM donation")

    async def many(tx: Tx) -> None:
        rows = [
            {"kind": "gift", "term": f"n王小明{n:05d}", "at": f"{seq:014d}", "key": "0" * 32} for n in range(10_000)
        ]
        rows += [
            {"kind": "gift", "term": f"a{7_700:014d}", "at": f"{n:014d}", "key": f"{n:032d}"} for n in range(50_000)
        ]
        await tx.insert("lookup", rows)

    await lookup.keep_up()
    await transactions.run(many)
    match = await lookup.gifts_of_name("王小明")
    assert len(match.keys) <= lookup.MATCHES_MAX
    match = await lookup.gifts_of_amount(7_700, 7_700, SHOWN)
    assert (len(match.keys), match.more) == (SHOWN, True)
    assert match.keys[0] == f"{49_999:032d}"
    (hits,) = await search.find("王小明", house.accountant)
    assert len(hits.items) == 1


async def test_a_gift_lost_in_the_middle_is_said_by_verify(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "CHECKED", 1)
    for fen in (100, 200, 300):
        await give(house, fen)
    await lookup.keep_up()
    assert await lookup.check() == []

    async def lose(tx: Tx) -> None:
        await tx.rows("DELETE FROM lookup WHERE term = $1 RETURNING key", terms.of_amount(200))

    await transactions.run(lose)
    (failure,) = await lookup.check()
    assert "2 笔捐赠，账上有 3 笔" in failure.words


async def test_verify_recounts_what_pledges_and_words_of_names_are_looked_up_by(house: Cast) -> None:
    for donor in (Donor("person", "王小明"), FIRM, Donor()):
        await promised(amount_fen=1_000, donor=donor)
    code = str(await reading.value("SELECT code FROM pledge ORDER BY created_at LIMIT 1"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(keeping, "BEHIND_S", -1)
        await lookup.keep_up()
    assert await lookup.check() == []
    lost, counted = f"认捐 {code} 按姓名查不到", "按姓名登记了 {} 笔认捐，应有 2 笔"
    words_lost = "单位名称中有 1 处按其中的词查不到"
    part = await reading.row("SELECT part, name FROM lookup_part ORDER BY part LIMIT 1")
    assert part is not None
    for fault, failures in (
        (f"DELETE FROM lookup WHERE kind = 'pledge' AND key = '{code}'", [lost, counted.format(1)]),
        (f"UPDATE lookup SET term = 'nx' WHERE kind = 'pledge' AND key = '{code}'", [lost]),
        ("INSERT INTO lookup (kind, term, at, key) VALUES ('pledge', 'nx', '2', 'x')", [counted.format(3)]),
        (f"DELETE FROM lookup_part WHERE part = '{part['part']}'", [words_lost]),
    ):
        async with tampered(fault):
            assert [failure.words for failure in await lookup.check()] == failures, fault


async def test_a_gift_is_looked_up_by_words_of_its_memo_and_the_table_has_none_of_them(house: Cast, web: Web) -> None:
    memos = ("为三中贫困学生助学", "给敬老院买棉被，助老", "")
    keys = [(await give(house, 5_000, memo=memo)).body["id"] for memo in memos]
    for _ in ("tail", "written"):
        for text, expected in (("贫困学生", [0]), ("敬老院买棉被助老", [1]), ("助学", [0]), ("棉被 助老", [1])):
            match = await lookup.gifts_of_memo(text, 10)
            assert match.keys == [keys[n] for n in expected], text
        for text in ("学生贫困", "助", "三中助学"):
            assert (await lookup.gifts_of_memo(text, 10)).keys == [], text
        assert "捐赠，按附言" in await kinds("贫困学生", house.auditor)
        assert await kinds("贫困学生", house.clerk) == {}
        assert await lookup.keep_up_memos() in {0, 3}
    assert await lookup.keep_up_memos() == 0
    rows = await reading.rows("SELECT term FROM lookup WHERE kind = 'memo'")
    assert len(rows) == 8 + 8
    assert all(len(row["term"]) == 24 and row["term"].isascii() for row in rows)
    assert await lookup.check() == []
    async with tampered(f"UPDATE lookup SET key = 'x' WHERE kind = 'memo' AND key = '{keys[0]}'"):
        assert [failure.words for failure in await lookup.check()] == [f"捐赠 {keys[0]} 按附言查不到"]


async def test_a_year_alone_is_a_word_of_a_memo_and_a_list_says_that_it_is_cut(house: Cast, web: Web) -> None:
    for _ in range(SHOWN + 1):
        await give(house, 5_000, memo="望江三中2003级（3）班")
    for text in ("2003", "2003级3班", "03"):
        assert len((await kinds(text, house.auditor))["捐赠，按附言"]) == SHOWN, text
    assert await kinds("2004", house.auditor) == {}
    page = (await web.as_("auditor").post("/desk/search", data={"q": "望江三中"})).text
    assert "这里只列最近的 20 条。多写几个字" in page
    assert "附言里连续的字" in (await web.as_("auditor").get("/desk")).text


async def test_the_minutely_look_at_receipts_issued_later_reads_only_what_is_due(house: Cast) -> None:
    async def plan(tx: Tx) -> list[str]:
        if tx.postgres:
            await tx.rows("SET LOCAL enable_seqscan = off")
            return [row["QUERY PLAN"] for row in await tx.rows(f"EXPLAIN {keeping.LATER}", 1)]
        return [row["detail"] for row in await tx.rows(f"EXPLAIN QUERY PLAN {keeping.LATER}", 1)]

    steps = await transactions.run(plan)
    whole = [step for step in steps if "SCAN" in step.upper().split() and "USING" not in step.upper().split()]
    assert {step.split()[1] for step in whole} <= {"lookup_due", "u", "Scan"}, steps
    code = (await give(house)).body["receipt"]["code"]
    assert await reading.value("SELECT COUNT(*) FROM lookup_due") == 0  # a gift leaves nothing to do
    await as_shown.replace(code, reason="错名", donor=Donor("person", "王晓明"), by=house.accountant)
    assert await reading.value("SELECT COUNT(*) FROM lookup_due") == 1
    await lookup.keep_up()
    assert await reading.value("SELECT COUNT(*) FROM lookup_due") == 0


@pytest.mark.parametrize("written", [False, True], ids=["tail", "written"])
async def test_gifts_are_reached_by_the_sum_of_a_receipt_issued_later_over_them(
    house: Cast,
    written: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    parts = [Part("one-day-2026", None, 6_000), Part("everyday", "F-EDU", 4_000)]
    facts = {"received_on": today(), "channel": "bank", "donor": Donor("person", "王小明"), "by": house.cashier}
    gifts = (await donations.receive_together(parts=parts, channel_ref="ICBC-7", **facts)).body
    await lookup.keep_up()
    await as_shown.void(gifts["receipt"]["code"], reason="重开", by=house.accountant)
    first, second = (gift["id"] for gift in gifts["gifts"])
    await refunded(house, Answer(200, {"id": first}), 1_000)
    assert "捐赠" not in await kinds("90.00", house.accountant)
    number = (await receipts.issue_anew(donations=[first, second], by=house.cashier)).body["number"]
    if written:
        await lookup.keep_up()
    assert await kinds("90.00", house.accountant) == {"捐赠": [number, number]}
    assert await kinds("40.00", house.accountant) == {"捐赠": [number]}


async def test_transfers_and_slips_are_reached_by_number_and_amount(house: Cast, web: Web) -> None:
    await gifts_of_money(house)
    transfer = (await transfers.make(await asked(lines=(("F-GEN", 7_654),)), by=house.cashier)).body["number"]
    assert await kinds("76.54", house.auditor) == {"资金划转": [transfer]}
    assert await kinds(transfer, house.auditor) == {"资金划转": [transfer]}
    assert await kinds("76.54", house.approver) == {}
    await catalogued()
    line = IntakeLine(RICE, 3, in_days(300), 1_111, None, "invoice")
    slip = (await intake.take_in(store="LX01", source="gift", lines=[line], donor=FIRM, by=house.clerk)).body["number"]
    for _ in ("tail", "written"):
        for by in (house.clerk, house.manager, house.auditor):
            assert (await kinds("33.33", by))["出入库单"] == [slip], by
        assert await kinds("33.33", replace(house.clerk, store="LX02")) == {}
        assert await kinds("33.34", house.clerk) == {}
        assert await looked_up.keep_up() in {0, 1}
    assert await looked_up.keep_up() == 0
    assert await looked_up.check() == []
    counted, lost = "出入库单按金额登记了", f"出入库单 {slip} 按金额查不到"
    for fault, failures in (
        ("DELETE FROM lookup WHERE kind = 'slip' AND term LIKE '%@LX01'", [counted, lost]),
        ("UPDATE lookup SET term = 'a0' WHERE kind = 'slip' AND term NOT LIKE '%@%'", [lost]),
        ("UPDATE lookup SET key = 'x' WHERE kind = 'slip' AND term LIKE '%@LX01'", [lost]),
    ):
        async with tampered(fault):
            named = [failure.words for failure in await looked_up.check()]
        assert len(named) == len(failures), fault
        assert all(text.startswith(failure) for text, failure in zip(named, failures, strict=True)), fault
    opened = await web.as_("clerk").post("/desk/search", data={"q": "33.33"})
    assert opened.headers["location"] == f"/goods/documents/{slip}"


async def test_a_memo_leads_to_what_its_number_is_of(house: Cast) -> None:
    code = await promised(amount_fen=77_700)
    reference = (await pledges.get(code)).reference
    for text in (f"慈善捐款 {reference}", f"转账附言：{reference.lower()}，王", f"２０２６年捐款（{reference}）"):
        assert await kinds(text, house.cashier) == {"认捐": [reference]}, text
    number = (await give(house, 5_500, channel="bank", channel_ref="ICBC20260001")).body["receipt"]["number"]
    assert await kinds("回单号 ICBC20260001 请核对", house.accountant) == {"流水号": [number]}
    for text in ("慈善捐款 2026", "捐款 ABC-123456", f"捐款 {reference}"):
        assert await kinds(text, house.clerk) == {}, text


async def test_a_timetable_that_stands_still_hides_no_gift_in_silence(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        await give(house, 7_700)
        await promised(amount_fen=7_700)
    for most, more in ((3, False), (2, True)):
        monkeypatch.setattr(readers, "TAIL_MAX", most)
        assert (await lookup.gifts_of_amount(7_700, 7_700)).more is more
        assert (await lookup.gifts_of_name("王小明")).more is more
        assert (await lookup.pledges_of_name("王小明")).more is more


async def test_one_hit_is_opened_and_several_are_listed_twenty_a_kind(house: Cast, web: Web) -> None:
    client = web.as_("accountant")
    gift = (await give(house, 4_200)).body["receipt"]
    opened = await client.post("/desk/search", data={"q": "42.00"})
    assert (opened.status_code, opened.headers["location"]) == (303, f"/receipts/{gift['code']}")
    as_fen = await client.post("/desk/search", data={"q": "4200"})
    assert as_fen.status_code == 200
    assert "¥4,200.00" in as_fen.text
    assert "¥42.00" in as_fen.text
    for _ in range(SHOWN):
        await give(house, 4_200)
    page = await client.post("/desk/search", data={"q": "42元"})
    assert page.status_code == 200
    assert page.text.count('class="row-link"') == SHOWN
    assert "/receipts?least=42.00&amp;most=42.00" in page.text
    assert "王小明" in page.text


async def test_the_api_answers_the_same_and_keeps_nothing(house: Cast, web: Web, caplog: Any) -> None:
    gift = (await give(house, 4_200)).body["receipt"]
    with caplog.at_level(logging.DEBUG, "charity"):
        answer = await web.as_("accountant").post(API, json={"text": "王小明"})
    (item,) = answer.json()["items"]
    assert item == {
        "kind": "捐赠",
        "number": gift["number"],
        "title": "王小明",
        "on": today(),
        "amount_fen": 4_200,
        "url": f"/receipts/{gift['code']}",
    }
    assert answer.json()["more"] == []
    assert "王小明" not in "".join(
        r.getMessage() + str(vars(r)) for r in caplog.records if r.name.startswith("charity")
    )
    assert (await web.as_("clerk").post(API, json={"text": "王小明"})).json() == {"items": [], "more": []}
    assert (await web.as_().post(API, json={"text": "王小明"})).status_code == 401
    for body in ({}, {"text": ""}, {"text": "x" * 65}, {"text": 5}, {"text": "x", "y": 1}):
        assert (await web.as_("clerk").post(API, json=body)).status_code == 422, body


async def test_what_is_too_long_is_refused_at_its_field_and_never_cut(house: Cast, web: Web) -> None:
    await give(house)
    client = web.as_("auditor")
    answer = await client.post("/desk/search", data={"q": "王小明" + " " * 61 + "王"})
    assert (answer.status_code, "最多 64 个字符" in answer.text) == (422, True)
    assert (await client.post("/desk/search", data={"q": "王小明" + " " * 61})).status_code == 303
    assert (await client.post(API, json={"text": "王" * 65})).status_code == 422


async def test_a_list_by_a_name_leaves_none_out_or_says_that_it_would(
    house: Cast, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(house)
    await give(house)
    await promised()
    await promised()
    client = web.as_("auditor")
    for place in ("/receipts", "/pledges", "/refunds"):
        sent = await client.post("/desk/filter", data={"list": place, "who": "王小明"})
        for most, status in ((2, 200), (1, 422)):
            monkeypatch.setattr(readers, "MATCHES_MAX", most)
            monkeypatch.setattr(readers.gifts_of_name, "__defaults__", (most,))
            monkeypatch.setattr(readers.pledges_of_name, "__defaults__", (most,))
            page = await client.get(sent.headers["location"])
            assert (page.status_code, f"超过 {most} 条" in page.text) == (status, status == 422), place
