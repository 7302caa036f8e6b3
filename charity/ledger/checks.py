"""Checks of `charity verify` as data: one query a rule, each row that it finds is a failure.

What was hashed is the truth: a row of a room repeats facts of its entry, and a check compares the two.
`@e.campaign` in a query is the fact `campaign` of the body of `e`, as text, and `@i:entry` what the stored
answer of the key `i` says about `entry`, both in the database's own words.
"""

import re
from collections.abc import Iterable
from typing import Any

from charity.db import engine, reading
from charity.errors import Failure

SHOWN_MAX = 20
CHUNK = 100_000
_FACT = re.compile(r"@(\w+)\.(\w+)")
_ANSWER = re.compile(r"@(\w+):(\w+)")


Check = tuple[str, str, str]
"""(invariant, words with places for the columns that the query finds, query)."""


def sql(query: str) -> str:
    """A query with its `@e.fact` and `@i:answer` places filled for the open database."""
    if engine.state().postgres:
        query = _ANSWER.sub(r"(\1.response::json ->> '\2')", query)
        return _FACT.sub(r"(\1.body::json -> 'facts' ->> '\2')", query)
    query = _ANSWER.sub(r"CAST(json_extract(\1.response, '$.\2') AS TEXT)", query)
    return _FACT.sub(r"CAST(json_extract(\1.body, '$.facts.\2') AS TEXT)", query)


async def failures(checks: Iterable[Check]) -> list[Failure]:
    """What does not hold, at most SHOWN_MAX a rule.

    A query with `$1` and `$2` looks at the entries behind one seq and up to another, CHUNK at a time: over a large
    journal it would hold its snapshot for long.
    """
    failed: list[Failure] = []
    head = int(await reading.value("SELECT seq FROM head WHERE id = 1") or 0)
    for invariant, words, query in checks:
        parts = [(after, after + CHUNK) for after in range(0, head + 1, CHUNK)] if "$2" in query else [()]
        rows: list[dict[str, Any]] = []
        for part in parts:
            if len(rows) < SHOWN_MAX:
                rows += await reading.rows(f"{sql(query)} LIMIT {SHOWN_MAX}", *part)
        failed += [Failure(invariant, words.format(**row)) for row in rows[:SHOWN_MAX]]
    return failed
