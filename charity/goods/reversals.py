"""Taking a slip back: the exact negation of its entry, at most once, with a paper of its own (CX).

An intake whose goods have gone out cannot be taken back: the refusal lists what to reverse first. Its
receipt is voided and its gift marked reversed in the same command; points of an issue return to the
household, in the cycles they were taken from.
"""

from typing import Any, Final

from charity import clock
from charity.giving import receipts
from charity.giving.models import DONATION, RECEIPT
from charity.goods import documents, purchases, rules
from charity.goods.models import DOCUMENT, INTAKE
from charity.ledger import accounts as acc
from charity.ledger import reversals as ledger
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, submit
from charity.roles import Actor

SERIES: Final = "CX"
REASON_MAX: Final = 200
NAMED_MAX: Final = 20


class _Reversal:
    """One reversal: loaded under the lock of `head`, then decided."""

    def __init__(self, number: str, reason: str, by: Actor) -> None:
        self.number, self.reason, self.by = number, reason, by
        self.day = clock.today()
        self.body: dict[str, Any] = {}
        self.lines: list[dict[str, Any]] = []
        self.receipt_gifts: list[str] = []
        self.blocking: list[str] = []

    async def load(self, loader: Loader) -> None:
        await loader.stored(DOCUMENT, [self.number])
        document = loader.state.row(DOCUMENT, self.number)
        if document is None:
            raise rules.DOCUMENT_UNKNOWN(number=self.number)
        self.by.must_serve(document["store"])
        self.body = await ledger.load(loader, document["seq"])
        self.lines = await loader.rows(
            "SELECT n, barcode, lot, quantity, cost_fen, points, picked FROM goods_line WHERE document = $1 ORDER BY n",
            self.number,
        )
        await loader.series([documents.series(SERIES, document["store"], self.day.year)])
        await loader.stored(INTAKE, [self.number])
        intake = loader.state.row(INTAKE, self.number)
        if intake is not None:
            self.blocking = await documents.blocking(loader.rows, [line["lot"] for line in self.lines])
            await self._load_intake(loader, intake)

    async def _load_intake(self, loader: Loader, intake: dict[str, Any]) -> None:
        if intake["voucher"]:
            table, key = purchases.wants(intake["voucher"])
            await loader.stored(table, [key])
        if intake["donation"]:
            await loader.stored(DONATION, [intake["donation"]])
            gift = loader.state.row(DONATION, intake["donation"])
            assert gift is not None, "an intake of a gift has its donation"
            if gift["receipt"]:
                await loader.stored(RECEIPT, [gift["receipt"]])
                self.receipt_gifts = await receipts.lines(loader, gift["receipt"])

    def decide(self, state: State) -> Answer:
        document = state.row(DOCUMENT, self.number)
        assert document is not None, "loaded"
        if document["kind"] == "reversal":
            raise rules.REVERSAL_FINAL()
        if document["reversed_by"] is not None:
            raise rules.DOCUMENT_REVERSED(number=self.number, by=document["reversed_by"])
        self._still_here(state, document["store"])
        number = documents.number(state, SERIES, document["store"], self.day.year)
        entry = ledger.reverse(
            state,
            self.body,
            kind="goods.reversal",
            effective_on=self.day.isoformat(),
            actor=self.by.key,
            reason_code="goods.reversal",
        )
        row = documents.row(
            number, "reversal", document["store"], entry, self.by, reverses=self.number, reason=self.reason
        )
        state.add(DOCUMENT, row)
        for line in self.lines:
            back = {"quantity": -line["quantity"], "points": -line["points"], "picked": bool(line["picked"])}
            state.add("goods_line", {**line, **back, "document": number})
        state.change(DOCUMENT, self.number, reversed_by=number)
        intake = state.row(INTAKE, self.number)
        if intake is not None:
            self._undo_intake(state, intake)
        return Answer(201, {"entry": entry.id, "number": number})

    def _still_here(self, state: State, store: str) -> None:
        """Refuse when pieces that came in are no longer on the shelf."""
        shelf = acc.shelf(store)
        came: dict[str, int] = {}
        for line in self.lines:
            came[line["lot"]] = came.get(line["lot"], 0) + line["quantity"]
        if any(state.balance(shelf, acc.lot(lot)) < quantity for lot, quantity in came.items()):
            raise rules.GOODS_MOVED_ON(documents="、".join(self.blocking[:NAMED_MAX]))

    def _undo_intake(self, state: State, intake: dict[str, Any]) -> None:
        if intake["voucher"]:
            value = sum(line["quantity"] * line["cost_fen"] for line in self.lines)
            purchases.give_back(state, intake["voucher"], value)
        if not intake["donation"]:
            return
        gift = state.row(DONATION, intake["donation"])
        assert gift is not None, "loaded"
        if gift["receipt"]:
            receipt = state.row(RECEIPT, gift["receipt"])
            assert receipt is not None, "loaded"
            receipts.end(state, receipt, self.receipt_gifts, reason=self.reason, by=self.by)
        state.change(DONATION, intake["donation"], status="reversed")


async def reverse(*, number: str, reason: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Take a slip back. Refused when its goods have moved on, with the list of what to reverse first."""
    by.must("goods.reverse")
    reason = reason.strip()[:REASON_MAX]
    if not reason:
        raise rules.REASON_MISSING()
    act = _Reversal(number[: documents.NUMBER_MAX].upper(), reason, by)
    return await submit(Command(act.decide, load=act.load, idem=idem))
