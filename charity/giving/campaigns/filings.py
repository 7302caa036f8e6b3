"""The gate that Charity Law 24, 25, 27 and MCA Order 74 art 11 set before a public campaign.

It has all facts of the table (facts.py) and shows them; the plan is filed 10 days before it starts, for a disaster
within 10 days after (73).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from charity.errors import FieldError, Rule
from charity.giving.campaigns import facts
from charity.giving.campaigns.facts import Fact
from charity.words import Term, Terms

FILING_DAYS = 10
UNFILLED = "未填：{words}（{source}）"


def has_own_fund(kind: str, reach: str) -> bool:
    """Whether such a campaign is an appeal with a fund and a plan of its own (docs/books.md, The plan of a fund)."""
    return reach == "public" and kind not in {"everyday", "agency"}


def is_filed(row: Mapping[str, Any]) -> bool:
    """Whether a campaign has a fundraising plan to file: neither everyday acceptance nor one by invitation has."""
    return bool(row["reach"] == "public" and row["kind"] != "everyday")


def lack(fact: Fact) -> FieldError:
    """A fact that is not filled in, at its field."""
    return FieldError(fact.field, UNFILLED, (("words", Term(fact.words)), ("source", Term(fact.source))))


def to_file(row: Mapping[str, Any], kept: Mapping[str, str]) -> list[FieldError]:
    """What the filing form still lacks."""
    return [lack(fact) for fact in facts.missing(row, kept, filing=True)] if is_filed(row) else []


def gate(row: Mapping[str, Any], kept: Mapping[str, str], *, purposed: bool) -> list[FieldError]:
    """What still keeps a campaign from the public, each at its field; an empty list opens the gate.

    `purposed`: its fund has a plan, or is a standing one restricted to programmes.
    """
    lacking = [lack(fact) for fact in facts.missing(row, kept, filing=False)]
    if not is_filed(row):
        return lacking
    emergency = row["kind"] == "disaster"
    if has_own_fund(row["kind"], row["reach"]) and not purposed:
        lacking.append(FieldError("fund", "缺少自己的基金和用途计划，请新建活动"))
    if row["filed_on"]:
        days = (date.fromisoformat(row["starts_on"]) - date.fromisoformat(row["filed_on"])).days
        if not emergency and days < FILING_DAYS:
            lacking.append(FieldError("filed_on", "募捐方案应在开始前 10 日备案"))
        if emergency and days < -FILING_DAYS:
            lacking.append(FieldError("filed_on", "应急募捐应在开始后 10 日内备案"))
    return lacking


def must_lack_nothing(lacking: Sequence[FieldError], rule: Rule) -> None:
    """Refuse with everything that is missing at once: in the sentence, and each at its field."""
    if lacking:
        refusal = rule(missing=Terms(dict(error.facts).get("words", error.message) for error in lacking))
        refusal.fields = tuple(lacking)
        raise refusal


def file_by(row: Mapping[str, Any]) -> str:
    """The last day on which the plan may be filed."""
    starts = date.fromisoformat(row["starts_on"])
    days = FILING_DAYS if row["kind"] == "disaster" else -FILING_DAYS
    return (starts + timedelta(days=days)).isoformat()
