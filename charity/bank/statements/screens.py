"""What the pages of statements show, with words in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from charity import addresses, words
from charity.bank import reasons
from charity.bank.formats import layouts
from charity.bank.models import BankLineRow, BankStatementRow, LineStatus, StatementStatus
from charity.bank.statements import readers
from charity.bank.statements.forms import LinesQuery
from charity.bank.statements.readers import LineView
from charity.ledger import accounts as acc
from charity.ledger import places
from charity.office import staff
from charity.roles import Actor
from charity.web import confirming, sealed_words

CHARTS: Final = (acc.BANK, acc.OTHER_MONEY)
SHOWN: Final = 20
"""New lines that the page of a file shows before it is taken in."""
TAIL: Final = 4
"""Digits of an account that lists show."""
STATUS_WORDS: Final = {
    StatementStatus.STAGING: ("没有读完", "bad"),
    StatementStatus.WAITING: ("等待确认", "wait"),
    StatementStatus.STALE: ("要重新上传", "bad"),
    StatementStatus.TAKEN: ("已导入", "good"),
    StatementStatus.TAKEN_BACK: ("已撤回", "bad"),
}
LINE_WORDS: Final = {
    LineStatus.OPEN: ("未核对", "wait"),
    LineStatus.MATCHED: ("已核对@bank", "good"),
    LineStatus.IGNORED: ("不再核对", "none"),
}


async def listed(rows: Sequence[BankStatementRow], place: str) -> dict[str, Any]:
    """The list of files."""
    named = await places.labels(CHARTS)
    return {
        "rows": [
            {
                "href": addresses.of("statement", row["key"]),
                "period": _period(row),
                "place": named.get(row["place"], row["place"]),
                "lines": row["lines"],
                "new": row["new_lines"],
                "in": row["in_fen"],
                "out": row["out_fen"],
                "uploaded_at": row["uploaded_at"],
                "status": _status(row["status"]),
            }
            for row in rows
        ],
        "chips": chips("/bank/statements", "place", place, named, {}),
    }


async def lines(views: Sequence[LineView], asked: LinesQuery, following: str) -> dict[str, Any]:
    """The list of lines."""
    named = await places.labels(CHARTS)
    rest = {name: value for name, value in asked.model_dump(exclude={"after", "place", "who"}).items() if value}
    if asked.who:
        rest["who"] = sealed_words.sealed(asked.who)
    every_chip = chips("/bank/lines", "place", asked.place, named, rest)
    if asked.statement:
        every = urlencode({"place": asked.place} | {name: rest[name] for name in rest if name != "statement"})
        every_chip.append({"label": words.say("不限一个文件"), "href": f"/bank/lines?{every}", "current": False})
    return {
        "rows": line_rows(views, named, linked=True),
        "chips": every_chip,
        "searched": readers.SEARCHED_MAX if asked.who and following and len(views) < readers.PAGE else 0,
        "directions": [
            {"value": value, "label": words.say(label)}
            for value, label in (("", "全部"), ("in", "收入@bank"), ("out", "支出@bank"))
        ],
        "hidden": {name: value for name in ("place", "statement") if (value := getattr(asked, name))},
        "statuses": [
            {"value": "", "label": words.say("全部")},
            *({"value": str(one), "label": words.say(label)} for one, (label, _) in LINE_WORDS.items()),
        ],
    }


def line_rows(views: Sequence[LineView], named: Mapping[str, str], *, linked: bool) -> list[dict[str, Any]]:
    """Lines as rows of a table; those that were taken in lead to the page on which they are matched."""
    return [
        {
            "href": addresses.of("bank_line", one.row["key"]) if linked else "",
            "on": {"value": one.row["on_day"], "note": one.row["at_time"]},
            "place": named.get(one.row["place"], one.row["place"]),
            "name": {"value": one.name, "note": tail(one.account)},
            "memo": {"value": one.memo, "note": _kind(one.row)},
            "reference": one.row["reference"],
            "status": line_status(one.row["status"]),
            "in": one.row["in_fen"] or None,
            "out": one.row["out_fen"] or None,
            "balance": one.row["balance_fen"],
            "row": one.row["file_row"],
        }
        for one in views
    ]


async def upload() -> dict[str, Any]:
    """The form: which accounts there are."""
    choices = [{"value": one.code, "label": one.shown} for one in await places.every(CHARTS)]
    return {"places": [{"value": "", "label": words.say("请选择")}, *choices]}


async def show(row: BankStatementRow, by: Actor) -> dict[str, Any]:
    """One file, and before it is taken in the first lines that it adds."""
    named = await places.labels(CHARTS)
    people = await staff.names({row["uploaded_by"], row["taken_by"] or "", row["taken_back_by"] or ""} - {""})
    stated, taken = facts(row, named), row["status"] == StatementStatus.TAKEN
    waits = row["status"] == StatementStatus.WAITING
    limit = SHOWN if taken or waits else 0  # nobody sees the lines of a file that leaves
    return {
        "key": row["key"],
        "title": _title(row, named),
        "state": _status(row["status"]),
        "facts": stated,
        "more": _more(row, people),
        "waits": waits and by.may("statement.import"),
        "drops": not row["taken_at"] and by.may("statement.import"),
        "gone": row["status"] in {StatementStatus.TAKEN_BACK, StatementStatus.STALE},
        "nothing_new": waits and not row["new_lines"],
        "unsaid": not row["account"],
        "chosen": waits and row["layout"] == layouts.CHOSEN,
        "alike": await readers.alike(row) if waits else 0,
        "carried": confirming.carried(readers.content(row).hash, stated),
        "rows": line_rows(await readers.staged(row["key"], limit, by=by), named, linked=taken),
        "may_leave": taken and by.may("statement.import"),
        "lines_href": f"/bank/lines?{urlencode({'statement': row['key']})}",
        "taken": taken,
    }


async def taking_back(row: BankStatementRow) -> dict[str, Any]:
    """The page that asks before a file is taken back."""
    named = await places.labels(CHARTS)
    stated = facts(row, named)
    return {
        "key": row["key"],
        "title": _title(row, named),
        "facts": stated,
        "carried": confirming.carried(readers.content(row).hash, stated),
    }


def _title(row: BankStatementRow, named: Mapping[str, str]) -> str:
    return words.say("{place} {period}", place=named.get(row["place"], row["place"]), period=_period(row))


def facts(row: BankStatementRow, named: Mapping[str, str]) -> list[dict[str, Any]]:
    """What whoever takes a file in confirms."""
    say = words.say
    return [
        {"term": say("账户"), "value": named.get(row["place"], row["place"]), "note": row["place"]},
        {"term": say("文件的账号"), "value": row["account"], "kind": "code"},
        {"term": say("期间"), "value": _period(row)},
        {"term": say("行数"), "value": row["lines"], "kind": "count"},
        {"term": say("收入合计"), "value": row["in_fen"], "kind": "yuan"},
        {"term": say("支出合计"), "value": row["out_fen"], "kind": "yuan"},
        {"term": say("新增行数"), "value": row["new_lines"], "kind": "count"},
        {"term": say("已在册行数"), "value": row["lines"] - row["new_lines"], "kind": "count"},
        {"term": say("新增收入"), "value": row["new_in_fen"], "kind": "yuan"},
        {"term": say("新增支出"), "value": row["new_out_fen"], "kind": "yuan"},
    ]


def _more(row: BankStatementRow, people: Mapping[str, str]) -> list[dict[str, Any]]:
    say = words.say
    more: list[dict[str, Any]] = [
        {"term": say("格式"), "value": say(reasons.LAYOUT_WORDS[row["layout"]])},
        {"term": say("文件名"), "value": readers.file_name(row)},
    ]
    steps = (("上传", "上传时间", "uploaded"), ("导入", "导入时间", "taken"), ("撤回人", "撤回时间", "taken_back"))
    for who, when, step in steps:
        if at := row[f"{step}_at"]:  # type: ignore[literal-required]
            more.append({"term": say(who), "value": people.get(row[f"{step}_by"] or "", "")})  # type: ignore[literal-required]
            more.append({"term": say(when), "value": at, "kind": "instant"})
    for term, at in ((say("导出时间"), row["exported_at"]), (say("再次上传"), row["again_at"])):
        if at:
            more.append({"term": term, "value": at, "kind": "instant"})
    return more


def _period(row: BankStatementRow) -> str:
    if row["first_on"] == row["last_on"]:
        return row["first_on"]
    return words.say("{first} 至 {last}", first=row["first_on"], last=row["last_on"])


def _status(status: str) -> dict[str, str]:
    label, tone = STATUS_WORDS[StatementStatus(status)]
    return {"code": str(status), "label": words.say(label), "tone": tone}


def line_status(status: str) -> dict[str, str]:
    """What became of a line, as a status word."""
    label, tone = LINE_WORDS[LineStatus(status)]
    return {"code": str(status), "label": words.say(label), "tone": tone}


def _kind(row: BankLineRow) -> str:
    return " ".join(filter(None, (words.say("冲账") if row["reversal"] else "", row["kind"])))


def tail(account: str) -> str:
    """The end of an account number."""
    return words.say("尾号 {tail}", tail=account[-TAIL:]) if account else ""


def chips(path: str, name: str, chosen: str, named: Mapping[str, str], rest: Mapping[str, str]) -> list[dict[str, Any]]:
    """One link a place and one for all, which keep the other filters."""
    every = {"": words.say("全部账户"), **named}

    def href(code: str) -> str:
        asked = urlencode({**({name: code} if code else {}), **rest})
        return f"{path}?{asked}" if asked else path

    return [{"label": label, "href": href(code), "current": code == chosen} for code, label in every.items()]
