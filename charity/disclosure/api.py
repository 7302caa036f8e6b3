"""The public JSON answers (docs/api.md)."""

from typing import Any, Literal

from pydantic import BaseModel, Field, create_model

from charity.disclosure import campaigns as public
from charity.disclosure import figures, receipts
from charity.finance import flows
from charity.giving import campaigns
from charity.giving import receipts as giving
from charity.giving.rules import CAMPAIGN_CURSOR
from charity.ledger.equation import FIGURES
from charity.web import contexts, limits
from charity.web.api import Call, Endpoint, Page, Query
from charity.web.fields import Day

FIGURES_PACE = limits.Pace("figures", 120, 60)
"""Periods asked for by address: each may look at every gift and handing-out of its days."""


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


class Period(Query):
    """The period of the figures, both days included, of all funds, of one fund or of a campaign's."""

    begin: Day | None = Field(None, alias="from", description="开始日期；不填则自第一笔分录起")
    end: Day | None = Field(None, alias="to", description="结束日期；不填则到今天")
    campaign: str | None = Field(None, max_length=64, description="募捐活动代号：取它的基金的数字")
    fund: str | None = Field(None, max_length=64, description="基金代号")


class AmountAnswer(BaseModel):
    """A figure in money and in goods."""

    money_fen: int = Field(description="款，单位：分")
    goods_fen: int = Field(description="物，按入库价值，单位：分")


class _Counts(BaseModel):
    """What is counted beside the equation."""

    gifts: int = Field(description="捐赠笔数，款物都算，已冲销的不算")
    donors: int = Field(
        description="捐赠人数：期间的捐赠减去期间内的退款和更正后仍有余的；同一证件号码或电话只算一位，匿名的不算"
    )
    people: int = Field(description="受益户（人）数：名单上的和领取物资的，每户（人）只算一次")
    visits: int = Field(description="受益人次：每次拨付所记的人数，加上发放物资的次数")
    seq: int = Field(description="数字截至第几笔分录")


FiguresAnswer = create_model(
    "FiguresAnswer",
    __base__=_Counts,
    __doc__="The equation of a period (docs/books.md): its figures, and who gave and was helped.",
    **{  # type: ignore[call-overload] # pydantic takes the fields as names
        figure.code: (AmountAnswer, Field(description=f"{figure.name}：{figure.says}")) for figure in FIGURES
    },
)


class UseAnswer(BaseModel):
    """One payment that used part of the gift, or the small ones of a month and programme together."""

    on: str = Field(description="日期；受益不足 10 人次的拨付按月合并，为月份", examples=["2026-10-08", "2026-10"])
    programme: str
    amount_fen: int = Field(description="这笔捐赠所占的部分")
    of_fen: int = Field(description="整笔拨付（合并的则为各笔合计）")
    recipients: int | None = Field(description="整笔拨付的受益人（户）数；代收代转的款为空")


class ReceiptName(BaseModel):
    """The code and the number of a receipt."""

    code: str
    number: str


class ReceiptAnswer(BaseModel):
    """A receipt as everybody may see it: the giver is masked."""

    number: str
    status: Literal["issued", "voided", "replaced"]
    delivery: Literal["pending", "sent", "handed", "kept_undelivered"]
    amount_fen: int
    donor: str
    handler: str = Field(description="开票人（经办人）")
    campaign: str | None
    fund: str
    issued_on: str
    entry: str
    uses: list[UseAnswer]
    spent_fen: int
    refunded_fen: int
    unspent_fen: int
    received_on: str
    ended_on: str | None = Field(description="作废或更换的日期；有效的为空")
    replaced_by: ReceiptName | None = Field(description="更换成的新收据")
    seq: int = Field(description="入账的是第几笔分录")
    fingerprint: str = Field(description="那一笔分录的指纹（SHA-256）；`GET /books/check` 核对")
    content_hash: str | None = Field(None, description="作废或换开时原样送回；只对工作人员给出")


class FlowPart(BaseModel):
    """One source or end of the money."""

    figure: str = Field(description="收支等式中的数字，见 /figures；为负数时列在另一边")
    code: str | None = Field(description="基金代号（收到的）或项目代号（用于救助的），其余为空")
    name: str
    amount_fen: int = Field(description="单位：分，不小于 0")
    visits: int | None = Field(description="受益人次；不足 10 人次或不计人次的为空")


class FlowAnswer(BaseModel):
    """The way of the money of a period: each side adds up to `available_fen`, to the fen."""

    begin: str = Field(alias="from")
    end: str = Field(alias="to")
    fund: str | None
    available_fen: int = Field(description="可用的款：来源合计，也是去向（连同尚未使用的）合计")
    sources: list[FlowPart]
    ends: list[FlowPart]
    seq: int = Field(description="数字截至第几笔分录")


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


async def show_figures(call: Call) -> dict[str, Any]:
    """The equation of a period."""
    if call.actor is None:
        limits.hit(FIGURES_PACE, contexts.neighbourhood(call.context.address))
    asked: Period = call.query
    return figures.answer(await figures.of(asked.begin, asked.end, campaign=asked.campaign, fund=asked.fund))


async def show_flow(call: Call) -> dict[str, Any]:
    """The way of the money in a period."""
    if call.actor is None:
        limits.hit(FIGURES_PACE, contexts.neighbourhood(call.context.address))
    asked: Period = call.query
    way = await figures.way(asked.begin, asked.end, campaign=asked.campaign, fund=asked.fund)
    return flows.answer(way)


endpoints = [
    Endpoint(
        "GET",
        "/figures",
        show_figures,
        params=Period,
        answer=FiguresAnswer,
        public=True,
        summary="收支等式：一段时期的款物数字",
    ),
    Endpoint(
        "GET",
        "/figures/flow",
        show_flow,
        params=Period,
        answer=FlowAnswer,
        public=True,
        summary="善款的来源和去向：一段时期、一个基金或一个募捐活动",
    ),
    Endpoint(
        "GET", "/campaigns", list_campaigns, params=Page, answer=CampaignList, public=True, summary="募捐活动及其数字"
    ),
    Endpoint(
        "GET", "/campaigns/{slug}", show_campaign, answer=CampaignAnswer, public=True, summary="一个募捐活动及其数字"
    ),
    Endpoint("GET", "/receipts/{code}", show_receipt, answer=ReceiptAnswer, public=True, summary="核验收据与善款去向"),
]
