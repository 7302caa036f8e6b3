"""What the pages of the books show, with words in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from charity import addresses, clock, words
from charity.documents.forms import Preset, presets
from charity.errors import Refusal
from charity.finance import flows
from charity.finance.books import readers
from charity.finance.books.forms import AccountsFilter, PeriodFilter, TrialFilter
from charity.finance.books.readers import Account, Entry, Fund
from charity.finance.reviews.screens import KIND_WORDS, about, part_names, title
from charity.giving import gifts, receipts
from charity.ledger import accounts as acc
from charity.ledger import chart, funds, months, places, statement, subledger
from charity.ledger.funds import FundRow
from charity.ledger.journal_vouchers import Voucher
from charity.ledger.numbering import printed
from charity.ledger.subledger import Line, Turned
from charity.printing.vouchers import NATURES
from charity.roles import Actor
from charity.sheets import files
from charity.web.choices import choices

YEARS_MAX = 10
"""Years before this one that a fund's page offers; any other can be typed."""
PLACES = {
    "store": "门店",
    "transit": "在途",
    "household": "受助家庭",
    acc.DONORS: "捐赠人",
    acc.HOUSEHOLDS: "受助家庭",
    acc.SUPPLIERS: "供应商",
    acc.GRANTED: "已发积分",
    acc.REDEEMED: "已兑积分",
    acc.EXPIRED: "到期积分",
}
"""Places of goods and points, by the whole code or what stands before its colon."""
GROUPS = {"chart": "按科目", "fund": "按基金", "account": "按明细科目"}


def kind(of: str) -> str:
    """What an entry is, in words."""
    return words.translate(KIND_WORDS.get(of, of))


# -- an entry ---------------------------------------------------------------------------------------------


async def entry(shown: Entry, by: Actor) -> dict[str, Any]:
    """One entry whole."""
    row, say = shown.row, words.say
    seq, document = row["seq"], addresses.document(shown.facts)
    names, labels, numbers = await funds.names(), await part_names(), await _receipts([document], by)
    return {
        "seq": seq,
        "title": kind(row["kind"]),
        "facts": [
            {"term": say("业务日期"), "value": row["effective_on"], "kind": "date"},
            {"term": say("登记时间"), "value": row["recorded_at"], "kind": "instant"},
            _fact("记账凭证", _printed(shown.number), addresses.shown_to(by, "journal_voucher", shown.number)),
            {"term": say("原始凭证"), **_document_cell(document, numbers, by)},
            _fact("对方", shown.party),
            _fact("登记人", shown.actor),
            *await _purpose(shown.facts),
            *_reversals(shown, by),
        ],
        "postings": [_posting(posting, names, labels, by) for posting in row["postings"]],
        "hashes": [("SHA-256", row["leaf"]), (say("上一分录"), row["prev"]), (say("编号"), row["id"])],
        "body": row["body"],
        "used": gifts.used_table(shown.used, by),
        "before": addresses.of("entry", seq - 1) if seq > 1 else "",
        "behind": addresses.of("entry", seq + 1) if seq < shown.last else "",
    }


def _fact(term: str, value: str, href: str = "") -> dict[str, str]:
    return {"term": words.say(term), "value": value, "href": href if value else ""}


def _printed(number: str) -> str:
    return f"{number[:4]}-{number[4:6]} {printed(number)}" if number else ""


async def _purpose(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the entry says of its purpose."""
    programme = facts.get("programme", "")
    name = (await funds.programme_names([programme])).get(programme, programme) if programme else ""
    shown: list[dict[str, Any]] = [_fact("项目", name)] if programme else []
    if facts.get("recipients"):
        shown.append({"term": words.say("受益人次"), "value": facts["recipients"], "kind": "count"})
    return shown


def _reversals(shown: Entry, by: Actor) -> list[dict[str, str]]:
    """What it takes back, and what took it back."""
    pairs = [("冲销了", shown.row["reverses"]), ("已被冲销", shown.reversed_by)]
    if shown.row["reverses"] is None and isinstance(shown.facts.get("of"), int):
        pairs.append(("针对", shown.facts["of"]))
    if isinstance(shown.facts.get("refund_of"), int):
        pairs.append(("退还的捐赠", shown.facts["refund_of"]))
    return [_fact(term, f"#{seq}", addresses.shown_to(by, "entry", seq)) for term, seq in pairs if seq is not None]


def _posting(
    posting: Mapping[str, Any], names: Mapping[str, str], labels: Mapping[str, str], by: Actor
) -> dict[str, Any]:
    account, unit, quantity = posting["account"], posting["unit"], posting["quantity"]
    if unit != acc.CNY:
        return {
            "account": _place(account),
            "fund": "",
            "debit": None,
            "credit": None,
            "pieces": _pieces(unit, quantity),
        }
    return {
        "account": _account_cell(account, labels, by),
        "fund": fund_cell(acc.fund(account), names, by),
        "debit": quantity if quantity > 0 else None,
        "credit": -quantity if quantity < 0 else None,
        "pieces": "",
    }


def _place(account: str) -> str:
    front, _, back = account.partition(":")
    if account in PLACES:
        return words.say(PLACES[account])
    name = words.say(PLACES[front]) if front in PLACES else account
    return f"{name} {back}".strip() if front != "household" else name


def _pieces(unit: str, quantity: int) -> dict[str, str]:
    front, _, back = unit.partition(":")
    return {"value": f"{quantity:+,}", "note": f"{words.say('批次') if front == 'lot' else words.say('积分')} {back}"}


def _account_cell(account: str, labels: Mapping[str, str], by: Actor) -> dict[str, str]:
    return {"value": places.account_title(account, labels), "href": addresses.shown_to(by, "account", account)}


def fund_cell(code: str, names: Mapping[str, str], by: Actor) -> dict[str, str]:
    """A fund in a table."""
    return {"value": code, "note": names.get(code, ""), "href": addresses.shown_to(by, "fund", code)}


async def journal(rows: Sequence[Mapping[str, Any]], numbers: Mapping[int, str], by: Actor) -> list[dict[str, Any]]:
    """The journal as rows of a table."""
    given = await _receipts([addresses.document(row["facts"]) for row in rows], by)
    return [
        {
            "seq": {"value": f"#{row['seq']}", "href": addresses.shown_to(by, "entry", row["seq"])},
            "on": row["effective_on"],
            "kind": kind(row["kind"]),
            "number": _number_cell(numbers.get(row["seq"], ""), by),
            "document": _document_cell(addresses.document(row["facts"]), given, by),
            "at": row["recorded_at"],
            "amount": row["amount_fen"] or None,
        }
        for row in rows
    ]


def _number_cell(number: str, by: Actor) -> dict[str, str]:
    return {"value": _printed(number), "href": addresses.shown_to(by, "journal_voucher", number)}


Document = tuple[addresses.Kind, str] | None


async def _receipts(documents: Iterable[Document], by: Actor) -> dict[str, str]:
    """By which receipt people know the gifts among these documents."""
    keys = [document[1] for document in documents if document and document[0] == "gift"]
    return {key: number for key, (number, _) in (await receipts.held(keys, by=by)).items()}


def _document_cell(document: Document, given: Mapping[str, str], by: Actor) -> dict[str, str]:
    """A document, linked: a gift by its receipt's number."""
    if document is None:
        return {"value": "", "href": ""}
    kind, number = document
    shown = given.get(number) or words.say("这笔捐赠") if kind == "gift" else number
    return {"value": shown, "href": addresses.shown_to(by, kind, number)}


# -- accounts and funds -----------------------------------------------------------------------------------


def period(
    query: PeriodFilter, refusal: Refusal | None, address: str, also: Sequence[Preset] = (), **more: str
) -> dict[str, Any]:
    """The period that is shown, as the filter of a page: its fields and what people ask for often, and `also` these.

    What was refused stands in the fields as it was typed; what is shown then is what is shown without any.
    """
    typed = {"from_on": query.from_on, "to_on": query.to_on}
    valid = type(query)() if refusal else query
    begin, end = valid.period()
    links = []
    for preset in (*presets(clock.today()), *also):
        asked = urlencode({"from_on": preset.begin, "to_on": preset.end, **{k: v for k, v in more.items() if v}})
        current = (preset.begin, preset.end) == (begin, end)
        links.append({"label": preset.label, "href": f"{address}?{asked}", "current": current})
    fields = typed if refusal else {"from_on": begin, "to_on": end}
    return {"begin": begin, "end": end, "after": valid.after, "fields": fields, "presets": links, "address": address}


async def years() -> list[Preset]:
    """The years before this one in which there are books, the newest first, and all of them until today."""
    today = clock.today()
    begun = await months.first_month() or today.isoformat()
    before = range(today.year - 1, max(int(begun[:4]), today.year - YEARS_MAX) - 1, -1)
    spans = [Preset(words.say("{year} 年", year=year), f"{year}-01-01", f"{year}-12-31") for year in before]
    return [*spans, Preset(words.say("开账至今"), f"{begun[:7]}-01", today.isoformat())]


async def account(code: str, shown: Account, by: Actor) -> dict[str, Any]:
    """An account with a page of its lines."""
    names, given = await funds.names(), await _given(shown, by)
    fund = acc.fund(code)
    return {
        "code": code,
        "title": places.account_title(code, await part_names()),
        "fund": {"value": f"{fund} {names.get(fund, '')}".strip(), "href": addresses.shown_to(by, "fund", fund)},
        "figures": _figures(shown.total),
        "year": shown.year,
        "rows": [_line(line, shown, given, by) for line in shown.lines],
    }


def _figures(total: Turned) -> list[dict[str, Any]]:
    return [
        {"label": words.say("期初余额"), "value": total.opening_fen},
        {"label": words.say("本期借方"), "value": total.debit_fen},
        {"label": words.say("本期贷方"), "value": total.credit_fen},
        {"label": words.say("期末余额"), "value": total.closing_fen},
    ]


async def _given(shown: Account, by: Actor) -> dict[str, str]:
    return await _receipts([readers.document(source) for source in shown.sources.values()], by)


def _line(line: Line, of: Account, given: Mapping[str, str], by: Actor) -> dict[str, Any]:
    document = _document_cell(readers.document(of.sources.get(line.number)), given, by)
    return {
        **_voucher(of.vouchers[line.number], by),
        "document": document,
        "debit": line.debit_fen or None,
        "credit": line.credit_fen or None,
        "balance": line.balance_fen,
    }


def _voucher(voucher: Voucher, by: Actor) -> dict[str, Any]:
    """A journal voucher as the first columns of a line."""
    entries = {"value": "", "href": ""}
    if voucher["entries"] == 1:
        seq = voucher["first_seq"]
        entries = {"value": f"#{seq}", "href": addresses.shown_to(by, "entry", seq)}
    return {
        "on": voucher["day"],
        "number": _number_cell(voucher["number"], by),
        "entry": entries,
        "summary": about(voucher, voucher["entries"]),
    }


async def accounts(query: AccountsFilter, after: str, limit: int, by: Actor) -> tuple[dict[str, Any], str | None]:
    """The list of accounts with what each has now; one that has nothing, and had nothing this morning, is left out."""
    today, names, labels = clock.today().isoformat(), await funds.names(), await part_names()
    every = await subledger.turned(today, today, fund=query.fund)
    listed = {code: one for code, one in every.items() if one != Turned()}
    chosen = {code: one for code, one in listed.items() if not query.chart or acc.split(code)[0] == query.chart}
    codes = [code for code in chosen if code > after]
    rows = [
        {
            "account": _account_cell(code, labels, by),
            "fund": fund_cell(acc.fund(code), names, by),
            **_sides(chosen[code].closing_fen),
        }
        for code in codes[:limit]
    ]
    context = {
        "rows": rows,
        "query": query,
        "count": len(chosen),
        "charts": _chart_choices(),
        "funds": choices(await funds.labels(), "全部"),
    }
    return context, codes[limit - 1] if len(codes) > limit else None


def _chart_choices() -> list[dict[str, str]]:
    return choices({code: f"{code} {words.translate(name)}" for code, name in chart.NAMES.items()}, "全部")


def _sides(fen: int) -> dict[str, int | None]:
    """A balance on its side."""
    return {"debit": fen if fen > 0 else None, "credit": -fen if fen < 0 else None}


async def fund_list(rows: Sequence[FundRow], by: Actor) -> list[dict[str, Any]]:
    """All funds with what they have now."""
    held = await subledger.held_by_fund()
    programmes = await funds.programme_names()
    nothing = subledger.Fund(0, 0)
    return [
        {
            "code": {"value": row.code, "href": addresses.shown_to(by, "fund", row.code)},
            "name": row.shown,
            "kind": words.say(NATURES[row.kind]),
            "programmes": _allowed(row, programmes),
            "money": held.get(row.code, nothing).money_fen,
            "goods": held.get(row.code, nothing).goods_fen,
            "available": row.available_fen,
        }
        for row in rows
    ]


def _allowed(row: FundRow, programmes: Mapping[str, str]) -> str:
    """The programmes that a fund is for, by code and name."""
    return words.listed(f"{code} {programmes.get(code, '')}".strip() for code in row.programmes)


async def fund(row: FundRow, shown: Fund, begin: str, end: str, by: Actor) -> dict[str, Any]:
    """One fund: the way of its money, its plan, its balance, what it is for, where its money is, what moved it."""
    programmes, labels = await funds.programme_names(), await part_names()
    way, course = await flows.of_fund(row.code, begin, end), await flows.course(row.code, begin, end)
    allowed = _allowed(row, programmes)
    goods = statement.terms(way.equation, "goods_fen", row.kind)
    money = shown.money
    given = await _given(money, by)
    return {
        "code": row.code,
        "name": row.shown,
        "kind": words.say(NATURES[row.kind]),
        "allowed": allowed or words.say("不限"),
        "available": row.available_fen,
        "terms": statement.terms(way.equation, kind=row.kind),
        "goods": goods if any(term.fen for term in goods) else [],
        "way": way,
        "drawn": way.drawn(),
        "plan": await flows.plan(way),
        "course": course,
        "course_drawn": flows.course_drawn(course),
        "links": _fund_links(row.code, begin, end, by),
        "places": [{"account": _account_cell(code, labels, by), **_row(one)} for code, one in shown.places.items()],
        "sums": _row(money.total),
        "advanced": [{"account": _account_cell(code, labels, by), **_row(one)} for code, one in shown.advanced.items()],
        "advanced_sums": _row(sum(shown.advanced.values(), start=Turned())),
        "waiting": [_waiting(advance, labels, by) for advance in shown.waiting],
        "rows": [_line(line, money, given, by) for line in money.lines],
        "large": [{**_voucher(shown.large_vouchers[number], by), **_sides(fen)} for number, fen in shown.large],
    }


def _fund_links(code: str, begin: str, end: str, by: Actor) -> list[dict[str, str]]:
    """Where the same period of a fund is also to be had: its accounts, and files of what the page draws."""
    asked = {"from_on": begin, "to_on": end}
    links = []
    if by.may("ledger.read"):
        of = urlencode({**asked, "by": "account", "fund": code})
        links.append({"label": words.say("试算平衡表"), "href": f"/finance/trial-balance?{of}"})
    for fmt in files.MEDIA if by.may("report.export") else ():
        label = words.say("下载 {format}", format=fmt.upper())
        links.append({"label": label, "href": f"{addresses.of('fund', code)}/sheet.{fmt}?{urlencode(asked)}"})
    return links


def _waiting(advance: Mapping[str, Any], labels: Mapping[str, str], by: Actor) -> dict[str, Any]:
    branch = advance["branch"]
    return {
        "voucher": {"value": advance["voucher"], "href": addresses.shown_to(by, "advance", advance["voucher"])},
        "branch": labels.get(f"{acc.ADVANCED}/{branch}", branch),
        "on": advance["paid_on"],
        "amount": advance["amount_fen"],
        "rostered": advance["rostered_fen"] or None,
        "returned": advance["returned_fen"] or None,
        "open": advance["open_fen"],
    }


def _row(one: Turned) -> dict[str, int | None]:
    return {
        "opening": one.opening_fen,
        "debit": one.debit_fen,
        "credit": one.credit_fen,
        "closing": one.closing_fen,
    }


# -- the trial balance ------------------------------------------------------------------------------------


async def trial(
    query: TrialFilter, rows: Mapping[str, Turned], total: Turned, limit: int, by: Actor
) -> tuple[dict[str, Any], str | None]:
    """The trial balance as two columns an instant: what is debit and what is credit."""
    names, labels = await funds.names(), await part_names()
    codes = [code for code in rows if code > query.after]
    shown = [{"name": _named(code, names, labels, query, by), **four(rows[code])} for code in codes[:limit]]
    sums = [four(one) for one in rows.values()]
    context = {
        "query": query,
        "rows": shown,
        "sums": {name: sum(one[name] or 0 for one in sums) for name in _FOUR},
        "balanced": total.closing_fen == 0 and total.opening_fen == 0 and total.debit_fen == total.credit_fen,
        "groups": choices({code: words.translate(name) for code, name in GROUPS.items()}),
        "funds": choices(await funds.labels(), "全部"),
    }
    return context, codes[limit - 1] if len(codes) > limit else None


_FOUR = ("opening_debit", "opening_credit", "debit", "credit", "closing_debit", "closing_credit")


def four(one: Turned) -> dict[str, int | None]:
    """A row of the trial balance: each balance on its side, and what was turned over."""
    opening, closing = _sides(one.opening_fen), _sides(one.closing_fen)
    return {
        "opening_debit": opening["debit"],
        "opening_credit": opening["credit"],
        "debit": one.debit_fen or None,
        "credit": one.credit_fen or None,
        "closing_debit": closing["debit"],
        "closing_credit": closing["credit"],
    }


def _named(
    code: str, names: Mapping[str, str], labels: Mapping[str, str], query: TrialFilter, by: Actor
) -> dict[str, str]:
    """What a row of the trial balance is of, and where it leads."""
    if query.by == "fund":
        return fund_cell(code, names, by)
    if query.by == "account":
        return title(code, names, labels, by)
    asked = urlencode({name: value for name, value in (("chart", code), ("fund", query.fund)) if value})
    return {"value": f"{code} {chart.title(code)}", "href": f"/finance/accounts?{asked}"}
