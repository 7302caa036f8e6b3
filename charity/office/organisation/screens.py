"""What the page of the organisation shows, with words in the reader's language."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from charity import clock, words
from charity.office import organisation, rules
from charity.office.models import FactKind, FactStatus, Staff
from charity.office.organisation.codes import PAY_CODES
from charity.office.organisation.facts import ENTERED, EVER, FACT_WORDS, SHOWN, Fact
from charity.printing import qr
from charity.roles import SYSTEM, Actor
from charity.web.choices import choices, status

STATUS_WORDS = {"waiting": "等待核对", "confirmed": "已核对", "refused": "已退回"}
STATUS_TONES = {"waiting": "wait", "confirmed": "good", "refused": "bad"}
ENTRY_DIGITS = 15
SOON = timedelta(days=60)
"""So long before its last day a fact says that it ends."""
CODES = frozenset({FactKind.CERTIFICATE, FactKind.ICP, FactKind.POLICE, FactKind.ACCOUNT_NUMBER, *PAY_CODES})
ASIDE = ("picture", "unfamiliar")
"""What of a second look has a place of its own; the other errors stand at what was typed again."""


def entry_of(text: str) -> int:
    """The number of an entry in an address, or fact.unknown (404)."""
    if not (text.isascii() and text.isdigit() and len(text) <= ENTRY_DIGITS):
        raise rules.FACT_UNKNOWN()
    return int(text)


def second_field(field: str, entry: int) -> str:
    """The field of the second look at this entry that an error belongs to: a page has several."""
    return f"{field if field in ASIDE else 'again'}-{entry}"


def seen_by(fact: Fact, by: Actor) -> Fact:
    """A fact as this account sees it: what waits is typed from the original, so nobody is shown it."""
    if fact.status != FactStatus.WAITING or fact.entered_by == by.key:
        return fact
    return replace(fact, value="")


async def confirmed(entry: int) -> tuple[str, str, str]:
    """What the second look came to: the words, their kind, and the day `{on}` in them."""
    on, today = await organisation.first_day_in_force(entry, clock.today()), clock.today()
    if on is None:
        return "已核对，但没有一天以这一项为准：有效期已过，或者后来登记的盖过了它", "warn", ""
    if on > today:
        return "已核对，{on} 起以这一项为准；在那以前不变", "done", on.isoformat()
    return "已核对，现在生效", "done", ""


async def page(by: Actor) -> dict[str, Any]:
    """Who we are, what is true today, and what was entered."""
    today, entered = await organisation.facts_on(clock.today()), await organisation.history()
    names = await Staff.with_keys({fact.entered_by for fact in entered}).values_list("key", "name")
    return {
        "row": await organisation.get(),
        "facts": [_fact(kind, today.get(kind)) for kind in SHOWN],
        "rows": [_entered(seen_by(fact, by), dict(names)) for fact in entered],
        "waiting": [
            {
                **_entered(fact, dict(names)),
                "id": fact.id,
                "own": fact.entered_by == by.key,
                "account": fact.kind == FactKind.ACCOUNT,
                "pay_code": fact.kind in PAY_CODES,
            }
            for fact in await organisation.waiting()
        ],
        "kinds": choices({kind: FACT_WORDS[kind] for kind in ENTERED if kind not in {FactKind.ACCOUNT, *PAY_CODES}}),
        "code_kinds": choices({kind: FACT_WORDS[kind] for kind in PAY_CODES}),
        "codes": [_drawn(fact) for kind in PAY_CODES if (fact := today.get(kind))],
        "today": clock.today().isoformat(),
    }


def _drawn(fact: Fact) -> dict[str, Any]:
    """A payment code in force, to be tried with a phone."""
    return {"label": words.translate(FACT_WORDS[fact.kind]), "svg": Markup(qr.svg(fact.value))}  # noqa: S704 - ours


def _fact(kind: FactKind, fact: Fact | None) -> dict[str, Any]:
    """One kind of fact, as true today; said to be missing where it is."""
    if fact is None:
        return {"term": words.translate(FACT_WORDS[kind]), "value": words.say("未登记")}
    note = _period(fact)
    if fact.ends_on and fact.ends_on <= (clock.today() + SOON).isoformat():
        note = words.say("{period}，即将到期", period=note)
    kind_shown = "code" if kind in CODES else "text"
    return {"term": words.translate(FACT_WORDS[kind]), "value": fact.value, "kind": kind_shown, "note": note}


def _period(fact: Fact) -> str:
    """From when to when, in words."""
    if fact.starts_on == EVER and fact.ends_on is None:
        return words.say("长期")
    if fact.ends_on:
        return words.say("{starts_on} 至 {ends_on}", starts_on=fact.starts_on, ends_on=fact.ends_on)
    return words.say("{starts_on} 起", starts_on=fact.starts_on)


def _value(fact: Fact) -> str:
    """The value in one line."""
    if fact.kind != FactKind.ACCOUNT or not fact.value:
        return fact.value
    holder, bank, number = organisation.account_lines(fact.value)
    return words.say("户名 {holder}；开户行 {bank}；账号 {number}", holder=holder, bank=bank, number=number)


def _entered(fact: Fact, names: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": words.translate(FACT_WORDS[fact.kind]),
        "value": _value(fact) or words.say("（停用）" if fact.status == FactStatus.CONFIRMED else "（等待核对）"),
        "status": status(fact.status, STATUS_WORDS, STATUS_TONES),
        "period": _period(fact),
        "at": fact.entered_at,
        "by": names.get(fact.entered_by, words.translate(SYSTEM.name)),
    }
