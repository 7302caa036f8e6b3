"""What a migration fills a kept table with is what the writer keeps: test databases are empty when they migrate."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import as_shown
import pytest
from aid.given import advanced, branch_opened, opened, roster
from cast import Cast
from giving.given import all_is_well, give, refunded
from ledger.test_equation import EVENTS, post
from ledger.test_verify import open_funds
from reports.given import RICE, SOAP, busy_town

from charity import clock
from charity.aid import branch_reversals, rosters
from charity.db import engine, migrations, reading, transactions
from charity.db.transactions import Tx
from charity.finance import opening, verify
from charity.giving import work_units
from charity.goods import intake, till
from charity.goods.intake import IntakeLine
from charity.goods.till import Line
from charity.ledger import entries, payment_numbers
from charity.ledger.payment_numbers import Claim, PaymentKind
from charity.people.persons import Donor

_COLUMNS = {
    True: "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position",
    False: "SELECT name FROM pragma_table_info($1)",
}
FILLED = {
    "0023_demo_loaded": "UPDATE installation",
    "0024_fund_months": "INSERT INTO fund_month",
    "0025_shelves": "INSERT INTO shelf_",
    "0091_stock_by_item": "INSERT INTO shelf_item",
    "0036_figures": "INSERT INTO figure_",
    "0028_money_places": "UPDATE holding",
    "0074_closed_before_opening": "UPDATE head",
    "0080_looked_up_later": "INSERT INTO lookup_due",
    "0087_payments_that_stand": "UPDATE ",
    "0093_work_units": "UPDATE work_unit",
}
"""Files, and how their statements begin that fill what they made."""


async def _do(*statements: str) -> None:
    async def work(tx: Tx) -> None:
        for statement in statements:
            await tx.script(statement)

    await transactions.run(work)


async def _fill_again(name: str, folder: Path, made: tuple[str, ...] = ()) -> None:
    """Let a migration of its own run what `name` filled its tables with: all of it but the statements that made them."""
    dialect = "postgres" if engine.state().postgres else "sqlite"
    file = next(file for file in migrations.every() if file.name == name)
    lines = "\n".join(section.script for section in file.sections(dialect)).splitlines()
    whole = migrations.statements("\n".join(line for line in lines if not line.startswith("--")))
    filling = [s for s in whole if (not s.startswith(made) if made else s.startswith(FILLED[name]))]
    assert filling
    shutil.copytree(migrations.FOLDER, folder)
    (folder / f"9{name[1:4]}_again.sql").write_text("-- all\n" + "".join(filling))
    assert await migrations.migrate(folder) == [f"9{name[1:4]}_again"]


async def _kept(table: str) -> list[tuple[Any, ...]]:
    return sorted(await reading.tuples(f"SELECT * FROM {table}"))


async def _town_of_months(house: Cast) -> None:
    """The town of a day, and before and after it: money and goods of other months, a lot that never expires, one that
    was taken back, gifts without value."""
    await busy_town(house)
    now = clock.now()
    for days in (-400, -35, 35):
        with clock.fixed(now + timedelta(days=days)):
            await give(house, 1_000 + days, campaign="everyday", received_on=clock.today().isoformat())
        with clock.fixed(now + timedelta(days=days, seconds=1)):  # of givers of one moment nobody was the first
            await give(house, 2_000 + days, campaign="wenchuan-2008", received_on=clock.today().isoformat())
    lines = [
        IntakeLine(SOAP, 7),
        IntakeLine(RICE, 3, clock.today() + timedelta(days=9), total_value_fen=1_000, evidence="invoice"),
    ]
    warm = [IntakeLine(RICE, 2, clock.today() + timedelta(days=8), 2_400, None, "invoice")]
    donor, by = Donor("organisation", "溪东商会"), replace(house.clerk, store="LX02")
    await intake.take_in(store="LX02", source="gift", lines=lines, donor=donor, by=by)
    # Pieces of two funds in one basket: its people are counted once, and once for each fund.
    given = {"fund": "F-WARM", "donor": donor}
    warmed = await intake.take_in(store="LX01", source="gift", lines=warm, **given, by=house.clerk)
    card = await reading.value("SELECT code FROM card")
    lot = await reading.value("SELECT code FROM lot WHERE barcode = $1 AND fund = 'F-GEN' AND store = 'LX01'", RICE)
    basket = [Line(1, lot=warmed.body["lots"][0]["code"]), Line(1, lot=lot)]
    await till.issue(store="LX01", card=card, lines=basket, by=house.clerk)
    gone = await intake.take_in(store="LX01", source="gift", lines=lines, donor=donor, by=house.clerk)
    await as_shown.reverse(number=gone.body["number"], reason="测试", by=house.manager)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("0024_fund_months", {"fund_month": ""}),
        ("0025_shelves", {"shelf_lot": "pieces", "shelf_day": "lots"}),
        ("0091_stock_by_item", {"shelf_item": ""}),
        ("0036_figures", {"figure_day": "", "figure_month": ""}),
    ],
)
async def test_what_a_file_fills_in_is_what_the_writer_keeps(
    house: Cast, tmp_path: Path, name: str, kept: dict[str, str]
) -> None:
    await _town_of_months(house)
    for table, count in kept.items():
        emptied = await reading.value(f"SELECT COUNT(*) FROM {table} WHERE {count} = 0") if count else 1
        assert emptied, "an emptied row, which the writer keeps and the file does not make"
        await _do(*([f"DELETE FROM {table} WHERE {count} = 0"] if count else []))
    before = {table: await _kept(table) for table in kept}
    assert all(len(rows) > 2 for rows in before.values()), before
    await _do(*(f"DELETE FROM {table}" for table in kept))
    await _fill_again(name, tmp_path / "migrations")
    assert {table: await _kept(table) for table in kept} == before


@pytest.mark.parametrize(("demo", "entries"), [(True, True), (True, False), (False, True), (False, False)])
async def test_only_a_demo_with_entries_counts_as_loaded_to_their_last_day(
    house: Cast, tmp_path: Path, *, demo: bool, entries: bool
) -> None:
    if entries:
        await give(house, 1_000)
    await _do(f"UPDATE organisation SET demo = {demo}")
    await _fill_again("0023_demo_loaded", tmp_path / "migrations")
    at = str(await reading.value("SELECT at FROM head WHERE id = 1"))
    expected = at[:10] if demo and entries else None
    assert await reading.value("SELECT demo_as_of FROM installation WHERE id = 1") == expected


async def test_payment_numbers_of_before_are_kept_in_their_normal_writing_and_none_is_lost(
    database_empty: str, tmp_path: Path
) -> None:
    for path in sorted(migrations.FOLDER.glob("*.sql")):
        if path.name < "0028":
            shutil.copy(path, tmp_path)
    entry = {"recorded_at": "x", "effective_on": "2026-01-01", "party": "p", "actor": "a"}
    entry |= {"body": "{}", "leaf": "l", "prev": "p", "reverses": None}
    gift = {"kind": "cash", "fund": "F-GEN", "amount_fen": 5, "received_on": "2026-01-01", "booked_on": "2026-01-01"}
    gift |= {"public_name": False, "public_amount": True, "status": "ok", "recorded_by": "a", "recorded_at": "x"}
    voucher = {"year": 2026, "programme": "P05", "fund": "F-GEN", "payee": "GY01", "amount_fen": 9, "recipients": 1}
    voucher |= {"reason": b"sealed", "salt": "", "content": "", "content_hash": "", "maker": "a", "made_at": "x"}
    voucher |= {"changed_at": "x", "payer": "b", "paid_on": "x", "paid_at": "x"}
    campaign = {"slug": "c", "name": "C", "kind": "everyday", "reach": "public", "status": "active", "fund": "F-GEN"}
    campaign |= {"funds": "[]", "starts_on": "2026-01-01", "prefix": "RC", "purpose": "x", "created_at": "x"}
    numbers = [
        ("bank", "icbc-1"),
        ("bank", "ICBC1"),
        ("bank", "ＩＣＢＣ 1"),
        ("wechat", "icbc1"),
        ("cash", "-"),
        ("cash", ""),
    ]

    async def work(tx: Tx) -> None:
        await tx.insert("fund", [{"code": "F-GEN", "name": "非限定", "kind": "unrestricted", "created_at": "x"}])
        await tx.insert("programme", [{"code": "P05", "name": "P", "created_at": "x"}])
        await tx.insert("campaign", [campaign])
        await tx.insert("person", [{"key": "p", "kind": "anonymous", "created_at": "x"}])
        for n, (channel, ref) in enumerate(numbers, 2):
            await tx.insert("entry", [{"seq": n, "id16": f"e{n}", "kind": "gift.cash", **entry}])
            row = {"key": f"g{n}", "seq": n, "campaign": "c", "donor": "p", "channel": channel, "channel_ref": ref}
            await tx.insert("donation", [{**row, **gift}])
            if ref:
                await tx.insert("channel_ref", [{"key": f"{channel}:{ref}", "donation": f"g{n}"}])
        for n, (number, ref) in {1: ("V1", "ccb-9"), 9: ("V9", "icbc1"), 10: ("V10", None)}.items():
            await tx.insert("entry", [{"seq": n, "id16": f"e{n}", "kind": "voucher.paid", **entry}])
            paid = {"status": "paid", "entry": f"e{n}", "entry_seq": n} if ref else {"status": "approved"}
            row = {"number": number, "payee_kind": "household", "channel_ref": ref}
            await tx.insert("voucher", [{**row, **voucher, **paid}])

    async with engine.opened():
        await migrations.migrate(tmp_path)
        await transactions.run(work)
        assert "0034_payment_numbers" in await migrations.migrate()
        kept = await reading.tuples("SELECT holder, key, kind, lines FROM payment_number")
        assert sorted(kept) == [
            ("V1", "bank:CCB9", "voucher", 1),
            ("V9", "bank:ICBC1 V9", "voucher", 1),
            ("g2", "bank:ICBC1", "gift", 1),
            ("g3", "bank:ICBC1 g3", "gift", 1),
            ("g4", "bank:ICBC1 g4", "gift", 1),
            ("g5", "wechat:ICBC1", "gift", 1),
            ("g6", "cash: g6", "gift", 1),
        ]
        known = await reading.tuples("SELECT holder, number FROM payment_number WHERE kind = 'voucher'")
        assert all(holder == number for holder, number in known)
        assert await payment_numbers.failures() == []
        gifts = await reading.tuples("SELECT channel, channel_ref, key, key FROM donation WHERE channel_ref <> ''")
        assert await payment_numbers.unkept(PaymentKind.GIFT, [Claim(*gift) for gift in gifts]) == []


@pytest.mark.parametrize("name", ["0036_figures"])
async def test_every_event_is_classified_by_the_file_as_by_the_writer(opened: str, tmp_path: Path, name: str) -> None:
    """Events that no verb posted when the file was written, too: a copy of books may have been opened since."""
    await open_funds()
    known = [event for event in EVENTS if EVENTS[event][0] != "goods.opening"]  # no books that old have such an entry
    events = sorted(known, key=lambda event: EVENTS[event][0] != "opening")
    for event in events:
        await post("2026-01-01", event, facts={"programme": "P01"})
    for seq, event in enumerate(events, 1):
        # what a branch has accounted for is no longer there to be taken back
        if event not in {"takings", "an advance"} and EVENTS[event][0] in {
            "x",
            "voucher.paid",
            "goods.issue",
            "goods.gift",
            "gift.cash",
        }:
            await post("2026-02-03", event, -1, reverses=seq)
    before = {table: await _kept(table) for table in ("figure_day", "figure_month")}
    assert {row[2] for row in before["figure_day"]} >= {"opening", "lost", "agency_back", "transferred", "bought"}
    await _do(*(f"DELETE FROM {table}" for table in before))
    await _fill_again(name, tmp_path / "migrations")
    assert {table: await _kept(table) for table in before} == before


async def test_a_place_of_money_gets_its_bound_unless_it_stands_below_zero(house: Cast, tmp_path: Path) -> None:
    """One that does keeps none, and is named, until it is filled; nothing but places of money gets a bound."""
    for fund, fen in (("F-GEN", 500), ("F-EDU", 700)):
        await give(house, fen, campaign="everyday", fund=fund)
    before = await _bounds()
    assert [(code, bound) for code, _, bound in before if bound is not None] == [
        ("1001/-/F-EDU", 0),
        ("1001/-/F-GEN", 0),
    ]
    edu = "account = (SELECT id FROM account WHERE code = '1001/-/F-EDU')"
    await _do("UPDATE holding SET minimum = NULL", f"UPDATE holding SET quantity = -700 WHERE {edu}")
    await _fill_again("0028_money_places", tmp_path / "migrations")
    short = [(code, -700, None) if code == "1001/-/F-EDU" else (code, fen, bound) for code, fen, bound in before]
    assert await _bounds() == short
    assert "I5: 1001/-/F-EDU CNY：下限被取消了" in await all_is_well()
    for fen, bound in ((699, None), (1, 0)):
        await give(house, fen, campaign="everyday", fund="F-EDU")
        assert (await _bounds())[0][2] == bound


async def test_books_that_were_opened_before_have_no_day_in_front_of_their_opening_either(
    house: Cast, tmp_path: Path
) -> None:
    on = clock.today() - timedelta(days=3)
    seen = (await opening.write(on=on, lines=[opening.Line("F-GEN", "1001/-", 500)], by=house.accountant)).body
    of = {"content_hash": seen["content_hash"], "confirmed_total_fen": 500, "by": house.approver}
    await opening.confirm(**of)
    await _do("UPDATE head SET closed_through = ''")
    assert [failure.words for failure in await verify.run()] == ["期初余额以前的日子没有封账"]
    await _fill_again("0074_closed_before_opening", tmp_path / "migrations")
    assert (await entries.head()).closed_through == (on - timedelta(days=1)).isoformat()
    assert await verify.run() == []
    later = clock.today().isoformat()
    await _do(f"UPDATE head SET closed_through = '{later}'", "DELETE FROM migration WHERE name LIKE '9074%'")
    await _fill_again("0074_closed_before_opening", tmp_path / "again")
    assert (await entries.head()).closed_through == later, "what was closed since stays closed"


async def test_a_draft_of_an_opening_closes_nothing(house: Cast, tmp_path: Path) -> None:
    await opening.write(on=clock.today(), lines=[opening.Line("F-GEN", "1001/-", 500)], by=house.accountant)
    await _fill_again("0074_closed_before_opening", tmp_path / "migrations")
    assert (await entries.head()).closed_through == ""


async def _bounds() -> list[tuple[str, int, int | None]]:
    rows = await reading.tuples(
        "SELECT a.code, h.quantity, h.minimum FROM holding h JOIN account a ON a.id = h.account ORDER BY a.code"
    )
    return [(code, fen, bound) for code, fen, bound in rows]


MADE_BY_0037 = ("CREATE TABLE party", "CREATE TABLE donor_sum", "ALTER TABLE", "DROP TABLE campaign_figures")


async def test_donors_gifts_and_times_of_before_are_counted_by_the_file_as_by_the_writer(
    house: Cast, tmp_path: Path
) -> None:
    await _town_of_months(house)
    for donor in (
        Donor(),
        Donor("person", "甲", "13900000001", tax_id="330101199001011234"),
        Donor("person", "甲", tax_id="330101199001011234"),
        Donor("person", "乙", "13900000001", tax_id="330101199001015678"),
        Donor("person", "丙", "13900000002"),
        Donor("person", "丙", "+86 139 0000 0002"),
        Donor("organisation", "丁厂", "13900000002"),
        Donor("organisation", "戊厂", tax_id="91330100MA00000000"),
        Donor("organisation", "戊厂", tax_id="91330100ma00000000"),
        Donor("person", "己"),
        Donor("person", "己"),
    ):
        for campaign in ("everyday", "wenchuan-2008"):
            await give(house, 100, campaign=campaign, donor=donor, work_unit="LXU02")
    tables = ("party", "donor_sum", "day_sum", "month_sum", "unit_sum")
    marks = "SELECT party, marks FROM party WHERE same_as = key ORDER BY party"

    async def now() -> list[Any]:
        gone = [[row for row in await _kept(table) if 0 not in row[1:2]] for table in tables[1:]]
        parties = [row[:4] for row in await _kept("party")]
        counts = [(party, _gifts(text)) for party, text in await reading.tuples(marks)]
        return [gone, parties, counts, await reading.tuples("SELECT key, party FROM donation ORDER BY key")]

    before = await now()
    names = "SELECT p.name, COUNT(DISTINCT d.party) FROM donation d JOIN person p ON p.key = d.donor GROUP BY p.name"
    parties = {row[0]: row[1] for row in await reading.tuples(names)}
    assert {name: parties[name] for name in ("甲", "乙", "丙", "丁厂", "戊厂", "己")} == {
        "甲": 1, "乙": 1, "丙": 1, "丁厂": 1, "戊厂": 1, "己": 4,
    }  # fmt: skip
    await _do("UPDATE donation SET party = ''", "DELETE FROM party", "DELETE FROM donor_sum", "DELETE FROM month_sum",
              "UPDATE day_sum SET gifts = 0", "UPDATE day_sum SET recipients = 9 WHERE register = 'disbursements'", "UPDATE unit_sum SET donors = 9")  # fmt: skip
    await _fill_again("0037_donors", tmp_path / "migrations", MADE_BY_0037)
    await _do("DELETE FROM migration WHERE name LIKE '9037%'")
    await _fill_again("0087_payments_that_stand", tmp_path / "since")
    assert await now() == before


async def test_payments_of_before_are_counted_without_those_that_were_reversed(house: Cast, tmp_path: Path) -> None:
    aid = await opened(house)
    await branch_opened()
    voucher = await advanced(aid)
    for _ in range(2):
        answer = await rosters.record(voucher=voucher, roster=roster(60_000, 4), by=house.caseworker)
        seen = {name: answer.body[name] for name in ("number", "content_hash")}
        await rosters.confirm(**seen, by=house.approver)
    asked = await branch_reversals.request(kind="roster", target=seen["number"], cause="录错", by=house.caseworker)
    seen = {name: asked.body[name] for name in ("number", "content_hash")}
    number, _ = await aid.approved()
    await aid.pay(number, "ICBC-F2")
    with clock.fixed(clock.now() + timedelta(days=40)):
        await branch_reversals.confirm(**seen, by=house.approver)
    before = {table: await _kept(table) for table in ("day_sum", "month_sum")}
    counted = "SELECT month, lines, payments FROM month_sum WHERE register = 'disbursements' ORDER BY month"
    assert [tuple(row)[1:] for row in await reading.tuples(counted)] == [(3, 3), (1, -1)]
    await _do("UPDATE day_sum SET payments = 7", "UPDATE month_sum SET payments = 7 WHERE register = 'disbursements'")
    await _do("UPDATE day_sum SET payments = 0 WHERE register = 'donations'")
    await _fill_again("0087_payments_that_stand", tmp_path / "migrations")
    assert {table: await _kept(table) for table in before} == before


async def test_the_largest_gifts_of_before_are_those_that_the_writer_keeps(house: Cast, tmp_path: Path) -> None:
    for donor in (Donor(), Donor("person", "甲", "13900000001"), Donor("person", "乙", tax_id="330101199001011234")):
        for fen in (300, 500, 100):
            await give(house, fen, donor=donor)
    before = await _kept("party")
    assert [row[-1] for row in before] == [500, 500]
    await _do("UPDATE party SET largest_fen = 0")
    await _fill_again("0044_largest_gifts", tmp_path / "migrations", ("ALTER TABLE",))
    assert await _kept("party") == before


async def test_a_gift_refunded_whole_before_makes_nobody_a_donor(house: Cast, tmp_path: Path) -> None:
    once, twice = Donor("person", "甲", "13900000001"), Donor("person", "乙", tax_id="330101199001011234")
    gifts = [
        await give(house, fen, donor=donor, campaign=campaign, work_unit="LXU02")
        for fen, donor, campaign in ((300, once, "everyday"), (500, twice, "everyday"), (200, twice, "wenchuan-2008"))
    ]
    await give(house, 100, donor=twice, campaign="everyday")
    tables = ("party", "donor_sum", "unit_sum")
    without_day = [{"key": row["key"], "marks": json.dumps(_gifts(row["marks"]))} for row in await _parties()]
    before = [await _kept(table) for table in tables]
    for gift in gifts:
        await refunded(
            house, gift, await reading.value("SELECT amount_fen FROM donation WHERE key = $1", gift.body["id"])
        )
    gifts_after = [_gifts(row["marks"]) for row in await _parties()]
    after = [await _kept(table) for table in tables[1:]]
    for table, rows in zip(("party", "donor_sum"), before, strict=False):  # as the writer kept them until then
        await _do(f"DELETE FROM {table}")
        columns = [row[0] for row in await reading.tuples(_COLUMNS[engine.state().postgres], table)]
        await transactions.run(
            lambda tx, table=table, rows=rows, columns=columns: tx.insert(
                table, [dict(zip(columns, row, strict=True)) for row in rows]
            )
        )
    for row in without_day:
        await transactions.run(
            lambda tx, row=row: tx.many("UPDATE party SET marks = $1 WHERE key = $2", [(row["marks"], row["key"])])
        )
    await _do(
        "UPDATE unit_sum SET donors = 2 WHERE campaign = 'everyday'", "UPDATE unit_sum SET donors = 1 WHERE donors = 0"
    )
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder)
    shutil.copy(folder / "0048_gifts_that_stand.sql", folder / "9048_again.sql")
    assert await migrations.migrate(folder) == ["9048_again"]
    assert [await _kept(table) for table in tables[1:]] == after
    assert [_gifts(row["marks"]) for row in await _parties()] == gifts_after
    assert await all_is_well() == []


async def _parties() -> list[dict[str, Any]]:
    return await reading.rows("SELECT key, marks FROM party ORDER BY key")


def _gifts(text: str) -> dict[str, int]:
    """The marks of a party as they were before those of its last day."""
    return {name: n for name, n in json.loads(text).items() if not name.startswith("=")}


async def test_refunds_of_before_keep_what_they_were_and_open_ones_get_a_cause(
    database_empty: str, tmp_path: Path
) -> None:
    """Before 0032 an approval took the money from the bank at once; nothing was paid later."""
    for path in sorted(migrations.FOLDER.glob("*.sql")):
        if path.name < "0028":
            shutil.copy(path, tmp_path)
    entry = {"recorded_at": "x", "effective_on": "2026-01-01", "party": "p", "actor": "a"}
    entry |= {"body": "{}", "leaf": "l", "prev": "p", "reverses": None}
    gift = {"kind": "cash", "fund": "F-GEN", "amount_fen": 50, "received_on": "2026-01-01", "booked_on": "2026-01-01"}
    gift |= {"public_name": False, "public_amount": True, "status": "ok", "recorded_by": "a", "recorded_at": "x"}
    gift |= {"key": "g", "seq": 1, "campaign": "c", "donor": "p", "channel": "cash", "channel_ref": ""}
    campaign = {"slug": "c", "name": "C", "kind": "everyday", "reach": "public", "status": "active", "fund": "F-GEN"}
    campaign |= {"funds": "[]", "starts_on": "2026-01-01", "prefix": "RC", "purpose": "x", "created_at": "x"}
    asked = {"donation": "g", "amount_fen": 5, "reason": b"sealed", "requested_by": "a", "requested_at": "x"}
    decided = {"approved_by": "b", "approved_at": "y"}
    open_ = {"approved_by": None, "approved_at": None, "seq": None}
    refunds = [
        {"number": "TK-1", "status": "refunded", **asked, **decided, "seq": 2},
        {"number": "TK-2", "status": "requested", **asked, **open_},
        {"number": "TK-3", "status": "rejected", **asked, **decided, "seq": None},
    ]

    async def work(tx: Tx) -> None:
        await tx.insert("fund", [{"code": "F-GEN", "name": "非限定", "kind": "unrestricted", "created_at": "x"}])
        await tx.insert("campaign", [campaign])
        await tx.insert("person", [{"key": "p", "kind": "anonymous", "created_at": "x"}])
        for n, kind in ((1, "gift.cash"), (2, "gift.refund")):
            await tx.insert("entry", [{"seq": n, "id16": f"e{n}", "kind": kind, **entry}])
        await tx.insert("donation", [gift])
        await tx.insert("refund", refunds)

    async with engine.opened():
        await migrations.migrate(tmp_path)
        await transactions.run(work)
        assert "0032_refunds_paid" in await migrations.migrate()
        kept = await reading.rows(f"SELECT {', '.join(refunds[0])} FROM refund ORDER BY number")
        assert [{**row, "reason": bytes(row["reason"])} for row in kept] == refunds
        rows = await reading.tuples("SELECT cause, salt, debit, general_fen, paid_seq FROM refund ORDER BY number")
        assert list(map(tuple, rows)) == [
            ("", "TK-1", "", 0, None),
            ("mistaken", "TK-2", "", 0, None),
            ("", "TK-3", "", 0, None),
        ]
        for change in (
            "status = 'approved', seq = NULL",
            "status = 'approved', paid_seq = 1",
            "paid_by = requested_by",
        ):
            with pytest.raises(Exception, match=r"(?i)check"):
                await _do(f"UPDATE refund SET {change} WHERE number = 'TK-1'")


async def _before(name: str, folder: Path) -> None:
    """The database as it was before a migration."""
    for path in sorted(migrations.FOLDER.glob("*.sql")):
        if path.name < name:
            shutil.copy(path, folder)
    await migrations.migrate(folder)


_BEFORE_FACTS = {
    "name": "临溪市慈善总会",
    "short": "临溪慈善",
    "contact": "募捐办公室",
    "phone": "",
    "address": "善行路1号",
}
_OLD_CAMPAIGN: dict[str, Any] = {
    "kind": "orphan", "reach": "public", "status": "active", "fund": "F-GEN", "funds": "[]", "starts_on": "2026-01-01",
    "prefix": "RC", "purpose": "x", "created_at": "x", "filing_no": "备1", "filed_on": "2026-01-01",
    "platform_url": "https://platform.invalid", "certificate_no": "证1", "beneficiaries": "孤儿", "surplus": "",
    "cost_note": "不提取", "receiving": "银行", "contact": "办公室",
}  # fmt: skip
_FUND = {"code": "F-GEN", "name": "非限定", "kind": "unrestricted", "created_at": "x"}


async def test_what_the_organisation_was_before_it_had_days_is_true_for_ever(
    database_empty: str, tmp_path: Path
) -> None:
    async with engine.opened():
        await _before("0055", tmp_path)
        await transactions.run(lambda tx: tx.insert("organisation", [{"id": 1, **_BEFORE_FACTS}]))
        assert "0055_organisation_facts" in await migrations.migrate()
        facts = await reading.tuples(
            "SELECT kind, value, starts_on, ends_on, entered_by FROM organisation_fact ORDER BY kind"
        )
        assert list(map(tuple, facts)) == [
            ("address", "善行路1号", "1949-01-01", None, "system"),
            ("contact", "募捐办公室", "1949-01-01", None, "system"),
        ], "nothing is made of what was empty"
        kept = await reading.tuples("SELECT id, name, short FROM organisation")
        assert list(map(tuple, kept)) == [(1, "临溪市慈善总会", "临溪慈善")]


async def test_the_facts_of_a_plan_move_and_everyday_acceptance_loses_its_filing(
    database_empty: str, tmp_path: Path
) -> None:
    async with engine.opened():
        await _before("0058", tmp_path)

        async def work(tx: Tx) -> None:
            await tx.insert("fund", [_FUND])
            await tx.insert("campaign", [{"slug": "c", "name": "C", **_OLD_CAMPAIGN}])
            await tx.insert("campaign", [{"slug": "e", "name": "E", **_OLD_CAMPAIGN, "kind": "everyday"}])

        await transactions.run(work)
        assert "0058_campaign_facts" in await migrations.migrate()
        facts = await reading.tuples("SELECT field, value FROM campaign_fact WHERE campaign = 'c' ORDER BY field")
        assert list(map(tuple, facts)) == [
            ("beneficiaries", "孤儿"),
            ("contact", "办公室"),
            ("cost_note", "不提取"),
            ("receiving", "银行"),
        ]
        filed = await reading.tuples("SELECT slug, filing_no, filed_on, platform_url FROM campaign ORDER BY slug")
        assert list(map(tuple, filed)) == [
            ("c", "备1", "2026-01-01", "https://platform.invalid"),
            ("e", "", None, ""),
        ]


async def test_who_reviewed_before_stands_with_the_voucher_and_nobody_with_the_others(
    database_empty: str, tmp_path: Path
) -> None:
    async with engine.opened():
        await _before("0064", tmp_path)
        entry = {"recorded_at": "x", "effective_on": "2026-01-01", "party": "p", "actor": "a"}
        entry |= {"body": "{}", "leaf": "l", "prev": "p", "reverses": None, "kind": "gift.cash"}
        voucher = {"month": "202601", "day": "2026-01-01", "kind": "gift.cash", "first_seq": 1, "last_seq": 1}
        voucher |= {"entries": 1, "amount_fen": 5, "leaves": "", "cashiers": "", "makers": "", "unusual": "", "rank": 1}
        vouchers = [
            {"number": f"202601-{n}", "n": n, "key": f"k{n}", "open_key": None, **voucher, "reviewed_at": at}
            for n, at in ((1, "y"), (2, None))
        ]
        review = {"number": "202601-1", "reviewer": "b", "at": "y", "entries": 1, "leaves": "", "content_hash": "h"}

        async def work(tx: Tx) -> None:
            await tx.insert("entry", [{"seq": 1, "id16": "e1", **entry}])
            await tx.insert("journal_voucher", vouchers)
            await tx.insert("journal_review", [review])

        await transactions.run(work)
        assert "0064_reviewer_and_copies" in await migrations.migrate()
        kept = await reading.tuples("SELECT number, reviewed_at, reviewed_by FROM journal_voucher ORDER BY number")
        assert list(map(tuple, kept)) == [("202601-1", "y", "b"), ("202601-2", None, None)]


async def test_vouchers_of_before_are_kept_whole_and_a_number_is_no_longer_theirs_alone(
    database_empty: str, tmp_path: Path
) -> None:
    draft = {"year": 2026, "status": "approved", "purpose": "administration", "programme": None, "fund": "F-GEN"}
    draft |= {"payee_kind": "supplier", "payee": "GY", "amount_fen": 7, "recipients": 0, "reason": b"sealed"}
    draft |= {"salt": "s", "content": "{}", "content_hash": "h", "approvals": "[]", "maker": "m", "made_at": "x"}
    draft |= {"changed_at": "y", "returned_at": None, "payer": None, "paid_on": None, "paid_at": None}
    draft |= {"paid_from": None, "channel_ref": "ICBC-1", "entry": None, "entry_seq": None}
    async with engine.opened():
        await _before("0047", tmp_path)

        async def work(tx: Tx) -> None:
            await tx.insert("fund", [_FUND])
            await tx.insert("voucher", [{"number": "BF-1", **draft}])

        await transactions.run(work)
        with pytest.raises(Exception, match=r"(?i)unique"):
            await transactions.run(lambda tx: tx.insert("voucher", [{"number": "BF-2", **draft}]))
        assert "0047_gifts_booked_anew" in await migrations.migrate()
        (kept,) = await reading.rows(f"SELECT {', '.join(draft)} FROM voucher")
        assert {**kept, "reason": bytes(kept["reason"])} == draft
        await transactions.run(lambda tx: tx.insert("voucher", [{"number": "BF-2", **draft}]))
        with pytest.raises(Exception, match=r"(?i)check"):
            await _do("UPDATE voucher SET status = 'paid' WHERE number = 'BF-2'")


async def test_receipts_issued_later_than_their_gifts_are_looked_up_after_0080(house: Cast, tmp_path: Path) -> None:
    code = (await give(house)).body["receipt"]["code"]
    await give(house)
    new = (await as_shown.replace(code, reason="错名", donor=Donor("person", "王晓明"), by=house.accountant)).body[
        "code"
    ]
    assert [row["receipt"] for row in await reading.rows("SELECT receipt FROM lookup_due")] == [new]
    await _do("DELETE FROM lookup_due")
    await _fill_again("0080_looked_up_later", tmp_path / "migrations")
    assert [tuple(row) for row in await reading.tuples("SELECT receipt, times FROM lookup_due")] == [(new, 1)]


async def test_kinds_of_work_units_of_before_become_words_of_the_code(house: Cast, tmp_path: Path) -> None:
    for n, kind in enumerate(("机关", "村", "驻地单位", "寺院")):
        new = {"code": f"LXU9{n}", "name": kind, "kind": "other", "reference": f"R-{n}"}
        await work_units.add(**new, by=house.accountant)
        await _do(f"UPDATE work_unit SET kind = '{kind}', changed_at = '' WHERE code = 'LXU9{n}'")
    await _fill_again("0093_work_units", tmp_path / "migrations")
    rows = await reading.tuples(
        "SELECT kind, changed_at = created_at FROM work_unit WHERE code >= 'LXU9' ORDER BY code"
    )
    assert [(kind, bool(dated)) for kind, dated in rows] == [
        ("government", True),
        ("village", True),
        ("stationed", True),
        ("other", True),
    ]
