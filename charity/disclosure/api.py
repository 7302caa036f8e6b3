"""The public JSON answers (docs/api.md)."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from charity.disclosure import campaigns as public
from charity.disclosure import receipts
from charity.giving import campaigns
from charity.giving import receipts as giving
from charity.giving.rules import CAMPAIGN_CURSOR
from charity.web.api import Call, Endpoint, Page


class CampaignAnswer(BaseModel):
    """A campaign with its figures as the books have them after entry `seq`."""

    slug: str
    name: str
    kind: str
    status: Literal["draft", "filed", "active", "closed", "archived"]
    starts_on: str
    ends_on: str | None
    received_fen: int
    refunded_fen: int
    gifts: int
    donors: int
    seq: int


class CampaignList(BaseModel):
    """A page of campaigns."""

    items: list[CampaignAnswer]
    next: str | None


class UseAnswer(BaseModel):
    """One payment that used part of the gift."""

    on: str
    programme: str
    amount_fen: int
    recipients: int


class ReceiptAnswer(BaseModel):
    """A receipt as everybody may see it: the giver is masked."""

    number: str
    status: Literal["issued", "voided", "replaced"]
    delivery: Literal["pending", "sent", "handed", "kept_undelivered"]
    amount_fen: int
    donor: str
    campaign: str | None
    fund: str
    issued_on: str
    entry: str
    uses: list[UseAnswer]
    spent_fen: int
    refunded_fen: int
    unspent_fen: int
    content_hash: str | None = Field(None, description="作废或换开时原样送回；只对工作人员给出")


async def list_campaigns(call: Call) -> dict[str, Any]:
    """The public campaigns."""
    page: Page = call.query
    shown = await campaigns.every()
    slugs = [s.row["slug"] for s in shown]
    if page.after and page.after not in slugs:
        raise CAMPAIGN_CURSOR()
    start = slugs.index(page.after) + 1 if page.after else 0
    chosen = shown[start : start + page.limit]
    more = start + page.limit < len(shown)
    return {"items": [public.answer(s) for s in chosen], "next": slugs[start + page.limit - 1] if more else None}


async def show_campaign(call: Call) -> dict[str, Any]:
    """One campaign."""
    return public.answer(await campaigns.get(call.path["slug"]))


async def show_receipt(call: Call) -> dict[str, Any]:
    """The check of a receipt."""
    checked = await receipts.check(call.path["code"])
    staff = call.actor is not None and call.actor.may("gift.read")
    return receipts.answer(checked) | ({"content_hash": giving.content_of(checked.row).hash} if staff else {})


endpoints = [
    Endpoint(
        "GET", "/campaigns", list_campaigns, params=Page, answer=CampaignList, public=True, summary="募捐活动及其数字"
    ),
    Endpoint(
        "GET", "/campaigns/{slug}", show_campaign, answer=CampaignAnswer, public=True, summary="一个募捐活动及其数字"
    ),
    Endpoint("GET", "/receipts/{code}", show_receipt, answer=ReceiptAnswer, public=True, summary="核验收据与善款去向"),
]
