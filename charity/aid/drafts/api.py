"""The JSON call that finds payees (docs/api.md)."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from charity.aid.drafts import finding
from charity.aid.drafts.forms import QUERY_MAX
from charity.aid.payees import PayeeKind
from charity.web.api import Call, Endpoint

Query = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=QUERY_MAX)]


class SearchBody(BaseModel):
    """What is looked for."""

    model_config = ConfigDict(extra="forbid")

    query: Query = Field(description="姓名或名称的开头、编号，或乡镇的名称", examples=["王"])


class MatchAnswer(BaseModel):
    """One payee; `open` is false for a household that is closed."""

    kind: PayeeKind
    code: str
    name: str
    township: str
    open: bool


class SearchAnswer(BaseModel):
    """The first payees; `more` says that there are others."""

    items: list[MatchAnswer]
    more: bool


async def search(call: Call) -> dict[str, Any]:
    """`POST /aid/payees/search`: a POST, for names are in no address."""
    matches, more = await finding.search(call.body.query, by=call.by)
    items = [
        {"kind": one.kind, "code": one.code, "name": one.name, "township": one.township, "open": one.open}
        for one in matches
    ]
    return {"items": items, "more": more}


endpoints = [
    Endpoint(
        "POST",
        "/aid/payees/search",
        search,
        permission="voucher.make",
        body=SearchBody,
        answer=SearchAnswer,
        summary="查找收款方@api",
    ),
]
