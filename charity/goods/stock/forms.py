"""What the calls of the stock take and answer."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from charity.goods.stock import movements
from charity.web.api import Page, Query


class StockQuery(Page):
    """What of the stock is asked for."""

    store: str | None = Field(None, max_length=40)
    barcode: str | None = Field(None, max_length=40)


class StockItem(BaseModel):
    """One lot at one store."""

    store: str
    barcode: str
    name: str
    lot: str
    quantity: int
    expires_on: date | None


class StockTotals(BaseModel):
    """What the whole list adds up to, not its page."""

    lots: int
    pieces: int


class StockAnswer(BaseModel):
    """A page of the stock."""

    items: list[StockItem]
    next: str | None
    totals: StockTotals


class LotQuery(Query):
    """Which page of the movements of a lot."""

    after: int | None = Field(None, ge=1)
    limit: int = Field(movements.PAGE, ge=1, le=movements.PAGE_MAX)


class LotMovement(BaseModel):
    """Pieces that a slip moved, + in and − out, and what was left in that store."""

    slip: str
    kind: Literal["intake", "issue", "reversal"]
    store: str
    effective_on: date
    seq: int
    quantity: int
    remaining: int
    reverses: str | None
    reversed_by: str | None


class LotAnswer(BaseModel):
    """A lot, where its pieces are, and a page of its movements."""

    code: str
    barcode: str
    name: str
    store: str
    fund: str
    source: Literal["gift", "purchase", "opening"]
    expires_on: date | None
    slip: str
    on_hand: dict[str, int]
    movements: list[LotMovement]
    next: int | None
