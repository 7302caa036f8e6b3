"""The facts of a fundraising plan: each with its words, its law, and what it keeps shut while it is missing.

One table for the pages, the calls, the gate, `charity verify` and the filing form. Sources: Charity Law 24, 25 and 27;
the form of 民发〔2025〕57号 with its lengths (docs/field.md, formats 7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from charity.db import reading
from charity.db.transactions import Tx
from charity.giving import suggested


class Needed(Enum):
    """From when on a public campaign needs a fact: to be filed, or only to go live; or never."""

    FILING = "filing"
    LIVE = "live"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `of_row`: it is a column of the campaign; `only_form`: the form asks for it, the law does not.

    `of_office`: the organisation has it, with its days; whoever asks adds it to the row.

    `only_asked`: it stands where somebody is asked to give, and neither law nor form know it.

    `everyday`: everyday acceptance needs it too. `choices`: stored value -> words; `limit` in characters.
    """

    field: str
    words: str
    source: str
    limit: int = 0
    needed: Needed = Needed.FILING
    of_row: bool = False
    of_office: bool = False
    only_form: bool = False
    only_asked: bool = False
    everyday: bool = False
    choices: Mapping[str, str] | None = None
    hint: str = ""

    @property
    def asked_live(self) -> bool:
        """Whether no public campaign is live without it."""
        return not self.only_form and self.needed is not Needed.NEVER


_24, _25, _27 = "《慈善法》第二十四条", "《慈善法》第二十五条", "《慈善法》第二十七条"
_FORM = "募捐方案备案表"
YES_NO: Final = {"no": "否", "yes": "是"}
PARTNERS: Final = {"none": "不合作", "organisation": "不具有公开募捐资格的组织", "person": "个人"}
FACTS: Final = (
    Fact("purpose", "募捐目的", _24, 300, of_row=True, everyday=True),
    Fact("starts_on", "开始日期", _24, of_row=True, everyday=True),
    Fact("ends_on", "结束日期", _24, of_row=True),
    Fact("region", "募捐地域", _24, 100),
    Fact("manager", "活动负责人姓名", _24, 30),
    Fact("office", "办公地址", _24, 100),
    Fact("ways", "接受捐赠方式", _24, 200, everyday=True),
    Fact("receiving", "银行账号", _24, 200, everyday=True, hint="户名、开户行和账号，公开在活动页和认捐页"),
    Fact("beneficiaries", "受益人范围", _24, 200),
    Fact("uses", "募得款物用途", _24, 500),
    Fact("cost_note", "募捐成本", _24, 800),
    Fact("surplus", "剩余财产处理", _24, 800),
    Fact("contact", "联系方式", _25, 200, everyday=True),
    Fact("expected_sum", "预期募集款物数额（元/年）", _FORM, 100, only_form=True),
    Fact("expected_people", "受益人预期数量", _FORM, 50, only_form=True),
    Fact("confirming", "受益人确认方式", _FORM, 200, only_form=True),
    Fact("programmes", "支持的慈善项目", _FORM, 100, only_form=True),
    Fact("granted", "直接或委托其他组织资助给受益人的款物", _FORM, 500, only_form=True),
    Fact("staff_cost", "为提供慈善服务和实施慈善项目发生的人员报酬及相关费用", _FORM, 500, only_form=True),
    Fact("management_cost", "管理费用", _FORM, 500, only_form=True),
    Fact("offsite", "是否开展线下异地募捐", _FORM, 3, only_form=True, choices=YES_NO),
    Fact("partner_kind", "是否开展合作公开募捐", _FORM, 12, only_form=True, choices=PARTNERS),
    Fact("partner", "合作方名称（姓名）", _FORM, 20, Needed.NEVER, only_form=True, hint="有合作方时必填"),
    Fact("partner_code", "合作方统一社会信用代码", _FORM, 18, Needed.NEVER, only_form=True,
         hint="合作方是组织时必填；个人的身份证号码不保存在这里，请写在纸质表上"),
    Fact("remarks", "其他需要说明的事项", _FORM, 500, Needed.NEVER, only_form=True),
    Fact("suggested", "建议金额", "", 300, Needed.NEVER, only_asked=True,
         hint="一行一个级别，例如“科级 300”；写在认捐页和单位名册上，仅供参考，多捐少捐不限。不填就没有"),
    Fact("platform_url", "民政部指定平台上的网址", _27, needed=Needed.LIVE, of_row=True),
    Fact("filing_no", "募捐方案备案号", _24, needed=Needed.LIVE, of_row=True),
    Fact("certificate", "公开募捐资格证书", _25, needed=Needed.LIVE, of_office=True),
)  # fmt: skip
BY_FIELD: Final = {fact.field: fact for fact in FACTS}
KEPT: Final = tuple(fact for fact in FACTS if not fact.of_row and not fact.of_office)
"""What `campaign_fact` holds."""


def missing(row: Mapping[str, Any], kept: Mapping[str, str], *, filing: bool) -> list[Fact]:
    """What is not filled in of a campaign: for its filing, or else for going live; in the order of the table.

    A campaign by invitation needs none of it (Charity Law 24 is about public fundraising); an appeal after a disaster
    is filed when it runs (73), so that it goes live without its number.
    """
    if row["reach"] != "public":
        return []
    return [fact for fact in FACTS if _asked(fact, row, kept, filing=filing) and not value_of(fact, row, kept)]


def _asked(fact: Fact, row: Mapping[str, Any], kept: Mapping[str, str], *, filing: bool) -> bool:
    if row["kind"] == "everyday":
        return fact.everyday
    if fact.field == "filing_no" and row["kind"] == "disaster":
        return False
    if not filing:
        return fact.asked_live
    partner = kept.get("partner_kind", "none")
    if fact.field == "partner":
        return partner != "none"
    if fact.field == "partner_code":
        return partner == "organisation"
    return fact.needed is Needed.FILING


def value_of(fact: Fact, row: Mapping[str, Any], kept: Mapping[str, str]) -> str:
    """What is filled in, "" for nothing; of a choice what is stored."""
    return str(row.get(fact.field) or "") if fact.of_row or fact.of_office else kept.get(fact.field, "")


async def of(slug: str) -> dict[str, str]:
    """The kept facts of a campaign by field."""
    rows = await reading.rows("SELECT field, value FROM campaign_fact WHERE campaign = $1", slug)
    return {row["field"]: row["value"] for row in rows}


async def within(tx: Tx, slug: str) -> dict[str, str]:
    """The same inside of a transaction."""
    rows = await tx.rows("SELECT field, value FROM campaign_fact WHERE campaign = $1", slug)
    return {row["field"]: row["value"] for row in rows}


async def keep(tx: Tx, slug: str, values: Mapping[str, str]) -> None:
    """Keep these facts of a campaign; an empty one is taken away."""
    assert values.keys() <= {fact.field for fact in KEPT}, values.keys()
    suggested.read(values.get(suggested.FIELD, ""))
    assert all(len(value) <= BY_FIELD[field].limit for field, value in values.items()), "the verbs look at lengths"
    for field in values:
        await tx.rows("DELETE FROM campaign_fact WHERE campaign = $1 AND field = $2 RETURNING field", slug, field)
    filled = {field: value for field, value in values.items() if value}
    await tx.insert("campaign_fact", [{"campaign": slug, "field": f, "value": v} for f, v in filled.items()])
