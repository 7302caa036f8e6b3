"""Every figure counted again from the journal alone, and compared with what pages, answers and registers show.

It imports nothing of the product: entries go in as (seq, kind, body), what is shown comes out of `get(address)`. Whom
a voucher lists is no part of a body (only a digest is), so the lists come beside it, by content hash.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from typing import Any

Get = Callable[[str], Awaitable[str]]
Pair = tuple[int, int]
MONEY, STOCK = ("1001", "1002", "1009", "2209"), ("1201", "1202", "1801")
CODES = (
    "carried", "received", "refunded", "agency_in", "agency_out", "aid", "bought", "advanced", "administration",
    "fundraising", "lost", "other", "transferred", "unspent",
)  # fmt: skip
SIDES = {  # figures with their signs in the two equations, as docs/books.md has them
    "money": {"received": 1, "refunded": -1, "aid": -1, "bought": -1, "advanced": -1, "administration": -1,
              "fundraising": -1, "other": 1, "transferred": 1},
    "goods": {"received": 1, "refunded": -1, "aid": -1, "bought": 1, "lost": -1, "other": 1, "transferred": 1},
}  # fmt: skip
FIRST = "1949-01-01"


@dataclass
class Gift:
    """A gift as the journal has it; `gone` is the day of its reversal."""

    day: str
    fund: str
    party: str
    fen: int
    gone: str = "9999"
    back: list[tuple[str, int]] = field(default_factory=list)
    """(day, fen) of what was refunded of it, and of its reversal."""


@dataclass
class Books:
    """What the entries add up to."""

    moves: list[tuple[str, str, str, int, int]] = field(default_factory=list)
    """(day, fund, figure, money, goods)"""
    gifts: dict[int, Gift] = field(default_factory=dict)
    times: list[tuple[str, tuple[str, ...], int]] = field(default_factory=list)
    """(day, funds that had a part, 人次)"""
    income: list[tuple[str, int, int]] = field(default_factory=list)
    """(day, money, goods) of the income that the register of gifts lists, and what was taken off it"""
    held: list[tuple[str, int]] = field(default_factory=list)
    """(day, fen) of what it lists as held for others"""
    paid: list[tuple[str, str, str, int, int, int]] = field(default_factory=list)
    """(month, fund, programme, fen, payments, 人次) of money that was aid; -1 payments where it was taken back"""
    helped: dict[int, tuple[str, tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    """(day, funds, whom) of each entry that helped somebody who is listed"""
    agency: set[str] = field(default_factory=set)
    seq: int = 0


def read(entries: Iterable[Sequence[Any]], agency: Iterable[str], listed: Mapping[str, Sequence[str]]) -> Books:
    """Count the entries, in their order; `agency` are the funds that hold money for others."""
    books, bodies, lots = Books(agency=set(agency)), dict[int, Any](), dict[str, str]()
    for seq, kind, text in entries:
        body = bodies[seq] = json.loads(text)
        books.seq = seq
        back = bodies[body["reverses"]] if "reverses" in body else None
        lines = [
            (account.split("/")[0], account.split("/")[2], quantity)
            for account, unit, quantity in body["postings"]
            if unit == "CNY"
        ]
        for fund in dict.fromkeys(fund for _, fund, _ in lines):
            mine = [(chart, quantity) for chart, of, quantity in lines if of == fund]
            for figure, (money, goods) in _figures(kind, mine, reversed_=back is not None).items():
                books.moves.append((body["effective_on"], fund, figure, money, goods))
            stock = any(chart in STOCK for chart, _ in mine)
            for chart, quantity in mine:
                if chart == "4101":
                    books.income.append((body["effective_on"], 0 if stock else -quantity, -quantity if stock else 0))
                elif chart == "2601" and (kind.startswith(("gift.", "goods.gift")) or _of_gift(back)):
                    books.held.append((body["effective_on"], -quantity))
        for account, unit, _ in body["postings"]:
            if unit.startswith("lot:") and "fund" in body["facts"] and account.startswith("store:"):
                lots[unit] = body["facts"]["fund"]
        _people(books, kind, body, back, lines, lots, listed)
    return books


def _of_gift(back: Any) -> bool:
    """Whether an entry takes goods that were given back."""
    return back is not None and back["kind"] == "goods.gift"


def _figures(kind: str, lines: Sequence[tuple[str, int]], *, reversed_: bool) -> dict[str, Pair]:
    """What one fund's lines of an entry are, by figure: (money, goods)."""
    money = sum(quantity for chart, quantity in lines if chart in MONEY)
    goods = sum(quantity for chart, quantity in lines if chart in STOCK)
    if kind in {"opening", "goods.opening"}:
        held = any(chart == "2601" for chart, _ in lines)
        return {"agency_opening" if held else "opening": (money, goods)}
    into: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    if money and goods:
        into["bought"] = [goods, goods]
    stock = bool(goods and not money)
    for chart, quantity in lines:
        if chart not in MONEY and chart not in STOCK:
            figure, sign = _named(kind, chart, -quantity if reversed_ else quantity, stock=stock)
            into[figure][stock] += sign * quantity
    return {figure: (pair[0], pair[1]) for figure, pair in into.items()}


NAMED = {  # an account, its figure beside money and its figure beside stock, with the sign of a debit
    "3101": ("transferred", -1, "transferred", -1),
    "3102": ("transferred", -1, "transferred", -1),
    "4101": ("received", -1, "received", -1),
    "3201": ("received", -1, "received", -1),
    "5101": ("aid", 1, "aid", 1),
    "5301": ("administration", 1, "lost", 1),
    "5401": ("fundraising", 1, "lost", 1),
    "5501": ("other", -1, "lost", 1),
    "5901": ("other", -1, "lost", 1),
    "1122": ("advanced", 1, "bought", -1),
    "1141": ("bought", 1, "bought", -1),
    "2202": ("bought", 1, "bought", -1),
}


def _named(kind: str, chart: str, first: int, *, stock: bool) -> tuple[str, int]:
    """The figure of an account's line, and the sign of a debit; `first` is the quantity before any reversal."""
    if chart == "2601":
        if first < 0 or kind in {"gift.reversal", "gift.correction"}:
            return "agency_in", -1
        return ("agency_back" if kind == "gift.refund" else "agency_out"), 1
    if kind == "gift.refund" and chart not in {"3101", "3102"}:
        return "refunded", 1
    figure, sign, of_stock, other_sign = NAMED.get(chart, ("other", -1, "other", -1))
    return (of_stock, other_sign) if stock else (figure, sign)


def _people(
    books: Books,
    kind: str,
    body: Any,
    back: Any,
    lines: Sequence[tuple[str, str, int]],
    lots: Mapping[str, str],
    listed: Mapping[str, Sequence[str]],
) -> None:
    day, facts, seq = body["effective_on"], body["facts"], body["seq"]
    of_lots = [lots[unit] for _, unit, _ in body["postings"] if unit in lots]
    costs = tuple(dict.fromkeys(fund for chart, fund, _ in lines if chart == "5101"))
    if kind in {"gift.cash", "goods.gift"}:
        income = [fund for chart, fund, _ in lines if chart in {"4101", "2601"}]
        worth = sum(fen for chart, _, fen in lines if chart in MONEY or chart in STOCK)
        books.gifts[seq] = Gift(day, (income or [facts["fund"]])[0], body["party"], worth or 1)
    elif kind == "gift.correction" or (back is not None and back["seq"] in books.gifts):
        gift = books.gifts[facts["of"] if back is None else back["seq"]]
        gift.gone = day
        gift.back.append((day, gift.fen))
    elif kind == "gift.refund":
        debited = sum(fen for chart, _, fen in lines if chart in MONEY)
        books.gifts[facts["refund_of"]].back.append((day, -debited))
    elif kind in {"voucher.paid", "branch.roster"} and costs:
        books.times.append((day, costs, facts.get("recipients", 0)))
        books.paid.append((day[:7], costs[0], facts["programme"], _cost(lines), 1, facts.get("recipients", 0)))
        if facts.get("listed"):
            books.helped[seq] = (day, costs, tuple(listed[facts["content_hash"]]))
    elif back is not None and back["kind"] == "branch.roster":
        books.times.append((day, costs, -back["facts"]["recipients"]))
        books.paid.append((day[:7], costs[0], facts["programme"], _cost(lines), -1, -back["facts"]["recipients"]))
        books.helped.pop(back["seq"], None)
    elif kind == "goods.issue" or (back is not None and back["kind"] == "goods.issue"):
        funds = costs or (() if lines else tuple(of_lots[:1]))
        books.times.append((day, funds, -1 if back is not None else 1))
        if back is not None:
            books.helped.pop(back["seq"])
        else:
            books.helped[seq] = (day, tuple(dict.fromkeys(of_lots)), (body["party"],))


def _cost(lines: Sequence[tuple[str, str, int]]) -> int:
    return sum(fen for chart, _, fen in lines if chart == "5101")


def payments(books: Books, fund: str = "") -> dict[tuple[str, int], list[Pair | None]]:
    """How many payments stand and whom they helped, by month and sum; None where more was taken back than paid."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for month, of, programme, *amounts in books.paid:
        if fund in {"", of}:
            sums[month, programme] = [a + b for a, b in zip(sums[month, programme], amounts, strict=True)]
    shown: dict[tuple[str, int], list[Pair | None]] = defaultdict(list)
    for (month, _), (fen, count, people) in sums.items():
        shown[month, fen].append((count, people) if count > 0 and people >= 0 else None)
    return shown


def figures(books: Books, begin: str, end: str, fund: str = "") -> dict[str, Any]:
    """What `GET /figures` should answer."""
    answer: dict[str, Any] = {code: {"money_fen": 0, "goods_fen": 0} for code in CODES}
    for n, (side, signs) in enumerate(SIDES.items()):
        name, alone = f"{side}_fen", fund in books.agency
        carried, within = 0, dict[str, int]()
        for day, of, figure, *pair in books.moves:
            agency = figure.startswith("agency_")
            if (fund and of != fund) or day > end or (not fund and of in books.agency and not agency):
                continue
            sign = signs.get(figure, 0)
            if figure in {"opening", "agency_opening"}:
                sign = 1 if alone or figure == "opening" else 0
            elif alone and agency:
                sign = 1 if figure == "agency_in" else -1
            if day < begin or figure in {"opening", "agency_opening"}:
                carried += sign * pair[n]
            else:
                code = "agency_out" if figure == "agency_back" else figure
                within[code] = within.get(code, 0) + pair[n]
                within["left"] = within.get("left", 0) + sign * pair[n]
        for code, fen in within.items():
            if code in answer:
                answer[code][name] = fen
        answer["carried"][name], answer["unspent"][name] = carried, carried + within.get("left", 0)
    ours = [gift for gift in books.gifts.values() if (gift.fund == fund if fund else gift.fund not in books.agency)]
    came = [gift for gift in ours if begin <= gift.day <= end]
    answer["gifts"] = len(came) - sum(1 for gift in ours if begin <= gift.gone <= end)
    left: dict[str, int] = defaultdict(int)  # of each giver: gifts of the period less what was taken back in it
    for gift in ours:
        events = [(gift.day, gift.fen), *((day, -fen) for day, fen in gift.back)]
        left[gift.party] += sum(fen for day, fen in events if begin <= day <= end)
    answer["donors"] = sum(1 for party, fen in left.items() if party and fen > 0)
    answer["people"] = len(
        {
            who
            for day, funds, whom in books.helped.values()
            if begin <= day <= end
            and (fund in funds if fund else set(funds) - books.agency)
            and fund not in books.agency
            for who in whom
        }
    )
    answer["visits"] = sum(n for day, of, n in books.times if begin <= day <= end and (fund in of if fund else of))
    return answer | {"seq": books.seq}


@dataclass
class Compared:
    """How many figures were compared, and those that differ: (where, what, counted, shown)."""

    count: int = 0
    differences: list[tuple[str, str, Any, Any]] = field(default_factory=list)

    def look(self, where: str, what: str, counted: object, shown: object) -> None:
        """Compare one figure."""
        self.count += 1
        if counted != shown:
            self.differences.append((where, what, counted, shown))

    def __str__(self) -> str:
        """The result in words, with the first differences."""
        lines = [f"{self.count:,} figures compared, {len(self.differences)} differ"]
        return "\n".join(
            [*lines, *(f"  {w}: {what}: counted {c}, shown {s}" for w, what, c, s in self.differences[:20])]
        )


async def compare(
    books: Books, get: Get, staff: Get, campaigns: Mapping[str, str], today: date, *, seed: int = 2026
) -> Compared:
    """Compare every figure that can be reached; `campaigns` has the fund of each public campaign by slug."""
    done = Compared()
    await _calls(done, books, staff, campaigns, today, random.Random(seed))
    await _pages(done, books, get, campaigns, today)
    await _public_ledger(done, books, get, today)
    await _registers(done, books, staff, today)
    return done


async def _calls(
    done: Compared, books: Books, get: Get, campaigns: Mapping[str, str], today: date, chance: random.Random
) -> None:
    days = sorted({move[0] for move in books.moves}) or [today.isoformat()]
    funds = sorted({move[1] for move in books.moves})
    periods = [(FIRST, today.isoformat()), (days[0], days[-1])]
    periods += [(f"{month}-01", f"{month}-28") for month in sorted({day[:7] for day in days})]
    periods += [tuple(sorted(chance.choices(days, k=2))) for _ in range(20)]  # type: ignore[misc]
    for begin, end in periods:
        for fund in ["", *(funds if begin == FIRST else chance.sample(funds, min(3, len(funds))))]:
            where = f"/api/v1/figures?from={begin}&to={end}" + (f"&fund={fund}" if fund else "")
            shown, counted = json.loads(await get(where)), figures(books, begin, end, fund)
            for name, value in counted.items():
                parts = value.items() if isinstance(value, dict) else [("", value)]
                for part, number in parts:
                    done.look(where, f"{name} {part}", number, shown[name][part] if part else shown[name])
            flow = where.replace("/figures", "/figures/flow")
            _flow(done, flow, json.loads(await get(flow)), counted, whole=not fund)
    for slug, fund in campaigns.items():
        counted = figures(books, FIRST, today.isoformat(), fund)
        for where in (f"/api/v1/figures?campaign={slug}", f"/api/v1/campaigns/{slug}"):
            shown = json.loads(await get(where))
            for name in ("gifts", "donors", "seq"):
                done.look(where, name, counted[name], shown[name])
        done.look(
            where,
            "received_fen",
            counted["received"]["money_fen"] + counted["agency_in"]["money_fen"],
            shown["received_fen"],
        )


def _flow(done: Compared, where: str, shown: Mapping[str, Any], counted: Mapping[str, Any], *, whole: bool) -> None:
    """Both sides of a flow, and what each figure is on them."""
    signs = {"carried": 1, **SIDES["money"], "unspent": -1}
    if not whole:
        signs |= {"agency_in": 1, "agency_out": -1}
    sides = {1: shown["sources"], -1: shown["ends"]}
    for side, parts in sides.items():
        done.look(where, f"side {side}", shown["available_fen"], sum(part["amount_fen"] for part in parts))
    for code, sign in signs.items():
        fen = sum(
            side * part["amount_fen"] for side, parts in sides.items() for part in parts if part["figure"] == code
        )
        done.look(where, f"flow {code}", sign * counted[code]["money_fen"], fen)
    strange = {part["figure"] for parts in sides.values() for part in parts} - signs.keys()
    done.look(where, "figures of no equation", set(), strange)


_FIGURE = re.compile(
    r'<span class="figure-label">(.*?)</span>\s*<span class="figure-value">(.*?)</span>\s*'
    r'(?:<span class="figure-note">(.*?)</span>)?\s*</div>',
    re.DOTALL,
)
_LINE = re.compile(
    r'<li[^>]*><span class="op">(.)</span>.*?<span>([^<]+)</span>(<span class="money[^>]*>.*?</span>)\s*'
    r'(?:<span class="sub">(.*?)</span>)?</li>',
    re.DOTALL,
)
"""A line of the equation in brief: its sign, words, money and what is said of goods."""
_SUM = re.compile(r'<span class="t-sum">(.*?)</span></span>', re.DOTALL)
_HEAD = re.compile(r'<div class="brief-head">(.*?)</div>', re.DOTALL)
COUNTS = (("捐赠笔数", "gifts", r"([\d,]+) 笔捐[款物]"), ("捐赠人数", "donors", r"([\d,]+) 人 ·"))
_FLOW = re.compile(r'<table class="flow-table">.*?</table>', re.DOTALL)
BRIEF = {
    "上期结转": ("carried", 1), "用于救助": ("aid", 1), "购买救助物资": ("bought", 1), "退回的货款": ("bought", -1),
    "已拨付，等签收名单": ("advanced", 1), "以前拨付，现已交回名单": ("advanced", -1), "筹资费用": ("fundraising", 1),
    "管理费用": ("administration", 1), "退还捐赠人": ("refunded", 1), "利息等其他收入": ("other", 1),
    "其他支出": ("other", -1), "从其他基金转入": ("transferred", 1), "转到其他基金": ("transferred", -1),
    "已转交和退回": ("agency_out", 1), "还没有用": ("unspent", 1),
}  # fmt: skip
"""What a line of the equation in brief is, by its words, and its sign in the figure."""
_ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)
NAMES = dict(
    zip(
        ("上期结转", "收到", "已退款", "代收", "代转", "用于救助", "购买物资", "预拨", "管理费用", "筹资费用", "损耗",
         "其他收支净额", "基金间划转净额", "尚未使用"), CODES, strict=True,
    )
)  # fmt: skip


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def number(text: str) -> int | None:
    """A sum in yuan as fen, or a count; None without a number."""
    match = re.search(r"([-−]?)¥?([-−]?)([\d,]+)(\.\d\d)?", _text(text))
    if not match:
        return None
    whole = int(match[3].replace(",", "")) * (100 if match[4] else 1) + int((match[4] or ".0")[1:])
    return -whole if match[1] or match[2] else whole


_USE = re.compile(
    r'<time class="period" datetime="([^"]*)">[^<]*</time><span>([^<]*)</span>(<span class="money[^>]*>.*?</span>)'
    r'(?:<span class="sub">([^<]*)</span>)?</li>'
)
_REACHED = re.compile(r"(?:当月共 ([\d,]+) 笔，)?([\d,]+) 人次受益")
TAKEN_BACK = "冲销以前月份的拨付"


def _payments(done: Compared, books: Books, where: str, html: str, fund: str) -> None:
    """The months of aid that a page lists: how many payments each says, and whom they helped."""
    counted = payments(books, fund)
    for when, title, amount, note in _USE.findall(html):
        text = f"{title} {note}"
        reached, month, fen = _REACHED.search(_text(text)), re.search(r"\d{4}-\d\d", when), number(amount)
        if month is None or fen is None or not (reached or TAKEN_BACK in text):
            continue
        count, people = (reached[1] or "1", reached[2]) if reached else ("", "")
        shown = (int(count.replace(",", "")), int(people.replace(",", ""))) if reached else None
        may_be = counted.get((month[0], fen), [])
        done.look(where, "payments", shown if shown in may_be else may_be, shown)


async def _pages(done: Compared, books: Books, get: Get, campaigns: Mapping[str, str], today: date) -> None:
    year = today.replace(month=1, day=1).isoformat()
    places = [("/", "", year), *((f"/campaigns/{slug}", fund, FIRST) for slug, fund in campaigns.items())]
    for where, fund, begin in places:
        html = await get(where)
        counted = figures(books, begin, today.isoformat(), fund)
        _brief(done, where, html, counted, whole=not fund)
        _flow_table(done, where, html, counted)
        for head in _HEAD.findall(html):
            for label, name, pattern in COUNTS:
                if shown := re.findall(pattern, head):  # gifts of money, and those of goods beside them
                    done.look(where, label, counted[name], sum(int(count.replace(",", "")) for count in shown))
        _payments(done, books, where, html, fund)
        rows = 0
        for row in _ROW.findall(_FLOW.sub("", html)):
            cells = [_text(cell) for cell in _CELL.findall(row)]
            if len(cells) == 4 and cells[0] in NAMES:
                rows += 1
                for cell, part in ((cells[2], "goods_fen"), (cells[3], "money_fen")):
                    done.look(where, f"{cells[0]} {part}", counted[NAMES[cells[0]]][part], number(cell))
        done.look(where, "rows of the equation", len(NAMES), rows)


_TERM = re.compile(r'<span class="soft">(.*?)</span><b>(.*?)</b>')


async def _public_ledger(done: Compared, books: Books, get: Get, today: date) -> None:
    """Each month and year of the public ledger: its equation, at call and page, and what its tables add up to."""
    months = sorted({move[0][:7] for move in books.moves if move[0][:7] <= today.isoformat()[:7]})
    periods = [(month, f"{month}-01", f"{month}-31") for month in months]
    periods += [(year, f"{year}-01-01", f"{year}-12-31") for year in sorted({month[:4] for month in months})]
    for period, begin, end in periods:
        query = f"year={period}" if len(period) == len("2026") else f"month={period}"
        counted, where = figures(books, begin, end), f"/api/v1/books?{query}"
        shown = json.loads(await get(where))
        for code in CODES:
            for part in ("money_fen", "goods_fen"):
                done.look(where, f"{code} {part}", counted[code][part], shown["equation"][code][part])
        fen = {code: counted[code]["money_fen"] for code in CODES}
        out = sum(fen[code] for code in ("aid", "bought", "advanced", "administration", "fundraising"))
        for name, value in (("sources", fen["received"] - fen["refunded"]), ("uses", out)):
            done.look(where, name, value, sum(line["money_fen"] for line in shown[name]))
        for name, code in (("carried_fen", "carried"), ("received_fen", "received"), ("unspent_fen", "unspent")):
            done.look(where, name, fen[code], sum(line[name] for line in shown["funds"]))
        done.look(where, "seq", books.seq, shown["seq"])
        html = await get(f"/books?{query}")
        for label, value in _TERM.findall(html.partition('<ul class="equation"')[2].partition("</ul>")[0]):
            done.look(f"/books?{query}", label, abs(fen[NAMES[label]]), number(value))


def _brief(done: Compared, where: str, html: str, counted: Mapping[str, Any], *, whole: bool) -> None:
    """The one sum of a page and the lines below it, which add up to the last."""
    for text in _SUM.findall(html):
        came = counted["received"]["money_fen"] + (0 if whole else counted["agency_in"]["money_fen"])
        done.look(where, "收到", came, number(re.sub(r"<[^>]+>", "", text)))
        left = came
        for sign, label, value, note in _LINE.findall(html):
            code, times = BRIEF[_text(label)]
            fen = number(value) or 0
            name = {"还没有用": "尚未使用"}.get(_text(label), _text(label))
            done.look(where, name, counted[code]["money_fen"], times * fen)
            if note:
                done.look(where, f"{name} 物", counted[code]["goods_fen"], number(note))
            left += {"+": fen, "−": -fen, "=": 0}[sign]
        done.look(where, "the lines add up to what is left", counted["unspent"]["money_fen"], left)


def _flow_table(done: Compared, where: str, html: str, counted: Mapping[str, Any]) -> None:
    """The table below a flow: its rows add up to each total, both totals are the same, and its known rows are so."""
    for table in _FLOW.findall(html):
        totals, side = [], 0
        for row in _ROW.findall(table):
            cells = [_text(cell) for cell in _CELL.findall(row)]
            if len(cells) == 4 and cells[0] == "合计":
                totals.append(number(cells[1]))
                done.look(where, "rows of a side", side, totals[-1])
                side = 0
            elif len(cells) == 4 and cells[0] != "项目":
                fen = number(cells[1]) or 0
                side += fen
                if cells[0] in BRIEF and cells[0] not in {"用于救助", "已转交和退回"}:
                    code, times = BRIEF[cells[0]]
                    done.look(where, f"flow {cells[0]}", counted[code]["money_fen"], times * fen)
        done.look(where, "both sides", totals[:1] * 2, totals)


async def _registers(done: Compared, books: Books, get: Get, today: date) -> None:
    """The totals of the two registers of what came and went, of the year so far, of the month and of all time."""
    begins = [today.replace(month=1, day=1), today.replace(day=1), date.fromisoformat(min(m[0] for m in books.moves))]
    for begin in begins:
        last = max(begin, today)
        period = (begin.isoformat(), last.isoformat())
        cash, goods, paid, out = 0, 0, 0, 0
        for day, money, worth in books.income:
            if period[0] <= day <= period[1]:
                cash, goods = cash + money, goods + worth
        held = sum(fen for day, fen in books.held if period[0] <= day <= period[1])
        for day, _, figure, money, worth in books.moves:
            if period[0] <= day <= period[1] and figure in {"aid", "agency_out"}:
                paid, out = paid + money, out + worth
        times = sum(n for day, _, n in books.times if period[0] <= day <= period[1])
        for name, counted in (
            ("donations", {"货币金额": cash, "实物折价": goods, "合计": cash + goods, "受托代理": held}),
            ("disbursements", {"货币资金": paid, "物资折价": out, "合计": paid + out, "受益人次": times}),
        ):
            where = f"/ledgers/{name}?from={period[0]}&to={period[1]}"
            shown = {_text(label): value for label, value, _ in _FIGURE.findall(await get(where))}
            for label, value in counted.items():
                done.look(where, label, value, number(shown.get(label, "0")))  # a column of nothing is not shown
        gifts = books.gifts.values()
        stand = sum((period[0] <= gift.day <= period[1]) - (period[0] <= gift.gone <= period[1]) for gift in gifts)
        where = f"/ledgers/donations?from={period[0]}&to={period[1]}&copy=board"
        shown = {_text(label): value for label, value, _ in _FIGURE.findall(await get(where))}
        done.look(where, "笔数", stand, number(shown.get("笔数", "0")))
