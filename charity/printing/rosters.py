"""The signed roster 发放花名册 as printed (docs/field.md 8, D8): A4 landscape, sheets of their own for each township.

Printed before a distribution, to be signed, and of a roster that was recorded. Lines are broken and pages filled here,
so that each page has its 本页小计; no signature stands on a page without a recipient.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from charity import money, words
from charity.printing import pages
from charity.printing.registers import cell, heading

LINES_MAX: Final = 500
SIZE_PT: Final = 8.0
LINE_MM: Final = 3.7
ROW_MM: Final = 10.0
"""The least height of a row: room for a signature or a thumb print."""
ROWS_MM: Final = 142.0
"""For the rows of a page, below facts of one line each and above 本页小计."""
LAST_MM: Final = 90.0
"""The same on the last page of a township: 合计, signatures and the place for the stamp stand below."""
FACT_MM: Final = 67.0
LABEL_MM: Final = 24.0
COPIES: Final = {"internal": "内部存档", "notice": "外部查阅", "unsigned": "待签字"}
STATUSES: Final = {
    "": "待签字",
    "waiting": "待核对",
    "confirmed": "已发放",
    "refused": "已退回",
    "withdrawn": "已撤回",
    "reversed": "已冲销",
}
HEADS: Final = (
    ("no", "序号", 9.0),
    ("name", "户主姓名", 23.0),
    ("id", "证件号", 33.0),
    ("kind", "类别", 17.0),
    ("members", "人口", 9.0),
    ("address", "住址（组）", 40.0),
    ("money", "标准（元）", 19.0),
    ("money", "现金（元）", 20.0),
    ("goods", "物资（品名×数量）", 18.0),
    ("account", "银行账号后四位", 15.0),
    ("signature", "领取人签字（按手印）", 30.0),
    ("proxy", "代领人/关系", 19.0),
    ("phone", "联系电话", 21.0),
)
"""Style, title and width in mm of each column; together the width between the margins."""
NAME, STANDARD, CASH = 1, 6, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLine:
    """One recipient, as the reader of the copy may see them; all empty on a line to be written by hand."""

    name: str = ""
    code: str = ""
    id_number: str = ""
    category: str = ""
    members: int | None = None
    address: str = ""
    amount_fen: int | None = None
    account: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class TownshipSheet:
    """The recipients of one township; "" where nobody says which."""

    township: str
    lines: Sequence[RosterLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRoster:
    """All that a roster prints. Before it is recorded `number` is "", and the check is that of the voucher."""

    number: str = ""
    status: Literal["", "waiting", "confirmed", "refused", "withdrawn", "reversed"] = ""
    copy: Literal["internal", "notice", "unsigned"]
    organisation: str
    programme: str
    fund: str
    voucher: str
    branch: str
    distributed_on: str
    place: str
    sheets: Sequence[TownshipSheet]
    amount_fen: int
    recipients: int
    maker: str = ""
    checker: str = ""
    entry: str = ""
    content_hash: str = ""
    verify_url: str
    demo: bool = False
    lang: str = "zh"


@dataclass(slots=True)
class Page:
    """One page: its rows, cells as lists of lines; `closing` ends a township, `ending` the roster."""

    township: str
    rows: list[list[list[str]]] = field(default_factory=list)
    subtotal_fen: int = 0
    total_fen: int = 0
    count: int = 0
    written: bool = True
    closing: bool = False
    ending: bool = False
    facts: list[list[tuple[list[str], list[str]]]] = field(default_factory=list)


def roster_html(document: PrintedRoster) -> str:
    """The HTML of a roster."""
    with words.speaking(document.lang):
        printed = list(_pages(document))
        printed[-1].ending = len(document.sheets) > 1
        status = words.say(STATUSES[document.status])
        return pages.render(
            "roster.html",
            lang=document.lang,
            document=document,
            copy=words.say(COPIES[document.copy]),
            status=status,
            mark=status if document.status == "refused" else "",
            heads=[(css, heading(words.say(title), width), width) for css, title, width in HEADS],
            pages=printed,
            demo=document.demo,
        )


def _pages(document: PrintedRoster) -> Iterator[Page]:
    """The pages of all townships."""
    assert sum(len(sheet.lines) for sheet in document.sheets) <= LINES_MAX
    for sheet in document.sheets:
        facts = _facts(document, sheet.township)
        spare = sum((max(len(lines) for fact in row for lines in fact) - 1) * LINE_MM for row in facts)
        rows = [_cells(n, line) for n, line in enumerate(sheet.lines, 1)]
        first = 0
        for size in page_sizes([_height(row) for row in rows], ROWS_MM - spare, LAST_MM - spare):
            lines = sheet.lines[first : first + size]
            page = Page(sheet.township, rows[first : first + size], facts=facts)
            page.subtotal_fen = _sum(lines)
            first += size
            page.written = not sheet.lines or any(line.amount_fen is not None for line in sheet.lines)
            page.closing = first == len(rows)
            page.total_fen = _sum(sheet.lines) if sheet.lines else document.amount_fen
            page.count = len(rows) or document.recipients
            yield page


def page_sizes(heights: Sequence[float], room: float, last: float) -> list[int]:
    """How many rows stand on each page of a township: `room` mm each, `last` mm on the last one.

    The last page has a row, so that nobody signs a page without recipients; a roster without rows has one page.
    """
    sizes, used, on_page = list[int](), 0.0, 0
    for height in heights:
        if on_page and used + height > room:
            sizes.append(on_page)
            used, on_page = 0.0, 0
        used += height
        on_page += 1
    if used > last and on_page > 1:
        kept, held = 0, 0.0
        while kept < on_page - 1 and held + heights[len(heights) - on_page + kept] <= last:
            held += heights[len(heights) - on_page + kept]
            kept += 1
        sizes.append(kept)
        on_page -= kept
    return [*sizes, on_page]


def _sum(lines: Iterable[RosterLine]) -> int:
    return sum(line.amount_fen or 0 for line in lines)


def _facts(document: PrintedRoster, township: str) -> list[list[tuple[list[str], list[str]]]]:
    """The head of a page: three facts a row, each broken into lines."""
    say = words.say
    rows = [
        [
            (say("慈善项目"), document.programme),
            (say("资金来源"), document.fund),
            (say("批次（审批单）"), document.voucher),
        ],
        [
            (say("乡镇·村"), " · ".join(filter(None, [township, document.branch]))),
            (say("发放日期"), document.distributed_on),
            (say("发放地点"), document.place),
        ],
    ]
    return [
        [(heading(label, LABEL_MM), cell(value or "—", FACT_MM, size_pt=SIZE_PT)) for label, value in row]
        for row in rows
    ]


def _cells(n: int, line: RosterLine) -> list[list[str]]:
    amount = "" if line.amount_fen is None else money.yuan(line.amount_fen)
    members = "" if line.members is None else str(line.members)
    texts = (str(n), line.name, line.id_number, line.category, members, line.address, amount, amount, "", line.account)
    cells = [
        cell(text, width, figure=at in {STANDARD, CASH} and bool(text), size_pt=SIZE_PT)
        for at, (text, (_, _, width)) in enumerate(zip((*texts, "", "", line.phone), HEADS, strict=True))
    ]
    if line.code:
        cells[NAME] = [*cells[NAME], *cell(line.code, HEADS[NAME][2], size_pt=SIZE_PT)]
    return cells


def _height(cells: Sequence[Sequence[str]]) -> float:
    return max(ROW_MM, max(map(len, cells)) * LINE_MM + 2)
