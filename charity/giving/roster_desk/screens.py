"""What the pages of rosters show, with words in the reader's language."""

import json
from collections.abc import Sequence
from typing import Any

from charity import addresses, words
from charity.db import sealed
from charity.giving import campaigns, suggested, unidentified, unit_rosters, work_units
from charity.giving.roster_desk import readers
from charity.giving.unit_rosters import FILLED, STATUS_WORDS, Line, RosterStatus, UnitRoster
from charity.money import yuan_sign
from charity.roles import Actor
from charity.sheets import amounts
from charity.web import confirming
from charity.web.choices import choices, status

LATE_SHOWN = 20
"""Lines whose person gave online meanwhile that are named at once."""
TONES = {
    RosterStatus.INVITED: "none",
    RosterStatus.JOINED: "info",
    RosterStatus.OPEN: "wait",
    RosterStatus.LOCKED: "wait",
    RosterStatus.REMITTED: "wait",
    RosterStatus.MATCHED: "info",
    RosterStatus.RECEIPTED: "info",
    RosterStatus.PUBLISHED: "good",
}
FAULTS: dict[str, str] = {
    "name_missing": "没有姓名",
    "name_long": "姓名太长",
    "name_signs": "姓名里有数字或怪字符",
    "tail": "证件后四位应是四位数字，最后一位可以是 X",
    "phone": "电话读不出来",
    "amount_missing": "没有金额",
    "amount": "金额读不出来",
    "decimals": "金额不止两位小数",
    "too_large": "金额太大",
    "formula": "金额是表格的错误值",
    "not_positive": "金额应大于零",
    "single": "单独开票只能填是或否",
    "public": "公示姓名只能填是或否",
    "payroll": "工资代扣只能填是或否",
}
STEPS: tuple[tuple[str, str], ...] = (
    (RosterStatus.INVITED, "邀请"),
    (RosterStatus.OPEN, "填报名册"),
    (RosterStatus.LOCKED, "锁定"),
    (RosterStatus.REMITTED, "汇款"),
    (RosterStatus.MATCHED, "核对入账"),
    (RosterStatus.RECEIPTED, "开收据"),
    (RosterStatus.PUBLISHED, "公示"),
)
LINE_WORDS = {"counted": "计入", "online": "已线上捐", "double": "同名", "wrong": "读不出来", "booked": "已入账"}
LINE_TONES = {"counted": "good", "online": "info", "double": "wait", "wrong": "bad", "booked": "good"}


def state_of(row: UnitRoster) -> dict[str, str]:
    """How far a roster is, as a status."""
    return status(str(row.status), STATUS_WORDS, {str(name): tone for name, tone in TONES.items()})


async def rows(rosters: Sequence[UnitRoster], *, by: Actor) -> list[dict[str, Any]]:
    """The rows of the list."""
    names = await work_units.named(row.work_unit for row in rosters)
    titles = await campaigns.names([row.campaign for row in rosters])
    return [
        {
            "href": addresses.shown_to(by, "unit_roster", row.key),
            "unit": names.get(row.work_unit, row.work_unit),
            "campaign": titles.get(row.campaign, row.campaign),
            "reference": row.reference,
            "state": state_of(row),
            "people": row.people,
            "staff": row.staff_fen,
            "own": row.unit_fen,
            "total": row.staff_fen + row.unit_fen,
        }
        for row in rosters
    ]


async def filters() -> dict[str, Any]:
    """What the list can be filtered by."""
    return {"campaigns": choices(await one_days(), "全部"), "statuses": choices(STATUS_WORDS, "全部")}


async def one_days() -> dict[str, str]:
    """One-day campaigns by slug, the newest first."""
    return {row["slug"]: row["name"] for row in await work_units.one_day_campaigns()}


async def invitation(campaign: str, chosen: Sequence[str], *, by: Actor) -> dict[str, Any]:
    """The form that invites: campaigns, and units that have no roster in it yet."""
    open_ = {row["slug"]: row["name"] for row in await work_units.open_campaigns()}
    campaign = campaign or next(iter(open_), "")
    there = {row.work_unit for row in await unit_rosters.listed(campaign=campaign, limit=unit_rosters.UNITS_MAX, by=by)}
    units = [unit for unit in await work_units.every() if unit.code not in there]
    return {
        "campaigns": choices(open_),
        "campaign": campaign,
        "units": [
            {
                "code": unit.code,
                "name": unit.name,
                "kind": words.translate(work_units.KIND_WORDS[unit.kind]),
                "staff": unit.staff,
                "tick": {"value": unit.code, "label": unit.name, "on": unit.code in chosen},
            }
            for unit in units
        ],
    }


def steps(row: UnitRoster) -> list[dict[str, Any]]:
    """The way of a roster."""
    order = [name for name, _ in STEPS]
    now = RosterStatus.OPEN if row.status == RosterStatus.JOINED else row.status
    at = order.index(now)
    if row.status in {
        RosterStatus.INVITED,
        RosterStatus.LOCKED,
        RosterStatus.REMITTED,
        RosterStatus.MATCHED,
        RosterStatus.RECEIPTED,
    }:
        at += 1  # what stands is done, the next one is to be done
    facts = {RosterStatus.INVITED: {"at": row.invited_at}, RosterStatus.LOCKED: {"at": row.locked_at}}
    facts |= {
        RosterStatus.REMITTED: {"on": row.remitted_on},
        RosterStatus.MATCHED: {"on": row.received_on},
        RosterStatus.PUBLISHED: {"at": row.published_at},
    }
    done = len(order) if row.status == RosterStatus.PUBLISHED else at
    return [
        {
            "label": words.translate(label),
            "state": "done" if n < done else "current" if n == done else "todo",
            **({key: value for key, value in facts.get(RosterStatus(name), {}).items() if value} if n < done else {}),
        }
        for n, (name, label) in enumerate(STEPS)
    ]


def facts(row: UnitRoster, unit: str, campaign: str, *, by: Actor) -> list[dict[str, Any]]:
    """What is shown of a roster and confirmed: when it is locked, opened, remitted and settled."""
    total = row.staff_fen + row.unit_fen + (row.short_fen or 0)  # settled, the unit's gift has taken the difference
    listed: list[dict[str, Any]] = [
        {"term": words.say("单位"), "value": unit},
        {"term": words.say("活动"), "value": campaign},
        {"term": words.say("参考号"), "value": row.reference, "kind": "code"},
        {"term": words.say("捐款人数"), "value": row.people, "kind": "count", "note": _expected(row)},
        {"term": words.say("职工捐款"), "value": row.staff_fen, "kind": "yuan", "note": _expected_fen(row)},
        {"term": words.say("单位捐款"), "value": row.unit_fen, "kind": "yuan"},
        {"term": words.say("应汇合计"), "value": total, "kind": "yuan"},
    ]
    if row.online:
        listed.append({"term": words.say("已线上捐，不计入"), "value": row.online, "kind": "count"})
    if row.remitted_fen is not None:
        note = _difference(row.remitted_fen - total) if row.settled_at is None else ""
        fact = {"term": words.say("单位说已汇"), "value": row.remitted_fen, "kind": "yuan", "note": note}
        listed.append(fact)
    if row.received_fen is not None:
        listed.append({"term": words.say("到账"), "value": row.received_fen, "kind": "yuan", "note": row.received_on})
        listed += _came_as(row.channel_ref, by)
    if row.short_fen:
        reason = sealed.unseal("unit_roster", "short_reason", row.key, row.short_reason)
        listed.append({"term": words.say("差额由单位捐款承担"), "value": row.short_fen, "kind": "yuan", "note": reason})
    return listed


def _came_as(reference: str, by: Actor) -> list[dict[str, Any]]:
    """The bank's number of the transfer, or every sum of held money that it was taken from."""
    held = unidentified.named(reference)
    if not held:
        return [{"term": words.say("银行流水号"), "value": reference, "kind": "code"}]
    href = {number: addresses.shown_to(by, "unidentified", number) for number in held}
    return [{"term": words.say("暂收款"), "value": one, "kind": "code", "href": href[one]} for one in held]


def _expected(row: UnitRoster) -> str:
    """How many were expected, and by how many the list has more or fewer."""
    if not row.expected_people:
        return ""
    over = row.people - row.expected_people
    if not over:
        return words.say("预计 {count} 人", count=row.expected_people)
    count, by = row.expected_people, abs(over)
    return (
        words.say("预计 {count} 人，多 {by} 人", count=count, by=by)
        if over > 0
        else words.say("预计 {count} 人，少 {by} 人", count=count, by=by)
    )


def _expected_fen(row: UnitRoster) -> str:
    if not row.expected_fen:
        return ""
    over, amount = row.staff_fen - row.expected_fen, yuan_sign(row.expected_fen)
    if not over:
        return words.say("预计 {amount}", amount=amount)
    by = yuan_sign(abs(over))
    return (
        words.say("预计 {amount}，多 {by}", amount=amount, by=by)
        if over > 0
        else words.say("预计 {amount}，少 {by}", amount=amount, by=by)
    )


def _difference(fen: int) -> str:
    if not fen:
        return words.say("与应汇相同")
    return (
        words.say("比应汇多 {amount}", amount=yuan_sign(fen))
        if fen > 0
        else words.say("比应汇少 {amount}", amount=yuan_sign(-fen))
    )


def _compared(total: str, fen: int) -> str:
    """The total that a file states, beside its rows."""
    try:
        over = amounts.fen(total) - fen
    except amounts.Unread:
        return words.say("读不出来")
    return words.say("与各行相加差 {amount}", amount=yuan_sign(over)) if over else words.say("与各行相加相同")


async def show(row: UnitRoster, only: str, after: int, *, by: Actor) -> dict[str, Any]:
    """The page of a roster."""
    unit = (await work_units.named([row.work_unit])).get(row.work_unit, row.work_unit)
    campaign = (await campaigns.names([row.campaign])).get(row.campaign, row.campaign)
    listed = await unit_rosters.lines(row.key, row.sheet, after=after, only=only, limit=unit_rosters.ROWS + 1)
    doubles = await unit_rosters.doubles(row.key, row.sheet)
    values = facts(row, unit, campaign, by=by)
    open_ = row.status in FILLED
    late = await unit_rosters.online.since(row) if open_ else []
    units_from, units_to = await unit_rosters.settled_days(row.campaign) if row.settled_at else ("", "")
    return {
        "units_from": units_from,
        "units_to": units_to,
        "row": row,
        "unit": unit,
        "campaign": campaign,
        "state": state_of(row),
        "steps": steps(row),
        "facts": values,
        "open": open_,
        "suggested": await suggested.of(row.campaign) if open_ else [],
        "last": await readers.last(row) if open_ else None,
        "receipts": await _receipts(row, by) if row.settled_at else [],
        "alone": await readers.alone(row) if row.settled_at else (0, 0),
        "bare": await unit_rosters.without_receipt(row),
        "locked": row.status in {RosterStatus.LOCKED, RosterStatus.REMITTED},
        "doubles": doubles,
        "late": await _late(row, late),
        "late_count": len(late),
        "must_check": bool(doubles) or unit_rosters.unexpected(row),
        "carried": confirming.carried(unit_rosters.locked_content(row).hash, values),
        "lines": lines(listed[: unit_rosters.ROWS], row, by=by),
        "following": listed[unit_rosters.ROWS - 1].n if len(listed) > unit_rosters.ROWS else 0,
        "only": only,
        "chips": _chips(row, only, doubles),
    }


async def _receipts(row: UnitRoster, by: Actor) -> list[dict[str, str]]:
    """The unit's receipts with their pages: the office's own, or the one that everybody opens by its code."""
    return [
        {
            "href": addresses.shown_to(by, "receipt", one["code"]) or f"/r/{one['code']}",
            "number": one["number"],
            "label": words.say("职工汇总收据") if one["staff"] else words.say("单位捐款收据"),
            "amount": yuan_sign(one["amount_fen"]),
        }
        for one in await readers.receipts_of(row)
    ]


async def _late(row: UnitRoster, keys: Sequence[str]) -> list[dict[str, str]]:
    """The first lines whose person gave online since they were written, each with its page."""
    base = addresses.of("unit_roster", row.key)
    shown = [await unit_rosters.line(row, key) for key in keys[:LATE_SHOWN]]
    return [
        {"href": f"{base}/lines/{one.key}", "label": f"{one.typed.name}　{yuan_sign(one.amount_fen or 0)}"}
        for one in shown
    ]


def _chips(row: UnitRoster, only: str, doubles: int) -> list[dict[str, Any]]:
    base = addresses.of("unit_roster", row.key)
    kinds = [
        ("", "全部", 1),
        ("wrong", "读不出来", row.wrong),
        ("double", "同名", doubles),
        ("online", "已线上捐", row.online),
    ]
    return [
        {
            "label": f"{words.translate(label)} {count}" if name else words.translate(label),
            "href": f"{base}?only={name}#lines" if name else f"{base}#lines",
            "current": only == name,
        }
        for name, label, count in kinds
        if count
    ]


def lines(listed: Sequence[Line], row: UnitRoster, *, by: Actor) -> list[dict[str, Any]]:
    """Lines as rows of a table."""
    shown = []
    for line in listed:
        kind = _kind(line)
        gift = addresses.shown_to(by, "gift", line.donation) if line.donation else ""
        edit = f"{addresses.of('unit_roster', row.key)}/lines/{line.key}" if row.status in FILLED else ""
        label = words.translate(LINE_WORDS[kind])
        notes = [words.translate(FAULTS[fault]) for fault in line.faults]
        shown.append(
            {
                "href": gift or edit,
                "name": f"{line.n}　{line.typed.name or '—'}",
                "tail": line.typed.tail,
                "amount": line.amount_fen
                if line.amount_fen is not None
                else {"value": None, "note": line.typed.amount},
                "single": words.say("单独开票") if line.single else "",
                "payroll": words.say("同意代扣") if line.payroll else "",
                "state": {"code": kind, "label": "；".join(notes) or label, "tone": LINE_TONES[kind]},
                "tone": "bad" if line.faults else "",
            }
        )
    return shown


def _kind(line: Line) -> str:
    if line.donation:
        return "booked"
    if line.faults:
        return "wrong"
    if not line.counted:
        return "online"
    return "double" if line.double else "counted"


async def draft(row: UnitRoster, only: str, after: int, *, by: Actor) -> dict[str, Any]:
    """The sheet that waits: what it says, and its lines."""
    assert row.draft is not None, "asked for a sheet that waits"
    sums = await unit_rosters.sums(row.key, row.draft)
    values = json.loads(sealed.unseal("unit_roster", "draft_facts", row.key, row.draft_facts) or "{}")
    unit = (await work_units.named([row.work_unit])).get(row.work_unit, row.work_unit)
    listed = await unit_rosters.lines(row.key, row.draft, after=after, only=only, limit=unit_rosters.ROWS + 1)
    shown: list[dict[str, Any]] = [
        {"term": words.say("行数"), "value": sums["lines"], "kind": "count"},
        {"term": words.say("计入的人数"), "value": sums["people"], "kind": "count"},
        {"term": words.say("计入的合计"), "value": sums["fen"], "kind": "yuan"},
        {"term": words.say("读不出来的行"), "value": sums["wrong"], "kind": "count"},
        {"term": words.say("已线上捐，不计入"), "value": sums["online"], "kind": "count"},
    ]
    if has_lines := row.people + row.online + row.wrong > 0:
        there = {"value": row.people + row.online + row.wrong, "kind": "count"}
        shown.append({"term": words.say("名册上现有的行"), **there})
    if values.get("total"):
        note = _compared(values["total"], sums["all_fen"])
        shown.append({"term": words.say("文件自己写的合计"), "value": values["total"], "note": note})
    if values.get("unused"):
        shown.append({"term": words.say("没有用到的列"), "value": "、".join(values["unused"])})
    return {
        "row": row,
        "unit": unit,
        "facts": shown,
        "wrong": sums["wrong"],
        "has_lines": has_lines,
        "carried": confirming.carried(unit_rosters.draft_content(row, sums).hash, shown),
        "lines": lines(listed[: unit_rosters.ROWS], row, by=by),
        "following": listed[unit_rosters.ROWS - 1].n if len(listed) > unit_rosters.ROWS else 0,
        "only": only,
    }
