"""Funds that may pay for a purpose or programme, each with what is free of it and of its plan."""

from charity import words
from charity.aid.content import PURPOSE_WORDS
from charity.ledger import funds, plans
from charity.ledger.funds import FundRow
from charity.money import yuan_sign


async def offered(purpose: str, programme: str, chosen: str = "") -> list[dict[str, str]]:
    """Options of a select. Until a programme is chosen every fund is offered for aid.

    `chosen` stays among them, and says so, when it may not pay this: nothing that was typed is changed unseen.
    """
    options = []
    for fund in await funds.every():
        if may_pay(fund, purpose, programme):
            options.append({"value": fund.code, "label": _label(fund, purpose, programme)})
        elif fund.code == chosen:
            label = words.say("{fund}（不能用于所选的用途或项目）", fund=f"{fund.code} {fund.shown}")
            options.append({"value": fund.code, "label": label})
    return options


def may_pay(fund: FundRow, purpose: str, programme: str) -> bool:
    """Whether a fund allows the programme, or may bear the cost; what is neither yet is not refused."""
    if purpose in PURPOSE_WORDS and purpose != "aid":
        return plans.bears(fund.kind, fund.plan, purpose)
    return not programme or not fund.programmes or programme in fund.programmes


def _label(fund: FundRow, purpose: str, programme: str) -> str:
    text = words.say("{fund} · 可用 {amount}", fund=f"{fund.code} {fund.shown}", amount=yuan_sign(fund.available_fen))
    free = fund.plan_free(programme if purpose == "aid" else None) if programme or purpose != "aid" else None
    return text if free is None else words.say("{text} · 方案还余 {amount}", text=text, amount=yuan_sign(free))
