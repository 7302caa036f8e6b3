"""Rosters of work units: filled as people type them, locked as shown, settled by one transfer, receipted."""

import asyncio
import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import xlsxwriter
from cast import Cast
from openpyxl import Workbook
from pdf_reading import codes_in, flat, page_count

from charity import clock, words
from charity.db import reading
from charity.db.transactions import run
from charity.desk import search
from charity.disclosure import campaigns as public
from charity.documents import facts
from charity.errors import Refusal
from charity.giving import (
    desk,
    finding,
    organisers,
    receipts,
    refunds,
    reversals,
    roster_desk,
    settling,
    unit_rosters,
    work_units,
)
from charity.giving import verify as giving_verify
from charity.giving.donations import receive
from charity.giving.my_unit import screens as screens_of_my_unit
from charity.giving.one_day import documents as documents_of_units
from charity.giving.roster_desk import readers as readers_of_desk
from charity.giving.roster_sheets import Typed, columns, files, kept, read
from charity.giving.settling import documents
from charity.giving.settling import readers as settling_readers
from charity.giving.unit_rosters import UNIT_ROSTER, edits, readers, verbs
from charity.people.persons import Donor
from charity.printing.document import Filters
from charity.roles import Actor, Role

SLUG, UNIT, REF = "one-day-2026", "LXU02", "ICBC20261126001"
NAMES = ("王伟", "李娜", "张敏", "欧阳静")


async def _roster(house: Cast, *people: tuple[str, str], own_fen: int = 0) -> str:
    made = await unit_rosters.invite(SLUG, [UNIT], by=house.accountant)
    key = str(made.body["rosters"][0]["key"])
    if people:
        await _pasted(house, key, "\n".join("\t".join(row) for row in people))
    if own_fen:
        version = (await unit_rosters.get(key, by=house.cashier)).version
        await unit_rosters.own_gift(
            key, unit_fen=own_fen, expected_people=None, expected_fen=None, version=version, by=house.cashier
        )
    return key


async def _pasted(house: Cast, key: str, text: str, *, replace: bool = True) -> None:
    await unit_rosters.stage(key, text=text, by=house.cashier)
    await unit_rosters.take(key, replace=replace, content_hash=await _draft_hash(house, key), by=house.cashier)


async def _draft_hash(house: Cast, key: str) -> str:
    row = await unit_rosters.get(key, by=house.cashier)
    assert row.draft is not None
    return edits.draft_content(row, await readers.sums(key, row.draft)).hash


async def _hash(house: Cast, key: str) -> str:
    return unit_rosters.locked_content(await unit_rosters.get(key, by=house.cashier)).hash


async def _locked(house: Cast, *people: tuple[str, str], own_fen: int = 0) -> str:
    key = await _roster(house, *people, own_fen=own_fen)
    await unit_rosters.lock(key, content_hash=await _hash(house, key), checked=True, by=house.cashier)
    return key


async def _settle(house: Cast, key: str, fen: int, **more: Any) -> Any:
    shown = {"content_hash": await _hash(house, key), "by": house.cashier} | more
    ref = {"channel_ref": REF} | {name: shown.pop(name) for name in ("channel_ref",) if name in shown}
    return await settling.settle(key, received_on=clock.today().isoformat(), received_fen=fen, **ref, **shown)


async def _holds() -> None:
    assert await giving_verify.run() == []


@pytest.mark.parametrize(
    ("amount", "fen", "fault"),
    [
        ("100", 10_000, ""),
        ("１００．００", 10_000, ""),
        ("1,234", 123_400, ""),
        ("1,234,567", 123_456_700, ""),
        ("￥50.5", 5_050, ""),
        ("12..34", None, "amount"),
        ("-5", None, "not_positive"),
        ("0", None, "not_positive"),
        ("-", None, "not_positive"),
        ("", None, "amount_missing"),
        ("#REF!", None, "formula"),
        ("39.09.2026", None, "amount"),
        ("1.234", None, "decimals"),
        ("12,34", None, "amount"),
        ("9" * 30, None, "too_large"),
    ],
)
def test_an_amount_is_read_exactly_or_is_a_fault(amount: str, fen: int | None, fault: str) -> None:
    values = read(Typed("王伟", amount))
    assert (values.amount_fen, " ".join(values.faults)) == (fen, fault)


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        (Typed("", "1"), "name_missing"),
        (Typed("王" * 101, "1"), "name_long"),
        (Typed("王伟2", "1"), "name_signs"),
        (Typed("王伟", "1", tail="12"), "tail"),
        (Typed("王伟", "1", phone="138"), "phone"),
        (Typed("王伟", "1", single="也许"), "single"),
        (Typed("王伟", "1", public="看情况"), "public"),
        (Typed("王伟", "1", payroll="单位统一扣"), "payroll"),
        (Typed("王伟", "1", "330381199001011234", "138 0000 2222", "是", "否", "本人同意"), ""),
    ],
)
def test_what_cannot_be_read_is_named_by_its_field(typed: Typed, faults: str) -> None:
    assert " ".join(read(typed).faults) == faults
    assert kept(typed).tail in {"", "12", "1234"}


def _book(rows: list[list[Any]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


HEAD = ["序号", "姓名", "部门", "捐款金额（元）", "证件后四位", "签名"]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "gbk"])
async def test_a_file_is_shown_before_it_counts(house: Cast, kind: str) -> None:
    rows: list[list[Any]] = [["2026 年慈善一日捐名册"], HEAD]
    rows += [[n, name, "办公室", 100 + n, "12 34" if n == 1 else "", ""] for n, name in enumerate(NAMES, 1)]
    rows += [[5, "赵六", "", "12..34", "", ""], ["合计", "", "", 410, "", ""]]
    text = "\r\n".join(",".join(str(cell) for cell in row) for row in rows)
    data = _book(rows) if kind == "xlsx" else text.encode("utf-8-sig" if kind == "csv" else "gbk")
    key = await _roster(house)
    await unit_rosters.stage(key, name=f"名册.{kind}", data=data, by=house.cashier)
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.people, row.staff_fen, row.status) == (0, 0, "roster_open")
    assert row.draft is not None
    values = await readers.sums(key, row.draft)
    assert (values["lines"], values["people"], values["fen"], values["wrong"]) == (5, 4, 41_000, 1)
    (wrong,) = await unit_rosters.lines(key, row.draft, only="wrong")
    assert (wrong.typed.name, wrong.typed.amount, wrong.faults) == ("赵六", "12..34", ("amount",))
    await unit_rosters.change(key, wrong.key, Typed("赵六", "12.34"), changed_at=wrong.changed_at, by=house.cashier)
    await unit_rosters.take(key, replace=True, content_hash=await _draft_hash(house, key), by=house.cashier)
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.people, row.staff_fen, row.wrong, row.draft) == (5, 42_234, 0, None)
    assert [line.typed.name for line in await unit_rosters.lines(key, row.sheet)] == [*NAMES, "赵六"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xlsx", b"", "fields.unreadable"),
        ("a.pdf", b"%PDF-1.4 x", "unit_roster.file"),
        ("a.xlsm", b"PK\x03\x04", "unit_roster.file"),
        ("a.xlsx", b"PK\x03\x04broken", "unit_roster.file"),
        ("a.csv", "部门,人数\r\n办公室,3\r\n".encode(), "unit_roster.header"),
        ("a.csv", "姓名,金额\r\n".encode(), "unit_roster.empty"),
        ("a.csv", ("姓名,金额\r\n" + "王" * 101 + ",1\r\n").encode(), "unit_roster.cell"),
        ("a.csv", ("姓名,金额\r\n" + "王伟,1\r\n" * 4_901).encode(), "unit_roster.full"),
    ],
    ids=["nothing", "pdf", "macros", "broken", "header", "empty", "cell", "full"],
)
async def test_a_file_that_is_no_roster_is_refused_whole(house: Cast, name: str, data: bytes, code: str) -> None:
    key = await _roster(house, ("王伟", "100"))
    with pytest.raises(Refusal) as caught:
        await unit_rosters.stage(key, name=name, data=data, by=house.cashier)
    assert caught.value.code == code
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.people, row.staff_fen, row.draft) == (1, 10_000, None)


async def test_pasted_lines_are_read_and_come_behind_those_that_are_there(house: Cast) -> None:
    key = await _roster(house, ("王伟", "100"))
    await _pasted(house, key, "李娜 200\n张敏：50.5元\n3\t欧阳静\t20\n无名", replace=False)
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.people, row.staff_fen, row.wrong) == (4, 37_050, 1)
    assert [line.n for line in await unit_rosters.lines(key, row.sheet)] == [1, 2, 3, 4, 5]
    typed = columns.pasted("赵六 12..34\n钱七,-5\n孙八 １００\n李九 #REF!").rows
    assert [(one.name, one.amount) for one in typed] == [
        ("赵六", "12..34"),
        ("钱七", "-5"),
        ("孙八", "１００"),
        ("李九", "#REF!"),
    ]
    with pytest.raises(Refusal, match=r"unit_roster\.wrong"):
        await unit_rosters.lock(key, content_hash=await _hash(house, key), checked=True, by=house.cashier)


async def test_who_gave_online_is_not_counted_again_and_can_be(house: Cast) -> None:
    await receive(
        campaign=SLUG,
        amount_fen=8_800,
        received_on=clock.today().isoformat(),
        channel="wechat",
        channel_ref="WX1",
        donor=Donor("person", "李 娜"),
        work_unit=UNIT,
        by=house.cashier,
    )
    key = await _roster(house, ("王伟", "100"), ("李娜", "50"), ("李娜", "30"))
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.people, row.staff_fen, row.online) == (2, 13_000, 1)
    (online,) = await unit_rosters.lines(key, row.sheet, only="online")
    assert online.typed.amount == "50"
    assert len(await unit_rosters.lines(key, row.sheet, only="double")) == 2
    await unit_rosters.choose(key, online.key, counted=True, changed_at=online.changed_at, by=house.cashier)
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.people, row.staff_fen, row.online) == (3, 18_000, 0)
    with pytest.raises(Refusal) as caught:
        await unit_rosters.lock(key, content_hash=await _hash(house, key), by=house.cashier)
    assert caught.value.code == "unit_roster.unchecked"


async def _online(house: Cast, name: str, ref: str) -> None:
    await receive(
        campaign=SLUG,
        amount_fen=8_800,
        received_on=clock.today().isoformat(),
        channel="wechat",
        channel_ref=ref,
        donor=Donor("person", name),
        work_unit=UNIT,
        by=house.cashier,
    )


async def test_who_gives_online_after_the_upload_is_looked_at_before_the_lock(house: Cast, web: Any) -> None:
    key = await _roster(house, ("王伟", "100"), ("李娜", "50"), ("李娜", "30"), ("张敏", "20"))
    await _online(house, "李 娜", "WX1")
    await _online(house, "张敏", "WX2")
    client = web.as_("cashier")
    page = (await client.get(f"/one-day/{key}")).text
    assert ("有 2 人又在线上捐了" in page, f'action="/one-day/{key}/lock"' in page) == (True, False)
    with pytest.raises(Refusal) as caught:
        await unit_rosters.lock(key, content_hash=await _hash(house, key), checked=True, by=house.cashier)
    assert (caught.value.code, caught.value.facts["count"]) == ("unit_roster.online", 2)

    row = await unit_rosters.get(key, by=house.cashier)
    _, first, second, third = await unit_rosters.lines(key, row.sheet)
    assert await unit_rosters.online.since(row) == [first.key, third.key]
    at = f"/one-day/{key}/lines/{first.key}"
    assert "同名的人又在线上捐了" in (await client.get(at)).text
    other = await client.post(f"{at}/choose", data={"changed_at": first.changed_at, "counted": "1"})
    assert other.status_code == 303
    row = await unit_rosters.get(key, by=house.cashier)
    assert await unit_rosters.online.since(row) == [second.key, third.key], "then it is the other one of the name"
    await unit_rosters.choose(key, second.key, counted=False, changed_at=second.changed_at, by=house.cashier)
    typed = Typed("张敏", "25")
    await unit_rosters.change(key, third.key, typed, changed_at=third.changed_at, by=house.cashier)
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.people, row.staff_fen, row.online) == (2, 15_000, 2), "a line written anew hides no gift"
    assert await unit_rosters.online.since(row) == []
    await unit_rosters.lock(key, content_hash=await _hash(house, key), checked=True, by=house.cashier)


async def test_a_sheet_replaces_no_roster_where_nobody_said_so(house: Cast, web: Any) -> None:
    key, client = await _roster(house, ("王伟", "100")), web.as_("cashier")
    await unit_rosters.stage(key, text="李娜 50", by=house.cashier)
    shown = {"content_hash": await _draft_hash(house, key)}
    asked = await client.post(f"/one-day/{key}/take", data=shown)
    assert (asked.status_code, "请选择替换还是追加" in asked.text) == (422, True)
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.draft is not None, row.people, row.staff_fen) == (True, 1, 10_000)
    assert (await client.post(f"/one-day/{key}/take", data=shown | {"how": "append"})).status_code == 303
    assert (await unit_rosters.get(key, by=house.cashier)).people == 2


async def test_a_roster_is_searched_by_the_name_of_its_unit(house: Cast) -> None:
    key = await _roster(house)
    name = (await work_units.named([UNIT]))[UNIT]
    wide = "市图书馆（测试）"
    await work_units.add(code="lxu90", name=wide, kind="institution", reference="YRJ26-90", by=house.accountant)
    await unit_rosters.invite(SLUG, ["LXU90"], by=house.accountant)
    for text in (wide, "图书馆(测"):
        found_units = await finding.unit(search.read(text), house.cashier)
        assert found_units is not None
        assert [hit.href for hit in found_units.items] == ["/work-units/LXU90"]
        assert await finding.rosters(search.read(text), house.cashier) is not None, text
    for text in (name, name[1:]):
        hits = await finding.rosters(search.read(text), house.cashier)
        assert hits is not None, text
        assert [hit.href for hit in hits.items] == [f"/one-day/{key}"]
    nothing = await finding.rosters(search.read("没有这个单位"), house.cashier)
    assert nothing is None or not nothing.items


async def test_one_reference_is_shown_to_an_organiser_that_of_the_transfer_on_page_and_poster(house: Cast) -> None:
    async def shown() -> list[str]:
        page = await screens_of_my_unit.my_unit(UNIT, by=house.cashier)
        (reference,) = [one["reference"] for one in page["campaigns"] if one["slug"] == SLUG]
        poster = flat(await documents_of_units.poster(UNIT, SLUG, by=house.cashier))
        assert ("附言只写" in poster) is bool(reference)
        assert not reference or f"附言只写{reference}" in poster
        return [reference]

    async def other(tx: Any, **columns: str) -> None:
        for name, value in columns.items():
            await tx.many(f"UPDATE unit_roster SET {name} = $2 WHERE key = $1", [(key, value)])

    own = (await work_units.get(UNIT, by=house.cashier)).reference
    assert await shown() == [own]
    key = await _roster(house)
    assert await shown() == [own]
    await run(lambda tx: other(tx, reference="YRJ26-99"))
    assert await shown() == ["YRJ26-99"]
    await run(lambda tx: other(tx, reference=own, campaign="everyday"))
    assert await shown() == [""], "another campaign has it"


async def test_the_list_of_staff_names_the_unit_of_each_row(house: Cast) -> None:
    key = await _locked(house, ("王伟", "100"))
    await _settle(house, key, 10_000)
    today = clock.today().isoformat()
    page = await documents.staff_page(Filters.of(today, today), 1_000_000, None, 100)
    assert [row["unit"] for row in page.rows] == [(await work_units.named([UNIT]))[UNIT]]


async def test_the_list_of_staff_adds_up_by_receipt_and_in_words(house: Cast) -> None:
    key = await _roster(house, ("王伟", "100"), ("李娜", "50.5"))
    await unit_rosters.add(key, Typed("张敏", "20", single="是"), by=house.cashier)
    await unit_rosters.lock(key, content_hash=await _hash(house, key), by=house.cashier)
    await _settle(house, key, 17_050)
    today = clock.today().isoformat()
    totals = await documents.staff_totals(Filters.of(today, today, roster=key), 1_000_000)
    assert (totals.count, totals.sums) == (3, {"amount_fen": 17_050})
    bulk = await reading.value("SELECT number FROM receipt WHERE roster = $1", key)
    assert [(group.label, group.figures["amount_fen"]) for group in totals.groups] == [
        (f"汇总收据 {bulk}，2 人", 15_050),
        ("不在汇总收据上，1 人", 2_000),
    ]
    assert documents.STAFF.check(totals) == "合计 ¥170.50（大写）人民币壹佰柒拾元零伍角整"


async def test_who_issues_the_receipt_has_the_list_that_goes_with_it(house: Cast, web: Any) -> None:
    key = await _locked(house, ("王伟", "100"))
    await _settle(house, key, 10_000)
    cashier, address = web.as_("cashier"), f"/one-day/{key}"
    page = (await cashier.get(address)).text
    (listed,) = re.findall(r'href="(/ledgers/unit-staff[^"]+)"', page)
    assert "/ledgers/units" not in page
    shown = await cashier.get(listed.replace("&amp;", "&"))
    assert (shown.status_code, "王伟" in shown.text) == (200, True)
    (code,) = await reading.rows("SELECT code FROM receipt WHERE roster = $1", key)
    receipt = (await cashier.get(f"/receipts/{code['code']}")).text
    assert f"roster={key}" in receipt
    today = clock.today().isoformat()
    of_all = await cashier.get(f"/ledgers/unit-staff?from={today}&to={today}&copy=internal")
    assert ("王伟" in of_all.text, "请先选一份名册" in of_all.text) == (False, True)
    for other in ("donations", "units", "disbursements"):
        assert (await cashier.get(f"/ledgers/{other}")).status_code == 403, other
    body = {"report": "unit-staff", "format": "pdf", "from": today, "to": today}
    for filters, status in (({"copy": "internal", "roster": key}, 202), ({"copy": "internal"}, 422)):
        made = await cashier.post("/api/v1/exports", json=body | {"filters": filters})
        assert made.status_code == status, made.text
    assert (await web.as_("manager").get("/ledgers/unit-staff")).status_code == 403


async def test_each_step_of_a_unit_stands_on_the_desk_of_who_takes_it(house: Cast, web: Any) -> None:
    key = await _locked(house, ("王伟", "100"))
    cashier, organiser = web.as_("cashier"), web.as_("organiser")

    async def waits() -> list[str]:
        waiting = [desk.ROSTERS_REMITTED, desk.ROSTERS_UNRECEIPTED, desk.GIFTS_WITHOUT_RECEIPT, desk.ROSTERS_TO_PUBLISH]
        tasks = [task for one in waiting for by in (house.cashier, house.accountant) for task in await one.tasks(by)]
        return [task.href for task in tasks]

    assert await waits() == []
    sent = {"remitted_on": clock.today().isoformat(), "remitted_fen": 10_000}
    await unit_rosters.remit(key, **sent, content_hash=await _hash(house, key), by=house.cashier)  # type: ignore[arg-type]
    assert await waits() == ["/one-day?status=remitted"]
    assert "同事一起捐的" in (await organiser.get("/my-unit")).text
    await _settle(house, key, 10_000, with_receipts=False)
    assert await waits() == ["/one-day?status=matched"], "and no receipts one by one"
    assert "王伟" not in (await cashier.get("/receipts/missing")).text
    assert "/ledgers/unit-staff?" not in (await cashier.get(f"/one-day/{key}")).text, "there is no receipt to go with"
    mine = (await organiser.get("/my-unit")).text
    assert ("不用再汇" in mine, "同事一起捐的" in mine) == (True, False)
    await settling.issue(key, by=house.cashier)
    assert await waits() == ["/one-day?status=receipted"]
    await settling.publish(key, by=house.accountant)
    assert await waits() == []


def test_columns_are_known_by_the_words_of_our_own_form() -> None:
    titles = "姓名\t金额\t要单独开收据\t本人同意公示姓名和金额\t本人同意从工资里代扣"
    sheet = columns.pasted(f"{titles}\n王伟\t10\t是\t是\t是")
    assert (sheet.rows, sheet.unused) == ([Typed("王伟", "10", single="是", public="是", payroll="是")], [])


async def test_the_places_of_a_units_gifts_are_one_sentence_that_tells_nobodys_sum(house: Cast, web: Any) -> None:
    key = await _roster(house, ("王伟", "100"))
    await unit_rosters.add(key, Typed("张敏", "20", single="是"), by=house.cashier)
    await unit_rosters.add(key, Typed("李娜", "50"), by=house.cashier)
    await unit_rosters.lock(key, content_hash=await _hash(house, key), by=house.cashier)
    await _settle(house, key, 17_000)
    code = await reading.value("SELECT code FROM receipt WHERE roster = $1", key)
    page = (await web.as_().get(f"/r/{code}")).text
    assert (page.count("先收到的先用"), "第 0.00 元到第 170.00 元之间，分 2 段" in page) == (1, True)


async def test_of_two_who_edit_the_second_sees_what_the_first_wrote(house: Cast) -> None:
    key = await _roster(house, ("王伟", "100"), ("李娜", "50"))
    row = await unit_rosters.get(key, by=house.cashier)
    first, second = await unit_rosters.lines(key, row.sheet)
    one = unit_rosters.change(key, first.key, Typed("王伟", "120"), changed_at=first.changed_at, by=house.cashier)
    two = unit_rosters.change(key, first.key, Typed("王伟", "130"), changed_at=first.changed_at, by=house.accountant)
    done = await asyncio.gather(one, two, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["NoneType", "Refusal"]
    await unit_rosters.remove(key, second.key, changed_at=second.changed_at, by=house.cashier)
    row = await unit_rosters.get(key, by=house.cashier)
    assert row.people == 1
    assert row.staff_fen in {12_000, 13_000}
    shown = await _hash(house, key)
    await unit_rosters.add(key, Typed("张敏", "10"), by=house.accountant)
    with pytest.raises(Refusal) as caught:  # the list that was shown is another one now
        await unit_rosters.lock(key, content_hash=shown, by=house.cashier)
    assert caught.value.code == "content.changed"


async def test_who_is_refused_a_line_sees_what_stands_and_what_he_typed(house: Cast, web: Any) -> None:
    key, client = await _roster(house, ("王伟", "100")), web.as_("cashier")
    row = await unit_rosters.get(key, by=house.cashier)
    (line,) = await unit_rosters.lines(key, row.sheet)
    await unit_rosters.change(key, line.key, Typed("王伟", "111"), changed_at=line.changed_at, by=house.accountant)
    typed = {"changed_at": line.changed_at, "name": "王伟", "amount": "222"}
    page = await client.post(f"/one-day/{key}/lines/{line.key}", data=typed)
    assert (page.status_code, "名册上现在是" in page.text) == (409, True)
    assert ("111" in page.text, 'value="222"' in page.text) == (True, True)


async def test_a_form_posted_after_the_session_is_not_lost_silently(house: Cast, web: Any) -> None:
    stranger, at = web.as_(), f"/one-day/{await _roster(house)}"
    sent = await stranger.post(f"{at}/stage", data={"text": "孙会话 88"}, headers={"Cookie": "session=over"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/sign-in?after=lost&next={at}")
    assert "刚才填的没有保存" in (await stranger.get(sent.headers["location"])).text


async def test_a_transfer_is_said_with_its_day(house: Cast, web: Any) -> None:
    key, client = await _locked(house, ("王伟", "100")), web.as_("cashier")
    typed = {"content_hash": await _hash(house, key), "remitted_on": "", "remitted_fen": "100"}
    page = await client.post(f"/one-day/{key}/remit", data=typed)
    assert (page.status_code, "请填写汇款日期" in page.text) == (422, True)
    assert (await unit_rosters.get(key, by=house.cashier)).status == "roster_locked"


async def test_a_locked_list_is_edited_by_nobody_until_it_is_opened(house: Cast) -> None:
    key = await _locked(house, ("王伟", "100"))
    row = await unit_rosters.get(key, by=house.cashier)
    (line,) = await unit_rosters.lines(key, row.sheet)
    edit: dict[str, Any] = {"changed_at": line.changed_at, "by": house.cashier}
    for command in (
        unit_rosters.add(key, Typed("李娜", "1"), by=house.cashier),
        unit_rosters.change(key, line.key, Typed("王伟", "1"), **edit),
        unit_rosters.choose(key, line.key, counted=False, **edit),
        unit_rosters.remove(key, line.key, **edit),
        unit_rosters.stage(key, text="李娜 1", by=house.cashier),
        unit_rosters.lock(key, content_hash=await _hash(house, key), by=house.cashier),
    ):
        with pytest.raises(Refusal) as caught:
            await command
        assert caught.value.code == "unit_roster.closed"
    await unit_rosters.unlock(key, content_hash=await _hash(house, key), by=house.cashier)
    await unit_rosters.remove(key, line.key, **edit)
    assert (await unit_rosters.get(key, by=house.cashier)).people == 0


async def test_one_transfer_is_a_gift_each_and_one_receipt_with_a_list(house: Cast) -> None:
    head = "姓名\t金额\t单独开票\t公示姓名\t证件后四位\t同意工资代扣\n"
    wishes = head + "王伟\t100\t\t是\t1234\t是\n李娜\t50.5\t是\t\t\t\n张敏\t20\t\t\t12X4\t不同意"
    key = await _roster(house, own_fen=100_000)
    with pytest.raises(Refusal) as caught:
        await unit_rosters.stage(key, text=wishes.replace("12X4", "1" * 101), by=house.cashier)
    assert caught.value.code == "unit_roster.cell"
    await _pasted(house, key, wishes.replace("12X4", "123X"))
    await unit_rosters.lock(key, content_hash=await _hash(house, key), by=house.cashier)
    await unit_rosters.remit(
        key,
        remitted_on=clock.today().isoformat(),
        remitted_fen=117_050,
        content_hash=await _hash(house, key),
        by=house.cashier,
    )
    done = await _settle(house, key, 117_050)
    assert (done.status, done.body["status"], done.body["gifts"], done.body["receipt_count"]) == (
        201,
        "receipted",
        4,
        3,
    )
    row = await unit_rosters.get(key, by=house.cashier)
    gifts = await reading.rows("SELECT * FROM donation WHERE work_unit = $1 ORDER BY seq", UNIT)
    assert [gift["amount_fen"] for gift in gifts] == [10_000, 5_050, 2_000, 100_000]
    assert {gift["channel_ref"] for gift in gifts} == {REF}
    assert [bool(gift["public_name"]) for gift in gifts] == [True, False, False, True]
    shown = [(gift.who, gift.unit) for gift in await public.latest_gifts("one-day-2026")]
    assert shown[1:] == [("爱心人士", ""), ("爱心人士", ""), ("王伟", shown[0][1])], "the staff are the givers"
    vouchers = await reading.rows("SELECT number, entries FROM journal_voucher WHERE kind = 'gift.cash'")
    assert [voucher["entries"] for voucher in vouchers] == [4]
    bulk, own, single = [await receipts.get(await receipts.code_of(n)) for n in await _numbers()]
    assert (bulk.amount_fen, bulk.roster, bulk.donor_id) == (12_000, key, row.donor)
    assert (own.amount_fen, own.roster, own.donor_id) == (100_000, None, row.donor)
    assert (single.amount_fen, single.roster) == (5_050, None)
    lines = await unit_rosters.lines(key, row.sheet)
    assert [(line.typed.name, line.typed.tail) for line in lines] == [("王伟", "1234"), ("李娜", ""), ("张敏", "123X")]
    assert [line.payroll for line in lines] == [True, False, False], "who said nothing agreed to nothing"
    today = clock.today().isoformat()
    listed = await documents.staff_page(Filters.of(today, today, roster=key), await facts.head_seq(), None, 10)
    agreed, alone, silent = [row["way"] for row in listed.rows]
    assert (agreed, alone, silent) == ("工资代扣，本人同意", "交给单位；单独开票", "交给单位")
    assert await reading.value("SELECT COUNT(*) FROM unit_roster_line WHERE typed IS NOT NULL") == 0
    await _holds()
    # a receipt of his own for one of them: the unit's is replaced by one without him
    answer = await settling.single_out(gifts[0]["key"], by=house.cashier)
    now = await receipts.get(str(await reading.value("SELECT receipt FROM donation WHERE key = $1", gifts[2]["key"])))
    assert (now.amount_fen, now.roster, now.replaces_id) == (2_000, key, bulk.code)
    assert (await receipts.get(answer.body["code"])).amount_fen == 10_000
    with pytest.raises(Refusal, match=r"unit_roster\.not_on"):
        await settling.single_out(gifts[0]["key"], by=house.cashier)
    await _holds()
    assert (await settling.publish(key, by=house.accountant)).body == {"status": "published"}
    with pytest.raises(Refusal, match=r"unit_roster\.published"):
        await settling.publish(key, by=house.accountant)


async def _numbers() -> list[str]:
    return [row["number"] for row in await reading.rows("SELECT number FROM receipt ORDER BY number")]


async def test_receipts_may_follow_later_and_are_issued_once(house: Cast, web: Any) -> None:
    key = await _locked(house, ("王伟", "100"), ("李娜", "50"))
    with pytest.raises(Refusal, match=r"unit_roster\.unsettled"):
        await settling.issue(key, by=house.cashier)
    await _settle(house, key, 15_000, with_receipts=False)
    assert (await unit_rosters.get(key, by=house.cashier)).status == "matched"
    every = f"/receipts/files/new?roster={key}"
    page, today = (await web.as_("accountant").get(f"/one-day/{key}")).text, clock.today().isoformat()
    assert every not in page, "there are none to print"
    assert f"/ledgers/units?campaign={SLUG}&amp;from={today}&amp;to={today}" in page, "every unit, not those of a month"
    await _holds()
    done = await asyncio.gather(*(settling.issue(key, by=house.cashier) for _ in range(2)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Answer", "Refusal"]
    assert len(await _numbers()) == 1
    assert every in (await web.as_("accountant").get(f"/one-day/{key}")).text
    await _holds()


async def test_a_difference_is_settled_by_nobody_unasked(house: Cast) -> None:
    key = await _locked(house, ("王伟", "100"), own_fen=500)
    for fen in (10_490, 10_510):
        with pytest.raises(Refusal) as caught:
            await _settle(house, key, fen)
        assert caught.value.code == "unit_roster.difference"
        assert caught.value.facts["apart_yuan"] == "0.10", "said without a sign: both sums stand before it"
    with pytest.raises(Refusal, match=r"unit_roster\.unit_short"):
        await _settle(house, key, 9_999, difference="unit", reason="少汇")
    with pytest.raises(Refusal, match=r"reason\.needed"):
        await _settle(house, key, 10_490, difference="unit")
    assert await reading.value("SELECT COUNT(*) FROM donation") == 0
    await _settle(house, key, 10_490, difference="unit", reason="单位少汇 0.10 元，由单位捐款承担")
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.unit_fen, row.short_fen, row.received_fen) == (490, 10, 10_490)
    shown = (await roster_desk.show(row, "", 0, by=house.cashier))["facts"]
    assert {fact["term"]: fact["value"] for fact in shown}["应汇合计"] == 10_500, "what was to come stays what it was"
    await _holds()


async def test_two_officers_settle_one_unit_once(house: Cast) -> None:
    key = await _locked(house, ("王伟", "100"), ("李娜", "50"))
    both = [_settle(house, key, 15_000, channel_ref=f"R{n}") for n in range(2)]
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Answer", "Refusal"]
    assert await reading.value("SELECT COUNT(*) FROM donation") == 2
    with pytest.raises(Refusal):  # a transfer that was booked already
        await receive(
            campaign=SLUG,
            amount_fen=15_000,
            received_on=clock.today().isoformat(),
            channel="bank",
            channel_ref=str((await unit_rosters.get(key, by=house.cashier)).channel_ref),
            donor=Donor("person", "王伟"),
            by=house.cashier,
        )
    with pytest.raises(Refusal, match=r"unit_roster\.settled"):
        await unit_rosters.unlock(key, content_hash=await _hash(house, key), by=house.cashier)


async def test_a_refund_takes_one_of_the_staff_off_the_receipt(house: Cast) -> None:
    key = await _locked(house, ("王伟", "100"), ("李娜", "50"))
    await _settle(house, key, 15_000)
    gift = str(await reading.value("SELECT key FROM donation ORDER BY seq LIMIT 1"))
    asked = await refunds.request(gift, amount_fen=10_000, cause="mistaken", reason="报错名", by=house.accountant)
    await refunds.approve(asked.body["number"], content_hash=asked.body["content_hash"], by=house.approver)
    rows = await reading.rows("SELECT status, amount_fen, roster FROM receipt ORDER BY number")
    assert [(row["status"], row["amount_fen"], row["roster"]) for row in rows] == [
        ("replaced", 15_000, key),
        ("issued", 5_000, key),
    ]
    await _holds()


async def test_a_units_receipt_leads_to_its_roster_and_names_nobody_to_the_public(house: Cast, web: Any) -> None:
    key = await _locked(house, ("欧阳静", "100"), ("李娜", "50"))
    await _settle(house, key, 15_000)
    gift, code = (await reading.tuples("SELECT key, receipt FROM donation ORDER BY seq LIMIT 1"))[0]
    page = (await web.as_("accountant").get(f"/receipts/{code}")).text
    assert f'href="/one-day/{key}"' in page
    assert f"/donations/{gift}/refund" not in page  # the first of many is not the receipt's gift
    one = (await web.as_("accountant").get(f"/donations/{gift}")).text
    assert f"/donations/{gift}/refund" in one
    assert f'action="/donations/{gift}/single-receipt"' in one
    public = (await web.as_(None).get(f"/r/{code}")).text
    assert ("欧阳" in public, "李娜" in public, "市民政局" in public) == (False, False, True)
    answer = await web.as_("accountant").post(f"/donations/{gift}/single-receipt", data={})
    assert answer.status_code == 303
    assert (
        f'action="/donations/{gift}/single-receipt"' not in (await web.as_("accountant").get(f"/donations/{gift}")).text
    )


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("王伟 100\n李娜 50\n合计 150", "150"),
        ("王伟\t100\n李娜\t50\n合计：\t150\n", "150"),
        ("1\t王伟\t100\n2\t李娜\t50\n\t共计\t150", "150"),
        ("姓名\t金额\n王伟\t100\n李娜\t50\n总计（元）：\t150", "150"),
        ("王伟 100\n李娜 50\n合计", ""),
    ],
)
def test_the_total_of_what_was_pasted_is_nobody(text: str, total: str) -> None:
    sheet = columns.pasted(text)
    assert [(one.name, one.amount) for one in sheet.rows] == [("王伟", "100"), ("李娜", "50")]
    assert sheet.total == total


async def test_of_two_uploads_at_once_one_waits_whole(house: Cast) -> None:
    key = await _roster(house)
    texts = ["王伟 100\n李娜 50", "张敏 1\n欧阳静 2\n赵六 3"]
    done = await asyncio.gather(
        *(unit_rosters.stage(key, text=text, by=house.cashier) for text in texts), return_exceptions=True
    )
    assert [one for one in done if not (one is None or isinstance(one, Refusal))] == []
    row = await unit_rosters.get(key, by=house.cashier)
    shown = [] if row.draft is None else [line.typed.name for line in await unit_rosters.lines(key, row.draft)]
    assert shown in ([], ["王伟", "李娜"], ["张敏", "欧阳静", "赵六"])
    assert (shown == []) == (None not in done)


async def test_a_sheet_that_is_being_written_is_swept_by_nobody(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    key = await _roster(house, ("王伟", "100"))
    monkeypatch.setattr(edits, "LINES_A_TX", 1)
    counted = edits._counted

    def swept(*given: Any) -> Any:  # somebody who wrote before clears up only now
        lines = counted(*given)
        inserted.append(lines[0]["sheet"])
        return lines

    inserted: list[int] = []
    monkeypatch.setattr(edits, "_counted", swept)
    run = edits.run

    async def slow(work: Any) -> Any:
        done = await run(work)
        if inserted and not cleared:
            cleared.append(True)
            await edits._sweep(key, inserted[0] - 1)
        return done

    cleared: list[bool] = []
    monkeypatch.setattr(edits, "run", slow)
    await unit_rosters.stage(key, text="张敏 1\n欧阳静 2\n赵六 3", by=house.cashier)
    assert cleared
    row = await unit_rosters.get(key, by=house.cashier)
    assert row.draft is not None
    assert len(await unit_rosters.lines(key, row.draft)) == 3


async def test_a_sheet_replaces_no_roster_but_the_one_it_was_shown_with(house: Cast) -> None:
    key = await _roster(house, ("王伟", "100"))
    await unit_rosters.stage(key, text="李娜 50", by=house.cashier)
    shown = await _draft_hash(house, key)
    await unit_rosters.add(key, Typed("张敏", "10"), by=house.accountant)  # another organiser, meanwhile
    with pytest.raises(Refusal, match=r"content\.changed"):
        await unit_rosters.take(key, replace=True, content_hash=shown, by=house.cashier)
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.people, row.staff_fen, row.draft is None) == (2, 11_000, False)


async def test_a_line_that_is_mended_to_who_gave_online_is_not_counted_again(house: Cast) -> None:
    await receive(
        campaign=SLUG,
        amount_fen=8_800,
        received_on=clock.today().isoformat(),
        channel="wechat",
        channel_ref="WX1",
        donor=Donor("person", "李娜"),
        work_unit=UNIT,
        by=house.cashier,
    )
    key = await _roster(house, ("王伟", "100"), ("李娜", "12..34"), ("李那", "5"))
    row = await unit_rosters.get(key, by=house.cashier)
    _, wrong, other = await unit_rosters.lines(key, row.sheet)
    await unit_rosters.change(key, wrong.key, Typed("李娜", "12.34"), changed_at=wrong.changed_at, by=house.cashier)
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.people, row.staff_fen, row.online, row.wrong) == (2, 10_500, 1, 0)
    # one gift is told by one line
    await unit_rosters.change(key, other.key, Typed("李娜", "5"), changed_at=other.changed_at, by=house.cashier)
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.people, row.staff_fen, row.online) == (2, 10_500, 1)


async def test_a_voided_receipt_of_the_staff_is_issued_anew_as_one(house: Cast) -> None:
    key = await _locked(house, ("王伟", "100"), ("李娜", "50"), own_fen=500)
    await _settle(house, key, 15_500)
    with pytest.raises(Refusal, match=r"unit_roster\.issued"):
        await settling.issue(key, by=house.cashier)
    await settling.publish(key, by=house.accountant)
    code = str(await reading.value("SELECT code FROM receipt WHERE roster = $1", key))
    shown = receipts.content_of(await receipts.get(code)).hash
    await receipts.void(code, reason="单位名称写错", content_hash=shown, by=house.accountant)
    assert await unit_rosters.without_receipt(await unit_rosters.get(key, by=house.cashier)) == 2
    assert len((await settling.issue(key, by=house.cashier)).body["receipts"]) == 1
    rows = await reading.rows("SELECT status, amount_fen, roster FROM receipt ORDER BY number")
    assert [(row["status"], row["amount_fen"], row["roster"]) for row in rows] == [
        ("voided", 15_000, key),
        ("issued", 500, None),
        ("issued", 15_000, key),
    ]
    assert (await unit_rosters.get(key, by=house.cashier)).status == "published"
    await _holds()


async def test_a_receipt_corrected_to_another_giver_names_nobody_unasked(house: Cast, web: Any) -> None:
    key = await _locked(house, ("王伟", "100"), ("李娜", "50"))
    await _settle(house, key, 15_000)
    code = str(await reading.value("SELECT code FROM receipt WHERE roster = $1", key))
    row = await receipts.get(code)
    assert await receipts.may_be_named(row, await receipts.gifts(code))
    hash_ = receipts.content_of(row).hash
    done = await receipts.replace(
        code, reason="开错", content_hash=hash_, donor=Donor("person", "上官婉儿"), by=house.accountant
    )
    assert "上官婉儿" not in (await web.as_(None).get(f"/r/{done.body['code']}")).text
    await _holds()


async def test_a_correction_of_one_of_the_staff_leaves_the_others_on_the_receipt(house: Cast) -> None:
    key = await _locked(house, ("王伟", "100"), ("李娜", "50"), own_fen=500)
    await _settle(house, key, 15_500, with_receipts=False)
    for gift in await _gifts("100", "5"):
        asked = await reversals.request(gift, reason="记错", by=house.accountant)
        shown = asked.body["content_hash"]
        await reversals.approve(asked.body["number"], content_hash=shown, by=house.approver)
    done = await settling.issue(key, by=house.cashier)  # the unit's own is no more either
    assert done.body["receipt_count"] == 1
    assert await reading.value("SELECT amount_fen FROM receipt WHERE roster = $1", key) == 5_000
    await _holds()


async def _gifts(*yuan: str) -> list[str]:
    fen = [int(one) * 100 for one in yuan]
    return [
        str(await reading.value("SELECT key FROM donation WHERE amount_fen = $1 AND work_unit = $2", one, UNIT))
        for one in fen
    ]


async def test_the_difference_of_a_transfer_is_told_once(house: Cast) -> None:
    key = await _locked(house, ("王伟", "100"), own_fen=500)
    today = clock.today().isoformat()
    transfer = {"remitted_on": today, "remitted_fen": 10_500}
    await unit_rosters.remit(key, **transfer, content_hash=await _hash(house, key), by=house.cashier)
    await _settle(house, key, 10_490, difference="unit", reason="少汇")
    (shown,) = (await documents.units_page(Filters.of(today, today), await facts.head_seq(), None, 10)).rows
    assert (shown["amount_fen"], shown["difference_fen"]) == (10_490, -10)
    assert documents.STAFF.sign_offs[0] == "经办人"  # where whoever prints it is named, which is no seal


async def _unit(house: Cast, code: str) -> None:
    named = {"name": f"单位{code}", "kind": "school", "reference": f"YRJ26-{code[3:]}"}
    await work_units.add(code=code, **named, by=house.accountant)


async def _organiser(house: Cast, unit: str) -> Actor:
    made = await organisers.invite(unit, name="余涛", by=house.accountant)
    await organisers.join(made.code, login="yutao", password="willow-7-harbor")
    key = str(await reading.value("SELECT key FROM staff WHERE login = 'yutao'"))
    return Actor(key, "余涛", frozenset({Role.ORGANISER}))


async def test_an_organiser_has_the_roster_of_his_unit_alone(house: Cast, web: Any) -> None:
    mine = await _roster(house, ("王伟", "100"))
    await _unit(house, "LXU03")
    await _unit(house, "LXU04")
    made = await unit_rosters.invite(SLUG, ["LXU03", "LXU04"], by=house.accountant)
    other, waiting = (str(one["key"]) for one in made.body["rosters"])
    await unit_rosters.stage(other, text="李娜 50\n张敏 20", by=house.cashier)
    draft = (await unit_rosters.get(other, by=house.cashier)).draft
    assert draft is not None
    shown = (await unit_rosters.lines(other, draft))[0]
    line = shown.key
    who = await _organiser(house, "LXU04")
    assert (await unit_rosters.get(waiting, by=who)).status == "joined"
    assert [row.key for row in await unit_rosters.listed(limit=10, by=who)] == [waiting]
    for key in (mine, other):
        for command in (
            unit_rosters.get(key, by=who),
            unit_rosters.stage(key, text="李娜 1", by=who),
            unit_rosters.take(key, replace=True, content_hash="", by=who),
            unit_rosters.discard(key, by=who),
            unit_rosters.add(key, Typed("李娜", "1"), by=who),
            unit_rosters.change(key, line, Typed("李娜", "1"), changed_at="", by=who),
            unit_rosters.choose(key, line, counted=False, changed_at="", by=who),
            unit_rosters.remove(key, line, changed_at="", by=who),
            unit_rosters.own_gift(key, unit_fen=1, expected_people=None, expected_fen=None, version=1, by=who),
            unit_rosters.lock(key, content_hash="", by=who),
            unit_rosters.unlock(key, content_hash="", by=who),
            unit_rosters.remit(key, remitted_on=clock.today().isoformat(), remitted_fen=1, content_hash="", by=who),
            documents.slip(key, by=who),
        ):
            with pytest.raises(Refusal) as caught:
                await command
            assert caught.value.status == 404
    # another unit's line by one's own roster
    with pytest.raises(Refusal, match=r"unit_roster\.changed"):
        await unit_rosters.change(waiting, line, Typed("李娜", "1"), changed_at=shown.changed_at, by=who)
    with pytest.raises(Refusal, match=r"unit_roster\.changed"):
        await unit_rosters.line(await unit_rosters.get(waiting, by=who), line)
    await unit_rosters.add(waiting, Typed("李娜", "1"), by=who)
    made = await organisers.hand_over(name="柳青", by=who)
    await organisers.join(made.code, login="liuqing", password="willow-7-harbor")
    with pytest.raises(Refusal) as caught:  # it is somebody else's now
        await unit_rosters.get(waiting, by=who)
    assert caught.value.status == 404
    assert (await unit_rosters.get(waiting, by=house.cashier)).status == "roster_open"


async def test_the_list_goes_on_between_two_rosters_of_one_unit(house: Cast) -> None:
    await _roster(house)
    await _unit(house, "LXU03")
    await unit_rosters.invite(SLUG, ["LXU03"], by=house.accountant)
    rows = await unit_rosters.listed(limit=10, by=house.cashier)
    one = {name: getattr(rows[0], name) for name in UNIT_ROSTER.columns} | {"key": "0", "reference": "X-1"}

    before = await reading.value("SELECT slug FROM campaign WHERE slug <> $1 ORDER BY slug LIMIT 1", SLUG)

    async def last_year(tx: Any) -> None:
        await tx.many("UPDATE unit_roster SET campaign = $2 WHERE key = $1", [(rows[0].key, before)])
        await tx.insert("unit_roster", [one])

    await run(last_year)
    seen, after = [], ""
    while page := await unit_rosters.listed(after=after, limit=1, by=house.cashier):
        seen.append(page[0].key)
        after = unit_rosters.place(page[0])
    assert seen == ["0", rows[0].key, rows[1].key]


async def test_one_unit_alone_is_invited_through_the_page(house: Cast, web: Any) -> None:
    asked = await web.as_("cashier").post("/one-day/invite", data={"campaign": SLUG, "work_unit": UNIT})
    assert (asked.status_code, "必须是列表" in asked.text) == (303, False)
    assert [row.work_unit for row in await unit_rosters.listed(limit=9, by=house.cashier)] == [UNIT]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1. 张三 100\n2、李四，200元\n3) 王五50.5", [("张三", "100"), ("李四", "200"), ("王五", "50.5")]),
        ("1.\t张三\t100\n2.\t李四\t200", [("张三", "100"), ("李四", "200")]),
        ("#接龙\n一日捐\n例 姓名 金额\n\n1. 张三 100\n2. 李四 50元", [("张三", "100"), ("李四", "50")]),
        ('姓名,金额,工资代扣\n张三,"1,000",是\n李四,200,', [("张三", "1,000"), ("李四", "200")]),
        ("1,234 张三", [("1,234 张三", "")]),
        ("张" * 200_000, None),
    ],
)
def test_what_a_chat_or_a_hand_numbered_is_read(text: str, rows: list[tuple[str, str]] | None) -> None:
    if rows is None:
        with pytest.raises(columns.CellTooLong):
            columns.pasted(text)
        return
    assert [(one.name, one.amount) for one in columns.pasted(text).rows] == rows


async def test_nothing_typed_is_no_line_and_nothing_sent_is_no_sheet(house: Cast, web: Any) -> None:
    key, client = await _roster(house, ("王伟", "100")), web.as_("cashier")
    empty = await client.post(f"/one-day/{key}/lines", data={"name": " ", "amount": "", "payroll": "是"})
    assert (empty.status_code, "请填写姓名" in empty.text) == (422, True)
    called = await client.post(f"/api/v1/unit-rosters/{key}/lines", json={"name": ""})
    assert called.status_code == 422, called.text
    nothing = await client.post(f"/one-day/{key}/stage", data={"text": " "})
    assert (nothing.status_code, "请选择名册文件" in nothing.text, "一个人也没有" in nothing.text) == (422, True, False)
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.people, row.wrong, row.draft) == (1, 0, None)


async def test_the_printed_list_counts_who_is_in_the_transfer(house: Cast, web: Any) -> None:
    key = await _roster(house)
    await _online(house, "李娜", "WX1")
    await _pasted(house, key, "姓名\t金额\t工资代扣\t单独开票\n王伟\t100\t要\t要\n李娜\t50\t\t")
    printed = flat((await web.as_("cashier").get(f"/one-day/{key}/all.pdf")).content)
    assert "人数1序号" in printed
    assert "1王伟100.00工资代扣是2李娜50.00已线上捐" in printed


async def test_a_line_has_ticks_and_leads_to_the_next_that_is_wrong(house: Cast, web: Any) -> None:
    key, cashier = await _roster(house), web.as_("cashier")
    await _pasted(house, key, "姓名\t金额\t工资代扣\n王伟\t100\t同意\n李娜\t1..2\t也许\n张敏\t-5\t\n周九\t1\t")
    row = await unit_rosters.get(key, by=house.cashier)
    first, second, third, _ = await unit_rosters.lines(key, row.sheet)
    at = f"/one-day/{key}/lines/"
    (gone,) = [line for line in await unit_rosters.lines(key, row.sheet) if line.n == 4]
    taken = {"changed_at": gone.changed_at}
    assert (await cashier.post(f"{at}{gone.key}/remove", data=taken)).status_code == 303
    for again in (cashier.post(f"{at}{gone.key}/remove", data=taken), cashier.get(at + gone.key)):
        answer = await again
        assert (answer.status_code, 'id="add"' in answer.text) == (409, True), "the roster as it stands"
    shown = (await cashier.get(at + first.key)).text
    assert re.search(r'type="checkbox" id="f-payroll" name="payroll" value="是" checked', shown)
    odd = (await cashier.get(at + second.key)).text
    assert ("表里写的是“也许”" in odd, 'id="e-payroll"' in odd) == (True, True)

    async def saved(line: Any, **typed: str) -> str:
        data = {"changed_at": line.changed_at, "name": line.typed.name, **typed}
        return str((await cashier.post(at + line.key, data=data)).headers.get("location"))

    assert await saved(second, amount="1.2", payroll="是") == f"/one-day/{key}?only=wrong#lines"
    assert await saved(third, amount="5") == f"/one-day/{key}#lines"
    lines = await unit_rosters.lines(key, row.sheet)
    assert [(line.payroll, line.faults) for line in lines] == [(True, ()), (True, ()), (False, ())]
    await unit_rosters.stage(key, text="赵六 50", by=house.cashier)
    assert await saved(lines[0], amount="101") == f"/one-day/{key}#lines", "a sheet that waits draws nobody to it"
    row = await unit_rosters.get(key, by=house.cashier)
    assert row.draft is not None
    (waiting,) = await unit_rosters.lines(key, row.draft)
    assert await saved(waiting, amount="51") == f"/one-day/{key}/draft#lines"


async def test_who_adds_lines_sees_them_and_the_list_before_the_rare_forms(house: Cast, web: Any) -> None:
    key, cashier = await _roster(house, ("王伟", "100")), web.as_("cashier")
    await cashier.post(f"/one-day/{key}/lines", data={"name": "李娜", "amount": "50"})
    version = (await unit_rosters.get(key, by=house.cashier)).version
    wanted = {"expected_people": 3, "expected_fen": 10_000}
    await unit_rosters.own_gift(key, unit_fen=0, **wanted, version=version, by=house.cashier)
    page = (await cashier.get(f"/one-day/{key}")).text
    add = page[page.index('id="add"') :]
    assert "已有 2 人，合计 ¥150.00。最后一行：李娜 ¥50.00" in add
    await _online(house, "张敏", "WX1")
    await cashier.post(f"/one-day/{key}/lines", data={"name": "张敏", "amount": "70"})
    apart = (await cashier.get(f"/one-day/{key}")).text.partition('id="add"')[2]
    assert re.search(r"最后一行：张敏 ¥70.00。<a href=[^>]*>这个姓名已线上捐，没有计入", apart)
    places = [page.index(f'id="{name}"') for name in ("add", "lines", "upload", "own")]
    assert places == sorted(places)
    assert ("预计 3 人，少 1 人" in page, "预计 ¥100.00，多 ¥50.00" in page) == (True, True)


async def test_a_settled_roster_leads_to_the_receipts_of_the_unit(house: Cast, web: Any) -> None:
    key = await _locked(house, ("王伟", "100"), ("李娜", "50"), own_fen=100_000)
    await _settle(house, key, 115_000)
    row = await unit_rosters.get(key, by=house.cashier)
    staff, own = await readers_of_desk.receipts_of(row)
    assert [(one["staff"], one["amount_fen"]) for one in (staff, own)] == [(True, 15_000), (False, 100_000)]
    page = (await web.as_("cashier").get(f"/one-day/{key}")).text
    for one in (staff, own):
        assert f'href="/receipts/{one["code"]}"' in page
    lines = await unit_rosters.lines(key, row.sheet)
    await settling.single_out(str(lines[1].donation), by=house.cashier)
    page = (await web.as_("cashier").get(f"/one-day/{key}")).text
    assert ("单独开具的 1 张" in page, "¥50.00" in page, "¥100.00" in page) == (True, True, True)
    today = clock.today().isoformat()
    (listed,) = (await documents.units_page(Filters.of(today, today), await facts.head_seq(), None, 10)).rows
    now = [one["number"] for one in await readers_of_desk.receipts_of(row)]
    assert listed["receipts"] == "、".join([*now, "单独开具的 1 张"])
    assert [line.single for line in await unit_rosters.lines(key, row.sheet)] == [False, True]
    assert "copy=internal" in (await web.as_("accountant").get(f"/one-day/{key}")).text


async def test_pages_of_a_roster_say_what_did_not_happen(house: Cast, web: Any) -> None:
    key = await _roster(house, ("王伟", "100"))
    cashier = web.as_("cashier")
    await unit_rosters.stage(key, text="李娜 50\n合计 70", by=house.cashier)
    page = (await cashier.get(f"/one-day/{key}/draft")).text
    assert "与各行相加差" in page
    old = {"content_hash": await _draft_hash(house, key), "how": "replace"}
    assert (await cashier.post(f"/one-day/{key}/take", data=old)).status_code == 303
    again = await cashier.post(f"/one-day/{key}/take", data=old)  # the Back button
    assert (again.status_code, "没有等待确认的名册" in again.text) == (409, True)
    row = await unit_rosters.get(key, by=house.cashier)
    (line,) = await unit_rosters.lines(key, row.sheet)
    edit = f'action="/one-day/{key}/lines/{line.key}"'
    assert edit in (await cashier.get(f"/one-day/{key}/lines/{line.key}")).text
    await unit_rosters.lock(key, content_hash=await _hash(house, key), by=house.cashier)
    assert edit not in (await cashier.get(f"/one-day/{key}/lines/{line.key}")).text
    hits = await finding.rosters(search.read(row.reference), house.cashier)
    assert hits is not None
    assert [hit.href for hit in hits.items] == [f"/one-day/{key}"]
    assert await finding.rosters(search.read("50.00"), house.cashier) is not None
    assert await finding.rosters(search.read("50.01"), house.cashier) is None
    shown = unit_rosters.locked_content(await unit_rosters.get(key, by=house.cashier)).hash
    today = clock.today().isoformat()
    await unit_rosters.remit(key, remitted_on=today, remitted_fen=4_990, content_hash=shown, by=house.cashier)
    assert await finding.rosters(search.read("49.90"), house.cashier) is not None, "what the unit says it sent"
    page = (await cashier.get(f"/one-day/{key}")).text
    assert ("还差 ¥0.10：请补汇" in page, "不用再汇" in page, "一次汇足" in page) == (True, False, False)
    await unit_rosters.remit(
        key, remitted_on=today, remitted_fen=5_000, content_hash=await _hash(house, key), by=house.cashier
    )
    page = (await cashier.get(f"/one-day/{key}")).text
    assert ("不用再汇" in page, "一次汇足" in page) == (True, False)


async def test_rows_of_a_spreadsheet_come_through_the_page_and_the_call(house: Cast, web: Any) -> None:
    key = await _roster(house)
    text = "姓名\t金额\r\n王伟\t100\r\n李娜\t50.5\r\n"
    cashier = web.as_("cashier")
    pasted = await cashier.post(f"/one-day/{key}/stage", data={"text": text})
    assert (pasted.status_code, pasted.headers.get("location")) == (303, f"/one-day/{key}/draft"), pasted.text
    called = await cashier.post(f"/api/v1/unit-rosters/{key}/draft", json={"text": text})
    assert called.status_code == 200, called.text
    assert (called.json()["people"], called.json()["staff_fen"]) == (2, 150_50)
    hidden = await cashier.post(f"/one-day/{key}/stage", data={"text": text.replace("伟", "\u200b")})
    assert (hidden.status_code, "U+200B" in hidden.text) == (422, True)


async def _refused(command: Any) -> str:
    with pytest.raises(Refusal) as caught:
        await command
    return caught.value.code


async def test_a_roster_holds_so_many_and_no_more(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    key = await _roster(house)
    monkeypatch.setattr(edits, "LINES_MAX", 2)
    await _pasted(house, key, "王伟 1\n李娜 2")
    assert await _refused(unit_rosters.add(key, Typed("张敏", "3"), by=house.cashier)) == "unit_roster.full"
    assert await _refused(_pasted(house, key, "张敏 3", replace=False)) == "unit_roster.full"
    await unit_rosters.discard(key, by=house.cashier)
    (row, *_) = await unit_rosters.lines(key, (await unit_rosters.get(key, by=house.cashier)).sheet)
    await unit_rosters.remove(key, row.key, changed_at=row.changed_at, by=house.cashier)
    await unit_rosters.add(key, Typed("张敏", "3"), by=house.cashier)
    assert (await unit_rosters.get(key, by=house.cashier)).staff_fen == 500
    monkeypatch.setattr(files, "PASTED_MAX", 5)
    assert await _refused(unit_rosters.stage(key, text="王伟 100", by=house.cashier)) == "unit_roster.full"
    monkeypatch.setattr(files, "BYTES_MAX", 26)
    many = "姓名,金额\r\n王伟,100\r\n".encode()
    assert await _refused(unit_rosters.stage(key, name="a.csv", data=many, by=house.cashier)) == "unit_roster.file"


async def test_a_line_stays_as_it_was_chosen(house: Cast) -> None:
    await receive(
        campaign=SLUG,
        amount_fen=8_800,
        received_on=clock.today().isoformat(),
        channel="wechat",
        channel_ref="WX1",
        donor=Donor("person", "李娜"),
        work_unit=UNIT,
        by=house.cashier,
    )
    key = await _roster(house)
    line = await unit_rosters.line(
        await unit_rosters.get(key, by=house.cashier),
        await unit_rosters.add(key, Typed("李娜", "50"), by=house.cashier),
    )
    assert not line.counted
    await unit_rosters.change(key, line.key, Typed("李娜", "60"), changed_at=line.changed_at, by=house.cashier)
    row = await unit_rosters.get(key, by=house.cashier)
    assert (row.people, row.online) == (0, 1)  # still who gave online
    wrong = await unit_rosters.add(key, Typed("王伟", "12..34"), by=house.cashier)
    at = (await unit_rosters.line(await unit_rosters.get(key, by=house.cashier), wrong)).changed_at
    code = await _refused(unit_rosters.choose(key, wrong, counted=True, changed_at=at, by=house.cashier))
    assert code == "unit_roster.wrong"
    old = await unit_rosters.get(key, by=house.cashier)
    own: dict[str, Any] = {"expected_people": None, "expected_fen": None, "by": house.cashier}
    assert await _refused(unit_rosters.own_gift(key, unit_fen=-1, version=old.version, **own)) == "fields.unreadable"
    await unit_rosters.own_gift(key, unit_fen=1, version=old.version, **own)
    code = await _refused(unit_rosters.own_gift(key, unit_fen=2, version=old.version, **own))
    assert code == "unit_roster.changed"
    await _pasted(house, key, "张敏 1")  # the line of a sheet that was replaced
    assert await _refused(unit_rosters.remove(key, wrong, changed_at=at, by=house.cashier)) == "unit_roster.changed"


async def test_only_units_that_take_part_are_invited_to_one_day_giving(house: Cast) -> None:
    other = str(await reading.value("SELECT slug FROM campaign WHERE kind <> 'one_day' AND status = 'active' LIMIT 1"))
    for campaign, units, code in (
        (SLUG, [], "fields.unreadable"),
        (other, [UNIT], "campaign.not_found"),
        (SLUG, ["LXU99"], "work_unit.unknown"),
    ):
        assert await _refused(unit_rosters.invite(campaign, units, by=house.accountant)) == code
    key = await _roster(house)
    again = await unit_rosters.invite(SLUG, [UNIT], by=house.accountant)
    assert again.body["rosters"] == []
    assert (await unit_rosters.get(key, by=house.cashier)).status == "joined", "its organiser is at work"
    used = (await unit_rosters.get(key, by=house.cashier)).reference
    line = await unit_rosters.add(key, Typed("王伟", "1", tail="330381199001011234"), by=house.cashier)
    row = await unit_rosters.get(key, by=house.cashier)
    assert (await unit_rosters.line(row, line)).typed.tail == "1234"  # no more of it is kept
    assert verbs._reference(used, "YRJ", "2026-10-01", {used}) not in {used, ""}


async def test_each_step_of_a_roster_is_taken_from_the_one_before_as_it_was_shown(house: Cast) -> None:
    key, today = await _roster(house), clock.today()
    by: dict[str, Any] = {"by": house.cashier}

    def remit(hash_: str, fen: int = 10_000, on: Any = today) -> Any:
        return unit_rosters.remit(key, remitted_on=on.isoformat(), remitted_fen=fen, content_hash=hash_, **by)

    assert await _refused(unit_rosters.lock(key, content_hash=await _hash(house, key), **by)) == "unit_roster.empty"
    await unit_rosters.add(key, Typed("王伟", "100"), **by)
    assert await _refused(remit(await _hash(house, key))) == "unit_roster.open"
    assert await _refused(_settle(house, key, 10_000)) == "unit_roster.open"
    await unit_rosters.stage(key, text="李娜 1", **by)
    assert await _refused(unit_rosters.lock(key, content_hash=await _hash(house, key), **by)) == "unit_roster.draft"
    await unit_rosters.discard(key, **by)
    version = (await unit_rosters.get(key, **by)).version
    await unit_rosters.own_gift(key, unit_fen=0, expected_people=2, expected_fen=None, version=version, **by)
    assert await _refused(unit_rosters.lock(key, content_hash=await _hash(house, key), **by)) == "unit_roster.unchecked"
    opened = await _hash(house, key)
    await unit_rosters.lock(key, content_hash=opened, checked=True, **by)
    shown = await _hash(house, key)
    for command in (
        remit(opened),
        unit_rosters.unlock(key, content_hash=opened, **by),
        _settle(house, key, 10_000, content_hash=opened),
    ):
        assert await _refused(command) == "content.changed"
    assert await _refused(remit(shown, on=today + timedelta(days=1))) == "fields.unreadable"
    assert await _refused(remit(shown, fen=0)) == "fields.unreadable"
    assert await _refused(_settle(house, key, 10_000, difference="staff")) == "fields.unreadable"
    await remit(shown)
    who = await _organiser(house, UNIT)
    with pytest.raises(Refusal) as caught:  # the unit has transferred: only the office opens it again
        await unit_rosters.unlock(key, content_hash=await _hash(house, key), by=who)
    assert caught.value.status == 403
    with pytest.raises(Refusal):
        await settling.settle(
            key,
            received_on=(today + timedelta(days=1)).isoformat(),
            received_fen=10_000,
            channel_ref=REF,
            content_hash=await _hash(house, key),
            **by,
        )
    assert await _refused(settling.publish(key, by=house.accountant)) == "unit_roster.unissued"
    await _settle(house, key, 10_000, with_receipts=False)
    assert await _refused(remit(await _hash(house, key))) == "unit_roster.settled"
    gift = str(await reading.value("SELECT key FROM donation"))
    assert await _refused(settling.single_out(gift, by=house.cashier)) == "unit_roster.not_on"
    asked = await refunds.request(gift, amount_fen=4_000, cause="mistaken", reason="报多了", by=house.accountant)
    await refunds.approve(asked.body["number"], content_hash=asked.body["content_hash"], by=house.approver)
    await settling.issue(key, **by)
    assert await reading.value("SELECT amount_fen FROM receipt WHERE roster = $1", key) == 6_000
    await _holds()


async def test_an_upload_that_began_before_another_gives_way_to_it(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await _roster(house)
    run, later = edits.run, list[str]()

    async def slow(work: Any) -> Any:
        done = await run(work)
        if not later:
            later.append("张敏")
            await unit_rosters.stage(key, text="张敏 1", by=house.accountant)
        return done

    monkeypatch.setattr(edits, "run", slow)
    assert await _refused(unit_rosters.stage(key, text="王伟 100\n李娜 50", by=house.cashier)) == "unit_roster.changed"
    row = await unit_rosters.get(key, by=house.cashier)
    assert row.draft is not None
    assert [line.typed.name for line in await unit_rosters.lines(key, row.draft)] == later


async def test_of_who_gave_online_himself_nothing_is_left_once_the_roster_is_settled(house: Cast) -> None:
    key = await _roster(house, ("王伟", "100"), ("李娜", "50"))
    row = await unit_rosters.get(key, by=house.cashier)
    _, other = await unit_rosters.lines(key, row.sheet)
    await unit_rosters.choose(key, other.key, counted=False, changed_at=other.changed_at, by=house.cashier)
    await unit_rosters.lock(key, content_hash=await _hash(house, key), by=house.cashier)
    await _settle(house, key, 10_000)
    kept = await reading.tuples("SELECT counted, typed, name_index, donation IS NULL FROM unit_roster_line ORDER BY n")
    assert [tuple(map(bool, one)) for one in kept] == [(True, False, False, False), (False, False, False, True)]
    await _holds()


async def test_all_of_a_unit_is_one_file_as_its_roster_stands(
    house: Cast, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await _roster(house)
    client, at = web.as_("cashier"), f"/one-day/{key}/all.pdf"
    assert at in (await client.get(f"/one-day/{key}")).text
    empty = await client.get(at)
    assert (empty.headers["cache-control"], page_count(empty.content)) == ("no-store", 2)
    assert len(codes_in(empty.content)) == 1, "the poster's"
    await _pasted(house, key, "王伟\t100\n李娜\t50.5")
    await unit_rosters.lock(key, content_hash=await _hash(house, key), checked=True, by=house.cashier)
    whole = (await client.get(at)).content
    run = flat(whole)
    assert page_count(whole) == 3
    for text in ("汇款单", "单位捐款名册", "王伟", "50.50", "人民币壹佰伍拾元零伍角整", "签名", "不设指标"):
        assert text in run, text
    with words.speaking("en"):
        english = flat((await documents_of_units.together(key, by=house.cashier))[0])
    assert "Signature" in english
    monkeypatch.setattr(documents_of_units, "LIST_MAX", 1)
    short = flat((await client.get(at)).content)
    assert ("王伟" in short, "名册2人，太长" in short) == (False, True)
    ends = await reading.value("SELECT ends_on FROM campaign WHERE slug = $1", SLUG)
    with clock.fixed(datetime.fromisoformat(f"{ends}T20:00:00+00:00")):
        assert page_count((await documents_of_units.together(key, by=house.cashier))[0]) == 2, (
            "no poster when it is over"
        )
    assert (await web.as_("clerk").get(at)).status_code == 403


async def _foreseen(house: Cast, key: str, **facts: Any) -> str:
    """The hash of a roster as it will be, for whoever knows what will be done to it."""
    row = await unit_rosters.get(key, by=house.cashier)
    now = {name: getattr(row, name) for name in UNIT_ROSTER.columns}
    return unit_rosters.locked_content({**now, **facts, "version": now["version"] + facts.get("version", 0)}).hash


async def test_a_list_that_is_locked_anew_while_its_transfer_is_read_is_settled_by_nobody(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gifts would be those of the lines that were read, the sums those of the lines that are there."""
    key = await _locked(house, ("王伟", "100"))
    left_out = settling_readers.left_out

    async def meanwhile(row: Any) -> list[str]:
        monkeypatch.setattr(settling_readers, "left_out", left_out)
        await unit_rosters.unlock(key, content_hash=await _hash(house, key), by=house.cashier)
        (line,) = await unit_rosters.lines(key, row.sheet)
        await unit_rosters.change(key, line.key, Typed("王伟", "900"), changed_at=line.changed_at, by=house.cashier)
        await unit_rosters.lock(key, content_hash=await _hash(house, key), by=house.cashier)
        return await left_out(row)

    monkeypatch.setattr(settling_readers, "left_out", meanwhile)
    seen = await _foreseen(house, key, staff_fen=90_000, version=3)
    assert await _refused(_settle(house, key, 90_000, content_hash=seen)) == "unit_roster.changed"
    assert await reading.value("SELECT COUNT(*) FROM donation") == 0
    await _settle(house, key, 90_000)
    assert await reading.value("SELECT SUM(amount_fen) FROM donation") == 90_000
    await _holds()


async def test_a_list_that_changes_while_it_is_checked_is_not_locked(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would be asked about the two of one name."""
    key = await _roster(house, ("王伟", "100"))
    doubles = readers.doubles

    async def meanwhile(roster: str, sheet: int) -> int:
        count = await doubles(roster, sheet)
        await unit_rosters.add(key, Typed("王伟", "50"), by=house.cashier)
        return count

    monkeypatch.setattr(readers, "doubles", meanwhile)
    seen = await _foreseen(house, key, status="roster_open", people=2, staff_fen=15_000, version=1)
    assert await _refused(unit_rosters.lock(key, content_hash=seen, by=house.cashier)) == "unit_roster.changed"


async def test_a_file_that_says_one_cell_again_and_again_does_not_fill_the_memory(house: Cast) -> None:
    """A string stands once in a spreadsheet, and cells name it: 40 KB were 36 MB, and 8 MB could be many GB."""
    key, out = await _roster(house), io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([("姓名", "金额"), *[("王伟", "1", *(["慈" * 1_500] * 200))] * 40]):
            sheet.write_row(at, 0, row)
    assert len(out.getvalue()) < 100_000
    assert await _refused(unit_rosters.stage(key, name="a.xlsx", data=out.getvalue(), by=house.cashier)) == (
        "unit_roster.file"
    )
    await _pasted(house, key, "王伟 100")


async def test_one_file_of_an_account_is_read_at_a_time(house: Cast) -> None:
    key = await _roster(house)
    data = "姓名,金额\n王伟,100\n".encode()
    sent = [unit_rosters.stage(key, name=f"{n}.csv", data=data, by=house.cashier) for n in range(3)]
    done = await asyncio.gather(*sent, return_exceptions=True)
    assert [one.code for one in done if isinstance(one, Refusal)] == ["unit_roster.file"] * 2
    await unit_rosters.stage(key, name="4.csv", data=data, by=house.cashier)


async def test_what_has_more_lines_than_any_roster_is_not_taken_apart(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty pastes of 200,000 lines kept everybody waiting for seconds."""
    key, taken = await _roster(house), list[str]()
    monkeypatch.setattr(columns, "pasted", taken.append)
    for end in ("\n", "\r", "\u2028"):
        assert (
            await _refused(unit_rosters.stage(key, text=f"王{end}" * 199_000, by=house.cashier)) == "unit_roster.full"
        )
    assert taken == []
    monkeypatch.undo()
    await _pasted(house, key, "王伟 100\n\n\n" * 4_900)
