"""What a voucher's content names, looked up before the writer: its payee and recipients, and what does not go together.

A programme goes with aid, a cost with a fund that may bear it. The same is refused when a voucher is made and when it
is changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from charity.aid import payees, recipients, rules
from charity.aid.content import PURPOSE_WORDS, Content
from charity.aid.payees import Payee
from charity.aid.recipients import Recipient
from charity.errors import FieldError, Refusal, unreadable
from charity.ledger import funds, plans
from charity.ledger import rules as books
from charity.ledger.state import State
from charity.roles import Actor
from charity.words import Term

HELPS_LATER = ("supplier", "branch")
"""Who is paid before anybody is helped: by the goods that are handed out, or by a branch's signed roster."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a content names, as it was looked up before the writer: the payee, and who is listed as helped."""

    payee: Payee
    listed: Sequence[Recipient] = ()

    @property
    def keys(self) -> list[str]:
        """Who is listed, by key."""
        return [one.key for one in self.listed]


def allowed(state: State, content: Content, looked_up: Named | Refusal) -> Named:
    """What was looked up; refuses what was wrong with it, an unknown fund, and one that may not pay this (I8).

    Refusing here and not before the writer lets a known idempotency key answer as it did. The fund's
    stream is looked at when the voucher is paid.
    """
    if isinstance(looked_up, Refusal):
        raise looked_up
    fund = state.fund(content.fund)
    if content.is_cost:
        if not plans.bears(fund.kind, fund.plan, content.purpose):
            raise books.FUND_NO_COST(fund=state.named(fund.code), purpose=Term(PURPOSE_WORDS[content.purpose]))
    elif content.programme and not fund.allows(content.programme):
        raise books.FUND_NOT_FOR(fund=state.named(content.fund), programme=content.programme)
    elif content.payee_kind == "branch" and fund.kind == "agency":
        raise rules.BRANCH_AGENCY(fund=state.named(fund.code))
    return looked_up


async def look_up(content: Content, by: Actor) -> Named | Refusal:
    """The payee and who is listed, or why this content cannot be asked for."""
    errors = _misfits(content)
    if errors:
        return unreadable(*errors)
    if content.programme and not await funds.programme_names([content.programme]):
        return rules.PROGRAMME_UNKNOWN(programme=content.programme)
    if content.recipients < 1 and content.payee_kind not in HELPS_LATER and not content.is_cost:
        return rules.RECIPIENTS_MISSING()
    try:
        payee = await payees.find(content.payee_kind, content.payee, by=by)
        listed = await recipients.find(content.listed, by=by)
    except Refusal as refusal:
        return refusal
    return Named(payee, listed) if payee.open else rules.PAYEE_CLOSED(payee=payee.code)


def _misfits(content: Content) -> list[FieldError]:
    """What does not go with the purpose: aid has a programme, our own costs have none and help nobody."""
    if not content.is_cost:
        if not content.programme:
            return [FieldError("programme", "请选择慈善项目")]
        assert not content.listed or content.recipients == len(content.listed), "a list is counted"
        if content.payee_kind == "branch" and content.recipients:
            return [FieldError("recipients", "预拨给分会时还没有帮助到人：人数和名单写在分会交来的花名册上")]
        return []
    errors = []
    if content.programme:
        errors.append(FieldError("programme", "费用不属于慈善项目，请不要选项目"))
    if content.payee_kind == "household":
        errors.append(FieldError("payee.kind", "费用付给机构、供应商或个人，不付给家庭"))
    if content.recipients or content.listed:
        errors.append(FieldError("recipients", "费用没有受益人，请不要填人数和名单"))
    return errors
