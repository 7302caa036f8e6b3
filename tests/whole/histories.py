"""A random year of a house, through the verbs of the product: what is asked comes from a seed, what is refused is no happen.

Gifts of givers who come again, with and without contacts; pledges; vouchers of all kinds, bare and with lists;
refunds; goods in, out and taken back; money banked and settled; and an opening before it all.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import as_shown
from cast import Cast
from goods.given import RICE, SALT, TOWEL, Shop, catalogued, served
from reports.given import noon

from charity import clock
from charity.aid import branch_reversals, branches, payments, rosters, vouchers
from charity.aid.rosters import Line as Share
from charity.aid.rosters import RosterContent
from charity.aid.vouchers import Content
from charity.db import transactions
from charity.errors import Refusal
from charity.finance import opening
from charity.finance.models import TransferKind
from charity.finance.opening import Line as Opening
from charity.finance.transfers import Transfer
from charity.finance.transfers import make as transfer
from charity.giving import donations, pledges, refunds, reversals
from charity.giving.pledges import Promise
from charity.goods import till
from charity.goods.opening import StockLine
from charity.goods.till import Line
from charity.ledger import places
from charity.people import institutions
from charity.people.persons import Donor

CASH, BANK, WECHAT = "1001/-", "1002/ICBC-01", "1009/WECHAT"
BATCH = 40
CAMPAIGNS = (
    ("everyday", ""), ("wenchuan-2008", ""), ("dream-2026", "2026-06-20"), ("flood-2026", "2026-07-03"),
    ("one-day-2026", "2026-10-01"),
)  # fmt: skip
"""With the day on which each begins."""
KEPT = 0.7
WEIGHTS = {
    "gift": 60,
    "pledge": 8,
    "voucher": 12,
    "roster": 4,
    "return": 2,
    "refund": 6,
    "correction": 3,
    "intake": 5,
    "issue": 4,
    "reverse": 2,
    "transfer": 3,
}
VOUCHERS = (
    # programme, fund, payee kind, payee, purpose
    ("P03", "F-GEN", "household", "HH0001", "aid"),
    ("P01", "F-EDU", "household", "HH0002", "aid"),
    ("P05", "F-GEN", "supplier", "GY01", "aid"),
    ("P90", "F-WC08", "institution", "YL01", "aid"),
    ("P03", "F-GEN", "branch", "FH01", "aid"),
    ("P01", "F-EDU", "branch", "FH01", "aid"),
    (None, "F-GEN", "supplier", "GY01", "administration"),
    (None, "F-GEN", "supplier", "GY01", "fundraising"),
)


class History:
    """A house and what has happened in it so far."""

    def __init__(self, house: Cast, seed: int, begin: date) -> None:
        self.house, self.chance, self.begin = house, Random(seed), begin
        self.undoing = Random(seed + 1)
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.gifts: list[tuple[str, int]] = []
        self.slips: list[str] = []
        self.advances: list[tuple[str, int]] = []
        self.undone: Counter[str] = Counter()
        self.shop: Shop | None = None
        self.givers = [self._giver(n) for n in range(200)]
        self.seen: Counter[str] = Counter()

    def _giver(self, n: int) -> Donor:
        if n % 7 == 0:
            return Donor()
        if n % 7 == 1:
            return Donor("organisation", f"第{n}厂", tax_id=f"9133010{n:04d}MA0000000"[:18])
        phone = f"1390000{n % 90:04d}" if n % 5 else ""
        return Donor("person", f"甲{n}", phone, tax_id=f"33010119900101{n % 60:04d}" if n % 11 == 0 else "")

    async def live(self, events: int, days: int) -> None:
        """So many events over so many days, some at once."""
        with noon(self.begin.isoformat()):
            await self._begin()
        while (done := sum(self.done.values())) < events:
            day = self.begin + timedelta(days=1 + done * (days - 1) // events)
            with noon(day.isoformat()):
                kinds = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=BATCH)
                await asyncio.gather(*(self._try(kind, getattr(self, f"_{kind}")()) for kind in kinds))

    async def _try(self, kind: str, happen: Callable[[], Awaitable[Any]]) -> None:
        try:
            await happen()
        except Refusal as refusal:
            self.refused[f"{kind}: {refusal.code}"] += 1
        else:
            self.done[kind] += 1

    async def _begin(self) -> None:
        lines = tuple(Opening(fund, place, fen) for fund, place, fen in (
            ("F-GEN", BANK, 5_000_000), ("F-GEN", CASH, 30_000), ("F-EDU", BANK, 700_000), ("F-WC08", BANK, 90_000),
        ))  # fmt: skip
        await catalogued()
        stock = (
            StockLine(RICE, 60, date(2027, 3, 1), 2_650, store="LX01", fund="F-GEN"),
            StockLine(SALT, 7, None, None, 1_000, store="LX02", fund="F-GEN"),
            StockLine(RICE, 9, date(2027, 1, 1), 2_500, store="LX00", fund="F-WC08"),
        )
        seen = await opening.write(on=clock.today(), lines=lines, stock=stock, by=self.house.accountant)
        await opening.confirm(
            content_hash=seen.body["content_hash"],
            confirmed_total_fen=sum(line.amount_fen for line in lines) + sum(line.value_fen for line in stock),
            by=self.house.accountant2,
        )
        self.shop = await served(self.house)
        await transactions.run(lambda tx: institutions.add(tx, code="FH01", name="石梁镇慈善分会", kind="branch"))

    def _number(self, name: str) -> str:
        self.seen[name] += 1
        return f"{name}{self.seen[name]:06d}"

    def _gift(self) -> Callable[[], Awaitable[Any]]:
        chance, day = self.chance, clock.today() - timedelta(days=self.chance.choice((0, 0, 0, 1, 5)))
        channel = chance.choice(("bank", "bank", "wechat", "cash"))
        facts: dict[str, Any] = {
            "campaign": chance.choice(
                ("everyday", "everyday", "one-day-2026", "dream-2026", "flood-2026", "wenchuan-2008")
            ),
            "amount_fen": chance.choice((100, 2_000, 6_666, 10_000, 88_800, 500_000)),
            "received_on": day.isoformat(),
            "channel": channel,
            "channel_ref": "" if channel == "cash" else self._number("R"),
            "donor": chance.choice(self.givers),
            "work_unit": "LXU02" if chance.random() < 0.1 else None,
            "by": self.house.cashier,
        }

        async def happen() -> None:
            answer = await donations.receive(confirmed_amount_fen=facts["amount_fen"], **facts)
            self.gifts.append((answer.body["id"], facts["amount_fen"]))

        return happen

    def _pledge(self) -> Callable[[], Awaitable[Any]]:
        fen, giver = self.chance.randrange(100, 50_000), self.chance.choice(self.givers)
        parts = (fen,) if self.chance.random() < 0.5 else (fen // 2, fen - fen // 2)

        async def happen() -> None:
            promised = Promise(
                campaign="everyday", amount_fen=fen, channel="bank", donor=giver, public_name=False, public_amount=True
            )
            code = str((await pledges.promise(promised)).body["code"])
            for part in parts:
                await as_shown.receive(
                    code, amount_fen=part, received_on=clock.today().isoformat(), channel="bank",
                    channel_ref=self._number("P"), by=self.house.cashier,
                )  # fmt: skip

        return happen

    def _voucher(self) -> Callable[[], Awaitable[Any]]:
        programme, fund, kind, payee, purpose = self.chance.choice(VOUCHERS)
        fen, count = self.chance.randrange(1_000, 60_000), self.chance.choice((1, 3, 9, 10, 30))
        listed = self.chance.choice(((), ("HH0001",), ("HH0001", "HH0002")))
        whom: Any = (
            {}
            if purpose != "aid" or kind == "branch"
            else {"recipients": len(listed) if listed else count, "listed": listed}
        )

        async def happen() -> None:
            content = Content(
                purpose=purpose, programme=programme, fund=fund, payee_kind=kind, payee=payee, amount_fen=fen,
                reason="事由", **{"recipients": 0, **whom},
            )  # fmt: skip
            made = await vouchers.make(content=content, by=self.house.caseworker)
            number, seen = made.body["number"], made.body["content_hash"]
            for by in (self.house.approver, self.house.approver2):
                await vouchers.approve(number=number, content_hash=seen, by=by)
            await payments.pay(
                number=number,
                content_hash=seen,
                paid_on=clock.today(),
                channel_ref=f"V{number}",
                by=self.house.cashier2,
            )
            if kind == "branch":
                self.advances.append((number, fen))

        return happen

    def _roster(self) -> Callable[[], Awaitable[Any]]:
        voucher, left = self.advances.pop(0) if self.advances else ("BF-2025-999999", 2)
        fen = left if self.chance.random() < 0.5 else left // 2
        listed = self.chance.choice(((), ("HH0001",), ("HH0001", "HH0002"))) if fen > 1 else ()
        shares = (fen,) if len(listed) == 1 else (1, fen - 1)
        lines = tuple(Share(code, share) for code, share in zip(listed, shares, strict=False))
        count = len(lines) or self.chance.choice((1, 9, 10, 30))

        async def happen() -> None:
            content = RosterContent(
                distributed_on=clock.today(), place="村委会", amount_fen=fen, recipients=count, lines=lines
            )
            written = await rosters.record(voucher=voucher, roster=content, by=self.house.caseworker)
            seen = {"number": written.body["number"], "content_hash": written.body["content_hash"]}
            await rosters.confirm(**seen, by=self.house.approver)
            undone = await self._undo("roster", written.body["number"])
            if undone or left > fen:
                self.advances.append((voucher, left if undone else left - fen))

        return happen

    def _return(self) -> Callable[[], Awaitable[Any]]:
        voucher, left = self.advances.pop(0) if self.advances else ("BF-2025-999999", 2)
        fen = left if self.chance.random() < 0.2 else max(1, left // 3)

        async def happen() -> None:
            written = await branches.give_back(
                voucher=voucher,
                amount_fen=fen,
                received_on=clock.today(),
                paid_into=BANK,
                channel_ref=self._number("BACK"),
                by=self.house.cashier,
            )
            seen = {"number": written.body["number"], "content_hash": written.body["content_hash"]}
            await branches.confirm(**seen, by=self.house.approver)
            undone = await self._undo("return", written.body["number"])
            if undone or left > fen:
                self.advances.append((voucher, left if undone else left - fen))

        return happen

    async def _undo(self, kind: Any, target: str) -> bool:
        """Take some of what is booked at a branch back again, by a chance of its own; whether it was."""
        if self.undoing.random() < KEPT:
            return False
        by = self.house.caseworker if kind == "roster" else self.house.cashier
        asked = await branch_reversals.request(kind=kind, target=target, cause="录错了", by=by)
        seen = {"number": asked.body["number"], "content_hash": asked.body["content_hash"]}
        await branch_reversals.confirm(**seen, by=self.house.approver)
        self.undone[kind] += 1
        return True

    def _refund(self) -> Callable[[], Awaitable[Any]]:
        gift = self.chance.choice(self.gifts) if self.gifts else ("", 1)
        fen = gift[1] if self.chance.random() < 0.5 else max(1, gift[1] // 3)
        cause, paid = self.chance.choice(("mistaken", "outside", "own_fault", "chargeback")), self.chance.random() < 0.5

        async def happen() -> None:
            asked = await refunds.request(gift[0], amount_fen=fen, cause=cause, reason="误汇", by=self.house.accountant)
            number, seen = asked.body["number"], asked.body["content_hash"]
            await refunds.approve(number, content_hash=seen, by=self.house.accountant2)
            if paid:
                seen = await refunds.content_hash(number)
                await refunds.pay(
                    number, paid_on=clock.today(), channel_ref=f"F{number}", content_hash=seen,
                    by=self.house.cashier,
                )  # fmt: skip

        return happen

    def _correction(self) -> Callable[[], Awaitable[Any]]:
        gift = self.chance.choice(self.gifts)[0] if self.gifts else ""

        async def happen() -> None:
            asked = await reversals.request(gift, reason="记错人", by=self.house.accountant)
            seen = asked.body["content_hash"]
            await reversals.approve(asked.body["number"], content_hash=seen, by=self.house.accountant2)

        return happen

    def _intake(self) -> Callable[[], Awaitable[Any]]:
        chance, barcode = self.chance, self.chance.choice((RICE, SALT, TOWEL))
        value = chance.choice((None, 500, 2_650))
        header: dict[str, Any] = {
            "donor": chance.choice(self.givers),
            "fund": chance.choice((None, "F-GEN", "F-EDU", "F-WC08")),
        }
        priced = {} if value is None else {"unit_value_fen": value}

        async def happen() -> None:
            assert self.shop is not None
            answer = await self.shop.bring_answer(barcode, 20, **header, **priced)
            self.slips.append(answer["number"])

        return happen

    def _issue(self) -> Callable[[], Awaitable[Any]]:
        barcode, first = self.chance.choice((RICE, SALT, TOWEL)), self.chance.random() < 0.5

        async def happen() -> None:
            assert self.shop is not None
            card = self.shop.card if first else self.shop.card2
            answer = await till.issue(store="LX01", card=card, lines=[Line(1, barcode)], by=self.house.clerk)
            self.slips.append(answer.body["number"])

        return happen

    def _reverse(self) -> Callable[[], Awaitable[Any]]:
        number = self.chance.choice(self.slips) if self.slips else ""
        return lambda: as_shown.reverse(number=number, reason="错", by=self.house.manager)

    def _transfer(self) -> Callable[[], Awaitable[Any]]:
        settle, fen = self.chance.random() < 0.5, self.chance.randrange(100, 20_000)

        async def happen() -> None:
            ways = (TransferKind("settlement"), WECHAT) if settle else (TransferKind("deposit"), CASH)
            await transfer(
                Transfer(
                    kind=ways[0], source=await places.get(ways[1], field="from"), target=await places.get(BANK, field="to"),
                    on=clock.today(), lines=(("F-GEN", fen),), fee_fen=fen // 100 if settle else 0,
                    channel_ref=self._number("T"),
                ),
                by=self.house.cashier,
            )  # fmt: skip

        return happen
