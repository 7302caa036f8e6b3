"""Verbs that confirm what was shown, called by somebody who has just seen it: for tests that are about something else."""

from typing import Any

from charity.errors import Refusal
from charity.finance import transfers
from charity.giving import pledges, receipts
from charity.goods import slips
from charity.goods.slips.content import of as slip_content
from charity.ledger.writer import Answer
from charity.roles import Actor, Role

READER = Actor("reader", "审计员", frozenset({Role.AUDITOR}))
UNSEEN = "0" * 64


async def receipt_hash(code: str) -> str:
    """The content hash of a receipt as it is now; one of nothing when there is none."""
    try:
        return receipts.content_of(await receipts.get(code)).hash
    except Refusal:
        return UNSEEN


async def void(code: str, **facts: Any) -> Answer:
    """`receipts.void` of what is shown now."""
    return await receipts.void(code, content_hash=await receipt_hash(code), **facts)


async def replace(code: str, **facts: Any) -> Answer:
    """`receipts.replace` of what is shown now."""
    return await receipts.replace(code, content_hash=await receipt_hash(code), **facts)


async def pledge_hash(code: str) -> str:
    """The content hash of a pledge as it is now; one of nothing when there is none."""
    try:
        return pledges.content_of(await pledges.get(code)).hash
    except Refusal:
        return UNSEEN


async def receive(code: str, *, amount_fen: int, **facts: Any) -> Answer:
    """`pledges.receive` of what is shown now, the sum typed twice."""
    seen = await pledge_hash(code)
    return await pledges.receive(
        code, amount_fen=amount_fen, confirmed_amount_fen=amount_fen, content_hash=seen, **facts
    )


async def transfer_back(*, number: str, **facts: Any) -> Answer:
    """`transfers.reverse` of what is shown now."""
    try:
        seen = transfers.content_of((await transfers.get(number, by=READER)).row).hash
    except Refusal:
        seen = UNSEEN
    return await transfers.reverse(number=number, content_hash=seen, **facts)


async def slip_hash(number: str) -> str:
    """The content hash of a slip as it is now; one of nothing when there is none."""
    try:
        return slip_content(await slips.get(number, by=READER)).hash
    except Refusal:
        return UNSEEN


async def reverse(*, number: str, **facts: Any) -> Answer:
    """`slips.reverse` of what is shown now."""
    return await slips.reverse(number=number, content_hash=await slip_hash(number), **facts)
