"""`charity verify`, the database's part: every column with words holds a word that the code knows (I3)."""

from charity import words
from charity.db import reading
from charity.db.fields import WordField, worded
from charity.errors import Failure

SHOWN_MAX = 20


async def run() -> list[Failure]:
    """The words that no code knows, with their tables and columns; none when all is right."""
    return [failure for table, columns in sorted(worded().items()) for failure in await _table(table, columns)]


async def _table(table: str, columns: dict[str, WordField]) -> list[Failure]:
    """One pass over a table, however many of its columns have words."""
    odd = {name: f"({name} NOT IN ({_list(field.words)}))" for name, field in columns.items()}
    shown = ", ".join(f"CASE WHEN {test} THEN {name} END AS {name}" for name, test in odd.items())
    rows = await reading.rows(
        f"SELECT DISTINCT {shown} FROM {table} WHERE {' OR '.join(odd.values())} LIMIT {SHOWN_MAX}"  # noqa: S608 - from models
    )
    return [
        Failure("I3", words.say("{column} 里的“{word}”是代码不认识的词", column=f"{table}.{name}", word=word))
        for row in rows
        for name, word in row.items()
        if word is not None
    ]


def _list(words: tuple[str, ...]) -> str:
    assert all("'" not in word for word in words)
    return ", ".join(f"'{word}'" for word in words)
