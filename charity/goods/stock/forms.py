"""What the calls of the stock take and answer."""

from datetime import date

from pydantic import BaseModel, Field

from charity.web.api import Page


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


class StockAnswer(BaseModel):
    """A page of the stock."""

    items: list[StockItem]
    next: str | None
