"""The JSON API of the books: codes for everybody who works here, the journal for those who check it."""

from pydantic import BaseModel, Field

from charity.ledger import entries, funds
from charity.web.api import Call, Endpoint, Page, Query
from charity.web.fields import Day


class PlanLineAnswer(BaseModel):
    """A line of a fund's plan."""

    programme: str = Field(examples=["P03"])
    amount_fen: int = Field(description="募捐方案计划的金额")
    used_fen: int


class PlanAnswer(BaseModel):
    """The filed plan of a campaign's fund, and what was used of it."""

    lines: list[PlanLineAnswer]
    cost_fen: int = Field(description="募捐成本上限")
    cost_used_fen: int


class FundAnswer(BaseModel):
    """A fund. `available_fen` is what its stream can still pay."""

    code: str = Field(examples=["F-GEN"])
    name: str
    name_en: str
    kind: str = Field(description="unrestricted 非限定性，restricted 限定性，agency 受托代理")
    programmes: list[str] = Field(description="可用于哪些项目；空表示不限")
    available_fen: int
    plan: PlanAnswer | None = Field(description="募捐方案的计划与已用；没有方案的基金为空")


class FundList(BaseModel):
    """All funds."""

    items: list[FundAnswer]
    next: None = None


class ProgrammeAnswer(BaseModel):
    """A programme."""

    code: str = Field(examples=["P01"])
    name: str
    name_en: str


class ProgrammeList(BaseModel):
    """All programmes."""

    items: list[ProgrammeAnswer]
    next: None = None


class PostingAnswer(BaseModel):
    """One line of an entry: debit positive, credit negative."""

    account: str
    unit: str
    quantity: int


class EntryAnswer(BaseModel):
    """One entry; `body` is the hashed text itself, `leaf` = SHA-256(0x00 || body) in hex."""

    seq: int
    id: str
    kind: str
    recorded_at: str
    effective_on: str
    postings: list[PostingAnswer]
    reverses: int | None
    prev: str
    leaf: str
    body: str


class EntryList(BaseModel):
    """Entries in the order of seq."""

    items: list[EntryAnswer]
    next: str | None


class EntryQuery(Query):
    """Where to begin and how many."""

    after: int = Field(0, ge=0, le=2**53 - 1, description="上一页最后的 seq")
    limit: int = Field(100, ge=1, le=entries.ENTRIES_MAX)


class BalanceAnswer(BaseModel):
    """The balance of one account in one unit."""

    account: str
    unit: str
    quantity: int


class BalanceList(BaseModel):
    """Balances by account and unit."""

    items: list[BalanceAnswer]
    next: str | None


class BalanceQuery(Page):
    """Filters of the balances."""

    on: Day | None = Field(None, description="业务日期；不写表示现在")
    fund: str | None = Field(None, max_length=40)
    account: str | None = Field(None, max_length=120, description="完整代码或开头，如 1002")


async def list_funds(call: Call) -> FundList:  # noqa: ARG001 - the handler's signature
    """All funds."""
    return FundList.model_validate({"items": [vars_of(f) for f in await funds.every()]})


async def list_programmes(call: Call) -> ProgrammeList:  # noqa: ARG001 - the handler's signature
    """All programmes."""
    rows = await funds.programmes()
    return ProgrammeList(items=[ProgrammeAnswer(code=p.code, name=p.name, name_en=p.name_en) for p in rows])


def vars_of(fund: funds.FundRow) -> dict[str, object]:
    """A fund as JSON facts."""
    names = ("code", "name", "name_en", "kind", "available_fen")
    plan = None
    if fund.plan is not None:
        *lines, cost = fund.uses
        plan = {
            "lines": [{"programme": u.line, "amount_fen": u.planned_fen, "used_fen": u.used_fen} for u in lines],
            "cost_fen": cost.planned_fen,
            "cost_used_fen": cost.used_fen,
        }
    return {**{n: getattr(fund, n) for n in names}, "programmes": list(fund.programmes), "plan": plan}


async def list_entries(call: Call) -> EntryList:
    """The journal behind a seq."""
    query: EntryQuery = call.query
    rows = await entries.after(query.after, limit=query.limit)
    following = str(rows[-1]["seq"]) if len(rows) == query.limit else None
    return EntryList.model_validate({"items": rows, "next": following})


async def list_balances(call: Call) -> BalanceList:
    """Balances as of a business date, or now."""
    query: BalanceQuery = call.query
    rows = await entries.balances(
        on=query.on.isoformat() if query.on else None,
        fund=query.fund,
        account=query.account,
        after=query.after or "",
        limit=query.limit,
    )
    following = f"{rows[-1]['account']}|{rows[-1]['unit']}" if len(rows) == query.limit else None
    return BalanceList.model_validate({"items": rows, "next": following})


endpoints = [
    Endpoint("GET", "/funds", list_funds, permission="codes.read", answer=FundList, summary="基金@api"),
    Endpoint(
        "GET", "/programmes", list_programmes, permission="codes.read", answer=ProgrammeList, summary="慈善项目@api"
    ),
    Endpoint(
        "GET",
        "/ledger/entries",
        list_entries,
        permission="ledger.read",
        answer=EntryList,
        params=EntryQuery,
        summary="分录@api",
    ),
    Endpoint(
        "GET",
        "/ledger/balances",
        list_balances,
        permission="ledger.read",
        answer=BalanceList,
        params=BalanceQuery,
        summary="余额",
    ),
]
