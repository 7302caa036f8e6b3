"""`charity verify`, the part of the office: no account holds roles that exclude each other.

The verbs refuse it; rows of an older version, or of a backup, may hold it.
"""

from collections.abc import Sequence

from charity import words
from charity.db import reading
from charity.errors import Failure
from charity.roles import FORBIDDEN_TOGETHER

TOGETHER = "账号 {login} 同时是 {first} 和 {second}：请运行 charity account roles"


async def run() -> Sequence[Failure]:
    """Accounts in use with two roles that nobody may hold together."""
    failures = []
    for first, second in FORBIDDEN_TOGETHER:
        rows = await reading.rows(
            "SELECT s.login FROM staff s JOIN staff_role a ON a.staff = s.key AND a.role = $1 "
            "JOIN staff_role b ON b.staff = s.key AND b.role = $2 WHERE s.disabled_at IS NULL ORDER BY s.login",
            first.value,
            second.value,
        )
        failures += [
            Failure("ROLES", words.say(TOGETHER, login=row["login"], first=first.value, second=second.value))
            for row in rows
        ]
    return failures
