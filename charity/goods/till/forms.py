"""What the call of the till takes and answers: the JSON objects of docs/api.md."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from charity.goods import rules
from charity.goods.limits import ISSUE_LINES_MAX
from charity.goods.scanning.forms import Code, Quantity
from charity.goods.till.picking import Line
from charity.goods.till.verbs import Proxy
from charity.people.forms import Line as Text
from charity.web.messages import Needed
from charity.web.rare import RARE_TEXT, RARE_WORDS, drawn

_STRICT = ConfigDict(extra="forbid")


class IssueLineBody(BaseModel):
    """One line of an issue: a barcode, or exactly one lot."""

    model_config = _STRICT

    barcode: Code | None = Field(None, description="条码，8、12、13 或 14 位数字：系统按先到期先出选批次")
    lot: Code | None = Field(None, description="批次码：发放扫到的这一批")
    quantity: Quantity

    @model_validator(mode="after")
    def _one(self) -> "IssueLineBody":
        if (self.barcode is None) == (self.lot is None):
            raise ValueError(rules.CODE_OR_LOT.words)
        return self

    def line(self) -> Line:
        """The values."""
        return Line(self.quantity, self.barcode or "", self.lot or "")


class ProxyBody(BaseModel):
    """Who collects for the household (代领)."""

    model_config = _STRICT

    name: Annotated[Text, Needed("请填写姓名")] = Field(min_length=1, description="代领人姓名，加密保存")
    rare: bool = Field(default=False, description=RARE_WORDS)
    reason: Annotated[Text, Needed("请写明理由")] = Field(min_length=1, description="代领原因，加密保存")

    @field_validator("reason", mode="after")
    @classmethod
    def _printed(cls, reason: str, info: ValidationInfo) -> str:
        drawn(reason + info.data.get("name", ""), rare=info.data.get("rare", True), asks=RARE_TEXT)
        return reason

    def proxy(self) -> Proxy:
        """The values."""
        return Proxy(self.name, self.reason)


class IssueBody(BaseModel):
    """A basket handed out against a card."""

    model_config = _STRICT

    store: Code = Field(description="门店代号", examples=["LX01"])
    card: Code = Field(description="爱心卡号")
    lines: list[IssueLineBody] = Field(min_length=1, max_length=ISSUE_LINES_MAX)
    proxy: ProxyBody | None = None


class IssuedLine(BaseModel):
    """What went out of one lot."""

    lot: str
    barcode: str
    quantity: int


class IssueAnswer(BaseModel):
    """The issue slip."""

    number: str
    entry: str
    points_spent: int
    points_left: int
    lines: list[IssuedLine]
