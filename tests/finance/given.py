"""What tests of finance start from: gifts of two funds in the till and with WeChat."""

import itertools
from collections.abc import Awaitable
from typing import Any

import pytest
from cast import Cast
from giving.given import give

from charity import clock
from charity.db import reading
from charity.errors import Refusal
from charity.finance.models import TransferKind
from charity.finance.transfers import Transfer
from charity.ledger import places
from charity.ledger.writer import Answer

SLIPS = itertools.count(1_001)
CASH, BANK, WECHAT = "1001/-", "1002/ICBC-01", "1009/WECHAT"


async def gifts(house: Cast) -> None:
    """300.00 of F-GEN and 50.00 of F-EDU with WeChat, 80.00 of F-GEN in the till."""
    await give(house, 30_000, channel="wechat", channel_ref="W-1")
    await give(house, 5_000, campaign="dream-2026", channel="wechat", channel_ref="W-2")
    await give(house, 8_000)


async def asked(kind: str = "deposit", source: str = CASH, target: str = BANK, **changes: Any) -> Transfer:
    """A transfer as a caller asks for it."""
    return Transfer(
        kind=TransferKind(kind),
        source=await places.get(source, field="from"),
        target=await places.get(target, field="to"),
        **{"on": clock.today(), "lines": (("F-GEN", 8_000),), "channel_ref": f"ICBC-{next(SLIPS)}", **changes},
    )


async def settlement(fee_fen: int = 210, **changes: Any) -> Transfer:
    """All that WeChat holds, less its fee."""
    lines = (("F-EDU", 5_000), ("F-GEN", 30_000))
    return await asked("settlement", WECHAT, **{"lines": lines, "fee_fen": fee_fen, **changes})


async def held() -> dict[str, int]:
    """Money by account."""
    return {f"{part.place}/{part.fund}": part.fen for part in await places.held()}


async def refused(code: str, done: Awaitable[Answer]) -> Refusal:
    """The refusal of this code; nothing is posted."""
    before = await reading.value("SELECT seq FROM head")
    with pytest.raises(Refusal) as caught:
        await done
    assert caught.value.code == code
    assert await reading.value("SELECT seq FROM head") == before
    return caught.value
