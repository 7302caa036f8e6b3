"""What the page, the paper and the sheet of a reconciliation show, with words in the reader's language."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from charity import addresses, words
from charity.bank.matching.screens import movement
from charity.bank.reconciliation import readers
from charity.bank.reconciliation.readers import Reconciliation
from charity.bank.statements.screens import CHARTS, chips
from charity.ledger import places
from charity.roles import Actor

TITLE: Final = "银行存款余额调节表"
SIDES: Final = (
    ("银行已收、单位未收", "bank_in"),
    ("银行已付、单位未付", "bank_out"),
    ("单位已收、银行未收", "book_in"),
    ("单位已付、银行未付", "book_out"),
)


def balances(one: Reconciliation) -> dict[str, list[dict[str, Any]]]:
    """The two columns: what stands, what is added, what is taken away, what is left."""
    say = words.say
    return {
        "book": [
            {"label": say("账面余额"), "fen": one.book_fen},
            {"label": say("加：{what}", what=say(SIDES[0][0])), "fen": one.bank_in_fen},
            {"label": say("减：{what}", what=say(SIDES[1][0])), "fen": one.bank_out_fen},
            {"label": say("调节后余额"), "fen": one.book_adjusted_fen},
        ],
        "bank": [
            {"label": say("对账单余额"), "fen": one.bank_fen},
            {"label": say("加：{what}", what=say(SIDES[2][0])), "fen": one.book_in_fen},
            {"label": say("减：{what}", what=say(SIDES[3][0])), "fen": one.book_out_fen},
            {"label": say("调节后余额"), "fen": one.bank_adjusted_fen},
        ],
    }


def items(one: Reconciliation, by: Actor) -> list[dict[str, Any]]:
    """The open items of both sides, by side and day, each with its age in days."""
    rows: list[dict[str, Any]] = []
    if one.carried_fen:
        side = SIDES[0][0] if one.carried_fen > 0 else SIDES[1][0]
        label = words.say("{day} 以前的未达账项（净额）", day=one.start.on)
        rows.append(_item(one, side, one.start.on, "", label, abs(one.carried_fen), ""))
    for line in one.lines:
        row = line.row
        side = SIDES[0][0] if row["in_fen"] else SIDES[1][0]
        text = " ".join(part for part in (line.name, line.memo) if part)
        href = addresses.of("bank_line", row["key"])
        rows.append(_item(one, side, row["on_day"], row["reference"], text, row["in_fen"] or row["out_fen"], href))
    for booked in one.movements:
        side = SIDES[2][0] if booked["fen"] > 0 else SIDES[3][0]
        shown = movement(booked, by)
        rows.append(_item(one, side, booked["on_day"], shown["words"], "", abs(booked["fen"]), shown["href"]))
    return rows


def _item(one: Reconciliation, side: str, on: str, number: str, text: str, fen: int, href: str) -> dict[str, Any]:
    age = (date.fromisoformat(one.on) - date.fromisoformat(on)).days
    shown = {"value": number or "—", "href": href}
    return {"side": words.say(side), "on": on, "number": shown, "text": text, "fen": fen, "age": age}


async def show(place: str, on: str, one: Reconciliation | None, by: Actor) -> dict[str, Any]:
    """The page; without a reconciliation the form of what is missing."""
    named = await places.labels(CHARTS)
    context: dict[str, Any] = {
        "chips": chips("/bank/reconciliation", "place", place, named, {"on": on} if on else {})[1:],
        "place": place,
        "place_name": named.get(place, place),
        "on": on,
        "balances": None,
        "may_state": by.may("bank.match"),
        "stated_on": "",
        "stated": "",
    }
    if one is None:
        return context
    asked = urlencode({"place": place, "on": one.on})
    close = await readers.close_of(one)
    return {
        **context,
        "balances": balances(one),
        "items": items(one, by),
        "apart": one.apart_fen,
        "closed": addresses.of("bank_day", close["key"]) if close else "",
        "start": words.say("从 {day} 末的对账单余额起算", day=one.start.on),
        "asked": asked,
        "exports": [{"label": "XLSX", "href": f"/bank/reconciliation.xlsx?{asked}"}],
    }


def lines(one: Reconciliation, rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """The rows of the sheet: both columns, then the open items."""
    sheet: list[list[Any]] = []
    for side, label in (("book", "账面"), ("bank", "对账单")):
        sheet += [[words.say(label), part["label"], "", "", part["fen"], None] for part in balances(one)[side]]
    sheet += [[row["side"], row["text"], row["on"], row["number"]["value"], row["fen"], row["age"]] for row in rows]
    sheet.append([words.say("差额"), "", "", "", one.apart_fen, None])
    return sheet
