"""Taking a slip back: the exact negation of its entry, at most once, with a slip of its own (CX).

An intake whose goods have gone out cannot be taken back: the refusal lists what to reverse first. Its
receipt is voided and its gift marked reversed in the same command; points of an issue return to the
household, in the cycles they were taken from.
"""

from dataclasses import dataclass
from typing import Any, Final

from charity import clock
from charity.giving import receipts
from charity.giving.donors import counting
from charity.giving.models import DONATION, RECEIPT, DonationRow
from charity.goods import purchases, rules, stock
from charity.goods.models import DOCUMENT, INTAKE, LINE, DocumentRow, IntakeRow, LineRow
from charity.goods.slips import numbers
from charity.goods.slips.content import content
from charity.goods.slips.readers import NUMBER_MAX, blocking
from charity.ledger import accounts as acc
from charity.ledger import reversals as ledger
from charity.ledger import sums
from charity.ledger.loading import Loader
from charity.ledger.state import Entry, State
from charity.ledger.writer import Answer, Command, Idem, submit
from charity.roles import Actor

SERIES: Final = "CX"
REASON_MAX: Final = 200
NAMED_MAX: Final = 20
_LOTS: Final = (
    "SELECT o.code, o.barcode, o.fund, o.source, o.expires_on, o.cost_fen FROM goods_line l JOIN lot o "
    "ON o.code = l.lot WHERE l.document = $1 ORDER BY l.n"
)


@dataclass(slots=True)
class _Facts:
    """What a reversal loaded: the slip, its entry's body and lines, and what an intake needs to be undone."""

    document: DocumentRow
    body: dict[str, Any]
    lines: list[dict[str, Any]]
    lots: list[stock.Lot]
    """Of each line. The register lists goods without value under the fund of the first."""
    intake: IntakeRow | None
    blocking: list[str]
    receipt_gifts: list[str]
    giver: counting.Giver


class _Reversal:
    """One reversal: loaded under the lock of `head`, then decided."""

    def __init__(self, number: str, reason: str, content_hash: str, by: Actor) -> None:
        self.number, self.reason, self.content_hash, self.by = number, reason, content_hash, by
        self.day = clock.today()

    async def load(self, loader: Loader) -> _Facts:
        document = await loader.row(DOCUMENT, self.number)
        if document is None:
            raise rules.SLIP_UNKNOWN(number=self.number)
        self.by.must_serve(document["store"])
        body = await ledger.load(loader, document["seq"], on=self.day.isoformat())
        lines = await loader.rows(
            "SELECT n, barcode, lot, quantity, cost_fen, points, picked FROM goods_line WHERE document = $1 ORDER BY n",
            self.number,
        )
        await loader.series([numbers.series(SERIES, document["store"], self.day.year)])
        lots = [stock.Lot(**row) for row in await loader.rows(_LOTS, self.number)]
        facts = _Facts(document, body, lines, lots, await loader.row(INTAKE, self.number), [], [], counting.Giver())
        if facts.intake is not None:
            facts.blocking = await blocking(loader.rows, [line["lot"] for line in lines])
            gift = await self._load_intake(loader, facts.intake)
            if gift is not None:
                facts.receipt_gifts = await receipts.lines(loader, gift["receipt"]) if gift["receipt"] else []
                facts.giver = await counting.load(loader, gift)
        return facts

    @staticmethod
    async def _load_intake(loader: Loader, intake: IntakeRow) -> DonationRow | None:
        """Name the purchase and the gift of an intake, with its fund; the gift."""
        if intake["voucher"]:
            table, key = purchases.wants(intake["voucher"])
            await loader.stored(table, [key])
        if not intake["donation"]:
            return None
        gift = await loader.row(DONATION, intake["donation"])
        assert gift is not None, "an intake of a gift has its donation"
        await loader.funds([gift["fund"]])
        return gift

    def decide(self, state: State, facts: _Facts) -> Answer:
        document = facts.document
        if document["kind"] == "reversal":
            raise rules.REVERSAL_FINAL()
        if facts.intake is not None and facts.intake["source"] == "opening":
            raise rules.OPENING_FINAL()
        if document["reversed_by"] is not None:
            raise rules.DOCUMENT_REVERSED(number=self.number, by=document["reversed_by"])
        self._shown(facts)
        self._still_here(state, facts)
        number = numbers.next_number(state, SERIES, document["store"], self.day.year)
        entry = ledger.reverse(
            state,
            facts.body,
            kind="goods.reversal",
            effective_on=self.day.isoformat(),
            actor=self.by.key,
            reason_code="goods.reversal",
        )
        row = numbers.row(
            number, "reversal", document["store"], entry, self.by, reverses=self.number, reason=self.reason
        )
        state.add(DOCUMENT, row)
        for line in facts.lines:
            back = LineRow(
                document=number,
                n=line["n"],
                barcode=line["barcode"],
                lot=line["lot"],
                quantity=-line["quantity"],
                cost_fen=line["cost_fen"],
                points=-line["points"],
                picked=bool(line["picked"]),
            )
            state.add(LINE, back)
        moves = zip(facts.lots, (-line["quantity"] for line in facts.lines), strict=True)
        stock.moved(state, document["store"], moves)
        state.change(DOCUMENT, self.number, reversed_by=number)
        if facts.intake is not None:
            self._undo_intake(state, facts.intake, facts, entry)
        else:
            self._undo_outlay(state, facts, entry)
        return Answer(201, {"entry": entry.id, "number": number})

    def _shown(self, facts: _Facts) -> None:
        """Refuse another slip than the one that was shown."""
        lines = [(line["quantity"], line["cost_fen"]) for line in facts.lines]
        names = ("number", "kind", "store", "effective_on", "reversed_by")
        document: dict[str, Any] = {name: value for name, value in facts.document.items() if name in names}
        content(**document, lines=lines).must_be(self.content_hash)

    @staticmethod
    def _still_here(state: State, facts: _Facts) -> None:
        """Refuse when pieces that came in are no longer on the shelf."""
        shelf = acc.shelf(facts.document["store"])
        came: dict[str, int] = {}
        for line in facts.lines:
            came[line["lot"]] = came.get(line["lot"], 0) + line["quantity"]
        if any(state.balance(shelf, acc.lot(lot)) < quantity for lot, quantity in came.items()):
            raise rules.GOODS_MOVED_ON(documents="、".join(facts.blocking[:NAMED_MAX]))

    @staticmethod
    def _undo_outlay(state: State, facts: _Facts, entry: Entry) -> None:
        body = facts.body["facts"]
        sums.outlay(
            state,
            day=entry.effective_on,
            postings=[(account, unit, -quantity) for account, unit, quantity in facts.body["postings"]],
            programme=body["programme"],
            store=facts.document["store"],
            recipients=-1,
            payments=0,
            unvalued_of=facts.lots[0].fund,
        )

    def _undo_intake(self, state: State, intake: IntakeRow, facts: _Facts, entry: Entry) -> None:
        if intake["voucher"]:
            value = sum(line["quantity"] * line["cost_fen"] for line in facts.lines)
            purchases.give_back(state, intake["voucher"], value)
        if not intake["donation"]:
            return
        gift = state.row(DONATION, intake["donation"])
        assert gift is not None, "loaded"
        if gift["receipt"]:
            receipt = state.row(RECEIPT, gift["receipt"])
            assert receipt is not None, "loaded"
            receipts.end(state, receipt, facts.receipt_gifts, reason=self.reason, by=self.by)
        state.change(DONATION, intake["donation"], status="reversed")
        campaign, fen = gift["campaign"], -(gift["amount_fen"] or 0)
        day, store, kind = entry.effective_on, gift["store"], gift["kind"]
        sums.income(state, day=day, fund=gift["fund"], campaign=campaign, store=store, kind=kind, fen=fen, gifts=-1)
        counting.taken_back(state, gift, facts.giver, gifts=-1, amount_fen=gift["amount_fen"] or 0)


async def reverse(*, number: str, reason: str, content_hash: str, by: Actor, idem: Idem | None = None) -> Answer:
    """Take back the slip that was shown.

    Refused when its goods have moved on, with the list of what to reverse first.
    """
    by.must("goods.reverse")
    reason = reason.strip()
    if not reason:
        raise rules.REASON_MISSING()
    if len(reason) > REASON_MAX:
        raise rules.REASON_LONG(most=REASON_MAX)
    reversal = _Reversal(number[:NUMBER_MAX].upper(), reason, content_hash, by)
    return await submit(Command(reversal.decide, load=reversal.load, idem=idem))
