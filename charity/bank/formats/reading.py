"""A file of a bank, read in a child process (charity/sheets/children.py); raises Unread.

What the file says comes back whole: its layout, its account, its sums, what is wrong with it, and its rows as they were
written by the child, which are taken apart only when they are asked for.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from charity import clock
from charity.sheets import children
from charity.sheets.children import Unread


@dataclass(frozen=True, slots=True)
class Output:
    """What a file says. `errors` are (row, column, reason, facts), of `error_count` the first."""

    layout: str
    account: str
    made: tuple[str, str]
    rows: int
    in_fen: int
    out_fen: int
    first_on: str
    last_on: str
    errors: list[tuple[int, str, str, dict[str, Any]]]
    error_count: int
    raw: list[bytes] = field(repr=False)

    @property
    def exported_at(self) -> str | None:
        """When the file was made: never still to come, of a bare day its beginning, None before its last line's."""
        on, at = self.made
        if on < self.last_on:
            return None
        hour, minute, second = map(int, (at or "00:00:00").split(":"))  # 24:00:00 is the end of the day
        made = datetime.combine(date.fromisoformat(on), time(), tzinfo=clock.SHANGHAI)
        return min(clock.stamp(made + timedelta(hours=hour, minutes=minute, seconds=second)), clock.stamp())

    def lines(self, first: int, last: int) -> Iterator[list[Any]]:
        """The rows from the index `first` to before `last`, with the columns of rows.Line."""
        return (json.loads(line) for line in self.raw[first:last])


async def read(data: bytes, *, name: str, own: str, columns: Mapping[str, str] | None = None) -> Output:
    """Read a file that its sender calls `name`; `own` is the number of the account, "" where it is not known.

    `columns` says what the columns are called that somebody chose, for a header that no layout fits.
    """
    asked = {"name": name, "own": own, "columns": dict(columns or {})}
    answer, lines = await children.read("charity.bank.formats.child", asked, data)
    return Output(**answer, raw=lines)


__all__ = ["Output", "Unread", "read"]
