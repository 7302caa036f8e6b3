"""Checks of `charity verify` as data: one query a rule, each row that it finds is a failure.

Rules over one large table share a reading of it (`Pass`); a rule that a count can answer has a `Guard`.
What was hashed is the truth: a row of a room repeats facts of its entry, and a check compares the two.
`@e.campaign` in a query is the fact `campaign` of the body of `e`, as text, and `@i:entry` what the stored
answer of the key `i` says about `entry`, both in the database's own words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from charity import words
from charity.db import engine, reading
from charity.errors import Failure

SHOWN_MAX = 20
CHUNK = 100_000
_FACT = re.compile(r"@(\w+)\.(\w+)")
_ANSWER = re.compile(r"@(\w+):(\w+)")


Check = tuple[str, str, str]
"""(invariant, words with places for the columns that the query finds, query)."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Rules that look at the same rows: one reading asks whether any is broken, and only then each by itself.

    `rows` is `FROM ... WHERE ...`, a rule (invariant, words, condition that is true of a wrong row), and `shown`
    the columns that the words name.
    """

    shown: str
    rows: str
    rules: tuple[tuple[str, str, str], ...]

    def any_broken(self) -> str:
        """The query that finds a row when a rule is broken."""
        return f"SELECT 1 AS wrong {self.rows} AND ({' OR '.join(f'({test})' for _, _, test in self.rules)})"

    def each(self) -> list[Check]:
        """A query a rule."""
        return [
            (name, words, f"SELECT DISTINCT {self.shown} {self.rows} AND ({test})") for name, words, test in self.rules
        ]


@dataclass(frozen=True, slots=True)
class Guard:
    """A rule whose query takes long, and a short one that finds a row whenever the rule may be broken."""

    suspects: str
    check: Check


def sql(query: str) -> str:
    """A query with its `@e.fact` and `@i:answer` places filled for the open database."""
    if engine.state().postgres:
        query = _ANSWER.sub(r"(\1.response::json ->> '\2')", query)
        return _FACT.sub(r"(\1.body::json -> 'facts' ->> '\2')", query)
    query = _ANSWER.sub(r"CAST(json_extract(\1.response, '$.\2') AS TEXT)", query)
    return _FACT.sub(r"CAST(json_extract(\1.body, '$.facts.\2') AS TEXT)", query)


async def failures(checks: Iterable[Check | Pass | Guard]) -> list[Failure]:
    """What does not hold, at most SHOWN_MAX a rule."""
    failed: list[Failure] = []
    for check in checks:
        match check:
            case Pass():
                each = check.each() if await _rows(check.any_broken(), 1) else []
            case Guard():
                each = [check.check] if await _rows(check.suspects, 1) else []
            case _:
                each = [check]
        for invariant, msgid, query in each:
            failed += [Failure(invariant, words.say(msgid, **row)) for row in await _rows(query, SHOWN_MAX)]
    return failed


async def _rows(query: str, most: int) -> list[dict[str, Any]]:
    """The first rows of a query.

    One with `$1` and `$2` looks at the entries behind one seq and up to another, CHUNK at a time: over a large
    journal it would hold its snapshot for long.
    """
    head = int(await reading.value("SELECT seq FROM head WHERE id = 1") or 0)
    rows: list[dict[str, Any]] = []
    for part in [(after, after + CHUNK) for after in range(0, head + 1, CHUNK)] if "$2" in query else [()]:
        if len(rows) < most:
            rows += await reading.rows(f"{sql(query)} LIMIT {most - len(rows)}", *part)
    return [{name: _whole(value) for name, value in row.items()} for row in rows]


def _whole(value: Any) -> Any:
    """A sum as a number: PostgreSQL's are Decimals, and 20000 of them reads 2E+4."""
    return int(value) if isinstance(value, Decimal) else value
