"""What the pages of the opening show, with words in the reader's language."""

from typing import Any

from charity import words
from charity.errors import Refusal, unreadable
from charity.finance.opening import stock_form
from charity.finance.opening.content import stock_sums
from charity.finance.opening.forms import ROWS_LEAST, ROWS_MORE
from charity.finance.opening.readers import OpeningView
from charity.finance.opening.verbs import LINES_MAX
from charity.goods import items
from charity.goods.opening import LINES_MAX as STOCK_LINES_MAX
from charity.ledger import funds, places
from charity.money import yuan
from charity.office import staff, stores
from charity.roles import Actor
from charity.web import forms, pages
from charity.web.choices import choices

STOCK_PAGE = 100
_FIELD_NAMES = {"lines": "amount.0", "confirmed_total_fen": "total_yuan"}


def errors(refusal: Refusal | None) -> list[dict[str, str]]:
    """The refusal in the names of our form's fields."""
    listed = pages.errors(refusal) if refusal else []
    return [{**error, "field": _FIELD_NAMES.get(error["field"], error["field"])} for error in listed]


def located(refusal: Refusal, sent: forms.Data) -> Refusal:
    """The refusal, with what it says of a line of goods in the words of the page."""
    text = forms.text(sent, stock_form.FIELD)
    return unreadable(*(stock_form.located(error, text) for error in refusal.fields)) if refusal.fields else refusal


async def show(view: OpeningView, by: Actor, after: int) -> tuple[dict[str, Any], int | None]:
    """The opening: its lines, who wrote and who confirmed it, and what this account may do now.

    Of the goods STOCK_PAGE lines are shown, from the line `after` on; with the line that the next page begins behind.
    """
    row, (fund_names, place_names) = view.row, (await funds.labels(), await places.labels())
    people = await staff.names({row["maker"], row["confirmed_by"] or ""} - {""}) if row else {}
    draft = row is not None and row["seq"] is None
    facts: list[dict[str, Any]] = []
    if row is not None:
        facts = [
            {"term": words.say("期初日期"), "value": row["on_day"], "kind": "date"},
            {"term": words.say("合计"), "value": row["total_fen"], "kind": "yuan"},
            {"term": words.say("制单"), "value": people.get(row["maker"], "")},
            {"term": words.say("填写时间"), "value": row["made_at"], "kind": "instant"},
        ]
        if row["confirmed_by"] is not None:
            facts += [
                {"term": words.say("确认人"), "value": people.get(row["confirmed_by"], "")},
                {"term": words.say("确认时间"), "value": row["confirmed_at"], "kind": "instant"},
                {"term": words.say("分录"), "value": f"#{row['seq']}", "kind": "code"},
            ]
    context = {
        **await _stock(view, fund_names, after),
        "facts": facts,
        "lines": [
            {
                "fund": fund_names.get(line.fund, line.fund),
                "place": place_names.get(line.place, line.place),
                "amount": line.amount_fen,
            }
            for line in view.lines
        ],
        "total": sum(line.amount_fen for line in view.lines),
        "content_hash": row["content_hash"] if row else "",
        "state": _state(view),
        "begun": view.begun,
        "may_write": by.may("opening.make") and not view.begun,
        "may_confirm": draft
        and not view.begun
        and by.may("opening.confirm")
        and row is not None
        and row["maker"] != by.key,
    }
    return context, after + STOCK_PAGE if len(view.stock) > after + STOCK_PAGE else None


async def _stock(view: OpeningView, fund_names: dict[str, str], after: int) -> dict[str, Any]:
    """The goods by store and fund, and some of their lines."""
    shown, shops = view.stock[after : after + STOCK_PAGE], await stores.names()
    known = await items.known({line.barcode for line in shown})
    sums = stock_sums(view.stock)
    return {
        "stock_sums": [
            {
                "store": f"{part.store} {shops.get(part.store, '')}",
                "fund": fund_names.get(part.fund, part.fund),
                "lines": part.lines,
                "pieces": part.pieces,
                "value": part.value_fen,
            }
            for part in sums
        ],
        "stock_totals": {
            "lines": len(view.stock),
            "pieces": sum(part.pieces for part in sums),
            "value": sum(part.value_fen for part in sums),
        },
        "stock": [
            {
                "n": n,
                "item": known[line.barcode].name if line.barcode in known else line.barcode,
                "barcode": line.barcode,
                "store": line.store,
                "fund": fund_names.get(line.fund, line.fund),
                "pieces": line.quantity,
                "expires": line.last_day or "",
                "value": line.value_fen or None,
            }
            for n, line in enumerate(shown, after + 1)
        ],
    }


def _state(view: OpeningView) -> dict[str, str] | None:
    if view.row is None:
        return None
    if view.row["seq"] is None:
        return {"code": "draft", "label": words.say("等确认"), "tone": "wait"}
    return {"code": "confirmed", "label": words.say("已入账"), "tone": "good"}


async def form(values: forms.Data, rows: int) -> dict[str, Any]:
    """The form with so many rows, each with what was typed."""
    return {
        "on": forms.text(values, "on"),
        "rows": [
            {name: forms.text(values, f"{name}.{n}") for name in ("fund", "place", "amount")}
            for n in range(min(max(rows, ROWS_LEAST), LINES_MAX))
        ],
        "funds": choices(await funds.labels(), "请选择"),
        "places": choices(await places.labels(), "请选择"),
        "more": ROWS_MORE,
        "stock": forms.text(values, stock_form.FIELD),
        "stock_most": STOCK_LINES_MAX,
        "cells": [words.say(cell) for name, cell in stock_form.CELLS.items() if name != "checked"],
    }


def values(view: OpeningView) -> tuple[forms.Data, int]:
    """The form filled with the draft, and how many rows that takes."""
    if view.row is None:
        return {}, ROWS_LEAST
    filled: forms.Data = {"on": view.row["on_day"], stock_form.FIELD: stock_form.written(view.stock)}
    for n, line in enumerate(view.lines):
        filled |= {f"fund.{n}": line.fund, f"place.{n}": line.place, f"amount.{n}": yuan(line.amount_fen)}
    return filled, len(view.lines) + ROWS_MORE
