"""Reviews from outside, and what the calls of journal vouchers answer."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from charity.finance.fields import Code, Hash, Text
from charity.finance.reviews.readers import ENTRIES, PAGE
from charity.finance.reviews.verbs import VOUCHERS_MAX
from charity.web.api import Query
from charity.web.fields import Day, DayText
from charity.web.messages import Needed

AFTER_MAX = 20
Seen = Annotated[str, Field(pattern=r"^[0-9]{6}-[0-9]{4,9}:[0-9a-f]{64}$")]


class ReviewBody(BaseModel):
    """That these were looked at."""

    model_config = ConfigDict(extra="forbid")

    vouchers: list[Code] = Field(
        min_length=1, max_length=VOUCHERS_MAX, description="凭证编号", examples=[["202611-0123"]]
    )
    content_hash: Hash


class ReviewAnswer(BaseModel):
    """What was reviewed."""

    reviewed: list[str]


class LineAnswer(BaseModel):
    """A line: what the entries debited and credited of one account."""

    account: str
    debit_fen: int
    credit_fen: int


class EntryAnswer(BaseModel):
    """One entry of a voucher, with what it debited."""

    seq: int
    kind: str
    recorded_at: str
    amount_fen: int
    document: str | None = Field(description="原始凭证的编号：审批单、退款单、划转单、物资单据；捐款为其编号")
    leaf: str
    reverses: int | None
    reversed_by: int | None


class VoucherAnswer(BaseModel):
    """A journal voucher. Nobody is its maker where the entries follow from documents: 系统，据单据."""

    number: str = Field(examples=["202611-0123"])
    day: str
    kind: str
    entry_count: int
    amount_fen: int
    lines: list[LineAnswer]
    cashier: str | None = Field(description="出纳；多人时以顿号分开")
    maker: str | None = Field(description="制单；null 表示系统据单据")
    reviewer: str | None = Field(description="审核")
    reviewed_at: str | None
    unusual: list[str] = Field(
        description="reversal 冲销或更正，refund 退款，large 大额，cash 现金支付，late 补记，hours 非工作时间"
    )
    reversed: list[int] = Field(description="后来被冲销的分录")
    asked: bool = Field(description="有询问还没有答复，答复以前不能复核")
    content_hash: str


class WholeVoucher(VoucherAnswer):
    """One with its entries, a page of them."""

    entries: list[EntryAnswer]
    next: str | None


class UnreviewedList(BaseModel):
    """What waits of a day; `content_hash` is of all that is listed here, for `POST /ledger/reviews`."""

    on: str
    items: list[VoucherAnswer]
    content_hash: str
    next: str | None


class UnreviewedQuery(Query):
    """Which day."""

    on: Day | None = Field(None, description="业务日期；不写表示最早有待复核的一天")
    after: str = Field("", max_length=AFTER_MAX, description="上一页的 next")
    limit: int = Field(PAGE, ge=1, le=VOUCHERS_MAX)


class EntriesQuery(Query):
    """Which entries of a voucher."""

    after: int = Field(0, ge=0, le=2**53 - 1, description="上一页最后的 seq")
    limit: int = Field(ENTRIES, ge=1, le=500)


class DayFilter(BaseModel):
    """The day that the page shows."""

    model_config = ConfigDict(extra="ignore")

    on: DayText = ""


class EntriesFilter(BaseModel):
    """Where the entries of a voucher, or the vouchers of a month, go on."""

    model_config = ConfigDict(extra="ignore")

    after: int = Field(0, ge=0, le=2**53 - 1)


class QuestionForm(BaseModel):
    """What the reviewer wants to know."""

    question: Annotated[Text, Needed("请写明要问什么")]


class AnswerForm(BaseModel):
    """The answer."""

    answer: Annotated[Text, Needed("请填写答复")]


class ReviewForm(BaseModel):
    """The ticked vouchers of the page, each as `number:content_hash`."""

    seen: list[Seen] = Field(default_factory=list, max_length=VOUCHERS_MAX)
    on: DayText = ""

    def hashes(self) -> dict[str, str]:
        """Content hashes by number."""
        return dict(part.split(":") for part in self.seen)
