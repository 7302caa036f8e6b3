"""Strings in, a typed campaign or its filing out; or errors, each at its field."""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    create_model,
    field_validator,
    model_validator,
)

from charity.errors import FieldError, unreadable
from charity.giving import campaigns
from charity.giving.campaigns import KEPT, KIND_WORDS, Fact, NewCampaign
from charity.giving.fields import Body, Code, absent
from charity.giving.rules import PLAN_NOT_HERE
from charity.ledger.plans import Plan
from charity.money import AmountUnreadable, typed_yuan
from charity.plain import plain
from charity.web import fields, forms
from charity.web.fields import Day
from charity.web.messages import AMOUNTS, Needed

PLAN_ROWS = 8
"""Rows of the form for the lines of a plan."""
CODE_MAX = 64
LINE_MAX = 100
"""A fact of more characters may have several lines."""
_FUND = re.compile(r"^F-[A-Z0-9]{1,12}$")
_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def _slug(text: str) -> str:
    if not _SLUG.match(text):
        raise ValueError("只用小写字母、数字和连字符，例如 one-day-2026")
    return text


def _fund_code(text: str) -> str:
    if text and not _FUND.match(text):
        raise ValueError("基金代号写作 F- 加大写字母和数字，例如 F-YRJ26")
    return text


def _cost(value: Any) -> Any:
    """Fen of the limit of cost; nothing, or 0, is none."""
    nothing = isinstance(value, str) and plain(value) in {"", "0", "0.00"}
    return 0 if nothing else typed_yuan(value) if isinstance(value, str) else value


class CampaignForm(BaseModel):
    """A campaign, as the accountant types it; the lines of its plan are numbered (`read_plan`).

    An appeal opens `new_fund` with its plan, or goes on with a standing `fund`; every other campaign takes a `fund`.
    """

    slug: Annotated[str, StringConstraints(max_length=40), AfterValidator(_slug), Needed("请填写代号")]
    name: Annotated[Code, Needed("请填写名称")]
    name_en: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    kind: str
    reach: Literal["public", "targeted"] = "public"
    starts_on: Day
    ends_on: Annotated[Day | None, BeforeValidator(absent)] = None
    fund: Annotated[Code | None, BeforeValidator(absent)] = None
    new_fund: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20), AfterValidator(_fund_code)] = ""
    fund_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    fund_kind: Literal["restricted", "unrestricted"] = "restricted"
    cost_yuan: Annotated[int, BeforeValidator(_cost)] = 0
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,8}$")]
    purpose: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
        fields.AREA,
        Needed("请写明用途"),
    ]

    @field_validator("kind")
    @classmethod
    def _kind(cls, kind: str) -> str:
        if kind not in KIND_WORDS:
            raise ValueError("请选择活动类型")
        return kind

    @model_validator(mode="after")
    def _order(self) -> "CampaignForm":
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("结束日期不能早于开始日期")
        return self


def read(data: forms.Data) -> NewCampaign:
    """The campaign that was typed, with the plan of an appeal."""
    form = forms.read(CampaignForm, data)
    values = form.model_dump(exclude={"fund", "new_fund", "cost_yuan"})
    values |= {"starts_on": form.starts_on.isoformat(), "ends_on": form.ends_on and form.ends_on.isoformat()}
    lines, appeal = read_plan(data), campaigns.has_own_fund(form.kind, form.reach)
    if form.new_fund and form.fund:
        raise unreadable(FieldError("fund", "新基金和已有的基金只能选一个"))
    if form.fund and (lines or form.cost_yuan):
        raise PLAN_NOT_HERE()
    if form.new_fund or (appeal and not form.fund):
        if not form.new_fund:
            raise unreadable(FieldError("new_fund", "公开募捐有自己的基金，请填写新基金的代号"))
        return NewCampaign(**values, fund=form.new_fund, plan=Plan(lines, form.cost_yuan))
    if not form.fund:
        raise unreadable(FieldError("fund", "请选择基金"))
    return NewCampaign(**values, fund=form.fund)


def read_plan(data: forms.Data) -> tuple[tuple[str, int], ...]:
    """The rows that say something: `programme.0`, `amount.0`, …; each needs both, and a readable sum."""
    lines: list[tuple[str, int]] = []
    wrong: list[FieldError] = []
    for n in range(PLAN_ROWS):
        programme, amount = (forms.text(data, f"{name}.{n}").strip() for name in ("programme", "amount"))
        if not programme and not amount:
            continue
        if not programme:
            wrong.append(FieldError(f"programme.{n}", "请选择项目"))
        try:
            lines.append((programme[:CODE_MAX], typed_yuan(amount)))
        except AmountUnreadable as error:
            wrong.append(FieldError(f"amount.{n}", AMOUNTS[error.reason]))
    if wrong:
        raise unreadable(*wrong)
    return tuple(lines)


def _typed(fact: Fact) -> Any:
    """The type of a fact in forms and bodies: its length, or one of its choices; several lines where it is long."""
    about = Field(description=fact.words)
    if fact.choices is not None:
        return Annotated[Literal["", *fact.choices], about]  # the list in facts.py is the only one
    text = StringConstraints(strip_whitespace=True, max_length=fact.limit)
    marks = (text, fields.AREA) if is_long(fact) else (text,)
    return Annotated[str, *marks, about]


def is_long(fact: Fact) -> bool:
    """Whether a fact may have several lines."""
    return fact.limit > LINE_MAX


PlanForm = create_model(
    "PlanForm",
    __base__=Body,
    __doc__="Facts of a campaign's plan; what is not sent stays as it is, an empty text is taken away.",
    **{fact.field: (_typed(fact) | None, None) for fact in KEPT},  # type: ignore[call-overload] # the names are data
)


def filled(form: BaseModel) -> dict[str, str]:
    """The facts that were sent, by field."""
    return form.model_dump(exclude_none=True)


class Lacking(BaseModel):
    """A fact that is not filled in."""

    field: str
    message: str


class PlanAnswer(BaseModel):
    """A campaign's plan as it is filled in, and what it lacks to be filed and to go live."""

    slug: str
    status: Literal["draft", "filed", "active", "closed", "archived"]
    facts: dict[str, str] = Field(description="募捐方案各项，按字段名")
    missing_to_file: list[Lacking]
    missing_to_publish: list[Lacking]


class FilingForm(Body):
    """The filing of a campaign's plan, as its page sends it and as the call does."""

    filing_no: Annotated[Code, Needed("请填写备案号")]
    platform_url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    filed_on: Day

    @field_validator("platform_url")
    @classmethod
    def _https(cls, url: str) -> str:
        if url and not re.match(r"^https://[A-Za-z0-9.\-]+(/[\x21-\x7e]*)?$", url):
            raise ValueError("请填写 https:// 开头的网址")
        return url
