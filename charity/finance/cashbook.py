"""The cashier's journal 出纳日记账: cash, bank accounts and platforms, voucher by voucher with a running balance.

Each place begins with what was carried, each day and each month ends with its sums, and the place ends with its
balance. Always true: that balance is what the holdings say, which is the books' side of the reconciliation (D11) and
the sum of the place's accounts in the general ledger. It names nobody: a summary is the kind of a voucher and the
number of its document.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from charity import words
from charity.documents import facts
from charity.finance.reviews.screens import summary_of
from charity.ledger import accounts as acc
from charity.ledger import cashbook, journal_vouchers, places
from charity.ledger.cashbook import Book
from charity.ledger.numbering import printed
from charity.money import yuan
from charity.printing.document import Column, Document, Filter, Filters, Group, Page, Totals

COLUMNS: Final = (
    Column("day", "日期", 17, "date", english=17),
    Column("place", "账户", 30, english=30, under="day"),
    Column("journal", "凭证号", 14, "code", english=14, enters=True),
    Column("summary", "摘要", 58, english=56),
    Column("against", "对方科目", 50, english=48),
    Column("in_fen", "收入@bank", 24, "money", total=True, align="right", english=25),
    Column("out_fen", "支出@bank", 24, "money", total=True, align="right", english=25),
    Column("balance_fen", "余额@bank", 26, "money", align="right", english=27),
)
_CLOSING: Final = "9999-99"
"""Where the last line of a place stands behind its months; its first stands before them, at ""."""

PLACE: Final = Filter("place", "账户", places.labels)


async def _books(filters: Filters, seq_max: int) -> list[Book]:
    """The books of the chosen place, or of all; without those that had nothing and moved nothing."""
    chosen = [filters[PLACE]] if filters[PLACE] else [one.code for one in await places.every()]
    books = await cashbook.books(chosen, filters.begin, filters.end, seq_max)
    return [book for book in books if book.months or book.opening_fen]


async def page(filters: Filters, seq_max: int, after: str | None, limit: int) -> Page:
    """Places by code; of each what was carried, its lines by day and number with their sums, and its balance."""
    seen = facts.place(after, (str, str, int))
    rows: list[dict[str, Any]] = []
    async for row in _rows(await _books(filters, seq_max), filters, seq_max, seen):
        rows.append(row)
        if len(rows) > limit:
            break
    cut = facts.cut(rows, limit, lambda row: row["at"])
    return Page(await _shown(cut.rows), cut.next)


async def _rows(
    books: list[Book], filters: Filters, seq_max: int, seen: list[Any] | None
) -> AsyncIterator[dict[str, Any]]:
    """All rows behind the one that was seen; a month is read when its turn comes."""
    for book in books:
        balance = book.opening_fen
        parts = [("", [_sums(filters.begin, "上期结转", balance)])]
        parts += [(month.month, []) for month in book.months]
        whole = {"in_fen": sum(one.in_fen for one in book.months), "out_fen": sum(one.out_fen for one in book.months)}
        parts.append((_CLOSING, [_sums(filters.end, "本期合计和期末余额", _closing(book), **whole)]))
        months = {one.month: one for one in book.months}
        for part, listed in parts:
            month = months.get(part)
            if seen is None or (book.place, part) >= (seen[0], seen[1]):
                rows = listed if month is None else await _of_month(book.place, part, balance, filters, seq_max)
                for at, row in enumerate(rows):
                    if seen is None or (book.place, part, at) > tuple(seen):
                        yield {**row, "place": book.place, "at": [book.place, part, at]}
            balance += month.in_fen - month.out_fen if month else 0


async def _of_month(place: str, month: str, balance: int, filters: Filters, seq_max: int) -> list[dict[str, Any]]:
    """The lines of a month in the period, with the sums of each day and, where it begins in the period, its own."""
    begin = max(filters.begin, f"{month}-01")
    lines = await cashbook.lines(place, begin, min(filters.end, f"{month}-31"), seq_max)
    rows: list[dict[str, Any]] = []
    whole, of_day = {"in_fen": 0, "out_fen": 0}, {"in_fen": 0, "out_fen": 0}
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        day, side = line.voucher["day"], "in_fen" if line.fen > 0 else "out_fen"
        balance += line.fen
        for sums in (whole, of_day):
            sums[side] += abs(line.fen)
        figures = {"in_fen": None, "out_fen": None, side: abs(line.fen), "balance_fen": balance}
        rows.append({"day": day, "line": line, **figures})
        if following is None or following.voucher["day"] != day:
            rows.append(_sums(day, "本日合计", balance, **of_day))
            of_day = {"in_fen": 0, "out_fen": 0}
    if begin == f"{month}-01":
        rows.append(_sums(rows[-1]["day"], "本月合计", balance, **whole))
    return rows


def _sums(day: str, label: str, balance: int, in_fen: int | None = None, out_fen: int | None = None) -> dict[str, Any]:
    """A row that sums up others."""
    return {"day": day, "line": None, "label": label, "in_fen": in_fen, "out_fen": out_fen, "balance_fen": balance}


def _closing(book: Book) -> int:
    """What the lines of a place come to."""
    return book.opening_fen + sum(one.in_fen - one.out_fen for one in book.months)


async def _shown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named, lines = await places.labels(), [row["line"] for row in rows if row["line"]]
    sources = await journal_vouchers.sources([line.voucher for line in lines])
    posted = await journal_vouchers.lines(sorted({line.voucher["number"] for line in lines}))
    shown = []
    for row in rows:
        line = row["line"]
        of: dict[str, Any] = {"journal": "", "summary": words.say(row["label"]) if line is None else "", "against": ""}
        if line is not None:
            number = line.voucher["number"]
            of = {
                "journal": printed(number),
                "entry": str(line.voucher["first_seq"]),
                "summary": summary_of(line.voucher, sources.get(number), line.entries),
                "against": _against(posted[number], row["place"], line.fen, named),
            }
        figures = {name: row[name] for name in ("day", "in_fen", "out_fen", "balance_fen")}
        shown.append({**figures, **of, "place": named.get(row["place"], row["place"])})
    return shown


def _against(lines: list[journal_vouchers.Line], place: str, fen: int, named: Mapping[str, str]) -> str:
    """The accounts on the other side of a line, without their funds."""
    others = [line for line in lines if acc.place_of(line.account) != place]
    opposite = [line for line in others if (line.credit_fen if fen > 0 else line.debit_fen)] or others
    return "；".join(dict.fromkeys(places.account_title(line.account, named) for line in opposite))


async def totals(filters: Filters, seq_max: int) -> Totals:
    """Sums by month and place; each place's balance is compared with the holdings."""
    named, books = await places.labels(), await _books(filters, seq_max)
    sums, groups, count, apart = {"in_fen": 0, "out_fen": 0}, list[Group](), 0, list[str]()
    for book in books:
        name = named.get(book.place, book.place)
        count += 2
        for one in book.months:
            figures = {"in_fen": one.in_fen, "out_fen": one.out_fen}
            sums = {key: fen + figures[key] for key, fen in sums.items()}
            groups.append(Group(f"{one.month} · {name}", figures))
            count += one.count + one.days + (f"{one.month}-01" >= filters.begin)
        if _closing(book) != book.closing_fen:
            apart.append(f"{name} {yuan(_closing(book))} ≠ {yuan(book.closing_fen)}")
    return Totals(count, sums, groups, apart)


DOCUMENT: Final = Document(
    name="cashbook",
    title="出纳日记账",
    lead="现金、银行存款和平台账户按日期和凭证号逐笔登记，每天、每月合计，余额与账簿核对一致。",
    columns=COLUMNS,
    filters=(PLACE,),
    page=page,
    totals=totals,
    sign_offs=("制表人", "出纳", "复核人", "财务负责人"),
    group_title="按账户和月份合计",
    permission="cashbook.read",
)
