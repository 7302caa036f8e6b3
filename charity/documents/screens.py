"""A register as a screen shows it: presets, filters, cells with links, sums, what follows."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from charity import addresses, clock, words
from charity.documents import exports, facts, forms
from charity.documents.exports import Export
from charity.documents.filters import COPY, COPY_TITLES, STORE
from charity.documents.models import IssuedDocument
from charity.ledger import journal_vouchers
from charity.printing.document import Column, Document, Filters, Totals
from charity.roles import Actor

STATE_WORDS = {"queued": "排队中", "running": "制作中", "done": "已做好", "failed": "未做成", "cancelled": "已取消"}
STATE_TONES = {"queued": "wait", "running": "wait", "done": "good", "failed": "bad", "cancelled": "none"}


async def filter_bar(
    document: Document, filters: Filters, by: Actor, typed: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The context of ledger.html above its rows; `typed` are filters that were refused, to be shown for correction."""
    address = f"/ledgers/{document.name}"
    values = forms.query_of(filters) | {wanted.name: filters[wanted] for wanted in document.filters}
    return {
        "report": {"title": words.say(document.title), "lead": words.say(document.lead), "name": document.name},
        "address": address,
        "presets": _presets(address, filters, shown=typed is None),
        "values": values | dict(typed or {}),
        "options": await _options(document, by),
        "clear_href": address if filters.chosen or typed else "",
    }


async def ledger(document: Document, filters: Filters, after: str | None, by: Actor) -> dict[str, Any]:
    """The context of ledger.html. Its pager names the period: the first day of a month may begin between two pages."""
    seq, shape = await facts.head_seq(), facts.shaped(document, filters)
    totals = await shape.totals(filters, seq)
    page = await shape.page(filters, seq, after, facts.PAGE_ROWS)
    address, query = f"/ledgers/{document.name}", forms.query_of(filters)
    columns = [column for column in shape.columns if column.screen]
    books = await _books(page.rows, by)
    return {
        **await filter_bar(document, filters, by),
        "columns": [{"label": words.say(c.title), "kind": c.kind} for c in columns],
        "rows": [_cells(columns, row, books) for row in page.rows],
        "sums": _sums(columns, totals.sums),
        "figures": _sums(columns, totals.sums, totals_only=True),
        "check": shape.check(totals),
        "groups": _groups(shape, totals),
        "totals": totals,
        "seq": seq,
        "next_href": f"{address}?{urlencode(query | {'after': page.next})}" if page.next else "",
        "first_href": f"{address}?{urlencode(query)}" if after else "",
        "order": query | {"report": document.name},
        "formats": exports.FORMATS,
    }


def _presets(address: str, filters: Filters, *, shown: bool) -> list[dict[str, Any]]:
    links = []
    for preset in forms.presets(clock.today()):
        query = forms.query_of(filters) | {"from": preset.begin, "to": preset.end}
        current = shown and (filters.begin, filters.end) == (preset.begin, preset.end)
        links.append({"label": preset.label, "href": f"{address}?{urlencode(query)}", "current": current})
    return links


async def _options(document: Document, by: Actor) -> dict[str, dict[str, Any]]:
    """The select fields of the filters; a store's manager has no choice of stores and no internal copy."""
    choices: dict[str, dict[str, Any]] = {}
    for wanted in document.filters:
        if not facts.sees_all(by) and wanted is STORE and by.store:
            continue
        options = [] if wanted.default else [{"value": "", "label": words.say("全部")}]
        options += [{"value": value, "label": label} for value, label in (await wanted.choices()).items()]
        if wanted is COPY and not facts.sees_all(by):
            options = [option for option in options if option["value"] != "internal"]
        choices[wanted.name] = {"label": words.say(wanted.label), "options": options}
    return choices


async def _books(rows: Sequence[Mapping[str, Any]], by: Actor) -> dict[tuple[str, str], str]:
    """Where the columns `entry` (a seq) and `journal` (its voucher) of a register lead, for whoever reads the books."""
    seqs = [row["entry"] for row in rows if "entry" in row]
    numbers = await journal_vouchers.numbers_of([int(seq) for seq in seqs]) if by.may("ledger.read") else {}
    links = {("entry", seq): addresses.shown_to(by, "entry", seq) for seq in seqs}
    return links | {("journal", str(seq)): addresses.of("journal_voucher", number) for seq, number in numbers.items()}


def _cells(columns: list[Column], row: dict[str, Any], books: Mapping[tuple[str, str], str]) -> list[dict[str, Any]]:
    """A text in a column of figures (不计价) is shown as text."""
    cells = []
    for column in columns:
        value = row[column.key]
        kind = "text" if column.kind in {"money", "count"} and isinstance(value, str) else column.kind
        own = row[column.link] if column.link else ""
        cells.append({"value": value, "kind": kind, "href": own or books.get((column.key, row.get("entry", "")), "")})
    return cells


def _sums(columns: list[Column], sums: dict[str, int], *, totals_only: bool = False) -> list[dict[str, Any]]:
    return [
        {"label": words.say(c.title), "kind": c.kind, "value": sums.get(c.key)}
        for c in columns
        if not totals_only or (c.total and sums[c.key])
    ]


def _groups(document: Document, totals: Totals) -> dict[str, Any] | None:
    """The breakdown as a table; figures that are nothing everywhere are left out."""
    keys = [c for c in document.columns if c.total and any(group.figures[c.key] for group in totals.groups)]
    if not keys:
        return None
    return {
        "title": words.say(document.group_title),
        "columns": [{"key": "label", "label": words.say("分组")}]
        + [{"key": c.key, "label": words.say(c.title), "kind": c.kind} for c in keys],
        "rows": [{"label": group.label, **{c.key: group.figures[c.key] for c in keys}} for group in totals.groups],
        "sums": {c.key: totals.sums[c.key] for c in keys},
    }


async def order(export: Export, document: Document) -> dict[str, Any]:
    """An order of a file, for export.html and the list."""
    return {
        "id": export.id,
        "title": words.say(document.title),
        "period": facts.period_words(export.filters),
        "filters": await facts.filter_words(document, export.filters),
        "copy": words.say(COPY_TITLES[copy]) if (copy := facts.copy_of(document, export.filters)) else "",
        "format": export.format.upper(),
        "state": export.state,
        "status": {
            "code": export.state,
            "label": words.say(STATE_WORDS[export.state]),
            "tone": STATE_TONES[export.state],
        },
        "done": export.done,
        "total": export.total,
        "words": progress_words(export),
        "error": words.say(export.error) if export.error else "",
        "document": export.document or "",
        "created_at": export.created_at,
        "kilobytes": -(-export.bytes // 1024),
        "back": f"/ledgers/{export.report}?{urlencode(forms.query_of(export.filters))}",
    }


def copy_words(issued: IssuedDocument) -> str:
    """Which copy a document is; "" when it has but one, or is of before they were stored."""
    return words.say(COPY_TITLES[issued.copy]) if issued.copy else ""


def sums_of(issued: IssuedDocument) -> list[dict[str, Any]]:
    """The totals that a document must print: title (a msgid), kind, amount."""
    listed = json.loads(issued.sums) if issued.sums else []
    return [{"title": title, "kind": kind, "amount": amount} for title, kind, amount in listed]


def progress_words(export: Export) -> str:
    """How far it is, in words."""
    if export.state == "running" and export.total:
        return words.say("已完成 {percent}%", percent=export.progress)
    return words.say(STATE_WORDS[export.state])
