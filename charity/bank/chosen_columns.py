"""Files that no layout knows: whoever uploads one says what its columns are, and that is kept for its place of money.

Always true: what was chosen is used only for a header that no layout fits, and is read by the same rules as any other.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from charity import clock, texts, words
from charity.bank.formats import layouts
from charity.bank.formats.layouts import TITLE_MAX, Column
from charity.db import reading, transactions
from charity.errors import FieldError
from charity.roles import Actor

COLUMNS: Final[tuple[Column, ...]] = (
    "date", "time", "in", "out", "amount", "flag", "balance", "name", "account", "memo", "reference",
)  # fmt: skip
"""What can be chosen; a field of the form is called `column_` and its name."""


def wrong(columns: Mapping[str, str]) -> list[FieldError]:
    """What keeps these columns from being read: a day is needed, and sums in two columns or in one."""
    errors: list[FieldError] = []
    if "date" not in columns:
        errors.append(FieldError("column_date", "请选择哪一列是交易日期"))
    two, one = {"in", "out"} & columns.keys(), {"amount", "flag"} & columns.keys()
    if (two and one) or (len(two) == 1) or (not two and "amount" not in columns):
        errors.append(FieldError("column_in", "收入和支出各选一列；收付在一列的，只选金额，有借贷标志的也选上"))
    chosen: dict[str, str] = {}
    for column, title in columns.items():
        if len(title) > TITLE_MAX or chosen.setdefault(title, column) != column:
            errors.append(FieldError(f"column_{column}", "这一列已经选作别的了"))
    return errors


async def of_place(place: str) -> dict[str, str]:
    """What was chosen for the files of a place; nothing where no file needed it."""
    text: str | None = await reading.value("SELECT columns FROM bank_columns WHERE place = $1", place)
    return json.loads(text) if text else {}


async def keep(place: str, columns: Mapping[str, str], *, by: Actor) -> None:
    """Keep what was chosen, in place of what was before."""
    by.must("statement.import")
    row = [place, json.dumps(columns, ensure_ascii=False), by.key, clock.stamp()]
    await transactions.run(
        lambda tx: tx.many(
            "INSERT INTO bank_columns (place, columns, chosen_by, chosen_at) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (place) DO UPDATE SET columns = excluded.columns, chosen_by = excluded.chosen_by, "
            "chosen_at = excluded.chosen_at",
            [row],
        )
    )


async def forget(place: str) -> None:
    """Choose anew at the next file: one that was read so was taken away again."""
    await transactions.run(lambda tx: tx.many("DELETE FROM bank_columns WHERE place = $1", [[place]]))


def titles(sent: str) -> list[str]:
    """The titles that a form carries, as the page before had them; none when they cannot be read."""
    try:
        listed = json.loads(sent or "[]")
    except (ValueError, RecursionError):
        return []
    if not isinstance(listed, list):
        return []
    return [one for one in listed[: layouts.TITLES_MAX] if isinstance(one, str) and texts.refused(one) is None]


def choices(titles: Sequence[str], sent: Mapping[str, str]) -> dict[str, Any]:
    """What can be chosen where no layout knows a file: each of our columns with the titles of its header."""
    options = [{"value": "", "label": words.say("没有这一列")}, *({"value": one, "label": one} for one in titles)]
    if not any(sent.get(f"column_{column}") for column in COLUMNS):
        sent = {**sent, **{f"column_{column}": one for column, one in layouts.guessed(titles, COLUMNS).items()}}
    return {"titles": json.dumps(titles, ensure_ascii=False) if titles else "", "options": options, "chosen": sent}
