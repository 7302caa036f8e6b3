"""The JSON calls that settle rosters (docs/api.md)."""

from charity.giving import settling
from charity.giving.settling.forms import (
    IssuedAnswer,
    SettleBody,
    SettledAnswer,
    SingleAnswer,
    StatusAnswer,
)
from charity.ledger.writer import Answer
from charity.web.api import Call, Endpoint


async def settle(call: Call) -> Answer:
    """`POST /unit-rosters/{key}/settle`."""
    body: SettleBody = call.body
    return await settling.settle(
        call.path["key"], **body.model_dump(), by=call.by, idem=call.idem("unit_roster.settle")
    )


async def issue(call: Call) -> Answer:
    """`POST /unit-rosters/{key}/receipts`."""
    return await settling.issue(call.path["key"], by=call.by, idem=call.idem("unit_roster.issue"))


async def publish(call: Call) -> Answer:
    """`POST /unit-rosters/{key}/publish`."""
    return await settling.publish(call.path["key"], by=call.by)


async def single_out(call: Call) -> Answer:
    """`POST /donations/{key}/single-receipt`."""
    return await settling.single_out(call.path["key"], by=call.by, idem=call.idem("unit_roster.single"))


_ONE = "/unit-rosters/{key}"
endpoints = [
    Endpoint(
        "POST",
        f"{_ONE}/settle",
        settle,
        permission="gift.receive",
        body=SettleBody,
        answer=SettledAnswer,
        status=201,
        summary="名册的汇款逐人入账",
    ),
    Endpoint(
        "POST",
        f"{_ONE}/receipts",
        issue,
        permission="gift.receive",
        answer=IssuedAnswer,
        status=201,
        summary="开名册的收据",
    ),
    Endpoint("POST", f"{_ONE}/publish", publish, permission="campaign.manage", answer=StatusAnswer, summary="公示单位"),
    Endpoint(
        "POST",
        "/donations/{key}/single-receipt",
        single_out,
        permission="receipt.void",
        answer=SingleAnswer,
        status=201,
        summary="从单位汇总收据里单独开具",
    ),
]
