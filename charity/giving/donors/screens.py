"""What forms offer of givers: in whose name a gift is made, and the work units."""

from typing import Any

from charity import clock, words
from charity.db import sealed
from charity.giving import work_units
from charity.giving.kinds import Consent, ConsentDoor
from charity.giving.withdrawals import ConsentWithdrawal
from charity.people import persons
from charity.people.masking import Reader
from charity.roles import SYSTEM
from charity.web.choices import choices

KINDS = {"person": "个人", "organisation": "单位", "anonymous": "匿名"}


def kinds() -> list[dict[str, str]]:
    """In whose name a gift is made."""
    return choices(KINDS)


async def unit_choices() -> list[dict[str, str]]:
    """The work units, and the choice of none."""
    units = [{"value": u.code, "label": u.name} for u in await work_units.every()]
    return [{"value": "", "label": words.translate("不属于单位捐款")}, *units] if units else []


async def consents(donor: str, *, name: bool, amount: bool) -> dict[str, Any]:
    """What a giver was shown and agreed to, as a fact of a `description_list`: version, publishing, the ID number."""
    agreed = await persons.consents(donor)
    shown = words.say("没有出示隐私告知")
    if agreed.notice:
        shown = words.say("隐私告知第 {version} 版", version=agreed.notice)
    taken_back = await ConsentWithdrawal.visible_to(SYSTEM).filter(person=donor).order_by("withdrawn_at")
    parts = [
        words.say("公开姓名") if name else words.say("不公开姓名"),
        words.say("公开金额") if amount else words.say("不公开金额"),
        *([words.say("单独同意使用身份证号")] if agreed.sensitive else []),
        *(_taken_back(row) for row in taken_back),
    ]
    href = f"/privacy?version={agreed.notice}" if agreed.notice else ""
    return {"term": words.say("告知与同意"), "value": shown, "note": "；".join(parts), "href": href}


async def fiscal(donor: str) -> list[dict[str, Any]]:
    """The wish for a 公益事业捐赠票据 with what is written on it, as a fact for staff; none without the wish."""
    if not await persons.wants_fiscal(donor):
        return []
    person = (await persons.names([donor])).get(donor)
    number = await persons.shown_id(donor, to=Reader.PERMITTED)
    title = words.say("抬头：{name}", name=persons.shown(person))
    parts = [title, *([words.say("号码：{number}", number=number)] if number else [])]
    return [{"term": words.say("公益事业捐赠票据"), "value": words.say("需要"), "note": "；".join(parts)}]


_TAKEN_BACK = {
    Consent.NAME: "{day} 撤回公开姓名（{door}）",
    Consent.AMOUNT: "{day} 撤回公开金额（{door}）",
    Consent.CONTACT: "{day} 起不要联系（{door}）",
}
_THROUGH = {ConsentDoor.RECEIPT: "凭收据", ConsentDoor.PLEDGE: "凭认捐链接", ConsentDoor.DESK: "服务台代办"}


def _taken_back(row: ConsentWithdrawal) -> str:
    day = clock.business_date(row.withdrawn_at).isoformat()
    text = words.say(_TAKEN_BACK[Consent(row.what)], day=day, door=words.translate(_THROUGH[ConsentDoor(row.door)]))
    reason = sealed.unseal("consent_withdrawal", "reason", row.key, row.reason)
    return words.say("{what}：{why}", what=text, why=reason) if reason else text
