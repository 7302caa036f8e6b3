"""What the pages of the close of a day show, with words in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from charity import addresses, clock, words
from charity.bank import rules
from charity.bank.closing.cash import CashDay
from charity.bank.closing.confirming import new_page, seen
from charity.bank.closing.readers import Day, DayView, Progress, prepared_as
from charity.bank.models import BankDayRow, DayStatus, LineStatus
from charity.bank.reconciliation.screens import balances, items
from charity.bank.statements.screens import chips
from charity.errors import Refusal
from charity.giving.boxes import DENOMINATIONS, denomination
from charity.ledger import places
from charity.office import staff
from charity.roles import Actor
from charity.web import confirming, forms

ITEMS_SHOWN: Final = 30
"""Open items on the page of a day; the reconciliation has them all."""
_OPENED_BY: Final = {"/bank/days/new": "day.prepare", "/bank/statements/new": "statement.import"}
"""Pages that mend what is missing and that not everybody opens who reads statements."""
STATUS_WORDS: Final = {
    DayStatus.PREPARED: ("等会计复核", "wait"),
    DayStatus.CLOSED: ("已日结", "good"),
    DayStatus.REOPENED: ("已重新打开", "none"),
}


def status(row: BankDayRow) -> dict[str, str]:
    """How far it has come, as a word with its tone."""
    label, tone = STATUS_WORDS[DayStatus(row["status"])]
    return {"code": row["status"], "label": words.say(label), "tone": tone}


async def listed(progress: Sequence[Progress], rows: Sequence[BankDayRow], place: str, by: Actor) -> dict[str, Any]:
    """How far each place is, and what was closed."""
    named = await places.labels()
    people = await staff.names({row["prepared_by"] for row in rows} | {row["closed_by"] or "" for row in rows} - {""})
    return {
        "progress": [_place(one, by) for one in progress],
        "chips": chips("/bank/days", "place", place, {one.place.code: one.place.shown for one in progress}, {}),
        "rows": [
            {
                "on": {"value": row["on_day"], "href": addresses.of("bank_day", row["key"])},
                "place": named.get(row["place"], row["place"]),
                "status": status(row),
                "book": row["book_fen"],
                "counted": row["counted_fen"],
                "prepared": people.get(row["prepared_by"], ""),
                "closed": people.get(row["closed_by"] or "", ""),
            }
            for row in rows
        ],
    }


def _place(one: Progress, by: Actor) -> dict[str, Any]:
    """A place with its last closed day and the link to what comes next."""
    if one.prepared is not None:
        day, label = one.prepared["on_day"], words.say("等会计复核")
        href = addresses.of("bank_day", one.prepared["key"])
    elif one.due and by.may("day.prepare"):
        day, label = one.next_on, words.say("准备日结")
        href = f"/bank/days/new?{urlencode({'place': one.place.code, 'on': day})}"
    else:
        day, label, href = one.next_on if one.due else "", "", ""
    return {
        "place": one.place.shown,
        "through": one.closed_through,
        "next": day,
        "do": {"value": label or "—", "href": href},
    }


async def new(place: str, on: str, day: Day | None, typed: forms.Data, by: Actor) -> dict[str, Any]:
    """A day before it is prepared; without one the choice of place and day."""
    context: dict[str, Any] = {
        "place": place,
        "on": on,
        "places": [{"value": one.code, "label": one.shown} for one in await places.every()],
        "day": None,
    }
    if day is None:
        return context
    facts = figures(day.facts())
    return {
        **context,
        "day": True,
        "journal": _journal(place, on),
        **_day(day, by),
        "facts": facts,
        "missing": _missing(day.missing(clock.today().isoformat()), by),
        "quiet": not day.covered,
        "balance": forms.text(typed, "balance_yuan"),
        "note": forms.text(typed, "note"),
        "counts": [
            {"name": f"sheets_{fen}", "label": denomination(fen), "value": forms.text(typed, f"sheets_{fen}")}
            for fen in DENOMINATIONS
        ],
        "carried": confirming.carried(day.shown().hash, facts),
    }


def _missing(refusals: Sequence[Refusal], by: Actor) -> list[dict[str, str]]:
    """What has to be mended first, in words, each with the page where, for whoever may open that."""
    shown = []
    for one in refusals:
        name, href = one.see or ("", "")
        opens = by.may(_OPENED_BY.get(href.partition("?")[0], "statement.read"))
        label = words.translate(name) if opens else ""
        shown.append({"words": words.say(one.words, **one.facts), "label": label, "href": href if opens else ""})
    return shown


def _journal(place: str, day: str) -> str:
    """The cashier's journal of a place and day."""
    return f"/ledgers/cashbook?{urlencode({'place': place, 'from': day, 'to': day})}"


def _day(day: Day, by: Actor) -> dict[str, Any]:
    if isinstance(day, CashDay):
        deposit = f"/transfers/new?{urlencode({'source': day.place.code, 'all': 1})}"
        return {
            "place_name": day.place.shown,
            "cash": True,
            "balances": None,
            "items": [],
            "more": 0,
            "reconciliation": "",
            "related": [{"label": words.say("募捐箱"), "href": "/boxes"}] if by.may("box.read") else [],
            "undecided": 0,
            "queue": "",
            "deposit": deposit if by.may("money.transfer") else "",
        }
    asked = urlencode({"place": day.place.code, "on": day.on})
    period = urlencode({"place": day.place.code, "from": day.on, "to": day.on})
    period_of_lines = urlencode({"place": day.place.code, "from_on": day.on, "to_on": day.on})
    listed_items = items(day.one, by)
    return {
        "place_name": day.place.shown,
        "cash": False,
        "deposit": "",
        "balances": balances(day.one),
        "items": listed_items[:ITEMS_SHOWN],
        "more": max(0, len(listed_items) - ITEMS_SHOWN),
        "reconciliation": f"/bank/reconciliation?{asked}",
        "related": [
            {"label": words.say("看当天的流水"), "href": f"/bank/lines?{period_of_lines}"},
            *(
                [{"label": words.say("流水核对明细"), "href": f"/ledgers/bank_lines?{period}"}]
                if by.may("ledger.read")
                else []
            ),
        ],
        "undecided": sum(line.row["status"] == LineStatus.OPEN for line in day.one.lines),
        "queue": f"/bank/matching?{urlencode({'place': day.place.code})}",
    }


def figures(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is confirmed of a day, in words."""
    say = words.say
    if "bank_fen" not in values:
        return _cash_figures(values)
    return [
        {"term": say("日期"), "value": values["on"], "kind": "date"},
        {"term": say("上一次日结"), "value": values["before"], "kind": "date" if values["before"] else "text"},
        {"term": say("当天流水"), "value": values["lines"], "kind": "count"},
        {"term": say("当天收入"), "value": values["in_fen"], "kind": "yuan"},
        {"term": say("当天支出"), "value": values["out_fen"], "kind": "yuan"},
        {"term": say("账面余额"), "value": values["book_fen"], "kind": "yuan"},
        {"term": say("对账单余额"), "value": values["bank_fen"], "kind": "yuan"},
        {
            "term": say("未达账项"),
            "value": len(values["open_lines"]) + len(values["open_movements"]) + bool(values["carried_fen"]),
            "kind": "count",
        },
        {"term": say("差额"), "value": values["apart_fen"], "kind": "yuan"},
    ]


def _cash_figures(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    say = words.say
    facts = [
        {"term": say("日期"), "value": values["on"], "kind": "date"},
        {"term": say("上一次日结"), "value": values["before"], "kind": "date" if values["before"] else "text"},
        {"term": say("账面余额"), "value": values["book_fen"], "kind": "yuan"},
    ]
    if "counted_fen" in values:
        facts.append({"term": say("盘点合计"), "value": values["counted_fen"], "kind": "yuan"})
        facts.append({"term": say("差额"), "value": values["apart_fen"], "kind": "yuan"})
    return facts


async def show(view: DayView, values: Mapping[str, Any], day: Day | None, by: Actor) -> dict[str, Any]:
    """A close; `day` is what it is now while it waits, so that its open items are named."""
    row = view.row
    people = await staff.names({row["prepared_by"], row["closed_by"] or "", row["reopened_by"] or ""} - {""})
    named = await places.labels()
    facts = figures(values)
    if values.get("quiet"):
        facts.append({"term": words.say("银行"), "value": words.say("当天没有收付，余额由出纳填写")})
    steps = [("准备", "prepared"), ("复核并日结", "closed"), ("重新打开", "reopened")]
    about = [
        {
            "term": words.say(label),
            "value": row[f"{step}_at"],  # type: ignore[literal-required]
            "kind": "instant",
            "note": people.get(row[f"{step}_by"], ""),  # type: ignore[literal-required]
        }
        for label, step in steps
        if row[f"{step}_at"]  # type: ignore[literal-required]
    ]
    if view.note:
        facts.append({"term": words.say("不符的情况"), "value": view.note})
    if view.reason:
        about.append({"term": words.say("理由"), "value": view.reason})
    context: dict[str, Any] = {
        "key": row["key"],
        "title": words.say("{place} {day} 日结", place=named.get(row["place"], row["place"]), day=row["on_day"]),
        "state": status(row),
        "journal": _journal(row["place"], row["on_day"]),
        "facts": facts,
        "about": about,
        "content_hash": row["content_hash"],
        "waits": row["status"] == DayStatus.PREPARED and by.may("day.close") and row["prepared_by"] != by.key,
        "reopens": row["status"] == DayStatus.CLOSED and by.may("day.close"),
        "carried": confirming.carried(row["content_hash"], facts),
        "counts": [
            {"label": denomination(fen), "count": count, "fen": fen * count} for fen, count in values.get("sheets", [])
        ],
        "counted": values.get("counted_fen", 0),
        "cash": "sheets" in values,
        "deposit": "",
        "balances": None,
        "place_name": "",
        "items": [],
        "more": 0,
        "reconciliation": "",
        "related": [],
        "undecided": 0,
        "queue": "",
        "missing": [],
    }
    if day is None:
        return context
    if row["status"] == DayStatus.PREPARED:
        refusals = day.missing(clock.today().isoformat())
        if day.prepared(prepared_as(row), by=row["prepared_by"], key=row["key"]).hash != row["content_hash"]:
            anew = new_page(row["place"], row["on_day"])
            refusals.append(seen(rules.DAY_CHANGED(), "准备日结", anew))
        context["missing"] = _missing(refusals, by)
    return context | _day(day, by)
