"""One household is served: scans and presses in their order, each answered once.

Nothing is kept here between two requests: the same basket with the same scans gives the same answer, so a page that
heard nothing sends them again. A basket goes out under the key that it carries; the basket that follows in the same
request has the key that follows from it.
"""

from collections.abc import Awaitable
from dataclasses import dataclass, field, replace

from charity import tokens, words
from charity.errors import Refusal
from charity.goods import cards, items, rules, scanning, slips, stock
from charity.goods.cards import CardView
from charity.goods.items import Item
from charity.goods.scanning import Basket, Scan
from charity.goods.till import readers, screens, verbs
from charity.goods.till.answers import Answer
from charity.ledger.rules import KEY_REUSED
from charity.ledger.writer import Idem
from charity.roles import Actor


@dataclass(slots=True)
class Counter:
    """Where somebody is served: the basket as it is now, what was answered so far, and the slip if there was one."""

    store: str
    by: Actor
    basket: Basket
    answers: list[Answer] = field(default_factory=list)
    status: int = 200
    number: str = ""
    asked: str = ""
    """The card that the page asks about: a question counts from when it was shown."""
    cards: dict[str, CardView] = field(default_factory=dict)
    title: str = ""
    """What a refusal of the present scan or press is called."""
    just_out: str = ""
    """The slip of the basket that went out right before, until anything but 完成 comes."""

    @property
    def all_accepted(self) -> bool:
        """Whether nothing was refused in this request."""
        return not any(answer.reasons for answer in self.answers)

    async def serve(self, *, scans: bool) -> None:
        """Every scan in its order, then the button; `scans`: False where a person has a code half typed."""
        self.asked, pressed = self.basket.next_card, self.basket.pressed
        for text in self.basket.scans if scans else ():
            await self._scan(text)
        if pressed != "scan":  # a card among the scans begins another basket, the button is pressed all the same
            self.basket = replace(self.basket, pressed=pressed)
            await self._answered(self._press())

    async def _scan(self, text: str) -> None:
        """One text: a code, or two that ran together, each answered for itself."""
        try:
            codes = scanning.read_scan(text)
        except Refusal as refusal:
            self._begin_title()
            self._refuse(refusal)
            return
        for scan in codes:
            await self._answered(self._one(scan))

    async def _answered(self, work: Awaitable[Answer | None]) -> None:
        self._begin_title()
        try:
            answer = await work
        except Refusal as refusal:
            self._refuse(refusal)
            return
        if answer is not None:
            self.answers.append(answer)

    def _begin_title(self) -> None:
        self.title = words.say("没有加入") if self.basket.card else words.say("没有办理")

    def _refuse(self, refusal: Refusal) -> None:
        self.status = max(self.status, refusal.status)
        self.answers.append(Answer(reasons=tuple(screens.reasons(refusal)), title=self.title))

    async def _one(self, scan: Scan) -> Answer:
        if (scan.kind, scan.code) != ("command", "finish"):
            self.just_out = ""
        if scan.kind == "card":
            return await self._card(scan.code)
        if scan.kind != "command":
            return await self._add(scan.code, scan.quantity)
        if scan.code == "finish":
            return await self._finish()
        return await self._undo() if scan.code == "undo" else self._clear()

    async def _press(self) -> Answer | None:
        basket = self.basket
        if basket.pressed == "finish":
            return await self._finish()
        if basket.pressed == "undo":
            return await self._undo()
        if basket.pressed == "clear":
            return self._clear()
        if basket.pressed == "proxy":
            self.basket = replace(basket, proxy=not basket.proxy)
            return None
        verb, _, number = basket.pressed.partition(":")
        changed = basket.changed()
        if verb == "more" and changed != basket:
            code = basket.rows[int(number)].code
            return await self._with(changed.remembering(code, 1), code, 1)
        self.basket = changed
        return None

    async def usable(self, code: str) -> CardView:
        """A card that can be used here and now; raises why not."""
        view = self.cards.get(code) or await cards.view(code, by=self.by)
        self.cards[code] = view
        if view.refusals:
            raise rules.together(rules.NOT_ISSUED, view.refusals)
        return view

    async def _card(self, code: str) -> Answer:
        """A card begins a basket; another card asks whether this one is finished, and the same one again says yes."""
        self.title = words.say("没有办理")
        basket, view = self.basket, await self.usable(code)
        if not basket.rows:
            self.basket = _begun(code, basket.idem)
            return Answer(view.masked_name)
        if code == basket.card:
            self.basket = replace(basket, next_card="")
            return Answer(view.masked_name)
        if code == basket.next_card == self.asked:
            return await self._finish()
        self.basket = replace(basket, next_card=code)
        name = (await self.usable(basket.card)).masked_name
        return Answer(
            words.say("发给{name} {pieces} 件？再扫一次新卡就确认", name=name, pieces=basket.pieces), asks=True
        )

    async def _add(self, code: str, quantity: int) -> Answer:
        if not self.basket.card:
            raise rules.CARD_FIRST()
        if self.basket.next_card:
            raise rules.ASKED_FIRST(name=(await self.usable(self.basket.card)).masked_name)
        return await self._with(self.basket.with_code(code, quantity).remembering(code, quantity), code, quantity)

    async def _with(self, basket: Basket, code: str, quantity: int) -> Answer:
        """Take the basket with more of a code, where it could go out so; else it stays as it was."""
        item = await _item(code)
        reason = await self._against(basket, code, quantity * item.points)
        if reason is not None:
            self.status = max(self.status, reason.status)
            return Answer(reasons=tuple(screens.reasons(reason)), title=words.say("{name} 没有加入", name=item.name))
        self.basket = basket
        return Answer(f"{item.name} ×{quantity}" if quantity > 1 else item.name, code=code)

    async def _against(self, basket: Basket, code: str, added: int) -> Refusal | None:
        """Why a basket with `added` points more of a code cannot go out."""
        view = await self.usable(basket.card)
        preview = await readers.preview(store=self.store, card=view, lines=screens.lines(basket), by=self.by)
        last = max(n for n, row in enumerate(basket.rows) if row.code == code)
        if last in preview.plan.by_line:
            error, rule = preview.plan.by_line[last]
            return rule(**dict(error.facts))
        if view.points < preview.plan.points:
            left = max(view.points - preview.plan.points + added, 0)
            return rules.POINTS_LACK(needed=added, left=left, lack=added - left)
        return None

    async def _undo(self) -> Answer:
        """Take the last scan back: a question, pieces, or the card of a basket that is still empty."""
        basket = self.basket
        if not self.all_accepted and self.answers[-1].reasons:
            return Answer(words.say("上一件没有加入，不用撤销"))
        if basket.next_card:
            self.basket = replace(basket, next_card="")
            return Answer(words.say("接着办{name}", name=(await self.usable(basket.card)).masked_name))
        if basket.history:
            last = basket.history[-1]
            self.basket = basket.without_last()
            return Answer(words.say("撤销了 {name}", name=(await _item(last.code)).name))
        if basket.card and not basket.rows:
            self.basket = _begun("", basket.idem)
            return Answer(words.say("撤销了爱心卡"))
        raise rules.NOTHING_TO_UNDO()

    def _clear(self) -> Answer:
        self.basket = _begun("", scanning.following(self.basket.idem))
        return Answer(words.say("已清空"))

    async def _finish(self) -> Answer:
        """The basket goes out, and the card that was asked about begins the next one."""
        basket = self.basket
        if basket.card:
            self.title = words.say("还没有发放")
        if not self.all_accepted:
            raise rules.SEEN_FIRST()
        if not basket.rows and (out := await slips.find(self.just_out, by=self.by)):
            self.number = out.number  # 完成 once more: the basket is out, and that is what is said
            return Answer(words.say("这一篮已经发放，不用再确认"))
        if not basket.card:
            raise rules.CARD_FIRST()
        screens.counted(basket)
        view = await cards.view(basket.card, by=self.by)
        try:
            answer = await verbs.issue(
                store=self.store,
                card=basket.card,
                lines=screens.lines(basket),
                proxy=screens.proxy_of(basket),
                by=self.by,
                idem=self._idem(),
            )
        except Refusal as refusal:
            if refusal.code == KEY_REUSED.code:
                raise rules.HANDED_OUT() from None
            raise
        self.number, self.asked, self.cards = answer.body["number"], "", {}
        self.just_out = self.number
        self.basket = _begun(basket.next_card, scanning.following(basket.idem))
        return Answer(words.say("已发给{name} {pieces} 件", name=view.masked_name, pieces=basket.pieces))

    def _idem(self) -> Idem | None:
        """The key of the basket, bound to what goes out and not to the request that brought it.

        It is the store's, not the account's: whoever takes the basket over at the till does not hand it out again.
        """
        basket = self.basket
        lines = [[row.code, row.quantity] for row in basket.rows]
        proxy = [basket.proxy_name, basket.proxy_reason] if basket.proxy else []
        content = [basket.card, lines, proxy]
        return scanning.bound(basket.idem, f"goods.issue:{self.store}", f"/stores/{self.store}/out", content)


def _begun(card: str, key: str) -> Basket:
    """An empty basket, for a card or for nobody yet."""
    return Basket(card=card, idem=key)


async def _item(code: str) -> Item:
    """The item of a barcode or of a lot; raises what is wrong with the code."""
    lot = (await stock.get(code)).barcode if tokens.lot_valid(code) else code
    return await items.get(lot)
