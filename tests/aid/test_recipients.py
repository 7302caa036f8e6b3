"""Recipients of a voucher: only who is listed is a person helped, each once; a bare number is visits 人次."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from aid.given import API, ASKED, BODY, Aid, made, paying, refused, row
from tampering import tampered

from charity.aid import recipients, verify, vouchers
from charity.aid.recipients import LISTED_MAX
from charity.aid.vouchers import readers, written
from charity.db import reading, transactions
from charity.disclosure import uses
from charity.ledger import tracing
from charity.ledger import verify as books_verify
from charity.ledger.content import hashed
from charity.people import households

FORM = {
    "purpose": "aid",
    "programme": "P03",
    "fund": "F-GEN",
    "payee_kind": "household",
    "payee_code": "HH0001",
    "amount_yuan": "2,000.00",
    "listed": "HH0001\nHH0002",
    "recipients": "",
    "reason": "住院自付部分较高",
}
LISTED = "拨付审批单 {number}：受益名单与内容不符"


def test_a_typed_list_is_read_with_any_blanks_and_commas_between() -> None:
    assert recipients.codes(" HH0001\r\nHH0002,HH0003，ＨＨ０００４、HH0005；HH0006　HH0007 \n\n") == [
        f"HH000{n}" for n in range(1, 8)
    ]
    assert recipients.codes(" \n，") == []


async def test_a_list_is_counted_kept_by_key_hashed_and_named_in_the_entry(aid: Aid) -> None:
    listed = ("HH0001", aid.person, "HH-T001")
    number, content_hash = await aid.approved(listed=listed, recipients=3)
    await aid.pay(number, "ICBC-1")
    stored = await row(number)
    kept = await reading.rows("SELECT * FROM voucher_recipient ORDER BY n")
    assert [(r["n"], r["voucher"], r["content_hash"]) for r in kept] == [(n, number, content_hash) for n in (1, 2, 3)]
    keys = [aid.house.household, aid.person, aid.household]
    assert [(r["kind"], r["recipient"]) for r in kept] == [
        ("household", keys[0]), ("person", keys[1]), ("household", keys[2]),
    ]  # fmt: skip
    content = json.loads(stored["content"])
    assert (content["recipients"], len(content["listed"])) == (3, 64)
    body = json.loads(await reading.value("SELECT body FROM entry WHERE seq = $1", stored["entry_seq"]))
    assert (body["facts"]["recipients"], body["facts"]["listed"]) == (3, True)
    for key in keys:
        assert key not in stored["content"]
        assert key not in json.dumps(body["facts"])
    assert await verify.run() == await books_verify.run() == []


async def test_the_public_reads_people_where_they_are_listed_and_visits_elsewhere(
    aid: Aid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uses, "GROUP_MIN", 2)  # else a list of ten
    for n, asked in enumerate(({"recipients": 7}, {"listed": ("HH0001", "HH-T001"), "recipients": 2})):
        number, _ = await aid.approved(**asked)
        await aid.pay(number, f"ICBC-{n}")
    (month,) = await uses.of_funds(["F-GEN"])
    assert month.reached == "当月共 2 笔，9 人次受益"
    gift = int(await reading.value("SELECT MIN(seq) FROM entry WHERE kind = 'gift.cash'"))
    shares = [use.share for use in await uses.of_gifts(await tracing.gift_uses(gift))]
    assert [share.partition("，")[2] for share in shares] == ["共 7 人次受益", "该笔共 2 人（户）受益"]


async def test_a_bare_number_lists_nobody(aid: Aid) -> None:
    number, _ = await aid.approved(recipients=7)
    await aid.pay(number, "ICBC-1")
    stored = await row(number)
    body = json.loads(await reading.value("SELECT body FROM entry WHERE seq = $1", stored["entry_seq"]))
    assert (body["facts"]["recipients"], body["facts"]["listed"]) == (7, False)
    assert json.loads(stored["content"])["listed"] is None
    assert await reading.value("SELECT COUNT(*) FROM voucher_recipient") == 0
    assert await verify.run() == []


async def test_every_wrong_row_of_a_list_is_named_and_nothing_is_written(aid: Aid) -> None:
    await transactions.run(lambda tx: tx.rows("UPDATE household SET status = 'closed' WHERE code = 'HH0002'"))
    organisation = "UPDATE person SET kind = 'organisation' WHERE key = $1"
    await transactions.run(lambda tx: tx.rows(organisation, aid.person))
    listed = ("HH0001", "HH0002", "HH9999", "HH0001", aid.person, "HH-T001")
    content = replace(ASKED, listed=listed, recipients=6)
    refusal = await refused("fields.unreadable", vouchers.make(content=content, by=aid.house.caseworker))
    assert refusal.status == 422
    assert [(e.field, e.message, dict(e.facts)) for e in refusal.fields] == [
        ("recipients.1", "名单第 {n} 个编号：这个家庭已经注销", {"n": 2}),
        ("recipients.2", "名单第 {n} 个编号：没有这个家庭或个人", {"n": 3}),
        ("recipients.3", "名单第 {n} 个编号：与第 {first} 个是同一户（人）", {"n": 4, "first": 1}),
        ("recipients.4", "名单第 {n} 个编号：没有这个家庭或个人", {"n": 5}),
    ]
    for table in ("voucher", "voucher_recipient", "series WHERE name = 'voucher'"):
        assert await reading.value(f"SELECT COUNT(*) FROM {table}") == 0


async def test_a_household_twice_is_refused_at_the_page_and_at_the_api(web: Any) -> None:
    maker = web.as_("caseworker")
    twice = await maker.post(API, json={**BODY, "recipients": ["HH0001", "HH0002", "ＨＨ０００１"]})
    assert twice.status_code == 422
    (error,) = twice.json()["errors"]
    assert (error["field"], error["message"]) == ("recipients.2", "名单第 3 个编号：与第 1 个是同一户（人）")
    page = await maker.post("/vouchers/new", data={**FORM, "listed": "HH0001，HH0002\r\nHH0001"})
    assert page.status_code == 422
    assert 'id="e-listed"' in page.text
    assert "名单第 3 个编号：与第 1 个是同一户（人）" in page.text
    assert "HH0001，HH0002\nHH0001" in page.text.replace("\r\n", "\n")
    assert await reading.value("SELECT COUNT(*) FROM voucher") == 0


@pytest.mark.parametrize("value", [["HH0001", 3], [None], [["HH0001"]], "HH0001", 1.5, True, None, -1, ["H" * 65]])
async def test_recipients_that_are_neither_number_nor_codes_are_named(web: Any, value: Any) -> None:
    answer = await web.as_("caseworker").post(API, json={**BODY, "recipients": value})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["recipients"]
    assert await reading.value("SELECT COUNT(*) FROM voucher") == 0


async def test_the_longest_list_is_taken_and_one_more_is_not(aid: Aid) -> None:
    new = [households.NewHousehold(f"HL{n:04d}", "户主", "999901004", "DIBAO", 1) for n in range(LISTED_MAX + 1)]
    await transactions.run(lambda tx: households.add(tx, new))
    codes = tuple(one.code for one in new)
    over = vouchers.make(content=replace(ASKED, listed=codes, recipients=len(codes)), by=aid.house.caseworker)
    refusal = await refused("fields.unreadable", over)
    assert [(e.field, dict(e.facts)) for e in refusal.fields] == [("recipients", {"most": LISTED_MAX})]
    number, _ = await aid.approved(listed=codes[:-1], recipients=LISTED_MAX)
    await aid.pay(number, "ICBC-1")
    assert await reading.value("SELECT COUNT(*) FROM voucher_recipient") == LISTED_MAX
    assert await verify.run() == []


async def test_another_list_takes_the_approvals_away_and_the_same_one_does_not(aid: Aid) -> None:
    number, content_hash = await aid.approved(listed=("HH0001", "HH0002"), recipients=2)
    await vouchers.send_back(number=number, reason="再核对", by=aid.house.approver)
    by = aid.house.caseworker
    same = replace(ASKED, listed=("HH0001", "HH0002"), recipients=2)
    answer = await vouchers.edit(number=number, content=same, by=by)
    assert answer.body["content_hash"] == content_hash
    seen = {content_hash}
    for listed in (("HH0002", "HH0001"), ("HH0001", "HH-T001"), ()):
        other = replace(ASKED, listed=listed, recipients=2)
        seen.add((await vouchers.edit(number=number, content=other, by=by)).body["content_hash"])
    assert len(seen) == 4
    assert (await readers.get(number)).listed == []
    assert await verify.run() == []
    back = await vouchers.edit(number=number, content=same, by=by)
    assert [one.code for one in (await readers.get(number)).listed] == ["HH0001", "HH0002"]
    lists = await reading.value("SELECT COUNT(DISTINCT content_hash) FROM voucher_recipient")
    assert (lists, back.body["approvals"]) == (4, 0)
    assert await verify.run() == []


async def test_two_saves_of_a_list_at_once_leave_one_whole_list(aid: Aid) -> None:
    number, _ = await aid.made()
    lists = (("HH0001", "HH0002"), ("HH-T001",))
    contents = [replace(ASKED, listed=listed, recipients=len(listed)) for listed in lists]
    await asyncio.gather(
        *(vouchers.edit(number=number, content=content, by=aid.house.caseworker) for content in contents)
    )
    listed = tuple(one.code for one in (await readers.get(number)).listed)
    assert listed in lists
    assert (await row(number))["recipients"] == len(listed)
    assert await verify.run() == []


async def test_who_may_see_a_voucher_sees_the_list_with_masked_names(web: Any) -> None:
    saved = await web.as_("caseworker").post("/vouchers/new", data=FORM)
    assert saved.status_code == 303, saved.text
    place = saved.headers["location"]
    page = (await web.as_("approver").get(place)).text
    for text in ("受益名单", "2 户（人）", "HH0001", "HH0002", "王*", "李*"):
        assert text in page
    assert "李秀英" not in page
    number = place.rsplit("/", 1)[-1]
    one = (await web.as_("auditor").get(f"{API}/{number}")).json()
    assert (one["recipients"], one["listed"]) == (2, True)
    assert one["recipients_listed"] == [
        {"kind": "household", "code": "HH0001"},
        {"kind": "household", "code": "HH0002"},
    ]
    assert "李" not in json.dumps(one, ensure_ascii=False).replace("理", "")
    assert "2 户（人）" in (await web.as_("auditor").get("/vouchers")).text
    edit = (await web.as_("caseworker").get(f"{place}/edit")).text
    assert ">HH0001\nHH0002</textarea>" in edit
    bare = await made(web, recipients=5)
    assert "5 人次" in (await web.as_("approver").get(f"/vouchers/{bare['number']}")).text
    assert (await web.as_("clerk").get(place)).status_code == 403


@pytest.mark.parametrize(("count", "ok"), [("", True), ("2", True), ("3", False), ("0", False), ("二", False)])
async def test_a_number_beside_a_list_is_that_of_the_list(web: Any, count: str, *, ok: bool) -> None:
    answer = await web.as_("caseworker").post("/vouchers/new", data={**FORM, "recipients": count})
    assert answer.status_code == (303 if ok else 422)
    assert ok or 'id="e-recipients"' in answer.text


async def test_an_erased_person_stays_on_the_list_without_a_name(aid: Aid) -> None:
    number, _ = await aid.approved(listed=("HH0001", aid.person), recipients=2)
    await transactions.run(lambda tx: tx.rows("DELETE FROM person WHERE key = $1", aid.person))
    assert [one.name for one in (await readers.get(number)).listed] == ["王*", ""]
    assert await verify.run() == []


async def test_a_voucher_of_the_first_version_keeps_its_text_and_its_approvals(aid: Aid) -> None:
    number, _ = await aid.made()
    stored = await row(number)
    payee = await vouchers.payee_now(number)
    old = written(number, ASKED, payee, stored["salt"], version=1)
    assert json.loads(old).keys() == json.loads(stored["content"]).keys() - {"purpose", "listed"}
    was = hashed(old)
    await transactions.run(lambda tx: tx.rows("UPDATE voucher SET content = $1, content_hash = $2", old, was))
    await vouchers.approve(number=number, content_hash=was, by=aid.house.approver)
    answer = await vouchers.edit(number=number, content=ASKED, by=aid.house.caseworker)
    assert (answer.body["content_hash"], answer.body["approvals"]) == (was, 1)
    assert await verify.run() == []
    await vouchers.approve(number=number, content_hash=was, by=aid.house.approver2)
    await aid.pay(number, "ICBC-1")
    assert await verify.run() == []
    facts = json.loads(await reading.value("SELECT body FROM entry ORDER BY seq DESC LIMIT 1"))["facts"]
    assert facts["listed"] is False
    with_list = replace(ASKED, listed=("HH0001",))
    other, _ = await aid.made()
    text = written(other, ASKED, payee, (await row(other))["salt"], version=1)
    await transactions.run(
        lambda tx: tx.rows(
            "UPDATE voucher SET content = $1, content_hash = $2 WHERE number = $3", text, hashed(text), other
        )
    )
    changed = await vouchers.edit(number=other, content=with_list, by=aid.house.caseworker)
    assert changed.body["content_hash"] != hashed(text)
    assert await verify.run() == []


async def test_a_list_that_somebody_changed_is_named(aid: Aid) -> None:
    number, content_hash = await aid.approved(listed=("HH0001", "HH0002"), recipients=2)
    bare, bare_hash = await aid.approved(recipients=2)
    one_more = (
        "INSERT INTO voucher_recipient (content_hash, n, voucher, kind, recipient) "
        f"VALUES ('{{}}', 3, '{number}', 'household', '{aid.household}')"
    )
    for statement, wrong in (
        ("DELETE FROM voucher_recipient WHERE n = 2", number),
        (f"UPDATE voucher_recipient SET recipient = '{aid.household}' WHERE n = 1", number),
        ("UPDATE voucher_recipient SET n = n + 5 WHERE n = 1", number),
        (one_more.format(content_hash), number),
        (one_more.format(bare_hash), bare),
    ):
        async with tampered(statement):
            assert [f.words for f in await verify.run()] == [LISTED.format(number=wrong)], statement
    assert await verify.run() == []


async def test_the_printed_voucher_brings_its_list(web: Any) -> None:
    from pdf_reading import flat  # noqa: PLC0415 - needs poppler only here

    listed = await made(web, recipients=["HH0001", "HH0002"])
    bare = await made(web, recipients=12)
    cost = {"purpose": "administration", "fund": "F-GEN", "amount_fen": 500, "reason": "审计费"}
    cost["payee"] = {"kind": "person", "code": await paying()}
    answer = await web.as_("caseworker").post(API, json=cost)
    numbers = (listed["number"], bare["number"], answer.json()["number"])
    prints = [flat((await web.as_("auditor").get(f"/vouchers/{number}.pdf")).content) for number in numbers]
    with_list, without, of_cost = prints
    for text in ("2户（人）", "名单附后", "HH0001", "HH0002", "李*"):
        assert text in with_list.replace(" ", "")
    assert "李秀英" not in with_list
    assert "12人次" in without.replace(" ", "")
    assert "受益名单" not in without
    for text in ("费用支出审批单", "用途", "管理费用", "审计费"):
        assert text in of_cost
    assert "拨付审批单" not in of_cost
    assert "慈善项目" not in of_cost
