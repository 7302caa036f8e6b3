"""The JSON calls of rosters (docs/api.md)."""

import asyncio
import base64
import binascii
import json
from typing import Any

from charity.db import sealed
from charity.giving import rules, unit_rosters
from charity.giving.roster_desk.forms import (
    BODY_MAX,
    ChangeBody,
    ChooseBody,
    DraftAnswer,
    HashBody,
    InviteBody,
    InvitedAnswer,
    LineAnswer,
    LineBody,
    LockBody,
    OwnBody,
    RemitBody,
    RosterAnswer,
    RostersAnswer,
    RostersQuery,
    SeenBody,
    StageBody,
    StatusAnswer,
    TakeBody,
)
from charity.giving.roster_sheets import Typed
from charity.giving.unit_rosters import UnitRoster
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


def answer(row: UnitRoster) -> RosterAnswer:
    """A roster as a program reads it."""
    names = RosterAnswer.model_fields.keys() - {"draft", "content_hash"}
    values = {name: getattr(row, name) for name in names}
    return RosterAnswer(**values, draft=row.draft is not None, content_hash=unit_rosters.locked_content(row).hash)


async def _roster(call: Call) -> RosterAnswer:
    return answer(await unit_rosters.get(call.path["key"], by=call.by))


async def listed(call: Call) -> RostersAnswer:
    """`GET /unit-rosters`."""
    asked: RostersQuery = call.query
    rows = await unit_rosters.listed(
        campaign=asked.campaign, status=asked.status, after=asked.after or "", limit=asked.limit + 1, by=call.by
    )
    more = unit_rosters.place(rows[asked.limit - 1]) if len(rows) > asked.limit else None
    return RostersAnswer(items=[answer(row) for row in rows[: asked.limit]], next=more)


async def show(call: Call) -> RosterAnswer:
    """`GET /unit-rosters/{key}`."""
    return await _roster(call)


async def invite(call: Call) -> Answer:
    """`POST /unit-rosters`."""
    body: InviteBody = call.body
    return await unit_rosters.invite(body.campaign, body.work_unit, by=call.by, idem=call.idem("unit_roster.invite"))


async def stage(call: Call) -> DraftAnswer:
    """`POST /unit-rosters/{key}/draft`: read and shown; nothing counts yet."""
    body: StageBody = call.body
    try:
        data = await asyncio.to_thread(base64.b64decode, body.file, validate=True)
    except (binascii.Error, ValueError):
        raise rules.UNIT_ROSTER_ENCODING() from None
    await unit_rosters.stage(call.path["key"], name=body.file_name, data=data, text=body.text, by=call.by)
    row = await unit_rosters.get(call.path["key"], by=call.by)
    if row.draft is None:
        raise rules.UNIT_ROSTER_NO_DRAFT()
    sums = await unit_rosters.sums(row.key, row.draft)
    output: dict[str, Any] = json.loads(sealed.unseal("unit_roster", "draft_facts", row.key, row.draft_facts) or "{}")
    return DraftAnswer(
        lines=sums["lines"],
        people=sums["people"],
        staff_fen=sums["fen"],
        wrong=sums["wrong"],
        online=sums["online"],
        total=output.get("total", ""),
        unused=output.get("unused", []),
        content_hash=unit_rosters.draft_content(row, sums).hash,
    )


async def take(call: Call) -> RosterAnswer:
    """`POST /unit-rosters/{key}/draft/take`."""
    body: TakeBody = call.body
    replace = body.how == "replace"
    await unit_rosters.take(call.path["key"], replace=replace, content_hash=body.content_hash, by=call.by)
    return await _roster(call)


async def discard(call: Call) -> RosterAnswer:
    """`POST /unit-rosters/{key}/draft/discard`."""
    await unit_rosters.discard(call.path["key"], by=call.by)
    return await _roster(call)


async def add(call: Call) -> LineAnswer:
    """`POST /unit-rosters/{key}/lines`."""
    body: LineBody = call.body
    return LineAnswer(line=await unit_rosters.add(call.path["key"], Typed(**body.model_dump()), by=call.by))


async def change(call: Call) -> RosterAnswer:
    """`POST /unit-rosters/{key}/lines/{line}`."""
    body: ChangeBody = call.body
    typed = Typed(**body.model_dump(exclude={"changed_at"}))
    await unit_rosters.change(call.path["key"], call.path["line"], typed, changed_at=body.changed_at, by=call.by)
    return await _roster(call)


async def choose(call: Call) -> RosterAnswer:
    """`POST /unit-rosters/{key}/lines/{line}/choose`."""
    body: ChooseBody = call.body
    await unit_rosters.choose(
        call.path["key"], call.path["line"], counted=body.counted, changed_at=body.changed_at, by=call.by
    )
    return await _roster(call)


async def remove(call: Call) -> RosterAnswer:
    """`POST /unit-rosters/{key}/lines/{line}/remove`."""
    body: SeenBody = call.body
    await unit_rosters.remove(call.path["key"], call.path["line"], changed_at=body.changed_at, by=call.by)
    return await _roster(call)


async def own(call: Call) -> RosterAnswer:
    """`POST /unit-rosters/{key}/own`."""
    body: OwnBody = call.body
    await unit_rosters.own_gift(call.path["key"], **body.model_dump(), by=call.by)
    return await _roster(call)


async def lock(call: Call) -> Answer:
    """`POST /unit-rosters/{key}/lock`."""
    body: LockBody = call.body
    return await unit_rosters.lock(call.path["key"], **body.model_dump(), by=call.by)


async def unlock(call: Call) -> Answer:
    """`POST /unit-rosters/{key}/unlock`."""
    body: HashBody = call.body
    return await unit_rosters.unlock(call.path["key"], content_hash=body.content_hash, by=call.by)


async def remit(call: Call) -> Answer:
    """`POST /unit-rosters/{key}/remit`."""
    body: RemitBody = call.body
    return await unit_rosters.remit(call.path["key"], **body.model_dump(), by=call.by)


_ALL, _ONE = "/unit-rosters", "/unit-rosters/{key}"
_LINE = f"{_ONE}/lines/{{line}}"


def _fill(path: str, do: Any, body: Any, summary: str, answers: Any = RosterAnswer) -> Endpoint:
    return Endpoint("POST", path, do, permission="roster.edit", body=body, answer=answers, summary=summary)


endpoints = [
    Endpoint(
        "GET", _ALL, listed, permission="roster.read", params=RostersQuery, answer=RostersAnswer, summary="单位名册@api"
    ),
    Endpoint(
        "POST",
        _ALL,
        invite,
        permission="roster.manage",
        body=InviteBody,
        answer=InvitedAnswer,
        status=201,
        summary="邀请单位，各建一份名册",
    ),
    Endpoint("GET", _ONE, show, permission="roster.read", answer=RosterAnswer, summary="一份名册"),
    Endpoint(
        "POST",
        f"{_ONE}/draft",
        stage,
        permission="roster.edit",
        body=StageBody,
        answer=DraftAnswer,
        summary="试读一整份名册",
        body_max=BODY_MAX,
    ),
    _fill(f"{_ONE}/draft/take", take, TakeBody, "采用试读的名册"),
    _fill(f"{_ONE}/draft/discard", discard, None, "放弃试读的名册"),
    _fill(f"{_ONE}/lines", add, LineBody, "名册加一个人", LineAnswer),
    _fill(_LINE, change, ChangeBody, "改名册的一行"),
    _fill(f"{_LINE}/choose", choose, ChooseBody, "这一行计入汇款，或已线上捐"),
    _fill(f"{_LINE}/remove", remove, SeenBody, "删去名册的一行"),
    _fill(f"{_ONE}/own", own, OwnBody, "单位自己的捐款和预计"),
    _fill(f"{_ONE}/lock", lock, LockBody, "锁定名册", StatusAnswer),
    _fill(f"{_ONE}/unlock", unlock, HashBody, "解锁名册", StatusAnswer),
    _fill(f"{_ONE}/remit", remit, RemitBody, "记下单位已汇款", StatusAnswer),
]
