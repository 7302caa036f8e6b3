"""Receipts D1, payment vouchers, slips and journal vouchers D19 as printed, compared with their entries."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from bench.recount import Compared
from bench.recount_journal import Entry
from bench.recount_pdf import AMOUNT, Line, Word, capitals, placed, rows, yuan
from bench.recount_registers import UNVALUED, Lot

COPIES = {"paper.pdf": 3, "pdf": 1}
PLACES = ("1001", "1002", "1009")
WRITTEN = {
    *("opening", "goods.opening", "money.reversal", "money.reclassified", "gift.reversal", "gift.correction"),
    *("bank.fee", "bank.fee_reversal", "unidentified.reversal"),
}
Side = tuple[str, str, int]
"""(chart, 借 or 贷, fen)"""


@dataclass(frozen=True)
class Receipt:
    """A receipt beside the journal: the entries of the gifts on it, and whether it stands."""

    code: str
    seqs: Sequence[int]
    issued: bool


def receipts(lines: Iterable[tuple[str, str, int]]) -> list[Receipt]:
    """Of (code, status, entry of a gift), those of a receipt one after another."""
    return [
        Receipt(code, [seq for _, _, seq in mine], issued=status == "issued")
        for (code, status), mine in groupby(lines, key=lambda line: (line[0], line[1]))
    ]


def receipt_fen(journal: Mapping[int, Entry], receipt: Receipt, refunds: Sequence[Entry]) -> set[int]:
    """What a receipt may say: its gifts less all refunds of them; of one that stands no more, less the first few."""
    fen = -sum(journal[seq].fen("4101", "2601") for seq in receipt.seqs)
    sums = [fen]
    for entry in refunds:
        if entry.facts["refund_of"] in receipt.seqs:
            fen += sum(entry.money().values())
            sums.append(fen)
    return {fen} if receipt.issued else set(sums)


def _words(body: bytes) -> list[Line]:
    return [line for page in rows(body) for line in page]


def _capitals(lines: Iterable[Line]) -> list[int]:
    """The sums in capitals, in their order."""
    sums = [capitals(word.removeprefix("人民币")) for line in lines for word in line.words if word.startswith("人民币")]
    return [fen for fen in sums if fen is not None]


def _signed(lines: Iterable[Line]) -> list[str]:
    """The sums with a sign, without it."""
    return [word.replace("¥", "") for line in lines for word in line.words if re.fullmatch(r"-?¥[\d,.]+", word)]


def receipt(done: Compared, journal: Mapping[int, Entry], of: Receipt, fen: int, body: bytes, copies: int) -> None:
    """Its lines, its sum of `fen`, and the sum in capitals, on each copy."""
    lines, where, priced = _words(body), f"receipt {of.code}", bool(fen)
    done.look(where, "capitals", [fen] * copies if priced else [], _capitals(lines))
    done.look(where, "total", [yuan(fen)] * copies if priced else [], _signed(lines))
    amounts = [line.amounts(UNVALUED)[-1] for line in lines if line.amounts(UNVALUED) and "货币" in line.words]
    entry = journal[of.seqs[0]]
    # A line says 实物 itself, or the head does for all.
    things = [line for line in lines if line.amounts(UNVALUED) and _is_of_goods(line, entry)]
    goods = [line.amounts(UNVALUED)[-1] for line in things]
    done.look(where, "lines", fen * copies, _sum(amounts) + _sum(goods))
    if entry.kind == "goods.gift":
        pieces = sum(line.quantity for line in entry.lines if line.account.startswith("store:"))
        counts = [_before(line, 1 if UNVALUED in line.words and not _money(line) else 2) for line in things]
        done.look(where, "pieces", pieces * copies, sum(counts))


def _is_of_goods(line: Line, entry: Entry) -> bool:
    sums = line.first.startswith(("合计", "本页", "承前", "累计"))
    return "实物" in line.words or (entry.kind == "goods.gift" and not sums)


def _money(line: Line) -> list[str]:
    return line.amounts()


def _before(line: Line, back: int) -> int:
    """The count that stands so many words before the last sum of a line."""
    amounts = line.amounts(UNVALUED)
    if not amounts:
        return 0
    at = len(line.words) - 1 - line.words[::-1].index(amounts[-1])
    text = line.words[at - back].replace(",", "")
    return int(text) if text.isdigit() else 0


def _sum(amounts: Iterable[str]) -> int:
    return sum(0 if text == UNVALUED else int(text.replace(",", "").replace(".", "")) for text in amounts)


def voucher(done: Compared, entry: Entry, body: bytes) -> None:
    """A paid voucher: what was paid, in capitals too, whom it reached and when."""
    lines, where = _words(body), entry.facts["voucher"]
    fen = -sum(line.quantity for line in entry.cny if line.chart in PLACES)
    done.look(where, "capitals", [fen], _capitals(lines))
    done.look(where, "sum", [yuan(fen)], _signed(lines))
    text = " ".join(word for line in lines for word in line.words)
    people = re.search(r"受益 (?:([\d,]+) (?:户（人）|人次)|以分会花名册为准)", text)
    by_roster = any(line.chart == "1122" for line in entry.cny)
    wanted = f"{entry.facts['recipients']:,}" if "programme" in entry.facts and not by_roster else None
    done.look(where, "recipients by rosters", by_roster, bool(people and people[1] is None))
    done.look(where, "recipients", wanted, people and people[1])
    paid = re.search(r"付款日期 (\S+)", text)
    done.look(where, "paid on", entry.day, paid and paid[1])


def slip(done: Compared, entry: Entry, lots: Mapping[str, Lot], body: bytes) -> None:
    """A slip of goods: pieces and worth of each lot, and its sums, points too."""
    lines, where = _words(body), entry.facts["document"]
    issue = entry.kind == "goods.issue"
    worth = pieces = 0
    priced = False
    for posting in entry.lines:
        if not posting.account.startswith("store:"):
            continue
        code, count = posting.unit.removeprefix("lot:"), abs(posting.quantity)
        cost = lots[code].cost_fen
        line = next((line for line in lines if code in line.words), None)
        amounts = line.amounts(UNVALUED) if line else []
        at = line.words.index(code if issue else amounts[0]) - 1 if line and amounts else -1
        done.look(where, f"{code} pieces", f"{count:,}", line.words[at] if line and at >= 0 else None)
        done.look(where, f"{code} worth", yuan(count * cost) if cost else UNVALUED, amounts[-1] if amounts else None)
        pieces, worth, priced = pieces + count, worth + count * cost, priced or bool(cost)
    points = sum(p.quantity for p in entry.lines if p.account == "points:redeemed")
    wanted = ["合计", f"{pieces:,}", yuan(worth) if priced else UNVALUED, *([f"{points:,}"] if issue else [])]
    shown = next((line.words for line in lines if line.first == "合计"), ())
    done.look(where, "sums", wanted, list(shown))


@dataclass
class Sheet:
    """A journal voucher as printed: its number, entries, documents and day, its lines, and its sums."""

    number: str = ""
    first: int = 0
    last: int = 0
    documents: str = ""
    day: str = ""
    lines: list[Side] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)


def sheets(body: bytes) -> list[Sheet]:
    """The journal vouchers of a file; one of many lines goes on over pages."""
    read: list[Sheet] = []
    for words in placed(body):
        texts = " ".join(word.text for word in sorted(words, key=lambda word: (round(word.y), word.x)))
        if number := re.search(r"(\d{4}-\d\d) (记-\d+)", texts):
            entries = re.search(r"#(\d+)(?: 至 #(\d+))?", texts)
            documents = re.search(r"附件 (—|\d+)", texts)
            day = re.search(r"日期 (\d{4}-\d\d-\d\d)", texts)
            sheet = Sheet(
                f"{number[1]} {number[2]}", documents=documents[1] if documents else "?", day=day[1] if day else ""
            )
            if entries:
                sheet.first = int(entries[1])
                sheet.last = int(entries[2] or entries[1])
            if not read or read[-1].number != sheet.number:  # the foot of each page says the number too
                read.append(sheet)
        _onto(read[-1], words)
    return read


def _onto(sheet: Sheet, words: Sequence[Word]) -> None:
    """Add the lines and sums of a page. A line has its sum at the height of its chart."""
    heads = {word.text: word for word in words if word.text in HEADS}
    charts, middle = list[Word](), 0.0
    if len(heads) == len(HEADS):  # else only the foot came over
        middle = (heads["借方"].x + heads["贷方"].x) / 2
        charts = [w for w in words if re.fullmatch(r"\d{4}", w.text) and abs(w.x - heads["科目编码"].x) < COLUMN]
    for word in words:
        if word.text.startswith("人民币"):
            fen = capitals(word.text.removeprefix("人民币"))
            sheet.words += [] if fen is None else [fen]
        if not AMOUNT.fullmatch(word.text):
            continue
        fen = int(re.sub(r"[,.]", "", word.text))
        chart = next((c for c in charts if abs(c.y - word.y) < HEIGHT), None)
        if chart is None:
            sheet.sums.append(fen)
        else:
            sheet.lines.append((chart.text, "借" if word.x < middle else "贷", fen))


HEADS = {"借方", "贷方", "科目编码"}
COLUMN, HEIGHT = 30.0, 3.0
"""Points: a chart stands below its head, and the sums of a line at its height."""


def members(journal: Mapping[int, Entry], first: int, last: int) -> list[Entry]:
    """The entries of a journal voucher: those of the kind, day and place of its first one, up to its last."""
    kept = _shared(journal[first])
    if kept is None:
        return [journal[first]]
    return [journal[seq] for seq in range(first, last + 1) if _shared(journal[seq]) == kept]


def _shared(entry: Entry) -> tuple[str, str, str] | None:
    charts = {"gift.cash": PLACES, "goods.issue": ("1201", "1801")}.get(entry.kind, ())
    places = [f"{line.chart}/{line.place}" for line in entry.cny if line.chart in charts]
    return (entry.kind, entry.day, min(places)) if places else None


def journal_vouchers(done: Compared, journal: Mapping[int, Entry], body: bytes, count: int) -> list[int]:
    """So many journal vouchers with their lines and sums; the entries that they say they are about."""
    printed, about = sheets(body), list[int]()
    done.look("D19", "sheets", count, len(printed))
    for sheet in printed:
        if sheet.first not in journal:
            done.look(sheet.number, "entries", "an entry", sheet.first)
            continue
        mine = members(journal, sheet.first, sheet.last)
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for entry in mine:
            for line in entry.cny:
                sums[line.account, "借" if line.quantity > 0 else "贷"] += abs(line.quantity)
        whole = sum(fen for (_, side), fen in sums.items() if side == "借")
        lines = sorted((account.split("/")[0], side, fen) for (account, side), fen in sums.items())
        done.look(sheet.number, "lines", lines, sorted(sheet.lines))
        done.look(sheet.number, "sums", [whole, whole], sheet.sums)
        done.look(sheet.number, "capitals", [whole], sheet.words)
        done.look(sheet.number, "last entry", mine[-1].seq, sheet.last)
        done.look(sheet.number, "day", mine[0].day, sheet.day)
        done.look(sheet.number, "documents", "—" if mine[0].kind in WRITTEN else str(len(mine)), sheet.documents)
        about += [entry.seq for entry in mine]
    return about
