"""Ready-made situations of the bank: a statement whose lines say what a test wants, taken in."""

import itertools
from dataclasses import dataclass
from typing import Any

from bank import files
from cast import Cast

from charity import clock
from charity.bank import matching, statements
from charity.bank.matching import readers as matching_readers
from charity.bank.statements import readers
from charity.bank.statements.readers import LineView
from charity.money import yuan

BANK = "1002/ICBC-01"
FILES = itertools.count()


@dataclass(frozen=True)
class Line:
    """A line as the bank has it: fen that came, or went with a minus."""

    fen: int
    name: str = "爱心企业"
    memo: str = ""
    reference: str = ""
    on: str = ""
    at: str = "09:00:00"


def csv_file(*lines: Line, start_fen: int = 1_000_000) -> bytes:
    """A file of these lines, with balances."""
    left, entries = start_fen, []
    for line in lines:
        left += line.fen
        came, went = (yuan(line.fen), "") if line.fen > 0 else ("", yuan(-line.fen))
        entries.append((line.on or clock.today().isoformat(), line.at, came, went, line.memo))
    rows = [list(row) for row in files.ccb_a(entries)]
    titles = [str(cell).strip() for cell in rows[9]]
    left = start_fen
    for row, line in zip(rows[10:], lines, strict=True):
        left += line.fen
        row[titles.index("对方户名")], row[titles.index("交易流水号")] = line.name, line.reference
        row[titles.index("余额")], row[titles.index("本方账号")] = yuan(left), ""
    return files.csv_of(rows)


async def came(house: Cast, *lines: Line, place: str = BANK, start_fen: int = 1_000_000) -> str:
    """Take in a file of these lines: the key of the statement."""
    data, name = csv_file(*lines, start_fen=start_fen), f"{next(FILES)}.csv"
    key = await statements.upload(place=place, name=name, data=data, by=house.cashier)
    shown = await statements.get(key, by=house.cashier)
    await statements.take(key, content_hash=readers.content(shown).hash, by=house.cashier)
    return key


async def lines(house: Cast, **asked: Any) -> list[LineView]:
    """All lines, by their place in the file."""
    views, _ = await statements.lines(statements.Filters(**asked), by=house.auditor)
    return sorted(views, key=lambda one: (one.row["on_day"], one.row["key"]))


async def states(house: Cast) -> list[str]:
    return [str(one.row["status"]) for one in await lines(house)]


async def open_movements(house: Cast, place: str = BANK) -> list[Any]:
    return await matching_readers.movements(place, matching_readers.Chosen(), by=house.auditor)


async def waiting(house: Cast) -> list[LineView]:
    """Follow the books, then the queue."""
    await matching.keep_up()
    return (await matching.queue(limit=50, by=house.auditor))[0]
