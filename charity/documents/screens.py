"""A register as a screen shows it: presets, filters, cells with links, sums, what follows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from charity import addresses, clock, words
from charity.documents import exports, facts, forms
from charity.documents.exports import Export
from charity.documents.filters import COPY, COPY_TITLES, STORE
from charity.documents.models import IssuedDocument
from charity.ledger import journal_vouchers
from charity.printing.document import Column, Course, Document, Filters, Totals
from charity.printing.registers import sums_up
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
        "chips": await _chips(document, address, filters),
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
    books, placed = await _books(page.rows, by), _Placed.of(columns)
    course = await shape.course(filters, page.rows, seq, after) if shape.course else None
    return {
        **await filter_bar(document, filters, by),
        "columns": [{"label": words.say(c.title), "kind": c.kind, "under": _heads(placed, c)} for c in placed.own],
        "folds": bool(placed.folded),
        "rows": _rows(placed, columns, page.rows, books, course),
        "sums": placed.cells({c.key: totals.sums.get(c.key) for c in columns}, {}, only=set(totals.sums)),
        "course": _course(course, totals, after, last=not page.next),
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


async def _chips(document: Document, address: str, filters: Filters) -> list[dict[str, str]]:
    """What is chosen: each a link to the same page without it; a period that is no preset leads to this month."""
    query = forms.query_of(filters)
    chips = []
    if all((filters.begin, filters.end) != (one.begin, one.end) for one in forms.presets(clock.today())):
        kept = {name: value for name, value in query.items() if name not in {"from", "to"}}
        chips.append({"label": words.say("期间"), "value": facts.period_words(filters), "href": _asked(address, kept)})
    for wanted in document.filters:
        if value := dict(filters.chosen).get(wanted.name, ""):
            kept = {name: text for name, text in query.items() if name != wanted.name}
            name = (await wanted.choices()).get(value, value)
            chips.append({"label": words.say(wanted.label), "value": name, "href": _asked(address, kept)})
    return chips


def _asked(address: str, query: Mapping[str, str]) -> str:
    return f"{address}?{urlencode(query)}" if query else address


async def _options(document: Document, by: Actor) -> dict[str, dict[str, Any]]:
    """The select fields of the filters; a store's manager has no choice of stores and no internal copy."""
    choices: dict[str, dict[str, Any]] = {}
    for wanted in document.filters:
        if not facts.sees_all(by) and wanted is STORE and by.store:
            continue
        options = [] if wanted.default else [{"value": "", "label": words.say("全部")}]
        options += [{"value": value, "label": label} for value, label in (await wanted.choices()).items()]
        if wanted.name == COPY.name and not facts.may_see_names(document, by):
            options = [option for option in options if option["value"] != "internal"]
        choices[wanted.name] = {"label": words.say(wanted.label), "options": options}
    return choices


async def _books(rows: Sequence[Mapping[str, Any]], by: Actor) -> dict[tuple[str, str], str]:
    """Where the columns `entry` (a seq) and `journal` (its voucher) of a register lead, for whoever reads the books."""
    seqs = [row["entry"] for row in rows if "entry" in row]
    numbers = await journal_vouchers.numbers_of([int(seq) for seq in seqs]) if by.may("ledger.read") else {}
    links = {("entry", seq): addresses.shown_to(by, "entry", seq) for seq in seqs}
    return links | {("journal", str(seq)): addresses.of("journal_voucher", number) for seq, number in numbers.items()}


@dataclass(frozen=True, slots=True)
class _Placed:
    """The columns of a page: those of their own, what stands below each, and what is folded."""

    own: list[Column]
    under: dict[str, list[Column]]
    folded: list[Column]

    @classmethod
    def of(cls, columns: Sequence[Column]) -> "_Placed":
        under: dict[str, list[Column]] = {}
        for column in columns:
            if column.under:
                under.setdefault(column.under, []).append(column)
        return cls([c for c in columns if not c.under and not c.folded], under, [c for c in columns if c.folded])

    def cells(
        self, row: Mapping[str, Any], books: Mapping[tuple[str, str], str], *, only: set[str] | None = None
    ) -> list[dict[str, Any]]:
        """The cells of a row, each with those below it that are not empty; of the line of sums what is in `only`."""
        cells = []
        for column in self.own:
            below = [_cell(c, row, books) for c in self.under.get(column.key, []) if only is None or c.key in only]
            cell = _cell(column, row, books) if only is None or column.key in only else {"value": None, "kind": "text"}
            below = [one for one in below if one["value"] not in {"", None}]
            cells.append({**cell, "column": column.kind, "label": words.say(column.title), "under": below})
        return cells

    def detail(self, row: Mapping[str, Any], books: Mapping[tuple[str, str], str]) -> list[dict[str, Any]]:
        """What is folded: each value with the name of its column."""
        return [{**_cell(column, row, books), "label": words.say(column.title)} for column in self.folded]


def _heads(placed: _Placed, column: Column) -> str:
    """The names of what stands below a column."""
    return " · ".join(words.say(below.title) for below in placed.under.get(column.key, []))


def _cell(column: Column, row: Mapping[str, Any], books: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """A text in a column of figures (不计价) is shown as text."""
    value = row[column.key]
    kind = "text" if column.kind in {"money", "count"} and isinstance(value, str) else column.kind
    own = row[column.link] if column.link else ""
    return {"value": value, "kind": kind, "href": own or books.get((column.key, row.get("entry", "")), "")}


def _rows(
    placed: _Placed,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    books: Mapping[tuple[str, str], str],
    course: Course | None,
) -> list[dict[str, Any]]:
    """The rows of a page, each with what stands between it and the row before."""
    before = course.before if course else [None] * len(rows)
    return [
        {
            "cells": placed.cells(row, books),
            "detail": placed.detail(row, books),
            "before": between and asdict(between),
            "sums_up": sums_up(columns, [row[column.key] for column in columns]),
        }
        for row, between in zip(rows, before, strict=True)
    ]


def _course(course: Course | None, totals: Totals, after: str | None, *, last: bool) -> dict[str, Any] | None:
    """How the period came from its opening to its closing balance: below the rows; the opening above the first row."""
    if course is None:
        return None
    return {
        "opening": None if after else course.opening_fen,
        "terms": [
            {"label": words.translate("期初结余"), "sign": "", "fen": course.opening_fen},
            *({"label": label, "sign": _sign(fen), "fen": abs(fen), "href": href} for label, fen, href in course.whole),
            {
                "label": words.translate("本表合计"),
                "sign": _sign(-totals.sums["amount_fen"]),
                "fen": abs(totals.sums["amount_fen"]),
            },
            {"label": words.translate("期末结余"), "sign": "=", "fen": course.closing_fen},
        ],
        "behind": course.behind if last else None,
        "closing": course.closing_fen if last else None,
    }


def _sign(fen: int) -> str:
    return "+" if fen >= 0 else "\N{MINUS SIGN}"


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
