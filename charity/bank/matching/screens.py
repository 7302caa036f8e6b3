"""What the pages of matching show, with words in the reader's language."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from charity import addresses, words
from charity.aid import payees
from charity.bank import awaited, candidates, fee_rules, movements
from charity.bank.candidates import REASON_WORDS, Proposal
from charity.bank.matching import readers
from charity.bank.matching.forms import ChosenQuery
from charity.bank.matching.readers import Chosen, Decision
from charity.bank.models import BOOKED, BankMovementRow, LineStatus, MatchKind, Method
from charity.bank.statements import LineView
from charity.bank.statements.screens import CHARTS, chips, line_status, tail
from charity.giving import pledges, settling
from charity.giving.settling import Awaited
from charity.ledger import accounts as acc
from charity.ledger import chart, places
from charity.money import parse_yuan, yuan
from charity.office import staff
from charity.roles import SYSTEM, Actor

DOCUMENT_WORDS: Final = {
    "gift": "捐赠",
    "voucher": "拨付@bank",
    "refund": "退款",
    "transfer": "资金划转@bank",
    "unidentified": "暂收款",
    "bank_fee": "手续费@bank",
    "unidentified_return": "暂收款退回",
    "branch_return": "分会退回",
    "reversal": "捐赠更正@bank",
    "branch_reversal": "分会更正",
    "entry": "记账分录",
}
METHOD_WORDS: Final = {
    Method.REFERENCE: "参考号",
    Method.NAME: "金额户名",
    Method.MANUAL: "人工",
    Method.HELD: "暂收",
    Method.FEE: "手续费@bank",
    Method.NONE: "",
}
KIND_WORDS: Final = {
    MatchKind.MATCHED: ("核对@bank", "good"),
    MatchKind.IGNORED: ("不再核对", "none"),
    MatchKind.UNDONE: ("撤销@bank", "wait"),
}


async def queue(lines: Sequence[LineView], place: str, by: Actor) -> dict[str, Any]:
    """The queue: each line with its best candidates."""
    named = await places.labels(CHARTS)
    proposed = [await readers.proposed(line, by=by) for line in lines]
    waiting = await settling.awaited(by=by) if lines else []
    shown = await _shown([one.movement for each in proposed for one in each[: readers.BEST]], by)
    return {
        "rows": [
            {
                **_line(line, named),
                "proposals": [_proposal(one, shown) for one in each[: readers.BEST]],
                "rosters": awaited.shown(line, waiting, _asked(line), by=by),
            }
            for line, each in zip(lines, proposed, strict=True)
        ],
        "chips": chips("/bank/matching", "place", place, named, {}),
        "place": place,
    }


async def show(
    line: LineView,
    asked: ChosenQuery,
    by: Actor,
    *,
    ticked: Collection[str] = (),
    reason: str = "",
    note: str = "",
) -> dict[str, Any]:
    """One line: what it says, what it can be, what was decided about it."""
    named, waits, most = await places.labels(CHARTS), line.row["status"] == LineStatus.OPEN, readers.MOVEMENTS_SHOWN
    proposed = await readers.proposed(line, by=by)
    offered = await _offered(line, asked, by) if waits else []
    beside = await readers.near(line.row, by=by, limit=readers.MOVEMENTS_SHOWN + 1) if waits else []
    decided = await readers.history(line.row["key"], by=by)
    shown = await _shown([*(one.movement for one in proposed), *offered], by)
    waiting = await settling.awaited(by=by) if waits else []
    rosters = awaited.shown(line, waiting, _asked(line), by=by)
    books = waits and line.row["in_fen"] and by.may("gift.receive")
    form = await gift_form(line, waiting, fen=line.row["in_fen"], reference=line.row["reference"]) if books else ""
    return {
        **_line(line, named),
        "rosters": rosters,
        "facts": _facts(line, named),
        "state": line_status(line.row["status"]),
        "waits": waits,
        "may_match": waits and by.may("bank.match"),
        "proposals": [_proposal(one, shown) for one in proposed[: readers.PROPOSED]],
        "fen": candidates.fen_of(line.row),
        "offered": [_tick(shown[row["key"]], row["key"], -row["fen"], ticked) for row in offered[:most]],
        "beside": [_tick(_beside(one), one.row["key"], candidates.fen_of(one.row), ticked) for one in beside[:most]],
        "more_offered": most if len(offered) > most else 0,
        "more_beside": most if len(beside) > most else 0,
        "asked": asked,
        "reason": reason,
        "note": note,
        "fee": _fee(line) if waits and by.may("bank.match") else None,
        "may_hold": waits and bool(line.row["in_fen"]) and by.may("money.hold"),
        "gift_href": "" if form in {one["settle"] for one in rosters} else form,
        "decided": await _timeline(line, decided, by),
        "undoes": await _undoes(line, decided, by),
    }


def _fee(line: LineView) -> dict[str, str] | None:
    """What the rule says by which a line is the bank's own fee; None where none knows it."""
    rule = fee_rules.rule_of(line)
    if rule is None:
        return None
    return {"text": rule.text, "debit": f"{rule.chart} {chart.title(rule.chart)}"}


def _line(line: LineView, named: Mapping[str, str]) -> dict[str, Any]:
    row = line.row
    return {
        "key": row["key"],
        "href": addresses.of("bank_line", row["key"]),
        "on": row["on_day"],
        "time": row["at_time"],
        "place_name": named.get(row["place"], row["place"]),
        "name": line.name,
        "account_tail": tail(line.account),
        "memo": line.memo,
        "reference": row["reference"],
        "in": row["in_fen"] or None,
        "out": row["out_fen"] or None,
        "title": words.say(
            "{name} {amount} 元", name=line.name or words.say("无户名"), amount=yuan(candidates.fen_of(row))
        ),
    }


def _facts(line: LineView, named: Mapping[str, str]) -> list[dict[str, Any]]:
    row, say = line.row, words.say
    return [
        {"term": say("账户"), "value": named.get(row["place"], row["place"])},
        {"term": say("交易日期"), "value": row["on_day"], "kind": "date", "note": row["at_time"]},
        {
            "term": say("收入（元）") if row["in_fen"] else say("支出（元）"),
            "value": row["in_fen"] or row["out_fen"],
            "kind": "yuan",
        },
        {"term": say("对方户名"), "value": line.name, "note": tail(line.account)},
        {"term": say("摘要和附言"), "value": line.memo, "note": row["kind"]},
        {"term": say("流水号"), "value": row["reference"], "kind": "code"},
        {
            "term": say("对账单"),
            "value": {
                "value": say("第 {row} 行", row=row["file_row"]),
                "href": addresses.of("statement", row["statement"]),
            },
        },
    ]


async def _shown(rows: Sequence[BankMovementRow], by: Actor) -> dict[str, dict[str, Any]]:
    """Movements as rows of a table, by key; who gave or was paid as this reader sees it."""
    payers = await candidates.payers(rows, by=by, to=payees.reader(by))
    return {row["key"]: movement(row, by, payers.get(row["key"], "")) for row in rows}


def movement(row: BankMovementRow, by: Actor, payer: str = "") -> dict[str, Any]:
    """A movement as a row of a table."""
    kind, number, text = row["document"], row["number"], movement_words(row)
    return {
        "what": {"value": text, "href": addresses.shown_to(by, kind, number), "note": payer},  # type: ignore[arg-type]
        "on": row["on_day"],
        "fen": row["fen"],
        "words": text,
        "payer": payer,
        "href": addresses.shown_to(by, kind, number),  # type: ignore[arg-type]
    }


def movement_words(row: BankMovementRow) -> str:
    """A movement in words: its document and number, and how many gifts one transfer has."""
    kind = row["document"]
    label = words.say(DOCUMENT_WORDS.get(kind, "记账分录"))
    text = f"{label} #{row['seq']}" if kind in {"gift", "entry"} else f"{label} {row['number']}"
    if row["entries"] > 1:
        return words.say("{what}，共 {count} 笔", what=text, count=row["entries"])
    return text


def _proposal(one: Proposal, shown: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    reasons = [words.say(REASON_WORDS[reason]) for reason in one.reasons]
    if not one.fits:
        reasons.append(words.say("金额不同"))
    key = one.movement["key"]
    return {"key": key, **shown[key], "reasons": "；".join(reasons), "score": one.score, "fits": one.fits}


async def _offered(line: LineView, asked: ChosenQuery, by: Actor) -> list[BankMovementRow]:
    around = candidates.around(line.row["on_day"])
    chosen = Chosen(
        least=parse_yuan(asked.least) if asked.least else None,
        most=parse_yuan(asked.most) if asked.most else None,
        from_on=asked.from_on or around[0],
        to_on=asked.to_on or around[1],
        part_of=candidates.fen_of(line.row),
    )
    return await readers.movements(line.row["place"], chosen, by=by, limit=readers.MOVEMENTS_SHOWN + 1)


def _tick(row: Mapping[str, Any], key: str, fen: int, ticked: Collection[str]) -> dict[str, Any]:
    """A row to be ticked; `fen` is what it adds to the rest, which has to be zero."""
    label = words.say("选中 {what}", what=row["words"])
    return {**row, "tick": {"value": key, "label": label, "on": key in ticked, "attrs": {"data-fen": fen}}}


def _beside(one: LineView) -> dict[str, Any]:
    text = one.name or words.say("无户名")
    return {
        "what": {"value": text, "href": addresses.of("bank_line", one.row["key"]), "note": one.memo},
        "on": one.row["on_day"],
        "fen": candidates.fen_of(one.row),
        "words": text,
    }


async def gift_form(line: LineView, waiting: Sequence[Awaited], *, fen: int, reference: str) -> str:
    """The form of the gift that a line is, filled with what no name is in: of a pledge, a roster or a gift."""
    asked = _asked(line, fen, reference)
    for named in movements.references(f"{line.memo} {line.name}"):
        if code := await pledges.of_reference(named):
            return f"/pledges/{code}/receive?{asked}"
    if roster := awaited.to_settle(line, waiting):
        return f"{addresses.of('unit_roster', roster)}/settle?{asked}"
    return f"/donations/new?{asked}"


def _asked(line: LineView, fen: int = 0, reference: str = "") -> str:
    """What the form that books a line is filled with: the line's own sum and number unless others are given."""
    row = line.row
    filled = {"amount_yuan": yuan(fen or row["in_fen"]), "received_on": row["on_day"]}
    filled["channel_ref"] = reference or row["reference"]
    filled["channel"] = "bank" if row["place"].startswith(f"{acc.BANK}/") else ""
    return urlencode({name: value for name, value in filled.items() if value})


async def _timeline(line: LineView, decided: Sequence[Decision], by: Actor) -> list[dict[str, Any]]:
    """What was decided, as a timeline."""
    people = await staff.names({one.row["made_by"] for one in decided} - {SYSTEM.key})
    items = [item for one in decided for item in one.items]
    booked = {row["key"]: movement(row, by) for row in await readers.movements_of(items)}
    events = []
    for one in decided:
        label, tone = KIND_WORDS[MatchKind(one.row["kind"])]
        clauses = [words.say(label)]
        if one.row["method"]:
            clauses.append(words.say(METHOD_WORDS[Method(one.row["method"])]))
        clauses += [words.say(REASON_WORDS[reason]) for reason in one.row["reasons"].split()]
        clauses += [booked[item]["words"] for item in one.items if item in booked]
        others = sum(1 for item in one.items if item not in booked and item != line.row["key"])
        if others:
            clauses.append(words.say("和另外 {count} 笔流水一起", count=others))
        events.append(
            {
                "text": "，".join(clauses),
                "at": one.row["made_at"],
                "who": people.get(one.row["made_by"]) or words.say("系统"),
                "note": one.reason,
                "tone": tone,
            }
        )
    return events


async def _undoes(line: LineView, decided: Sequence[Decision], by: Actor) -> dict[str, str] | None:
    """The decision that stands, for whoever may undo it; of one that booked what it matched, the page that does it."""
    if not line.row["matched"] or not by.may("bank.match"):
        return None
    stands = next((one for one in decided if one.row["key"] == line.row["matched"]), None)
    if stands is None:
        return None
    if stands.row["method"] in BOOKED:
        booked = [movement(row, by) for row in await readers.movements_of(stands.items)]
        return {"label": booked[0]["words"], "href": booked[0]["href"]} if booked else None
    label = "恢复核对" if stands.row["kind"] == MatchKind.IGNORED else "撤销核对"
    return {"key": stands.row["key"], "label": words.say(label), "href": ""}
