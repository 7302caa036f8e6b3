"""Strings in, a typed campaign or its filing out; or errors, each at its field."""

import re
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    StringConstraints,
    field_validator,
    model_validator,
)

from charity.giving.campaigns import KIND_WORDS
from charity.giving.fields import Code, Message, absent
from charity.web import fields
from charity.web.fields import Day
from charity.web.messages import Needed

_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def _slug(text: str) -> str:
    if not _SLUG.match(text):
        raise ValueError("只用小写字母、数字和连字符，例如 one-day-2026")
    return text


class CampaignForm(BaseModel):
    """A campaign, as the accountant types it."""

    slug: Annotated[str, StringConstraints(max_length=40), AfterValidator(_slug), Needed("请填写代号")]
    name: Annotated[Code, Needed("请填写名称")]
    name_en: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    kind: str
    reach: Literal["public", "targeted"] = "public"
    starts_on: Day
    ends_on: Annotated[Day | None, BeforeValidator(absent)] = None
    fund: Annotated[Code, Needed("请选择基金")]
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,8}$")]
    purpose: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
        fields.AREA,
        Needed("请写明用途"),
    ]
    beneficiaries: Message = ""
    surplus: Message = ""
    receiving: Message = ""
    contact: Message = ""

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


class FilingForm(BaseModel):
    """The filing of a campaign's plan."""

    filing_no: Annotated[Code, Needed("请填写备案号")]
    platform_url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    filed_on: Day

    @field_validator("platform_url")
    @classmethod
    def _https(cls, url: str) -> str:
        if url and not re.match(r"^https://[A-Za-z0-9.\-]+(/[\x21-\x7e]*)?$", url):
            raise ValueError("请填写 https:// 开头的网址")
        return url
