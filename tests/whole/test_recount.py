"""An independent script counts the journal again and compares every figure on every page and answer (bench/recount.py)."""

import sys
from dataclasses import replace
from datetime import date
from functools import partial
from random import Random
from typing import Any

import pytest
from cast import Cast
from conftest import Web
from printing.test_registers import COLUMNS, printed, register
from reports.given import noon
from tampering import tampered
from whole.given import verify_failures
from whole.histories import WEIGHTS, History

from bench import recount, recount_journal
from bench.recount import Books, Compared
from bench.recount_documents import Beside, House, Sizes, compare
from bench.recount_journal import Entry
from bench.recount_papers import WRITTEN, receipts
from bench.recount_pdf import rows as lines_of
from bench.recount_registers import Lot
from charity import settings, tokens
from charity.db import reading
from charity.documents import exports, rendering
from charity.finance.reviews.screens import KIND_WORDS
from charity.ledger.numbering import rests_on_documents
from charity.money import yuan
from charity.printing import registers
from charity.printing.document import Filters
from charity.web import limits

BEGIN, DAYS, LAST = date(2025, 10, 20), 400, date(2026, 11, 24)
EVENTS = {"sqlite": 2_000, "postgres": 1_500}
ALL = Sizes(answers=1_000, pages=60, documents=3, public_documents=3, formats=("csv", "xlsx", "pdf"))
"""On SQLite: many answers, a few pages and papers of each kind; `make bench NAME=figures_compared` takes all and many."""
SOME = Sizes(answers=500, pages=30, formats=("csv",))


async def counted() -> Books:
    """The journal as the script reads it: entries, which funds hold for others, and whom vouchers list."""
    entries = await reading.tuples("SELECT seq, kind, body FROM entry ORDER BY seq")
    agency = [row[0] for row in await reading.tuples("SELECT code FROM fund WHERE kind = 'agency'")]
    listed: dict[str, list[str]] = {}
    for content_hash, who in await reading.tuples("SELECT content_hash, recipient FROM voucher_recipient"):
        listed.setdefault(content_hash, []).append(who)
    return recount.read(entries, agency, listed)


async def entries() -> dict[int, Entry]:
    return recount_journal.entries(await reading.tuples("SELECT seq, kind, body FROM entry ORDER BY seq"))


async def beside() -> Beside:
    lots = await reading.tuples("SELECT code, barcode, cost_fen, COALESCE(expires_on, '') FROM lot")
    kinds = await reading.tuples("SELECT code, kind FROM fund")
    lines = await reading.tuples(
        "SELECT r.code, r.status, d.seq FROM receipt r JOIN receipt_line l ON l.number = r.number "
        "JOIN donation d ON d.key = l.donation ORDER BY r.code, d.seq"
    )
    numbers = [row[0] for row in await reading.tuples("SELECT number FROM journal_voucher ORDER BY number")]
    return Beside({code: Lot(*facts) for code, *facts in lots}, dict(kinds), receipts(lines), numbers)


async def compared(web: Web, books: Books) -> Compared:
    campaigns = {
        row[0]: row[1]
        for row in await reading.tuples("SELECT slug, fund FROM campaign WHERE status IN ('active', 'closed')")
    }
    house = shown_by(web)
    with noon(LAST.isoformat()):
        return await recount.compare(books, house.public, house.staff, campaigns, LAST)


def shown_by(web: Web) -> House:
    """The pages, answers and papers of the application, and its registers as files."""
    public, staff = web.as_(), web.as_("accountant")

    async def fetched(client: Any, path: str) -> Any:
        limits.reset()
        response = await client.get(path)
        assert response.status_code == 200, (path, response.text[:300])
        return response

    async def text(client: Any, path: str) -> str:
        return str((await fetched(client, path)).text)

    async def document(client: Any, path: str) -> bytes:
        return bytes((await fetched(client, path)).content)

    async def export(report: str, fmt: str, begin: str, end: str) -> bytes:
        out = settings.settings().data_dir / f"recounted.{fmt}"
        await exports.make_now(report=report, fmt=fmt, filters=Filters.of(begin, end), out=out)
        return out.read_bytes()

    return House(
        partial(text, public), partial(text, staff), partial(document, staff), partial(document, public), export
    )


async def documents_compared(web: Web, sizes: Sizes) -> Compared:
    done = Compared()
    with noon(LAST.isoformat()):
        await compare(done, await entries(), await beside(), shown_by(web), sizes, Random(2026))
    return done


async def test_every_figure_of_a_random_year_is_the_journals_counted_again(
    web: Web, house: Cast, database: str
) -> None:
    events = EVENTS["sqlite" if database.startswith("sqlite") else "postgres"]
    history = History(house, 2026, BEGIN)
    await history.live(events, DAYS)
    assert sum(history.done.values()) >= events
    assert min(history.done[kind] for kind in WEIGHTS) > events // 100, history.done
    assert min(history.undone[kind] for kind in ("roster", "return")) > 2, history.undone
    books = await counted()
    done = await compared(web, books)
    sys.stdout.write(f"{done}\n{dict(history.done)}\n")
    assert done.count > 5_000
    assert done.differences == []
    assert await verify_failures() == []
    done = await documents_compared(web, ALL if database.startswith("sqlite") else SOME)
    sys.stdout.write(f"{done}\n")
    assert done.count > 10_000
    assert done.differences == []
    async with tampered("UPDATE segment SET stop = stop - 1"):
        done = await documents_compared(web, Sizes(answers=300, pages=100, formats=()))
    seen = {what for _, what, _, _ in done.differences}
    assert seen >= {"spent_fen", "unspent_fen", "use amount_fen", "spent", "amount of use"}


@pytest.mark.parametrize("fen", [123_456_78, -10_000_000_000_00, 40 * 10**13])
async def test_a_figure_that_is_broken_over_lines_is_read_whole_beside_its_row(fen: int) -> None:
    columns = [*COLUMNS[:-1], replace(COLUMNS[-1], width=3)]
    assert len(registers.cell(yuan(fen), registers.widths_mm(columns)[-1], figure=True)) > 1
    body = await printed(register(1, rows=[(1, "2026-10-08", "王小明", fen)], columns=columns))
    row = next(line for page in lines_of(body) for line in page if line.first == "1")
    assert row.amounts() == [yuan(fen)]


def test_the_script_knows_which_vouchers_rest_on_no_document() -> None:
    assert {kind for kind in KIND_WORDS if not rests_on_documents(kind)} == WRITTEN


async def test_a_figure_that_is_off_anywhere_is_seen(web: Web, house: Cast) -> None:
    await History(house, 7, BEGIN).live(80, DAYS)
    books = await counted()
    assert (await compared(web, books)).differences == []
    for table, figure, seen in (
        ("figure_month", "money_fen", {"aid money_fen", "unspent money_fen", "用于救助", "尚未使用"}),
        ("month_sum", "recipients = recipients + 1, recipients_of_fund", {"visits ", "受益人次"}),
        ("month_sum", "gifts", {"gifts ", "gifts", "捐赠笔数", "笔数"}),
        ("month_sum", "payments", {"payments"}),
        ("donor_sum", "donors", {"donors ", "donors", "捐赠人数"}),
    ):
        test = "figure = 'aid'" if table == "figure_month" else "1 = 1"
        change = f"UPDATE {table} SET {figure} = {figure.rpartition(' ')[2]} + 1 WHERE {test}"
        async with tampered(change):
            wrong = await compared(web, books)
        assert {what for _, what, _, _ in wrong.differences} >= seen, table


PLANTED = (
    "UPDATE receipt SET amount_fen = amount_fen + 1",
    "UPDATE voucher SET amount_fen = amount_fen + 1, recipients = recipients + 1",
    "UPDATE journal_line SET debit_fen = debit_fen + 1 WHERE debit_fen > 0",
    "UPDATE journal_voucher SET amount_fen = amount_fen + 1",
    "UPDATE goods_line SET quantity = quantity + 1",
)
SEEN = {
    "receipt ": {"capitals", "total", "lines"},
    "BF-": {"capitals", "sum", "recipients"},
    "2025-": {"capitals", "lines", "sums"},
    "RK-": {"pieces", "worth", "sums"},
    "FF-": {"pieces", "worth", "sums"},
}
"""By what a place in the list of differences begins with: what is then seen to be off on that paper."""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_printed_figure_that_is_off_is_seen(web: Web, house: Cast) -> None:
    with tokens.seeded("printed"):  # the same documents are drawn each time, of money and of goods
        await History(house, 7, BEGIN).live(160, 60)
    sizes = Sizes(answers=20, pages=0, documents=4, formats=())
    assert (await documents_compared(web, sizes)).differences == []
    async with tampered(*PLANTED):
        wrong = (await documents_compared(web, sizes)).differences
    assert "amount_fen" in {what for _, what, _, _ in wrong}
    for place, seen in SEEN.items():
        assert {what.split()[-1] for where, what, _, _ in wrong if where.startswith(place)} >= seen, place


@pytest.mark.parametrize("fmt", ["csv", "xlsx", "pdf"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_figure_that_is_off_in_a_register_as_a_file_is_seen(
    web: Web, house: Cast, fmt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await History(house, 7, BEGIN).live(80, DAYS)
    sizes = Sizes(answers=0, pages=0, formats=(fmt,))
    assert (await documents_compared(web, sizes)).differences == []

    real, printed = rendering.Spool.rows, registers.shown
    if fmt == "pdf":
        monkeypatch.setattr(
            registers, "shown", lambda column, value: printed(column, _off(value) if column.kind == "money" else value)
        )
    else:
        monkeypatch.setattr(
            rendering.Spool, "rows", lambda spool: ([_off(cell) for cell in row] for row in real(spool))
        )
    wrong = {what for _, what, _, _ in (await documents_compared(web, sizes)).differences}
    whole = {"本页小计", "合计", "group 1"} if fmt == "pdf" else {"row 1 合计", "row 1 基金结余", "row 1 期末数量"}
    assert wrong >= whole


def _off(value: Any) -> Any:
    return value + 1 if isinstance(value, int) else value
