"""Work units that give together in one-day giving.

Source: Charity Law 32 (no apportionment), field.md 2.4: never against a target, units without a gift
are never listed, an amount is shown only where the unit wishes it.
"""

from dataclasses import dataclass

from charity import clock
from charity.db import reading, transactions
from charity.db.transactions import Tx
from charity.giving import rules
from charity.giving.models import WorkUnit
from charity.roles import PUBLIC, Actor


@dataclass(frozen=True, slots=True)
class Giving:
    """What came from a unit in a campaign; `net_fen` is None where the unit does not want it shown."""

    code: str
    name: str
    donors: int
    gifts: int
    net_fen: int | None


async def add(
    *, code: str, name: str, kind: str, reference: str, staff: int | None = None, show_amount: bool = False, by: Actor
) -> None:
    """Keep a unit. Its reference is what it writes into a bank remark."""
    by.must("campaign.manage")

    async def work(tx: Tx) -> None:
        if await tx.row("SELECT code FROM work_unit WHERE code = $1 OR reference = $2", code, reference):
            raise rules.WORK_UNIT_EXISTS(code=code, reference=reference)
        row = {
            "code": code,
            "name": name,
            "kind": kind,
            "staff": staff,
            "reference": reference,
            "show_amount": show_amount,
            "created_at": clock.stamp(),
        }
        await tx.insert("work_unit", [row])

    await transactions.run(work)


async def every() -> list[WorkUnit]:
    """All units by code."""
    return await WorkUnit.visible_to(PUBLIC).order_by("code")


async def giving(campaign: str, *, sort: str = "participation") -> list[Giving]:
    """The units that have given, by participation or by name (in the order of pinyin)."""
    rows = await reading.rows(
        "SELECT u.code, u.name, u.show_amount, s.donors, s.gifts, s.net_fen AS net FROM unit_sum s "
        "JOIN work_unit u ON u.code = s.work_unit WHERE s.campaign = $1 AND s.net_fen > 0",
        campaign,
    )
    units = [
        Giving(r["code"], r["name"], r["donors"], r["gifts"], r["net"] if r["show_amount"] else None) for r in rows
    ]
    units.sort(key=lambda g: g.name.encode("gb18030", "replace"))  # GB 2312 orders its first level by pinyin
    return units if sort == "name" else sorted(units, key=lambda g: -g.donors)
