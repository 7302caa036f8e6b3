"""Strings in: which year, and what the giver proves himself by."""

from pydantic import BaseModel, Field

from charity.giving.copies.forms import ProofBody, ProofForm


class YearForm(ProofForm):
    """The year beside the proof."""

    year: int = 0


class YearBody(ProofBody):
    """The year beside the proof."""

    year: int = Field(description="公历年，按到账日期（北京时间）", examples=[2026])


class GiftLine(BaseModel):
    """A gift of the year."""

    received_on: str
    kind: str = Field(description="cash 货币、in_kind 实物")
    project: str
    amount_fen: int | None = Field(None, description="没有计价依据的实物为空")
    refunded_fen: int
    stands_fen: int = Field(description="计入合计的金额")
    state: str = Field(description="ok 有效、partly 部分退款、refunded 已退款、corrected 已更正")
    receipt: str = Field(description="最后一张收据的编号，没有为空")
    receipt_status: str = Field(description="issued 有效、voided 已作废、replaced 已更换")


class YearAnswer(BaseModel):
    """What one giver gave in a year."""

    year: int
    donor: str
    donor_id: str
    money_fen: int
    goods_fen: int
    gifts: list[GiftLine]
