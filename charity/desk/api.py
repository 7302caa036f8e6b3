"""The search of the API (docs/api.md): POST, so that no name stands in an address or a log."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from charity import words
from charity.desk import search
from charity.desk.search import TEXT_MAX
from charity.web.api import Call, Endpoint


class SearchBody(BaseModel):
    """What is looked for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str = Field(
        min_length=1,
        max_length=TEXT_MAX,
        description="编号、银行回单号，金额（按元；整数另按分读一次），姓名的开头、单位名称里的字，或附言里连续的字",
        examples=["CS-2026-000123"],
    )


class SearchHit(BaseModel):
    """One thing whose page this account may open. `more` says that there are others of its kind."""

    kind: str = Field(description="种类", examples=["捐赠"])
    number: str = Field(description="编号", examples=["CS-2026-000123"])
    title: str = Field(description="捐赠人、收款人或说明")
    on: str = Field(description="日期；没有为空")
    amount_fen: int | None = Field(None, description="金额，单位：分")
    url: str = Field(description="页面地址")


class SearchAnswer(BaseModel):
    """The hits, by kind, newest first, at most 20 of a kind. `more`: kinds of which there are others."""

    items: list[SearchHit]
    more: list[str] = Field(description="还有更多的种类")


async def find(call: Call) -> dict[str, Any]:
    """`POST /search`."""
    groups = await search.find(call.body.text, call.by)
    items = [
        {
            "kind": words.translate(hits.kind),
            "number": hit.number,
            "title": hit.title,
            "on": hit.on,
            "amount_fen": hit.amount_fen,
            "url": hit.href,
        }
        for hits in groups
        for hit in hits.items
    ]
    return {"items": items, "more": [words.translate(hits.kind) for hits in groups if hits.more]}


endpoints = [
    Endpoint(
        "POST",
        "/search",
        find,
        permission="desk.read",
        body=SearchBody,
        answer=SearchAnswer,
        summary="按编号、金额、流水号或姓名查找",
    )
]
