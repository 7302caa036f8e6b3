"""What the pages of institutions show: never the digits of an account."""

from collections.abc import Sequence
from typing import Any

from charity import words
from charity.office import staff, stores
from charity.people import institution_entries, institutions
from charity.people.models import InstitutionEntry
from charity.roles import Actor
from charity.web.choices import choices, status

KIND_WORDS = {
    "branch": "乡镇分会/联络站",
    "home": "养老院、福利院",
    "hospital": "医院",
    "school": "学校",
    "federation": "慈善会",
    "service": "服务机构",
    "supplier": "供应商",
}
STATUS_WORDS = {"waiting": "等待核对", "confirmed": "已核对", "refused": "已退回", "withdrawn": "已撤回"}
STATUS_TONES = {"waiting": "wait", "confirmed": "good", "refused": "bad", "withdrawn": "none"}


async def page(by: Actor) -> dict[str, Any]:
    """All institutions, what waits, and what was entered."""
    towns = await stores.township_names()
    rows = [
        {
            "code": one.code,
            "href": f"/institutions/new?code={one.code}" if by.may("institution.enter") else "",
            "name": one.name,
            "kind": words.translate(KIND_WORDS[one.kind]),
            "credit_code": one.credit_code,
            "township": towns.get(one.township, one.township),
            "account": words.say("有") if one.bank_account else words.say("没有"),
        }
        for one in await institutions.every(by=by)
    ]
    return {"rows": rows, "entries": await entered(await institution_entries.newest(by=by), by)}


async def entered(entries: Sequence[InstitutionEntry], by: Actor) -> list[dict[str, Any]]:
    """Entries as the pages show them."""
    towns, names = await stores.township_names(), await staff.names({entry.entered_by for entry in entries})
    return [
        {
            "key": entry.key,
            "href": f"/institutions/entries/{entry.key}" if entry.status == "waiting" else "",
            "code": entry.code,
            "name": entry.name,
            "kind": words.translate(KIND_WORDS[entry.kind]),
            "credit_code": entry.credit_code,
            "township": towns.get(entry.township, entry.township),
            "account": bool(entry.bank_account),
            "status": status(entry.status, STATUS_WORDS, STATUS_TONES),
            "withdrawn": entry.status == "withdrawn",
            "waits": entry.status == "waiting",
            "mine": entry.entered_by == by.key,
            "by": names.get(entry.entered_by, ""),
            "at": entry.entered_at,
        }
        for entry in entries
    ]


async def look(entry: InstitutionEntry, by: Actor) -> dict[str, Any]:
    """The second look at one: what of it changes, and which institutions look like it."""
    (shown,) = await entered([entry], by)
    towns = await stores.township_names()
    known = await institutions.with_code(entry.code, by=by) if shown["waits"] else None
    before = {}
    if known is not None:
        kept = {n: getattr(known, n) for n in ("name", "credit_code", "township")}
        changed = {n: value for n, value in kept.items() if value != getattr(entry, n)}
        before = {n: towns.get(v, v) if n == "township" else v for n, v in changed.items()}
    others = await institutions.alike(entry.code, entry.name, entry.credit_code, by=by) if shown["waits"] else []
    return {
        "entry": shown,
        "known": known is not None,
        "before": {n: words.say("原登记：{value}", value=v or words.say("没有")) for n, v in before.items()},
        "alike": "、".join(f"{one.code} {one.name}" for one in others),
    }


async def form() -> dict[str, Any]:
    """What may be chosen."""
    return {
        "kinds": choices(KIND_WORDS),
        "townships": choices(await stores.township_names(), first="不属于某个乡镇"),
    }
