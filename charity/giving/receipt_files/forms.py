"""Which receipts a file is asked for: the filters of their list, or a roster."""

from typing import Literal

from pydantic import BaseModel, Field

from charity.giving.fields import Body, Code
from charity.giving.receipts.forms import ReceiptsQuery
from charity.web.fields import ContentHash, DayText


class FileQuery(ReceiptsQuery):
    """The filters in the address of the page that asks; `roster` is the key of a settled roster."""

    roster: str = Field("", max_length=64)


class OrderForm(BaseModel):
    """What was shown when the button was pressed."""

    content_hash: ContentHash


class FileBody(Body):
    """Which receipts: those with these filters, or those of a settled roster."""

    roster: Code | None = Field(None, description="已入账的单位名册；填了它，其他条件不用")
    status: Literal["issued", "voided", "replaced"] = Field("issued", description="收据状态")
    delivery: Literal["pending", "sent", "handed", "kept_undelivered"] | None = Field(None, description="送达情况")
    from_on: DayText = Field("", alias="from", description="开具日期自", examples=["2026-11-01"])
    to_on: DayText = Field("", alias="to", description="开具日期至", examples=["2026-11-30"])


class FileAnswer(BaseModel):
    """A file of receipts; `done` of `receipts` are printed."""

    id: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    receipts: int
    done: int
    error: str | None = Field(None, description="失败原因")
    file: str | None = Field(None, description="下载地址")
    ended: list[str] = Field(description="制作以后作废或更换的收据编号")
