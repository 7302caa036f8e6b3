"""Statements come in: shown first, taken in whole, overlapping files by occurrence; by page and by call."""

import asyncio
import base64
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from bank import files
from bank.files import ENTRIES, OWN, Entry, csv_of, xlsx_of
from cast import Cast
from page_forms import hidden_of

from charity import clock
from charity.bank import statements
from charity.bank.models import BankStatementRow
from charity.bank.statements import readers, verbs, withdrawals
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.ledger import places

BANK = "1002/ICBC-01"
SAME: Entry = ("2026-09-30", "08:00:00", "50.00", "", "一日捐")


def plain(entries: Sequence[Entry], names: Sequence[str] = ()) -> bytes:
    """A file of BOC without references and balances, so that equal transfers are equal lines."""
    rows = [list(row) for row in files.boc(entries)]
    titles = [str(cell).partition("[")[0] for cell in rows[7]]
    for n, row in enumerate(rows[8:]):
        row[titles.index("交易流水号")] = row[titles.index("交易后余额")] = ""
        if n < len(names):
            row[titles.index("付款人名称")] = names[n]
    return csv_of(rows, "gbk")


async def shown(house: Cast, data: bytes, place: str = BANK) -> BankStatementRow:
    key = await statements.upload(place=place, name="明细.csv", data=data, by=house.cashier)
    return await statements.get(key, by=house.cashier)


async def taken(house: Cast, data: bytes, place: str = BANK) -> int:
    """How many lines a file adds."""
    row = await shown(house, data, place)
    if row["status"] == "waiting":
        await statements.take(row["key"], content_hash=readers.content(row).hash, by=house.accountant)
        return row["new_lines"]
    assert row["status"] == "taken"
    return 0


async def listed_lines(house: Cast, **asked: Any) -> list[tuple[str, int, int, str]]:
    views, _ = await statements.lines(statements.Filters(**asked), by=house.auditor)
    return sorted((one.row["on_day"], one.row["in_fen"], one.row["out_fen"], one.memo) for one in views)


async def refused(code: str, done: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await done
    assert caught.value.code == code
    return caught.value


async def test_a_file_is_shown_first_and_taken_in_by_a_second_press(house: Cast) -> None:
    before = await reading.value("SELECT seq FROM head")
    row = await shown(house, csv_of(files.boc(), "gbk"))
    assert (row["layout"], row["account"], row["first_on"], row["last_on"]) == ("boc", OWN, "2026-09-28", "2026-09-30")
    assert (row["lines"], row["in_fen"], row["out_fen"], row["new_lines"]) == (3, 101_234, 25_050, 3)
    assert await listed_lines(house) == []
    stale = readers.content({**row, "new_lines": 2}).hash
    await refused("content.changed", statements.take(row["key"], content_hash=stale, by=house.cashier))
    assert await listed_lines(house) == []
    await statements.take(row["key"], content_hash=readers.content(row).hash, by=house.cashier)
    lines = [(day, files._fen(came), files._fen(went), memo) for day, _, came, went, memo in ENTRIES]
    assert await listed_lines(house) == lines
    (one,), following = await statements.lines(statements.Filters(limit=1), by=house.auditor)
    assert (one.row["on_day"], one.name, one.account, one.row["status"]) == (
        "2026-09-30",
        files.SENDER,
        files.SENDER_ACCOUNT,
        "open",
    )
    assert len((await statements.lines(statements.Filters(after=following), by=house.auditor))[0]) == 2
    assert await reading.value("SELECT seq FROM head") == before, "nothing is posted"
    stored = str(await reading.rows("SELECT * FROM bank_line"))
    assert (files.SENDER_ACCOUNT in stored, "一日捐" in stored) == (False, False), "sealed"


async def test_an_overlapping_file_adds_exactly_what_is_beyond(house: Cast) -> None:
    whole = [SAME, SAME, *ENTRIES, SAME]
    assert await taken(house, plain(whole)) == 6, "three equal transfers stay three"
    assert await taken(house, plain(whole)) == 0, "the same file twice"
    assert await taken(house, plain(whole[:3])) == 0, "half of it"
    assert await taken(house, plain([*whole[3:], SAME])) == 0, "two of three equal ones"
    assert await taken(house, plain([SAME] * 4)) == 1, "a fourth one"
    assert await taken(house, plain([SAME] * 5, ["张三"])) == 1, "another name with its day and sum stays another"
    assert await taken(house, plain([SAME, SAME], ["张三", "李四"])) == 1
    assert len(await listed_lines(house)) == 9
    assert await listed_lines(house, place=BANK, from_on="2026-09-29", to_on="2026-09-29") == [
        ("2026-09-29", 0, 25_050, "付款")
    ]
    assert len(await listed_lines(house, amounts=(5_000, 5_000))) == 6
    assert await listed_lines(house, status="open", place="1009/WECHAT") == []


async def test_a_reversal_went_and_makes_the_sum_of_its_column_less(house: Cast) -> None:
    turned = [*ENTRIES, ("2026-09-30", "17:00:00", "-12.34", "", "冲正")]
    row = await shown(house, xlsx_of(files.icbc(turned)))
    assert (row["in_fen"], row["out_fen"], row["new_in_fen"], row["new_out_fen"]) == (100_000, 25_050) * 2
    assert await taken(house, xlsx_of(files.icbc())) == 3
    stale = statements.take(row["key"], content_hash=readers.content(row).hash, by=house.cashier)
    await refused("statement.otherwise", stale)
    row = await statements.get(row["key"], by=house.cashier)
    assert (row["new_lines"], row["new_in_fen"], row["new_out_fen"]) == (1, -1_234, 0)
    await statements.take(row["key"], content_hash=readers.content(row).hash, by=house.cashier)
    assert ("2026-09-30", 0, 1_234, "冲正") in await listed_lines(house, from_on="2026-09-30")


async def test_many_lines_are_staged_in_parts(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "LINES_A_TX", 4)
    assert await taken(house, plain([SAME] * 9)) == 9
    assert await taken(house, plain([SAME] * 11)) == 2
    counts = await reading.rows("SELECT occurrence FROM bank_line ORDER BY occurrence")
    assert [row["occurrence"] for row in counts] == list(range(1, 12))


async def test_an_upload_that_was_killed_half_way_is_repeated_with_the_same_end(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "LINES_A_TX", 2)
    whole, write, done = plain([SAME] * 5), verbs._write, 0

    async def dies(*args: Any) -> None:
        nonlocal done
        done += 1
        if done == 2:
            raise RuntimeError
        await write(*args)

    monkeypatch.setattr(verbs, "_write", dies)
    with pytest.raises(RuntimeError):
        await statements.upload(place=BANK, name="a.csv", data=whole, by=house.cashier)
    monkeypatch.setattr(verbs, "_write", write)
    assert await listed_lines(house) == []
    (half,), _ = await statements.statements(by=house.cashier)
    assert (half["status"], await reading.value("SELECT COUNT(*) FROM bank_line")) == ("staging", 2)
    assert await taken(house, whole) == 5
    assert (len(await listed_lines(house)), await reading.value("SELECT COUNT(*) FROM bank_statement")) == (5, 1)


async def test_what_came_between_is_counted_and_shown_again(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "LINES_A_TX", 2)
    first = await shown(house, plain([SAME] * 3))
    second = await shown(house, plain([SAME] * 4))
    assert (first["new_lines"], second["new_lines"]) == (3, 4)
    await statements.take(first["key"], content_hash=readers.content(first).hash, by=house.cashier)
    await refused(
        "statement.otherwise",
        statements.take(second["key"], content_hash=readers.content(second).hash, by=house.cashier),
    )
    again = await statements.get(second["key"], by=house.cashier)
    assert (again["new_lines"], again["new_in_fen"], len(await listed_lines(house))) == (1, 5_000, 3)
    await refused(
        "content.changed", statements.take(again["key"], content_hash=readers.content(second).hash, by=house.cashier)
    )
    await statements.take(again["key"], content_hash=readers.content(again).hash, by=house.cashier)
    assert len(await listed_lines(house)) == 4


async def test_of_two_who_take_in_at_once_each_line_comes_once(house: Cast) -> None:
    rows = [await shown(house, plain([SAME] * n)) for n in (3, 4)]
    done = await asyncio.gather(
        *(statements.take(row["key"], content_hash=readers.content(row).hash, by=house.cashier) for row in rows),
        *(statements.take(row["key"], content_hash=readers.content(row).hash, by=house.accountant) for row in rows),
        return_exceptions=True,
    )
    assert done.count(None) == 1
    assert all(one is None or isinstance(one, Refusal) for one in done)
    assert len(await listed_lines(house)) in {3, 4}
    for row in rows:
        now = await statements.get(row["key"], by=house.cashier)
        if now["status"] == "waiting":
            await statements.take(row["key"], content_hash=readers.content(now).hash, by=house.cashier)
    assert len(await listed_lines(house)) == 4


async def test_the_same_file_uploaded_twice_at_once_is_one(house: Cast) -> None:
    done = await asyncio.gather(*(shown(house, plain([SAME] * 3)) for _ in range(2)), return_exceptions=True)
    assert any(isinstance(one, dict) for one in done), done
    assert all(isinstance(one, dict) or one.code == "statement.again" for one in done), done  # type: ignore[union-attr]
    assert await reading.value("SELECT COUNT(*) FROM bank_statement") == 1
    assert await taken(house, plain([SAME] * 3)) == 3


async def test_a_file_that_cannot_be_read_whole_leaves_nothing(house: Cast) -> None:
    rows = [list(row) for row in files.icbc()]
    rows[7][7], rows[8][0] = "12..34", "39.09.2026"
    refusal = await refused("statement.unreadable", shown(house, xlsx_of(rows)))
    facts = [dict(error.facts) for error in refusal.fields]
    assert [(one["row"], one["column"]) for one in facts] == [(8, "借方发生额"), (9, "日期")]
    assert refusal.facts["count"] == 2
    for table in ("bank_statement", "bank_line"):
        assert await reading.value(f"SELECT COUNT(*) FROM {table}") == 0


async def test_the_account_of_a_file_is_that_of_the_place(house: Cast) -> None:
    await transactions.run(lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建行专户"))
    assert await taken(house, xlsx_of(files.icbc())) == 3
    other = "6222021001009999999"
    refusal = await refused("statement.account", shown(house, xlsx_of(files.icbc(own=other))))
    assert (refusal.facts["stated"], refusal.facts["ours"]) == ("9999", "4567")
    assert await taken(house, xlsx_of(files.icbc(own=other)), "1002/CCB-02") == 3
    assert await taken(house, xlsx_of(files.icbc(own=int(OWN), header=4))) == 0, "lost digits are no other account"
    await refused("statement.kind", shown(house, files.wechat_fund()))
    await refused("statement.kind", shown(house, xlsx_of(files.icbc()), "1009/WECHAT"))
    assert await taken(house, files.wechat_fund(), "1009/WECHAT") == 3
    await refused("statement.place", shown(house, files.wechat_fund(), "1001/-"))
    await refused("statement.empty", shown(house, xlsx_of(files.icbc([]))))
    await refused("statement.no_file", shown(house, b""))


async def test_a_file_that_is_not_taken_in_may_be_withdrawn(house: Cast) -> None:
    row = await shown(house, plain([SAME]))
    await statements.withdraw(row["key"], by=house.accountant)
    assert await reading.value("SELECT COUNT(*) FROM bank_line") == 0
    await refused("statement.unknown", statements.withdraw(row["key"], by=house.accountant))
    row = await shown(house, plain([SAME]))
    await statements.take(row["key"], content_hash=readers.content(row).hash, by=house.cashier)
    await refused("statement.not_waiting", statements.withdraw(row["key"], by=house.accountant))
    assert len(await listed_lines(house)) == 1


async def back(house: Cast, key: str) -> None:
    row = await statements.get(key, by=house.cashier)
    await statements.take_back(key, content_hash=readers.content(row).hash, by=house.accountant)


async def test_a_file_at_the_wrong_place_is_taken_back_and_may_come_in_again(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawals, "LINES_A_TX", 2)
    await transactions.run(lambda tx: places.open_place(tx, chart="1002", place="CCB-02", name="建行专户"))
    wrong, right = xlsx_of(files.icbc(own="6222021001009999999")), xlsx_of(files.icbc())
    assert await taken(house, wrong) == 3
    await refused("statement.account", shown(house, right))
    row = await shown(house, wrong)
    await refused("content.changed", statements.take_back(row["key"], content_hash="0" * 64, by=house.cashier))
    await back(house, row["key"])
    gone = await statements.get(row["key"], by=house.auditor)
    assert (gone["status"], gone["taken_by"], gone["taken_back_by"]) == (
        "taken_back",
        house.accountant.key,
        house.accountant.key,
    )
    assert gone["taken_back_at"] is not None
    assert await reading.value("SELECT COUNT(*) FROM bank_line") == 0
    await refused("statement.not_taken", back(house, row["key"]))
    assert await taken(house, right) == 3, "the number that it taught the place went with it"
    assert await taken(house, wrong, "1002/CCB-02") == 3
    again = await shown(house, right)
    await back(house, again["key"])
    assert await taken(house, right) == 3, "the same file, once more"


async def test_a_file_whose_lines_are_used_or_counted_on_stays(house: Cast) -> None:
    assert await taken(house, plain(ENTRIES)) == 3
    assert await taken(house, plain([*ENTRIES, SAME])) == 1
    first, second = await shown(house, plain(ENTRIES)), await shown(house, plain([*ENTRIES, SAME]))
    refusal = await refused("statement.built_on", back(house, first["key"]))
    assert (refusal.facts["first"], refusal.facts["last"]) == (second["first_on"], second["last_on"])
    await transactions.run(
        lambda tx: tx.many("UPDATE bank_line SET status = 'matched' WHERE statement = $1", [[second["key"]]])
    )
    assert (await refused("statement.used", back(house, second["key"]))).facts["count"] == 1
    assert len(await listed_lines(house)) == 4
    await transactions.run(lambda tx: tx.many("UPDATE bank_line SET status = 'open'", [[]]))
    await back(house, second["key"])
    await back(house, first["key"])
    assert await listed_lines(house) == []


async def test_what_was_counted_before_a_file_was_taken_back_is_uploaded_again(house: Cast) -> None:
    assert await taken(house, plain([SAME] * 2)) == 2
    first, second = await shown(house, plain([SAME] * 2)), await shown(house, plain([SAME] * 3))
    assert (await shown(house, plain([SAME] * 3)))["key"] == second["key"], "what waits is not read again"
    (newest,), following = await statements.statements(limit=1, by=house.auditor)
    (older,), last = await statements.statements(after=following, limit=1, by=house.auditor)
    assert (newest["key"], older["key"], last) == (second["key"], first["key"], ""), "the list goes on by pages"
    await back(house, first["key"])
    stale = await statements.get(second["key"], by=house.cashier)
    assert (stale["status"], stale["new_lines"]) == ("stale", 1)
    await refused(
        "statement.not_waiting",
        statements.take(stale["key"], content_hash=readers.content(stale).hash, by=house.cashier),
    )
    assert await taken(house, plain([SAME] * 3)) == 3


async def test_of_taking_back_and_using_a_line_at_once_one_comes_first(house: Cast) -> None:
    assert await taken(house, plain([SAME] * 3)) == 3
    row = await shown(house, plain([SAME] * 3))

    async def use() -> int:
        sql = "UPDATE bank_line SET status = 'matched' WHERE status = 'open' RETURNING key"
        return len(await transactions.run(lambda tx: tx.rows(sql)))

    ends = await asyncio.gather(back(house, row["key"]), use(), back(house, row["key"]), return_exceptions=True)
    left = await reading.value("SELECT COUNT(*) FROM bank_line")
    assert (ends[1], left) in {(3, 3), (0, 0)}, ends
    codes = {"statement.used", "statement.not_taken", "content.changed"}
    assert all(end is None or (isinstance(end, Refusal) and end.code in codes) for end in ends[::2]), ends


async def test_a_file_that_nobody_took_in_is_removed_after_a_week(
    house: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "charity.bank")
    kept = await shown(house, plain([SAME]))
    await statements.take(kept["key"], content_hash=readers.content(kept).hash, by=house.cashier)
    left = await shown(house, plain([SAME] * 3))
    assert await statements.sweep() == 0
    week = clock.now() + timedelta(days=withdrawals.ABANDONED_DAYS)
    with clock.fixed(week - timedelta(minutes=5)):
        assert await statements.sweep() == 0
    with clock.fixed(week + timedelta(minutes=5)):
        assert await statements.sweep() == 1
    assert [one.statement for one in caplog.records if one.message == "statement.abandoned"] == [left["key"]]  # type: ignore[attr-defined] # extra
    assert (await reading.value("SELECT COUNT(*) FROM bank_line"), len(await listed_lines(house))) == (1, 1)

    async def dies(key: str) -> None:
        raise RuntimeError(key)

    delete = withdrawals._delete_lines
    monkeypatch.setattr(withdrawals, "_delete_lines", dies)
    with pytest.raises(RuntimeError):
        await back(house, kept["key"])
    monkeypatch.setattr(withdrawals, "_delete_lines", delete)
    assert (await listed_lines(house), await statements.sweep()) == ([], 1)
    assert await reading.value("SELECT COUNT(*) FROM bank_line") == 0


async def test_the_same_lines_in_another_writing_are_pointed_out(web: Any, house: Cast) -> None:
    assert await taken(house, xlsx_of(files.icbc())) == 3
    dated = [[datetime.fromisoformat(cell) if cell == ENTRIES[0][0] else cell for cell in row] for row in files.icbc()]
    assert await taken(house, xlsx_of(dated)) == 0, "a day as a spreadsheet keeps it"
    other = await shown(house, xlsx_of(files.icbc_at()))
    assert (other["new_lines"], await readers.alike(other)) == (3, 3), "the other format has times"
    page = (await web.as_("cashier").get(f"/bank/statements/{other['key']}")).text
    assert "至少有 3 行，日期、金额和余额都和已在册的一行相同" in page
    fresh = await shown(house, xlsx_of(files.icbc([("2026-10-08", "", "5.00", "", "新")])))
    assert await readers.alike(fresh) == 0


async def test_of_an_unknown_file_the_columns_are_chosen_and_kept_for_its_place(web: Any, house: Cast) -> None:
    cashier = web.as_("cashier")
    rows = [[day, came, went, memo] for day, _, came, went, memo in ENTRIES]
    data = csv_of([["账号：", OWN], ["交易日", "存入", "取出", "<说明>"], *rows])
    sent = {"file": ("a.csv", data, "text/csv")}
    page = await cashier.post("/bank/statements/new", data={"place": BANK}, files=sent)
    assert (page.status_code, "再选一次这个文件" in page.text) == (422, True)
    assert page.text.count('<option value="存入">存入</option>') == 11, "each of our columns may be any of its own"
    assert page.text.count('<option value="交易日" selected>') == 1, "other banks call the day so"
    assert ('<option value="&lt;说明&gt;">' in page.text, f'<option value="{BANK}" selected>' in page.text) == (
        True,
        True,
    )
    titles = hidden_of(page.text)["titles"]
    form = {"place": BANK, "titles": titles, "column_in": "存入", "column_memo": "<说明>"}
    for more, words in (
        ({"column_out": "取出"}, "请选择哪一列是交易日期"),
        ({"column_date": "交易日"}, "收入和支出各选一列"),
        ({"column_date": "交易日", "column_out": "存入"}, "这一列已经选作别的了"),
    ):
        page = await cashier.post("/bank/statements/new", data={**form, **more}, files=sent)
        assert (page.status_code, words in page.text) == (422, True), words
        assert '<option value="存入" selected>' in page.text, "what was chosen is kept"
    whole = {**form, "column_date": "交易日", "column_out": "取出"}
    bare = await cashier.post("/bank/statements/new", data=whole)
    assert ("请选择对账单文件" in bare.text, '<option value="取出" selected>' in bare.text) == (True, True)
    done = await cashier.post("/bank/statements/new", data=whole, files=sent)
    assert done.status_code == 303, done.text
    page = (await cashier.get(done.headers["location"])).text
    assert ("自选的列" in page, "按您选的列来读" in page, "1,012.34" in page) == (True, True, True)
    other = csv_of([["账号：", OWN], ["交易日", "存入", "取出", "<说明>"], *rows[:2]])
    assert await taken(house, other) == 2, "kept for the place"
    await cashier.post(f"{done.headers['location']}/withdraw", data={})
    await refused("statement.layout", shown(house, data))
    body = {"place": BANK, "file": base64.b64encode(data).decode()}
    asked = await cashier.post("/api/v1/bank/statements", json=body)
    assert (asked.status_code, asked.json()["type"].endswith("statement.layout")) == (422, True)
    chosen = {"date": "交易日", "in": "存入", "out": "取出"}
    assert (await cashier.post("/api/v1/bank/statements", json={**body, "columns": chosen})).json()["lines"] == 3


async def test_an_unreadable_file_is_told_without_a_row_that_is_none(house: Cast) -> None:
    for data in ("日期".encode("utf-16"), b"\x89PNG\x00"):
        (error,) = (await refused("statement.unopened", shown(house, data))).fields
        assert "Unicode" in error.message, error


async def test_a_line_is_found_by_what_one_holds_in_hand(
    house: Cast, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await taken(house, csv_of(files.boc(), "gbk")) == 3
    assert await taken(house, plain([SAME] * 2, ["王小明"])) == 2
    client = web.as_("auditor")
    for chosen, memos in (
        ({"who": "yrj 2607"}, {"YRJ26-07 捐款"}),
        ({"who": "第一小学"}, {"YRJ26-07 捐款", "付款", "利息", "一日捐"}),
        ({"who": "王小明"}, {"一日捐"}),
        ({"who": "boc000000001"}, {"付款"}),
        ({"who": files.SENDER_ACCOUNT[-6:], "direction": "out"}, {"付款"}),
        ({"direction": "in", "least": "12.34", "most": "12.34"}, {"利息"}),
        ({"direction": "in", "from_on": "2026-09-28", "to_on": "2026-09-29"}, {"YRJ26-07 捐款"}),
        ({"who": "赵"}, set()),
    ):
        sent = await client.post("/desk/filter", data={"list": "/bank/lines", "place": BANK, **chosen})
        assert chosen.get("who", "zzz") not in sent.headers["location"]
        page = await client.get(sent.headers["location"])
        listed = {memo for memo in ("YRJ26-07 捐款", "付款", "利息", "一日捐") if f">{memo}<" in page.text}
        assert (page.status_code, listed) == (200, memos), chosen
    assert (await client.get("/bank/lines?direction=up")).status_code == 422
    sent = await client.post("/desk/filter", data={"list": "/bank/lines", "who": "……"})
    assert (await client.get(sent.headers["location"])).status_code == 422
    both = (await client.get("/api/v1/bank/lines?direction=out")).json()["items"]
    assert [one["out_fen"] for one in both] == [25_050]
    monkeypatch.setattr(readers, "SEARCHED_MAX", 2)
    monkeypatch.setattr(readers, "_READ_AT_ONCE", 2)
    sent = await client.post("/desk/filter", data={"list": "/bank/lines", "who": "YRJ26-07"})
    page, seen = await client.get(sent.headers["location"]), 0
    while "更早的还没有找" in page.text:
        seen += 1
        assert ">YRJ26-07 捐款<" not in page.text
        page = await client.get(re.search('href="([^"]+)" rel="next"', page.text)[1].replace("&amp;", "&"))  # type: ignore[index] # there is one
    assert (seen, ">YRJ26-07 捐款<" in page.text) == (2, True)


async def test_by_page_a_file_is_tried_and_taken_in(web: Any, house: Cast) -> None:
    cashier, auditor = web.as_("cashier"), web.as_("auditor")
    form = (await cashier.get("/bank/statements/new")).text
    assert ('enctype="multipart/form-data"' in form, BANK in form, "1001/-" in form) == (True, True, False)
    bad = [list(row) for row in files.icbc()]
    bad[7][7] = "12..34"
    sent = {"file": ("坏<b>.xlsx", xlsx_of(bad), "application/octet-stream")}
    page = await cashier.post("/bank/statements/new", data={"place": BANK}, files=sent)
    assert (page.status_code, "第 8 行“借方发生额”不是金额" in page.text) == (422, True)
    assert f'<option value="{BANK}" selected>' in page.text, "what was chosen is kept"
    nowhere = await cashier.post("/bank/statements/new", data={"place": ""}, files=sent)
    assert (nowhere.status_code, "请选择账户" in nowhere.text) == (422, True)
    none = await cashier.post("/bank/statements/new", data={"place": BANK})
    assert (none.status_code, "请选择对账单文件" in none.text) == (422, True)
    sent = {"file": ("好<b>.xlsx", xlsx_of(files.icbc()), "application/octet-stream")}
    done = await cashier.post("/bank/statements/new", data={"place": BANK}, files=sent)
    assert done.status_code == 303
    address = done.headers["location"]
    page = (await cashier.get(address)).text
    for words in ("等待确认", "2026-09-28 至 2026-09-30", "1,012.34", "250.50", "好&lt;b&gt;.xlsx", "YRJ26-07 捐款"):
        assert words in page, words
    assert "导入这个文件" not in (await auditor.get(address)).text
    assert "没有符合条件的流水" in (await auditor.get("/bank/lines")).text
    hidden = hidden_of(page)
    taken_in = await cashier.post(f"{address}/take", data={"content_hash": hidden["content_hash"]})
    assert (taken_in.status_code, taken_in.headers["location"]) == (303, address)
    again = await cashier.post(f"{address}/take", data={"content_hash": hidden["content_hash"]})
    assert (again.status_code, "已导入" in again.text) == (409, True)
    repeated = await cashier.post("/bank/statements/new", data={"place": BANK}, files=sent)
    assert repeated.headers["location"] == address
    assert "这个文件已经导入过，没有再导入" in (await cashier.get(address)).text
    lines = (await auditor.get(f"/bank/lines?place={BANK}&status=open&least=1000")).text
    assert ("YRJ26-07 捐款" in lines, "利息" in lines, 'aria-current="true"' in lines) == (True, False, True)
    assert (await auditor.get("/bank/lines?place=1001/-")).status_code == 422
    assert (await auditor.get("/bank/lines?least=5&most=1")).status_code == 422
    listed = (await auditor.get("/bank/statements")).text
    assert (address in listed, "已导入" in listed) == (True, True)
    withdrawn = await cashier.post(f"{address}/withdraw", data={})
    assert withdrawn.status_code == 409
    assert "撤回这个文件" not in (await auditor.get(address)).text
    asking = (await cashier.get(f"{address}/take-back")).text
    hidden = hidden_of(asking)
    left = await cashier.post(f"{address}/take-back", data={"content_hash": hidden["content_hash"]})
    assert (left.status_code, left.headers["location"]) == (303, address)
    page = (await auditor.get(address)).text
    assert ("已撤回" in page, "撤回时间" in page, "新增的前几行" in page) == (True, True, False)
    twice = await cashier.post(f"{address}/take-back", data={"content_hash": hidden["content_hash"]})
    assert (twice.status_code, "已撤回" in twice.text) == (409, True)
    assert "没有符合条件的流水" in (await auditor.get("/bank/lines")).text
    en = await auditor.get("/bank/statements", headers={"accept-language": "en"})
    assert en.status_code == 200


async def test_a_listed_line_leads_to_where_it_is_matched(web: Any, house: Cast) -> None:
    row = await shown(house, csv_of(files.icbc()))
    cashier, address = web.as_("cashier"), f"/bank/statements/{row['key']}"
    page = (await cashier.get(address)).text
    assert "/bank/lines/" not in page, "no line can be matched yet"
    hidden = hidden_of(page)
    await cashier.post(f"{address}/take", data={"content_hash": hidden["content_hash"]})
    for listed in ("/bank/lines?least=1000", address):
        line = re.search('class="row-link" href="(/bank/lines/[^"]+)"', (await cashier.get(listed)).text)
        assert line, listed
        assert "1,000.00" in (await cashier.get(line[1])).text


async def test_by_call_a_file_is_tried_and_taken_in(web: Any, house: Cast) -> None:
    cashier, auditor = web.as_("cashier"), web.as_("auditor")
    here = "/api/v1/bank/statements"
    body = {"place": BANK, "file_name": "a.csv", "file": base64.b64encode(csv_of(files.boc(), "gbk")).decode()}
    tried = await cashier.post(here, json=body)
    assert tried.status_code == 200, tried.text
    row = tried.json()
    assert (row["status"], row["lines"], row["new_lines"], row["in_fen"]) == ("waiting", 3, 3, 101_234)
    assert (await auditor.get("/api/v1/bank/lines")).json() == {"items": [], "next": None}
    wrong = await cashier.post(f"{here}/{row['key']}/take", json={"content_hash": "0" * 64})
    assert wrong.status_code == 409
    done = await cashier.post(f"{here}/{row['key']}/take", json={"content_hash": row["content_hash"]})
    assert done.json()["status"] == "taken"
    assert (await cashier.post(here, json=body)).json()["key"] == row["key"], "the same file is the same statement"
    first = (await auditor.get("/api/v1/bank/lines?limit=2")).json()
    rest = (await auditor.get(f"/api/v1/bank/lines?limit=2&after={first['next']}")).json()
    assert [one["on_day"] for one in first["items"] + rest["items"]] == ["2026-09-30", "2026-09-29", "2026-09-28"]
    assert (rest["next"], rest["items"][0]["account"]) == (None, files.SENDER_ACCOUNT)
    assert [one["key"] for one in (await auditor.get(here)).json()["items"]] == [row["key"]]
    now = (await auditor.get(here)).json()["items"][0]
    back = await cashier.post(f"{here}/{row['key']}/take-back", json={"content_hash": now["content_hash"]})
    assert (back.json()["status"], (await auditor.get("/api/v1/bank/lines")).json()["items"]) == ("taken_back", [])
    bad = await cashier.post(here, json={**body, "file": "%%%"})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "file")
    broken = base64.b64encode(csv_of(files.boc(总笔数="9"), "gbk")).decode()
    told_why = await cashier.post(here, json={**body, "file": broken})
    assert (told_why.status_code, told_why.json()["type"].endswith("statement.unreadable")) == (422, True)
    assert "“总笔数”是 9，读出 3 行" in told_why.json()["errors"][0]["message"]
    for path in (here, f"{here}/{row['key']}/take", f"{here}/{row['key']}/withdraw", f"{here}/{row['key']}/take-back"):
        assert (await auditor.post(path, json={})).status_code == 403


async def test_a_file_whose_lines_are_still_being_deleted_is_shown(
    house: Cast, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken back, and killed before its lines were gone: its page fell over until the next run of the timetable."""
    row = await shown(house, plain([SAME]))
    await statements.take(row["key"], content_hash=readers.content(row).hash, by=house.accountant)
    row = await statements.get(row["key"], by=house.cashier)

    async def killed(_: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(withdrawals, "_delete_lines", killed)
    with pytest.raises(RuntimeError):
        await statements.take_back(row["key"], content_hash=readers.content(row).hash, by=house.cashier)
    page = await web.as_("cashier").get(f"/bank/statements/{row['key']}")
    assert (page.status_code, "已撤回" in page.text) == (200, True)
