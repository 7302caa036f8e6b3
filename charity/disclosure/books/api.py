"""The public ledger for programs: the figures of its page, and the check of a fingerprint."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, create_model

from charity.disclosure.api import AmountAnswer
from charity.disclosure.books import fingerprints, readers
from charity.ledger.equation import FIGURES
from charity.web import contexts, limits
from charity.web.api import Call, Endpoint, Query

LEDGERS = limits.Pace("ledger", 120, 60)
"""Calls of the public ledger by address."""


class PeriodOfBooks(Query):
    """A year, or one of its months; neither: this year."""

    year: int | None = Field(None, ge=1949, le=2999, description="年份；不填则今年")
    month: Annotated[str, StringConstraints(pattern="^[0-9]{4}-[0-9]{2}$")] | None = Field(
        None, description="月份，如 2026-10；不填则全年"
    )


class Noted(Query):
    """An entry and the beginning of its fingerprint, as somebody noted them."""

    seq: int = Field(ge=1, le=2**53 - 1, description="第几笔分录")
    fingerprint: str = Field(max_length=fingerprints.TYPED_MAX, description="指纹的前 16 位或更多")


FiguresOfPeriod = create_model(
    "FiguresOfPeriod",
    __base__=BaseModel,
    __doc__="The equation of a year or a month (docs/books.md).",
    **{  # type: ignore[call-overload] # pydantic takes the fields as names
        figure.code: (AmountAnswer, Field(description=f"{figure.name}：{figure.says}")) for figure in FIGURES
    },
)
FiguresOfMonth = create_model(
    "FiguresOfMonth",
    __base__=FiguresOfPeriod,
    __doc__="The equation of a month.",
    month=(str, Field(description="月份", examples=["2026-10"])),
)


class LineAnswer(BaseModel):
    """What came from a source, or went for a use; what is told together with others has no code."""

    kind: str = Field(description="gifts、aid、bought、advanced、administration、fundraising、lost、rest 之一")
    code: str = Field(description="募捐活动或项目的代号；合并列出的为空")
    name: str
    money_fen: int
    goods_fen: int
    count: int | None = Field(description="来源：捐赠笔数；用途：受益人次")


class FundAnswer(BaseModel):
    """A fund in money: carried + received - used + other = unspent."""

    code: str
    name: str
    carried_fen: int
    received_fen: int
    used_fen: int = Field(description="用于救助、购买物资、预拨、费用和退款")
    other_fen: int = Field(description="其他收支净额和基金间划转净额")
    unspent_fen: int


class BooksAnswer(BaseModel):
    """The public ledger of a year or a month, as the books had it after entry `seq`."""

    period: str
    equation: FiguresOfPeriod
    months: list[FiguresOfMonth]
    sources: list[LineAnswer]
    uses: list[LineAnswer]
    funds: list[FundAnswer]
    held_for_others: FundAnswer
    seq: int
    head: str = Field(description="第 seq 笔分录的指纹（SHA-256），它包含此前每一笔")


class ComparedAnswer(BaseModel):
    """Whether the entry has the fingerprint that was noted."""

    seq: int
    matches: bool


async def show_books(call: Call) -> dict[str, Any]:
    """The public ledger."""
    _hit(call)
    asked: PeriodOfBooks = call.query
    return readers.answer(await readers.read(asked.year, asked.month or ""))


async def check_fingerprint(call: Call) -> dict[str, Any]:
    """The check of a fingerprint."""
    _hit(call)
    asked: Noted = call.query
    compared = await fingerprints.compare(asked.seq, asked.fingerprint)
    return {"seq": compared.seq, "matches": compared.matches}


def _hit(call: Call) -> None:
    if call.actor is None:
        limits.hit(LEDGERS, contexts.neighbourhood(call.context.address))


endpoints = [
    Endpoint(
        "GET", "/books", show_books, params=PeriodOfBooks, answer=BooksAnswer, public=True,
        summary="账本公开：一年或一个月的收支",
    ),
    Endpoint(
        "GET", "/books/check", check_fingerprint, params=Noted, answer=ComparedAnswer, public=True,
        summary="核对账簿指纹",
    ),
]  # fmt: skip
