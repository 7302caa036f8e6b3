"""慈善一日捐 in the story: twelve work units (work_units.csv), each as far as one of the states of a roster.

Six are published, the seventh has paid and waits for its receipts, the eighth sent ten yuan too little, the ninth is
locked, the tenth still open, the eleventh has its organiser, the twelfth an invitation. Who pays online himself is on
no transfer, and stands on his unit's list as such.
"""

import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from charity import clock
from charity.demo import calendar, names, shares, tables
from charity.demo.plan import Plan
from charity.giving import deliveries, organisers, receipts, settling, unit_rosters
from charity.giving.demo import campaigns
from charity.giving.demo.gifts import YUAN, gift
from charity.giving.unit_rosters import RosterStatus, UnitRoster
from charity.money import yuan
from charity.office import demo as office
from charity.office import staff
from charity.people.persons import Donor
from charity.roles import SYSTEM

FIRST_ONLINE: Final = 3_000
"""First phone number of the staff who pay online."""
ONLINE: Final[Mapping[str, tuple[int, int]]] = {
    "LXU01": (2, 600), "LXU05": (12, 4_400), "LXU06": (20, 8_000), "LXU07": (6, 2_400), "LXU09": (31, 6_200),
    "LXU11": (4, 800),
}  # fmt: skip
"""How many of a unit's staff pay by its QR code, each for himself, and how many yuan they give together."""
CITIZENS: Final = 60_000_00
"""Fen that whoever is of no unit gives by the campaign's QR code."""
SHORT: Final = {"LXU08": 10_00}
"""Fen that a transfer lacks of its roster."""
INVITED, PUBLISHED = -44, -18
"""Days from the load day on which all units are invited, and on which the table of the first is published."""
ORGANISERS: Final = ("LXU10", "LXU12")
"""Units of which no organiser joins in the course: one did before the books opened, one has not yet."""


class Steps(NamedTuple):
    """Days from the load day on which a unit's roster is filled and locked, paid, and has its receipts, or None."""

    filled: int
    locked: bool = True
    paid: int | None = None
    receipts: bool = False


STORY: Final[Mapping[str, Steps]] = {
    "LXU01": Steps(-41, paid=-39, receipts=True),
    "LXU02": Steps(-41, paid=-38, receipts=True),
    "LXU03": Steps(-40, paid=-37, receipts=True),
    "LXU04": Steps(-39, paid=-36, receipts=True),
    "LXU05": Steps(-38, paid=-35, receipts=True),
    "LXU06": Steps(-37, paid=-33, receipts=True),
    "LXU07": Steps(-14, paid=-8),
    "LXU08": Steps(-10, paid=-5),
    "LXU09": Steps(-6),
    "LXU10": Steps(-5, locked=False),
}
"""By unit: the two that are not here have nothing on their roster yet."""


class Row(NamedTuple):
    """What a unit's organiser types of somebody: who, how much, the last four of his ID, and what he wishes."""

    name: str
    fen: int
    tail: str
    single: str = ""
    public: str = ""
    payroll: str = ""


def add(plan: Plan) -> None:
    """Plan the units' way, and what comes online beside."""
    chance = plan.chance_of("giving one-day")
    slug, phone = campaigns.one_day_slug(plan), FIRST_ONLINE
    invited = plan.at(_working(plan, INVITED), 9, 5)
    steps_after: list[tuple[datetime, Callable[[], Awaitable[object]]]] = []

    async def invite() -> None:
        """All units are asked; what each does stands on it."""
        units = [row["unit_code"] for row in tables.rows("work_units")]
        await unit_rosters.invite(slug, units, by=plan.by("accountant"))
        for at, do in steps_after:
            plan.add(at, do)

    plan.add(invited, invite)
    for row in tables.rows("work_units"):
        unit, steps = row["unit_code"], STORY.get(row["unit_code"])
        online = _online(row, chance)
        until = plan.day(steps.filled - 1) if steps else plan.last
        for name, fen in online:
            day = invited.date() + timedelta(days=chance.randrange(1 + (until - invited.date()).days))
            donor = Donor("person", name, names.phone(phone))
            phone += 1
            facts: dict[str, Any] = {"donor": donor, "public_name": chance.random() < 0.5}  # noqa: PLR2004
            at = plan.sometime(day, chance, (12, 22))
            gift(plan, day, chance, at=at, campaign=slug, amount_fen=fen, work_unit=unit, channel="wechat", **facts)
        if unit not in ORGANISERS:
            joined = invited + timedelta(hours=chance.randrange(1, 5))
            steps_after.append((joined, partial(_join, plan, unit, names.adult(chance))))
        if steps:
            steps_after += _steps(plan, chance, row, steps, [Row(who, fen, _tail(chance)) for who, fen in online])
    steps_after.append((plan.at(_working(plan, PUBLISHED), 15, 10), partial(_publish, plan, slug)))
    days = calendar.days(plan.day(INVITED), plan.last)
    citizens = [names.person(chance) for _ in range(400)]
    for fen in shares.small(CITIZENS, chance):
        day, who = chance.choice(days), chance.randrange(len(citizens))
        donor = Donor("person", citizens[who], names.phone(phone + who), notice=1)
        channel = chance.choice(("wechat", "wechat", "alipay"))
        public = chance.random() < 0.6  # noqa: PLR2004 - a share
        gift(plan, day, chance, campaign=slug, amount_fen=fen, channel=channel, donor=donor, public_name=public)


def _working(plan: Plan, offset: int) -> date:
    return calendar.working(plan.day(offset))


def _tail(chance: random.Random) -> str:
    return f"{chance.randrange(1_000):03d}{chance.choice('0123456789X')}"


def _wish(chance: random.Random, percent: int) -> str:
    return chance.choices(("是", ""), (percent, 100 - percent))[0]


def _online(row: dict[str, str], chance: random.Random) -> list[tuple[str, int]]:
    """Who of a unit pays online, each name once, and how much."""
    count, sum_yuan = ONLINE.get(row["unit_code"], (0, 0))
    if not count:
        return []
    chosen: dict[str, None] = {}
    while len(chosen) < count:
        chosen[names.person(chance)] = None
    return list(zip(chosen, shares.by_rank(sum_yuan * YUAN, count, chance), strict=True))


def _steps(
    plan: Plan, chance: random.Random, row: dict[str, str], steps: Steps, online: list[Row]
) -> Iterator[tuple[datetime, Callable[[], Awaitable[object]]]]:
    """A unit's list is typed in and locked, its money sent, booked by the office and receipted."""
    unit, taken = row["unit_code"], {who.name for who in online}
    amounts = shares.by_rank(tables.fen(row["personal_total"]), int(row["donors"]), chance)
    listed = []
    for fen in amounts:
        name = names.person(chance)
        while name in taken:  # his gift is not the one that came online
            name = names.person(chance)
        listed.append(Row(name, fen, _tail(chance), _wish(chance, 1), _wish(chance, 50), _wish(chance, 60)))
    rows = [*listed, *online]
    chance.shuffle(rows)
    filled = plan.at(_working(plan, steps.filled), chance.randrange(13, 17), chance.randrange(60))
    part = rows if steps.locked else rows[: len(rows) // 3]
    yield filled, partial(_fill, plan, row, part, locked=steps.locked)
    if steps.paid is None:
        return
    sent = plan.at(_working(plan, steps.paid), chance.randrange(8, 11), chance.randrange(60))
    fen = tables.fen(row["total"]) - SHORT.get(unit, 0)
    yield sent, partial(_remit, plan, unit, fen)
    if unit not in SHORT:
        ref = f"DEMO-U-{row['reference_code']}"
        yield sent + timedelta(hours=4), partial(_settle, plan, unit, fen, ref, with_receipts=steps.receipts)


# -- what is done --------------------------------------------------------------------------------------


async def _roster(plan: Plan, unit: str) -> UnitRoster:
    rows = await unit_rosters.of_unit(unit, by=plan.by("accountant"))
    return next(row for row in rows if row.campaign == campaigns.one_day_slug(plan))


async def _join(plan: Plan, unit: str, name: str) -> None:
    """The unit's organiser makes his account with the code of his invitation."""
    made = await organisers.invite(unit, name=name, by=plan.by("accountant"))
    await organisers.join(made.code, login=unit.lower(), password=office.PASSWORD)
    plan.staff[unit.lower()] = (await staff.required(unit.lower(), by=SYSTEM)).actor


async def _fill(plan: Plan, row: dict[str, str], rows: list[Row], *, locked: bool) -> None:
    """The organiser pastes the list out of a spreadsheet, takes it, and locks it as it is shown."""
    by = plan.by(row["unit_code"].lower())
    roster = await _roster(plan, row["unit_code"])
    cells = [[who.name, yuan(who.fen), who.tail, who.single, who.public, who.payroll] for who in rows]
    if not locked:  # two of those still open cannot be read yet
        cells[3][1], cells[7][1] = "12..34", "一百"
    head = ["姓名", "金额", "证件后四位", "单独开票", "公示姓名", "工资代扣"]
    await unit_rosters.stage(roster.key, text="\n".join("\t".join(line) for line in [head, *cells]), by=by)
    roster = await _roster(plan, row["unit_code"])
    shown = unit_rosters.draft_content(roster, await unit_rosters.sums(roster.key, roster.draft or 0))
    await unit_rosters.take(roster.key, replace=True, content_hash=shown.hash, by=by)
    roster = await _roster(plan, row["unit_code"])
    own = {"unit_fen": tables.fen(row["unit_donation"]), "version": roster.version}
    expected = {"expected_people": int(row["donors"]), "expected_fen": tables.fen(row["personal_total"])}
    await unit_rosters.own_gift(roster.key, **own, **expected, by=by)
    if locked:
        shown = unit_rosters.locked_content(await _roster(plan, row["unit_code"]))
        await unit_rosters.lock(roster.key, content_hash=shown.hash, checked=True, by=by)


async def _remit(plan: Plan, unit: str, fen: int) -> None:
    roster = await _roster(plan, unit)
    await unit_rosters.remit(
        roster.key,
        remitted_on=clock.today().isoformat(),
        remitted_fen=fen,
        content_hash=unit_rosters.locked_content(roster).hash,
        by=plan.by(unit.lower()),
    )


async def _settle(plan: Plan, unit: str, fen: int, ref: str, *, with_receipts: bool) -> None:
    """The cashier books the transfer, and sends the receipts of the staff and of the unit to it."""
    roster, by = await _roster(plan, unit), plan.by("cashier")
    answer = await settling.settle(
        roster.key,
        received_on=clock.today().isoformat(),
        received_fen=fen,
        channel_ref=ref,
        with_receipts=with_receipts,
        content_hash=unit_rosters.locked_content(roster).hash,
        by=by,
    )
    if with_receipts:
        codes = [await receipts.code_of(number) for number in answer.body["receipts"]]
        await deliveries.deliver_together(codes, delivery="sent", by=by)


async def _publish(plan: Plan, slug: str) -> None:
    """The table of the units whose receipts are out is published."""
    by = plan.by("accountant")
    for row in await unit_rosters.listed(campaign=slug, status=RosterStatus.RECEIPTED, limit=len(STORY), by=by):
        await settling.publish(row.key, by=by)
