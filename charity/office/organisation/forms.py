"""A fact of the organisation: strings or JSON in, typed facts or field errors out."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from charity.office.models import FactKind, FactStatus
from charity.office.organisation.codes import PAY_CODES
from charity.office.organisation.verbs import VALUE_MAX
from charity.office.organisation.verbs import account as organisation_account
from charity.web.api import Query
from charity.web.fields import Day


def _none(text: object) -> object:
    """None for a day that was left empty."""
    return None if text == "" else text


class Typed(BaseModel):
    """A value: one line, or of an account its holder, bank and number. `unfamiliar`: of a code (codes.py)."""

    value: str = Field("", max_length=VALUE_MAX, description="内容；留空表示这段时间没有")
    holder: str = Field("", max_length=VALUE_MAX, description="收款账户的户名；只有 account 填写")
    bank: str = Field("", max_length=VALUE_MAX, description="收款账户的开户银行；只有 account 填写")
    number: str = Field("", max_length=VALUE_MAX, description="收款账户的账号；只有 account 填写")
    unfamiliar: bool = Field(
        False, description="wechat_code、alipay_code 的开头不像常见的商户收款码（code.unfamiliar）：已扫码看过收款方"
    )

    @property
    def typed(self) -> str:
        """The value of the row."""
        return self.value or organisation_account(self.holder, self.bank, self.number)


class FactForm(Typed):
    """What is true from a day to a day, as the administrator types it."""

    model_config = ConfigDict(str_strip_whitespace=True)

    kind: FactKind
    starts_on: Day
    ends_on: Annotated[Day | None, BeforeValidator(_none)] = None


class CodeForm(FactForm):
    """A payment code from a day to a day: its picture, or what is written in it; or that there is none."""

    none: Annotated[bool, Field(validate_default=True)] = False

    @field_validator("kind", mode="after")
    @classmethod
    def _of_a_code(cls, kind: FactKind) -> FactKind:
        if kind not in PAY_CODES:
            raise ValueError("请选择微信或支付宝")
        return kind

    @field_validator("none", mode="after")
    @classmethod
    def _either(cls, none: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - the validator's own order
        if "value" in info.data and none == bool(info.data["value"]):
            raise ValueError("请选收款码的图片或填写码里的内容；没有收款码了，才勾选这一项")
        return none


class SecondForm(Typed):
    """The fact once more, as whoever has the second look types it."""

    model_config = ConfigDict(str_strip_whitespace=True)

    value: str = Field("", max_length=VALUE_MAX, alias="again")


class SecondBody(Typed):
    """The same from a program."""

    model_config = ConfigDict(extra="forbid")

    value: str = Field("", max_length=VALUE_MAX, description="照原件再输入一次的内容")


class SeenAnswer(BaseModel):
    """What the second look came to."""

    status: FactStatus
    in_force_on: date | None = Field(
        None, description="从哪一天起以这一项为准（今天或以后）；空：退回的，过期的，或者每一天都有后来登记的"
    )


class FactBody(Typed):
    """The same from a program."""

    model_config = ConfigDict(extra="forbid")

    kind: FactKind = Field(description="哪一项单位信息")
    starts_on: Day = Field(description="有效期起（含当日）", examples=["2026-01-01"])
    ends_on: Day | None = Field(None, description="有效期止（含当日）；长期有效不填", examples=["2026-12-31"])


class FactsQuery(Query):
    """The day that is asked for."""

    on: Day | None = Field(None, description="日期；不填则为今天")


class FactAnswer(BaseModel):
    """A fact of the organisation."""

    kind: FactKind
    value: str
    starts_on: date
    ends_on: date | None


class FactsAnswer(BaseModel):
    """What is true on a day."""

    on: date
    items: list[FactAnswer]


class EnteredAnswer(FactAnswer):
    """A fact as it was entered."""

    value: str = Field(description="内容；收款账户是三行：户名、开户银行、账号")
    entered_at: str
    entered_by: str
    id: int
    status: FactStatus = Field(description="waiting：等待另一个人核对，还没有生效")


class HistoryAnswer(BaseModel):
    """What was entered, the newest first."""

    items: list[EnteredAnswer]
    next: str | None
