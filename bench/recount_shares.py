"""Where each gift went, worked out again from what entries add to the money of funds, and compared with its receipt.

The intervals that bodies state are not read: the rules of docs/books.md ("Where did my gift go") are followed anew.
Every fen of a fund is a position, in the order in which it came; here they are runs of positions with one owner and
one fate, kept in order.
"""

import json
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from bench.recount import Compared, number
from bench.recount_journal import MONEY, Entry
from bench.recount_papers import Receipt, receipt_fen

Get = Callable[[str], Awaitable[str]]
FREE, GENERAL = 0, "F-GEN"
CORRECTED = {"gift.reversal", "gift.correction"}
GIVEN_BACK = {"gift.refund", *CORRECTED}
GROUP_MIN = 10
NO_AID = {"2601", "1122", "1141", "1201", "5301", "5401"}
"""What is passed on, bought or our own cost has reached nobody yet."""


@dataclass(slots=True)
class Run:
    """Positions of a fund that came with one entry and had one fate: free, or gone with the entry `by`."""

    fen: int
    owner: int
    by: int = FREE


@dataclass
class Gift:
    """What became of a gift, fen: by payment, given back, and not used yet."""

    uses: dict[int, int] = field(default_factory=dict)
    back: int = 0
    unspent: int = 0


class Streams:
    """The money of all funds, position by position."""

    def __init__(self, journal: Mapping[int, Entry]) -> None:
        self.journal = journal
        self.runs: dict[str, list[Run]] = defaultdict(list)
        for entry in journal.values():
            self._follow(entry)

    def _follow(self, entry: Entry) -> None:
        if entry.kind in GIVEN_BACK:
            self._give_back(entry)
            return
        for fund, fen in entry.money().items():
            if entry.kind == "branch.returned":
                self._return(fund, entry.facts["voucher"], fen)
            elif entry.undone is not None and entry.undone.kind == "branch.returned":
                paid = _payment(self.journal, entry.undone.facts["voucher"])
                self._leave(fund, -fen, paid, lambda run: run.by == FREE)
            elif entry.undone is not None:
                self._release(fund, entry.undone.seq, fen)
            elif fen > 0:
                self.runs[fund].append(Run(fen, entry.seq))
            else:
                self._leave(fund, -fen, entry.seq, lambda run: run.by == FREE)

    def _return(self, fund: str, voucher: str, fen: int) -> None:
        """A branch gave back a part of its payment: the last positions of it are free again."""
        seq = _payment(self.journal, voucher)
        back = self._leave(fund, fen, FREE, lambda run: run.by == seq, last=True)
        if sum(run.fen for run in back) != fen:
            raise ValueError(f"{voucher}: {fen} fen come back of {back}")

    def _release(self, fund: str, seq: int, fen: int) -> None:
        """A payment came back: its positions are free again."""
        back = [run for run in self.runs[fund] if run.by == seq]
        if sum(run.fen for run in back) != fen:
            raise ValueError(f"#{seq}: {fen} fen come back of {back}")
        for run in back:
            run.by = FREE

    def _leave(self, fund: str, fen: int, by: int, which: Callable[[Run], bool], *, last: bool = False) -> list[Run]:
        """The lowest positions, or the highest, that are as `which` says go with an entry; fewer of fewer."""
        runs, gone = self.runs[fund], list[Run]()
        at = len(runs) - 1 if last else 0
        while fen and 0 <= at < len(runs):
            run = runs[at]
            if which(run):
                if run.fen > fen:
                    rest = Run(run.fen - fen, run.owner, run.by)
                    runs.insert(at if last else at + 1, rest)
                    at += last
                    run.fen = fen
                run.by = by
                fen -= run.fen
                gone.append(run)
            at += -1 if last else 1
        return gone

    def _give_back(self, entry: Entry) -> None:
        """A refund or a correction: the gift's unspent positions, then as many free ones of the fund that pays."""
        gift = entry.facts["refund_of"] if entry.kind == "gift.refund" else entry.facts["of"]
        (fund,) = self.journal[gift].money()
        whole = -sum(entry.money().values())
        own = self._leave(fund, whole, entry.seq, lambda run: run.owner == gift and run.by == FREE, last=True)
        needed = whole - sum(run.fen for run in own)
        if not needed:
            return
        used = self._marked(fund, gift, needed)
        payer = GENERAL if entry.kind == "gift.refund" else fund
        taken = self._leave(payer, needed, entry.seq, lambda run: run.by == FREE)
        if sum(run.fen for run in taken) != needed or sum(run.fen for run in used) != needed:
            raise ValueError(f"#{entry.seq}: {needed} fen of gift #{gift} have no place")
        self._exchange(fund, used, payer, taken, gift)

    def _marked(self, fund: str, gift: int, fen: int) -> list[Run]:
        """The first positions of a gift that payments used, cut out as runs of their own."""
        marked = []
        for code in [fund, *sorted(set(self.runs) - {fund})]:
            at = 0
            runs = self.runs[code]
            while fen and at < len(runs):
                run = runs[at]
                if run.owner == gift and run.by != FREE and self.journal[run.by].kind not in GIVEN_BACK:
                    if run.fen > fen:
                        runs.insert(at + 1, Run(run.fen - fen, run.owner, run.by))
                        run.fen = fen
                    fen -= run.fen
                    marked.append(run)
                at += 1
        return marked

    def _exchange(self, fund: str, used: Sequence[Run], payer: str, taken: Sequence[Run], gift: int) -> None:
        """Used positions get the owners of those that leave, in their order; the gift owns what leaves."""
        owners = [(run.owner, run.fen) for run in taken]
        for run in taken:
            run.owner = gift
        place = {id(run): code for code in (fund, *sorted(self.runs)) for run in self.runs[code]}
        for run in used:
            runs, left = self.runs[place[id(run)]], run.fen
            at = next(n for n, other in enumerate(runs) if other is run)
            parts = []
            while left:
                owner, fen = owners.pop(0)
                part = min(fen, left)
                parts.append(Run(part, owner, run.by))
                left -= part
                if fen > part:
                    owners.insert(0, (owner, fen - part))
            runs[at : at + 1] = parts
        if owners or payer not in self.runs:
            raise ValueError(f"gift #{gift}: {owners} own nothing")

    def gifts(self) -> dict[int, Gift]:
        """What became of the money of each entry that brought some."""
        gifts: dict[int, Gift] = defaultdict(Gift)
        for runs in self.runs.values():
            for run in runs:
                gift = gifts[run.owner]
                if run.by == FREE:
                    gift.unspent += run.fen
                elif self.journal[run.by].kind == "gift.refund":
                    gift.back += run.fen
                elif self.journal[run.by].kind not in CORRECTED:
                    gift.uses[run.by] = gift.uses.get(run.by, 0) + run.fen
        return gifts


def _payment(journal: Mapping[int, Entry], voucher: str) -> int:
    """The entry that paid a voucher."""
    paid = (seq for seq, entry in journal.items() if entry.kind == "voucher.paid")
    return next(seq for seq in paid if journal[seq].facts["voucher"] == voucher)


def _stands(journal: Mapping[int, Entry], kind: str) -> list[Entry]:
    """The entries of a kind that none reverses."""
    undone = {entry.undone.seq for entry in journal.values() if entry.undone is not None}
    return [entry for seq, entry in journal.items() if entry.kind == kind and seq not in undone]


def payments_differ(journal: Mapping[int, Entry], gifts: Mapping[int, Gift]) -> list[int]:
    """The payments whose parts, over all givers and what was carried, are not to the fen what was paid."""
    answered: dict[int, int] = defaultdict(int)
    for gift in gifts.values():
        for seq, fen in gift.uses.items():
            answered[seq] += fen
    undone = {entry.undone.seq for entry in journal.values() if entry.undone is not None}
    returned = _returned(journal)
    paid = {
        seq: -sum(entry.money().values()) - _came_back(entry, returned)
        for seq, entry in journal.items()
        if seq not in undone and (entry.undone is None or entry.undone.kind != "branch.returned")
    }
    return [
        seq for seq, fen in paid.items() if fen > 0 and journal[seq].kind not in GIVEN_BACK and answered[seq] != fen
    ] + [seq for seq in answered if seq not in paid]


def _returned(journal: Mapping[int, Entry]) -> dict[str, int]:
    """What branches gave back of each payment, by its voucher, fen."""
    returned: dict[str, int] = defaultdict(int)
    for entry in _stands(journal, "branch.returned"):
        returned[entry.facts["voucher"]] += sum(entry.money().values())
    return returned


def _came_back(entry: Entry, returned: Mapping[str, int]) -> int:
    return returned.get(entry.facts["voucher"], 0) if entry.kind == "voucher.paid" else 0


def _rosters(journal: Mapping[int, Entry]) -> dict[str, tuple[int, int]]:
    """What rosters of branches account for of each payment, by its voucher: fen and people."""
    rosters: dict[str, tuple[int, int]] = {}
    for entry in _stands(journal, "branch.roster"):
        fen, people = rosters.get(entry.facts["voucher"], (0, 0))
        rosters[entry.facts["voucher"]] = (fen + entry.fen("5101"), people + entry.facts["recipients"])
    return rosters


def uses(journal: Mapping[int, Entry], gifts: Iterable[Gift]) -> list[dict[str, Any]]:
    """What a receipt over these gifts should answer: its payments, the small ones of a month and programme as one."""
    parts: dict[int, int] = defaultdict(int)
    for gift in gifts:
        for seq, fen in gift.uses.items():
            parts[seq] += fen
    rosters, returned = _rosters(journal), _returned(journal)
    shown: dict[object, dict[str, Any]] = {}
    for seq in sorted(parts):
        entry = journal[seq]
        chart = next(line.chart for line in entry.cny if line.quantity > 0 and line.chart not in MONEY)
        signed, people_of_rosters = rosters.get(entry.facts.get("voucher", ""), (0, 0))
        paid = -sum(entry.money().values()) - _came_back(entry, returned)
        reached = chart == "1122" and signed == paid
        aid = reached or chart not in NO_AID
        people = people_of_rosters if reached else entry.facts.get("recipients", 0) if aid else 0
        small = aid and people < GROUP_MIN
        programme = entry.facts.get("programme", "")
        use = shown.setdefault(
            (entry.day[:7], programme) if small else seq,
            {
                "on": entry.day[:7] if small else entry.day,
                "programme": programme,
                "amount_fen": 0,
                "of_fen": 0,
                "recipients": None if chart == "2601" else 0,
            },
        )
        use["amount_fen"] += parts[seq]
        use["of_fen"] += paid
        if use["recipients"] is not None:
            use["recipients"] += people
    return list(shown.values())


async def answers(done: Compared, streams: Streams, covered: Iterable[Receipt], get: Get) -> None:
    """Every sum and use of these receipts' answers."""
    gifts, corrected = streams.gifts(), _corrected(streams.journal)
    refunds = [entry for entry in streams.journal.values() if entry.kind == "gift.refund"]
    for seq in payments_differ(streams.journal, gifts):
        done.look(f"#{seq}", "parts of the payment", "the payment", "something else")
    for receipt in covered:
        code = receipt.code
        shown = json.loads(await get(f"/api/v1/receipts/{code}"))
        may_be = receipt_fen(streams.journal, receipt, refunds)
        fen = shown["amount_fen"]
        done.look(code, "amount_fen", fen if fen in may_be else may_be, fen)
        answered = counted(
            streams.journal, [gifts[seq] for seq in receipt.seqs if seq in gifts and seq not in corrected]
        )
        for name in ("spent_fen", "refunded_fen", "unspent_fen"):
            done.look(code, name, answered[name], shown[name])
        done.look(code, "uses", len(answered["uses"]), len(shown["uses"]))
        for mine, use in zip(answered["uses"], shown["uses"], strict=False):
            for name, value in mine.items():
                done.look(code, f"use {name}", value, use[name])


async def amount(code: str, get: Get) -> int:
    """The sum of a receipt as it is answered, fen."""
    return int(json.loads(await get(f"/api/v1/receipts/{code}"))["amount_fen"])


def counted(journal: Mapping[int, Entry], gifts: Sequence[Gift]) -> dict[str, Any]:
    """The figures of a receipt over these gifts."""
    return {
        "uses": uses(journal, gifts),
        "spent_fen": sum(sum(gift.uses.values()) for gift in gifts),
        "refunded_fen": sum(gift.back for gift in gifts),
        "unspent_fen": sum(gift.unspent for gift in gifts),
    }


def _corrected(journal: Mapping[int, Entry]) -> set[int]:
    return {entry.facts["of"] for entry in journal.values() if entry.kind in CORRECTED}


_SUM = re.compile(r'<li><span class="money[^"]*">(.*?)</span> <span>(.*?)</span>', re.DOTALL)
_USE = re.compile(r'<tr><td class="is-text">(?:(?!</tr>).)*?<time(?:(?!</tr>).)*</tr>', re.DOTALL)
_DAY = re.compile(r'datetime="([^"]*)"')
_AMOUNT = re.compile(r'<td class="is-money is-chief">(.*?)</td>', re.DOTALL)
_SHARE = re.compile(r"占(?:该笔|当月 [\d,]+ 笔)拨付 ([\d,.]+) 元的 (<?\d+\.\d\d) %")
_PEOPLE = re.compile(r"共 ([\d,]+) 人")


async def pages(done: Compared, streams: Streams, covered: Iterable[Receipt], get: Get) -> None:
    """The same on the page of each receipt, with the share in words."""
    gifts, corrected = streams.gifts(), _corrected(streams.journal)
    for receipt in covered:
        where = f"/r/{receipt.code}"
        html = await get(where)
        mine = [gifts[seq] for seq in receipt.seqs if seq not in corrected]
        answered = counted(streams.journal, mine)
        figure = {_text(label): number(value) for value, label in _SUM.findall(html)}
        used = (figure.get(label) for label in ("已经转交", "已经用出和预拨", "已经用出"))
        waits = (figure.get(label) for label in ("还没有转交", "还没有用"))
        done.look(where, "spent", answered["spent_fen"], next((fen for fen in used if fen is not None), 0))
        done.look(where, "unspent", answered["unspent_fen"], next((fen for fen in waits if fen is not None), 0))
        done.look(where, "refunded", answered["refunded_fen"] or None, figure.get("已经退还"))
        shown = _USE.findall(html)
        done.look(where, "uses", len(answered["uses"]), len(shown))
        for use, item in zip(answered["uses"], shown, strict=False):
            day, amount, text = _DAY.search(item), _AMOUNT.search(item), _text(item)
            share, people = _SHARE.search(text), _PEOPLE.search(text)
            done.look(where, "day of use", use["on"], day and day[1])
            done.look(where, "amount of use", use["amount_fen"], amount and number(amount[1]))
            done.look(where, "whole payment", use["of_fen"], share and number(share[1]))
            done.look(where, "share", _percent(use["amount_fen"], use["of_fen"]), share and share[2])
            done.look(where, "people", use["recipients"] or None, people and number(people[1]))


def _percent(part: int, whole: int) -> str:
    """Hundredths of a per cent, cut: what all givers are shown together is never more than the whole."""
    hundredths = part * 10_000 // whole
    return f"{hundredths // 100}.{hundredths % 100:02d}" if hundredths else "<0.01"


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html)).strip()
