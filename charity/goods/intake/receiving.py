"""A delivery is counted at the screen: scans and presses in their order, each answered once.

Nothing is kept here between two requests: the form carries the lines and, where a barcode is not registered yet, the
form of the new item, which stays open with all that is typed until it is registered or dropped. A delivery comes in
when its turn is there, under the key that it carries; what was scanned behind it begins the next one.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Final, Literal

from charity import words
from charity.errors import Refusal
from charity.goods import items, rules, scanning
from charity.goods.intake import forms, screens, verbs
from charity.goods.limits import QUANTITY_MAX
from charity.goods.scanning import Basket, Scan
from charity.ledger.rules import KEY_REUSED
from charity.ledger.writer import Idem
from charity.roles import Actor
from charity.web import pages
from charity.web.forms import read

_ELSEWHERE: Final = {"lot": rules.LOT_AT_INTAKE, "card": rules.CARD_AT_INTAKE}


@dataclass(slots=True)
class Counter:
    """Where goods are counted: the lines as they are now, the open form of a new item, and what was answered."""

    store: str
    by: Actor
    basket: Basket
    new: dict[str, str] = field(default_factory=dict)
    status: int = 200
    signals: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """What was done, newest last."""
    refused: list[str] = field(default_factory=list)
    """Why scans were not taken."""
    errors: list[dict[str, str]] = field(default_factory=list)
    """What is wrong at which field, of the last press."""
    newest: str = ""
    registering: bool = False
    """Whether it was the new item's form that was sent."""
    number: str = ""
    """The slip, if there was one."""

    @property
    def begins_anew(self) -> bool:
        """Whether a delivery came in and nothing follows it."""
        return bool(self.number) and not (self.basket.rows or self.new or self.refused or self.errors)

    @property
    def words(self) -> str:
        """What is said over the whole screen: the first reason, else what was done last."""
        return [*self.refused, *(error["message"] for error in self.errors), *self.answers[-1:], ""][0]

    async def serve(self, *, scans: bool) -> None:
        """Every scan in its order, then the button; `scans`: False where a person has a code half typed."""
        pressed, scanned = self.basket.pressed, self.basket.scans
        for text in scanned if scans else ():
            await self._scan(text)
        if pressed == "scan" and not scanned and self._typed():
            await self._answered(self._press("item"), scan=False)
        elif pressed != "scan":
            await self._answered(self._press(pressed), scan=False)

    def _typed(self) -> bool:
        """Whether somebody pressed Enter in the form of a new item."""
        return any(self.new.get(name) for name in screens.NEW_ITEM)

    async def _answered(self, work: Awaitable[str], *, scan: bool) -> None:
        try:
            answer = await work
        except Refusal as refusal:
            self.refuse(refusal, scan=scan)
        else:
            self.signals += ["accepted"] if answer else []
            self.answers += [answer] if answer else []

    def refuse(self, refusal: Refusal, *, scan: bool = False) -> None:
        """Keep why a scan or a press was refused, at its fields."""
        self.status = max(self.status, refusal.status)
        self.signals.append("refused")
        shown = [{**error, "field": screens.screen_field(error["field"])} for error in pages.errors(refusal)]
        if scan:
            self.refused += [error["message"] for error in shown]
        else:
            self.errors = shown

    async def _scan(self, text: str) -> None:
        """One text: a code, or two that ran together, each answered for itself."""
        try:
            codes = scanning.read_scan(text)
        except Refusal as refusal:
            self.refuse(refusal, scan=True)
            return
        for scan in codes:
            # 完成 asks as its button does: at the line that lacks something.
            finishes = (scan.kind, scan.code) == ("command", "finish")
            await self._answered(self._one(scan), scan=not finishes)

    async def _one(self, scan: Scan) -> str:
        if scan.kind == "command":
            return await self._press(scan.code)
        if scan.kind in _ELSEWHERE:
            raise _ELSEWHERE[scan.kind]()
        item = (await items.known([scan.code])).get(scan.code)
        if item is not None:
            return self._add(scan.code, scan.quantity, item.name, scan.expires_on)
        waiting = self.new.get("new_barcode", "")
        if waiting and waiting != scan.code:
            raise rules.ITEM_WAITS(barcode=scan.code, waiting=waiting)
        quantity = scan.quantity + (_counted(self.new) if waiting else 0)
        if quantity > QUANTITY_MAX:
            raise rules.COUNT_UNREADABLE()
        self.new |= {"new_barcode": scan.code, "new_quantity": str(quantity)}
        if scan.expires_on:
            self.new["new_expires"] = scan.expires_on.isoformat()
        return words.say("条码 {barcode} 还没有登记", barcode=scan.code)

    def _add(self, code: str, quantity: int, name: str, expires_on: date | None) -> str:
        day = expires_on.isoformat() if expires_on else ""
        basket = self.basket.with_code(code, quantity, expires_on=day)
        self.basket, self.newest = basket.remembering(code, quantity, expires_on=day), code
        return f"{name} ×{quantity}" if quantity > 1 else name

    async def _press(self, button: str) -> str:
        if button == "clear":
            self._begin(self.basket.header)
        elif button == "undo":
            return await self._undo()
        elif button == "item":
            return await self._register()
        elif button == "leave":
            self.new = {}
        elif button == "finish":
            return await self._finish()
        else:
            self.basket = replace(self.basket, pressed=button).changed()
        return ""

    def _begin(self, header: Mapping[str, str]) -> None:
        """An empty basket with the key that follows."""
        self.basket = Basket(header=header, limit=self.basket.limit, idem=scanning.following(self.basket.idem))
        self.new, self.newest = {}, ""

    async def _finish(self) -> str:
        """The delivery comes in, and the next one begins."""
        if self.new.get("new_barcode"):
            raise rules.ITEM_OPEN(barcode=self.new["new_barcode"])
        if self.refused:
            raise rules.NOT_YET_IN()
        header, pieces = self.basket.header, self.basket.pieces
        source: Literal["gift", "purchase"] = "purchase" if header.get("source") == "purchase" else "gift"
        try:
            answer = await verbs.take_in(
                store=self.store,
                source=source,
                lines=await screens.lines(self.basket),
                donor=screens.donor_of(self.basket),
                voucher=header.get("voucher") or None if source == "purchase" else None,
                fund=header.get("fund") or None,
                public_name=source == "gift" and bool(header.get("public_name")),
                public_amount=source == "gift" and bool(header.get("public_amount")),
                by=self.by,
                idem=self._idem(),
            )
        except Refusal as refusal:
            if refusal.code == KEY_REUSED.code:
                raise rules.TAKEN_IN() from None
            raise
        self.number = str(answer.body["number"])
        self._begin({})
        return words.say("已入库 {pieces} 件", pieces=pieces)

    def _idem(self) -> Idem | None:
        """The key of the delivery, bound to its lines and where they come from; the store's, not the account's."""
        basket = self.basket
        content = [[asdict(row) for row in basket.rows], dict(basket.header)]
        return scanning.bound(basket.idem, f"goods.intake:{self.store}", f"/stores/{self.store}/in", content)

    async def _undo(self) -> str:
        if not self.basket.history:
            raise rules.NOTHING_TO_UNDO()
        code = self.basket.history[-1].code
        self.basket = self.basket.without_last()
        item = (await items.known([code])).get(code)
        return words.say("撤销了 {name}", name=item.name if item else code)

    async def _register(self) -> str:
        """The new item is registered, and as many pieces as were scanned of it stand on a line."""
        self.registering = True
        new, pieces = self.new, _counted(self.new)
        item = read(forms.ItemForm, _named(new)).item(new.get("new_barcode", ""))
        expires_on = forms.day(new.get("new_expires", ""), "new_expires")
        self.basket.with_code(item.barcode, pieces)  # a full basket says so before the item is registered
        item = await items.register(item, by=self.by)
        self.new = {}
        return self._add(item.barcode, pieces, item.name, expires_on)


def _named(new: Mapping[str, str]) -> dict[str, str | list[str]]:
    return {name: new[name] for name in screens.NEW_ITEM if new.get(name)}


def _counted(new: Mapping[str, str]) -> int:
    """How many pieces of the new item were scanned so far: the form carries it, and at least one."""
    return scanning.count(new.get("new_quantity", "")) or 1
