"""Databases of 10,000 and of 1,000,000 gifts, built once through the real verbs and kept.

python -m bench.million sqlite 1000000
python -m bench.million postgres 10000

The demo city two years ago, then two years of days: gifts of 100,000 phone numbers over seven campaigns with their
funds and channels, and in proportion pledges, refunds, receipts voided and replaced, vouchers paid, goods in and
out. Kept under /var/tmp/charity-bench (or $BENCH_DIR); a later `charity migrate` brings it up to date, and a
database whose migrations no longer fit is built again.
"""

import asyncio
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Iterator
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

from bench import servers

KEPT = Path(os.environ.get("BENCH_DIR", "/var/tmp")) / "charity-bench"  # noqa: S108 - a real disk, kept between runs
DAYS = 730
AT_ONCE = 1_024
NICE = 10
PAGE = 51
"""One more than the first page of a list shows."""
WAITING_MAX = 40
"""Vouchers, pledges and refunds that lie on the desks: the same at every size, as people work them off."""
CAMPAIGNS = (
    # slug, kind, fund, programmes of its plan, share of the gifts
    ("warm-million", "winter", "F-MWARM", ("P04",), 14),
    ("dream-million", "education", "F-MEDU", ("P01",), 14),
    ("orphans-million", "orphan", "F-MORP", ("P02",), 7),
    ("flood-million", "disaster", "F-MDIS", ("P08",), 10),
    ("one-day-million", "one_day", "F-MONE", ("P03", "P09"), 25),
    ("forward-million", "agency", "F-YS10", (), 3),
    ("everyday", "", "", (), 27),
)
PLANNED = 10**12
CHANNELS = ("wechat", "alipay", "bank", "cash")
CHANNEL_SHARES = (60, 20, 12, 8)
AMOUNTS = (1_000, 2_000, 5_000, 6_666, 8_800, 10_000, 20_000, 36_500, 50_000, 100_000)
PAYMENTS = (("F-MONE", "P03"), ("F-MONE", "P09"), ("F-MWARM", "P04"), ("F-MEDU", "P01"), ("F-MORP", "P02"))


@contextlib.contextmanager
def city(kind: str, gifts: int) -> Iterator[servers.House]:
    """A house with so many gifts, built when it is not there; `kind` is sqlite or postgres."""
    with cities(kind, gifts) as (at,):
        yield at


@contextlib.contextmanager
def cities(kind: str, *sizes: int) -> Iterator[list[servers.House]]:
    """A house of each size; on PostgreSQL as databases of one server."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(servers.postgres(KEPT / "postgres-data")) if kind == "postgres" else ""
        houses = []
        for gifts in sizes:
            place = KEPT / f"{kind}-{gifts}"
            place.mkdir(parents=True, exist_ok=True)
            name = f"{url.rpartition('/')[0]}/gifts_{gifts}" if url else f"sqlite://{place}/house/charity.db"
            houses.append(_ready(servers.House(place / "house", _environment(place, name)), gifts))
        yield houses


def _environment(place: Path, url: str) -> dict[str, str]:
    plain = {k: v for k, v in os.environ.items() if not k.startswith("CHARITY_")}
    return plain | {"CHARITY_DATABASE_URL": url, "CHARITY_DATA_DIR": str(place / "house")}


def _ready(at: servers.House, gifts: int) -> servers.House:
    built = at.folder.parent / "built.json"
    if built.exists():
        try:
            at.run("migrate")
        except RuntimeError as error:  # a migration was changed since: it is cheaper to build than to guess
            print(f"  {at.folder.parent.name} is built again: {str(error).strip().splitlines()[-1]}", flush=True)
            built.unlink()
    if not built.exists():
        shutil.rmtree(at.folder, ignore_errors=True)
        at.folder.mkdir(parents=True)
        began = time.perf_counter()
        _child(at, "--build", gifts)
        record = {"gifts": gifts, "seconds": round(time.perf_counter() - began)}
        built.write_text(json.dumps(record), encoding="utf-8")
    for step in ("desks", "full"):
        done = built.with_name(f"{step}.json")
        if not done.exists() or done.stat().st_mtime < built.stat().st_mtime:
            _child(at, f"--{step}", gifts)
            done.write_text("{}", encoding="utf-8")
    return at


def _child(at: servers.House, step: str, gifts: int) -> None:
    child(at, "bench.million", step, str(gifts))


def child(at: servers.House, module: str, *words: str) -> None:
    """Run a module of the bench on this database, gently."""
    command = [sys.executable, "-m", module, *words]
    subprocess.run(command, cwd=servers.ROOT, env=at.environment, check=True, preexec_fn=lambda: os.nice(NICE))


# -- in the child that builds ------------------------------------------------------------------------


class Years:
    """Two years of gifts; `chance` decides all, so that two builds are alike."""

    def __init__(self, gifts: int) -> None:
        from charity import clock  # noqa: PLC0415 - rooms are imported by the child only

        self.gifts = gifts
        self.chance = random.Random(gifts)
        self.first = clock.today() - timedelta(days=DAYS)
        self.phones = [f"13{n:09d}" for n in self.chance.sample(range(10**9), max(gifts // 10, 1))]
        self.staff: dict[str, Any] = {}
        self.households: list[str] = []
        self.cards: list[tuple[str, str]] = []
        self.units: list[str] = []
        self.goods: list[Any] = []
        self.refused: dict[str, int] = {}

    async def build(self) -> None:
        """The city, then day after day."""
        from charity import tokens  # noqa: PLC0415
        from charity.app import CHAPTERS  # noqa: PLC0415
        from charity.demo import story  # noqa: PLC0415

        await story.load(CHAPTERS, as_of=self.first)
        with tokens.seeded(f"million {self.gifts}"):
            await self._know()
            await self._campaigns()
            began, done = time.perf_counter(), 0
            for n in range(DAYS):
                done += await self._day(self.first + timedelta(days=n + 1), n, self.gifts - done, DAYS - n)
                if n % 10 == 9 or n == DAYS - 1:
                    rate = done / (time.perf_counter() - began)
                    print(f"  {done:>9,} of {self.gifts:,} gifts, {rate:,.0f}/s", end="\r", flush=True)
        print(f"\n  refused: {self.refused or 'nothing'}", flush=True)

    async def desks(self) -> None:
        """What waits on the last day, so that every kind of page has something to show."""
        from charity import clock  # noqa: PLC0415
        from charity.documents import exports  # noqa: PLC0415
        from charity.giving import refunds  # noqa: PLC0415
        from charity.printing.document import Filters  # noqa: PLC0415

        await self._know()
        today, by = clock.today(), self.staff["accountant"]
        for _ in range(WAITING_MAX):
            await self._voucher(today, end="approved")
            gift = await self._walk_in(today)
            await refunds.request(gift["id"], amount_fen=10_000, cause="mistaken", reason="重复支付", by=by)
        day = today.isoformat()
        await exports.start(report="stock", fmt="csv", filters=Filters(day, day), by=by)

    async def full(self) -> None:
        """Fill the first page of what 10,000 gifts leave half empty, so that both sizes show as many rows.

        A store's register of gifts and of issues, lots by item and by day, receipts that were voided or replaced.
        """
        from charity import clock  # noqa: PLC0415

        await self._know()
        today = clock.today()
        month_before = today.replace(day=1) - timedelta(days=5)
        for day, store in ((month_before, "LX01"), (today, "LX01"), (today, "LX00")):
            with clock.fixed(_at(day, 17)):
                for _ in range(PAGE):
                    await self._shelved(day, store)
        issued = sum([await self._issued(n) for n in range(PAGE * 2)])
        for _ in range(PAGE):
            await self._void(await self._walk_in(today))
            await self._replace(await self._walk_in(today))
        print(f"  filled: {issued} issues; refused: {self.refused or 'nothing'}", flush=True)

    async def gifts_of(self, givers: list[str]) -> None:
        """A small gift in cash of each of these people, today."""
        from charity import clock  # noqa: PLC0415
        from charity.giving import donations  # noqa: PLC0415
        from charity.people.persons import Donor  # noqa: PLC0415

        await self._know()
        facts = {"campaign": "everyday", "amount_fen": 1_000, "confirmed_amount_fen": 1_000, "channel": "cash"}
        facts |= {"received_on": clock.today().isoformat(), "by": self.staff["cashier"]}
        for n in range(0, len(givers), AT_ONCE):
            await self._all(
                donations.receive(donor=Donor("person", name, self.chance.choice(self.phones)), **facts)
                for name in givers[n : n + AT_ONCE]
            )

    async def _shelved(self, day: date, store: str) -> None:
        """Six lots of the items that lists show first; some expire before long, of last month's some have."""
        from charity.demo import names  # noqa: PLC0415
        from charity.goods import intake  # noqa: PLC0415
        from charity.people.persons import Donor  # noqa: PLC0415

        first = sorted(self.goods, key=lambda good: good.barcode)[:6]
        lines = [
            intake.IntakeLine(good.barcode, 20, day + timedelta(days=2 + 10 * (n % 3)), good.value_fen, None, "invoice")
            for n, good in enumerate(first)
        ]
        donor = Donor("organisation", self.chance.choice(names.FIRMS))
        await intake.take_in(store=store, source="gift", lines=lines, donor=donor, by=self.staff["storekeeper"])

    async def _issued(self, n: int) -> int:
        """Whether a household took the cheapest item home; the points of some do not reach."""
        from charity.errors import Refusal  # noqa: PLC0415
        from charity.goods import till  # noqa: PLC0415
        from charity.goods.till import Line  # noqa: PLC0415

        cards = [card for card, store in self.cards if store == "LX01"]
        cheapest = min(sorted(self.goods, key=lambda good: good.barcode)[:6], key=lambda good: good.points)
        lines = [Line(quantity=1, barcode=cheapest.barcode)]
        try:
            await till.issue(store="LX01", card=cards[n % len(cards)], lines=lines, by=self.staff["storekeeper"])
        except Refusal as refusal:
            self.refused[refusal.code] = self.refused.get(refusal.code, 0) + 1
            return 0
        return 1

    async def _know(self) -> None:
        from charity.db import reading  # noqa: PLC0415
        from charity.goods import demo as goods_demo  # noqa: PLC0415
        from charity.office import demo as office_demo  # noqa: PLC0415
        from charity.office import staff  # noqa: PLC0415
        from charity.roles import SYSTEM  # noqa: PLC0415

        for login, *_ in office_demo.STAFF:
            account = await staff.by_login(login, by=SYSTEM)
            assert account is not None, login
            self.staff[login] = account.actor
        self.households = [r["code"] for r in await reading.rows("SELECT code FROM household ORDER BY code")]
        self.units = [r["code"] for r in await reading.rows("SELECT code FROM work_unit ORDER BY code")]
        cards = await reading.rows(
            "SELECT c.code, h.store FROM card c JOIN household h ON h.key = c.household WHERE c.status = 'active' "
            "ORDER BY c.code"
        )
        self.cards = [(row["code"], row["store"]) for row in cards]
        goods = goods_demo.catalogue()
        self.goods = [goods[sku] for sku in (*goods_demo.STAPLES, *goods_demo.LONG_LIVED)]

    async def _campaigns(self) -> None:
        from charity import clock  # noqa: PLC0415
        from charity.giving import campaigns, suggested  # noqa: PLC0415
        from charity.ledger.plans import Plan  # noqa: PLC0415

        by = self.staff["accountant"]
        filed_on = (self.first - timedelta(days=20)).isoformat()
        with clock.fixed(_at(self.first, 20)):
            for slug, kind, fund, programmes, _ in CAMPAIGNS:
                if kind:
                    new = campaigns.NewCampaign(
                        slug=slug,
                        name=f"{slug} 募捐",
                        name_en=slug,
                        kind=kind,
                        starts_on=self.first.isoformat(),
                        ends_on=(self.first + timedelta(days=DAYS + 365)).isoformat(),
                        fund=fund,
                        plan=Plan(tuple((p, PLANNED) for p in programmes), 0) if programmes else None,
                        prefix=slug[:2].upper(),
                        purpose="两年的捐赠",
                        facts={fact.field: "no" if fact.choices else "如方案" for fact in campaigns.KEPT}
                        | {"partner_kind": "none", suggested.FIELD: ""},
                    )
                    await campaigns.create(new, by=by)
                    platform = f"https://platform.invalid/{slug}"
                    await campaigns.file(slug, filing_no=f"备{slug}", platform_url=platform, filed_on=filed_on, by=by)
                    await campaigns.activate(slug, by=by)
                await campaigns.known(slug)

    async def _day(self, day: date, n: int, left: int, days: int) -> int:
        """The gifts of a day in bursts, then what other people do; how many gifts it was."""
        from charity import clock  # noqa: PLC0415

        due = left if days == 1 else round(left / days)
        for begun in range(0, due, AT_ONCE):
            with clock.fixed(_at(day, 9, begun)):
                await self._all(self._gift(day) for _ in range(min(AT_ONCE, due - begun)))
        with clock.fixed(_at(day, 16)):
            await self._people(day, n)
        return due

    async def _all(self, calls: Iterator[Awaitable[Any]]) -> None:
        from charity.errors import Refusal  # noqa: PLC0415

        for outcome in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(outcome, Refusal):  # a shelf or a fund that is empty by then
                self.refused[outcome.code] = self.refused.get(outcome.code, 0) + 1
            elif isinstance(outcome, BaseException):
                raise outcome

    def _gift(self, day: date) -> Awaitable[Any]:
        from charity.demo import names  # noqa: PLC0415
        from charity.giving import donations  # noqa: PLC0415
        from charity.people.persons import Donor  # noqa: PLC0415

        chance = self.chance
        slug = chance.choices([c[0] for c in CAMPAIGNS], [c[4] for c in CAMPAIGNS])[0]
        channel = chance.choices(CHANNELS, CHANNEL_SHARES)[0]
        kind = chance.random()
        if kind < 0.03:
            donor = Donor("anonymous")
        elif kind < 0.05:
            donor = Donor("organisation", chance.choice(names.FIRMS))
        else:
            donor = Donor("person", names.person(chance), chance.choice(self.phones))
        fen = chance.choice(AMOUNTS)
        return donations.receive(
            campaign=slug,
            amount_fen=fen,
            confirmed_amount_fen=fen,
            received_on=day.isoformat(),
            channel=channel,
            channel_ref="" if channel == "cash" else f"M{chance.randrange(16**15):015X}",
            donor=donor,
            work_unit=chance.choice(self.units) if slug.startswith("one-day") and chance.random() < 0.8 else None,
            public_name=chance.random() < 0.5,
            public_amount=chance.random() < 0.9,
            by=self.staff["cashier"],
        )

    def _times(self, share: float) -> range:
        """How often something happens today that happens to this share of the gifts."""
        due = self.gifts * share / DAYS
        return range(int(due) + (self.chance.random() < due % 1))

    async def _people(self, day: date, n: int) -> None:
        late = n >= DAYS - WAITING_MAX
        await self._all(self._pledge(day, paid=True) for _ in self._times(0.01))
        await self._all(self._pledge(day, paid=False) for _ in range(int(late)))
        gifts = [await self._walk_in(day) for _ in self._times(0.003)]
        for at, gift in enumerate(gifts):
            await (self._refund, self._void, self._replace)[at % 3](gift)
        await self._all(self._voucher(day, end="paid") for _ in self._times(0.002))
        await self._all(self._voucher(day, end="made") for _ in range(int(late)))
        await self._goods(day)

    async def _walk_in(self, day: date) -> dict[str, Any]:
        from charity.giving import donations  # noqa: PLC0415
        from charity.people.persons import Donor  # noqa: PLC0415

        given = await donations.receive(
            campaign="everyday",
            amount_fen=30_000,
            confirmed_amount_fen=30_000,
            received_on=day.isoformat(),
            channel="cash",
            donor=Donor("person", "周立", self.chance.choice(self.phones)),
            by=self.staff["cashier"],
        )
        return given.body

    async def _pledge(self, day: date, *, paid: bool) -> None:
        from charity.demo import names  # noqa: PLC0415
        from charity.giving import pledges  # noqa: PLC0415
        from charity.people.persons import Donor  # noqa: PLC0415

        fen = self.chance.choice(AMOUNTS)
        promise = pledges.Promise(
            campaign="everyday",
            amount_fen=fen,
            channel="bank",
            donor=Donor("person", names.person(self.chance), self.chance.choice(self.phones)),
            public_name=True,
            public_amount=True,
        )
        made = (await pledges.promise(promise)).body
        if paid:
            row = await pledges.get(made["code"])
            await pledges.receive(
                row.code,
                content_hash=pledges.content_of(row).hash,
                amount_fen=fen,
                received_on=day.isoformat(),
                channel="bank",
                channel_ref=f"P{made['reference']}",
                by=self.staff["cashier"],
            )

    async def _refund(self, gift: dict[str, Any]) -> None:
        from charity import clock  # noqa: PLC0415
        from charity.giving import refunds  # noqa: PLC0415

        asked = await refunds.request(
            gift["id"], amount_fen=30_000, cause="mistaken", reason="重复支付", by=self.staff["accountant"]
        )
        number = asked.body["number"]
        await refunds.approve(number, content_hash=asked.body["content_hash"], by=self.staff["accountant2"])
        await refunds.pay(
            number,
            paid_on=clock.today(),
            content_hash=await refunds.content_hash(number),
            by=self.staff["cashier"],
        )

    async def _void(self, gift: dict[str, Any]) -> None:
        from charity.giving import receipts  # noqa: PLC0415

        code = gift["receipt"]["code"]
        seen = receipts.content_of(await receipts.get(code)).hash
        await receipts.void(code, reason="打印错误", content_hash=seen, by=self.staff["accountant"])

    async def _replace(self, gift: dict[str, Any]) -> None:
        from charity.giving import receipts  # noqa: PLC0415
        from charity.people.persons import Donor  # noqa: PLC0415

        code, right = gift["receipt"]["code"], Donor("person", "周丽")
        facts = {"reason": "姓名写错", "content_hash": receipts.content_of(await receipts.get(code)).hash}
        await receipts.replace(code, donor=right, by=self.staff["accountant"], **facts)

    async def _voucher(self, day: date, *, end: str) -> None:
        from charity.aid import payments, vouchers  # noqa: PLC0415
        from charity.aid.vouchers import Content  # noqa: PLC0415

        fund, programme = self.chance.choice(PAYMENTS)
        content = Content(
            programme=programme,
            fund=fund,
            payee_kind="household",
            payee=self.chance.choice(self.households),
            amount_fen=self.chance.choice((100_000, 150_000, 200_000, 400_000)),
            recipients=self.chance.randrange(1, 5),
            reason="困难救助",
        )
        made = (await vouchers.make(content=content, by=self.staff["caseworker"])).body
        if end == "made":
            return
        number, content_hash = made["number"], made["content_hash"]
        await vouchers.approve(number=number, content_hash=content_hash, by=self.staff["approver"])
        await vouchers.approve(number=number, content_hash=content_hash, by=self.staff["approver2"])
        if end == "approved":
            return
        paid = {"paid_on": day, "channel_ref": f"M-{number}", "content_hash": content_hash}
        await payments.pay(number=number, **paid, by=self.staff["cashier"])

    async def _goods(self, day: date) -> None:
        from charity.goods import points  # noqa: PLC0415

        if day.day == 1 and day.month in {1, 4, 7, 10}:
            await points.grant_cycle(by=self.staff["caseworker"])
            await points.expire(by=self.staff["caseworker"])
        await self._all(self._intake(day) for _ in self._times(0.001))
        await self._all(self._issue() for _ in self._times(0.004))

    def _intake(self, day: date) -> Awaitable[Any]:
        from charity.demo import names  # noqa: PLC0415
        from charity.goods import intake  # noqa: PLC0415
        from charity.people.persons import Donor  # noqa: PLC0415

        lines = [
            intake.IntakeLine(
                good.barcode,
                self.chance.randrange(10, 60),
                day + timedelta(days=int(good.shelf_life_days * 0.9)) if good.shelf_life_days else None,
                good.value_fen,
                None,
                "invoice",
            )
            for good in self.chance.sample(self.goods, 6)
        ]
        donor = Donor("organisation", self.chance.choice(names.FIRMS))
        store = self.chance.choice(self.cards)[1]
        return intake.take_in(store=store, source="gift", lines=lines, donor=donor, by=self.staff["storekeeper"])

    def _issue(self) -> Awaitable[Any]:
        from charity.goods import till  # noqa: PLC0415
        from charity.goods.till import Line  # noqa: PLC0415

        card, store = self.chance.choice(self.cards)
        lines = [Line(quantity=1, barcode=good.barcode) for good in self.chance.sample(self.goods, 2)]
        return till.issue(store=store, card=card, lines=lines, by=self.staff["storekeeper"])


def _at(day: date, hour: int, second: int = 0) -> datetime:
    from charity import clock  # noqa: PLC0415

    return datetime.combine(day, clock_time(hour), tzinfo=clock.SHANGHAI) + timedelta(seconds=second)


async def _whole(step: str, gifts: int) -> None:
    from charity.app import MODELS  # noqa: PLC0415
    from charity.db import engine, migrations  # noqa: PLC0415
    from charity.ledger import writer  # noqa: PLC0415
    from charity.settings import settings  # noqa: PLC0415

    if step == "--build":
        if settings().postgres:
            await _empty_database(settings().database_url)
        async with engine.opened(migrating=True):
            await migrations.migrate()
    async with engine.opened(MODELS, loading=True), writer.running():
        years = Years(gifts)
        await {"--build": years.build, "--desks": years.desks, "--full": years.full}[step]()


async def _empty_database(url: str) -> None:
    import asyncpg  # noqa: PLC0415

    server, _, name = url.rpartition("/")
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()


def main(words: list[str]) -> int:
    """Build or show a database; with --build or --desks, the child's part."""
    if words[0].startswith("--"):
        from charity import settings  # noqa: PLC0415

        settings.make_demo_keys(settings.settings().data_dir)
        settings.reset()
        asyncio.run(_whole(words[0], int(words[1])))
        return 0
    with city(words[0], int(words[1])) as at:
        print(f"{at.environment['CHARITY_DATABASE_URL']}  entries: {servers.entries(at):,}")
        print((at.folder.parent / "built.json").read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
