"""Passwords: argon2id in a few threads, so that many sign-ins at once cannot take memory or the loop.

64 MiB and three passes a hash (argon2-cffi's RFC 9106 low-memory profile); two threads, and at most
`WAITING_MAX` callers in line.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from charity.errors import Refusal
from charity.office import rules
from charity.office.staff.weakness import MOST

T = TypeVar("T")
THREADS = 2
WAITING_MAX = 16
RETRY_AFTER_S = 5
COST = profiles.RFC_9106_LOW_MEMORY
_hasher = PasswordHasher.from_parameters(COST)
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
_waiting = 0
# Checked when there is no such account: the answer takes as long as for a wrong password.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$6j8Vm4aM0CJzLC3uT9Wm6m0mC0oXo6o0fVYV0mQ7n5U"


async def hashed(password: str) -> str:
    """The argon2id hash to store."""
    return await _in_pool(_hasher.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; as slow when nothing is stored."""
    right = await _in_pool(_verify, stored or _NOBODY, password)
    return right and stored is not None


def outdated(stored: str) -> bool:
    """Whether a stored hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password[:MOST])
    except (VerificationError, InvalidHashError):
        return False


async def _in_pool(work: Callable[..., T], *args: str) -> T:
    """Run in a thread; 503 when too many wait already."""
    global _waiting  # noqa: PLW0603 - the line in front of the pool
    if _waiting >= WAITING_MAX:
        raise Refusal(rules.DOORS_BUSY.code, rules.DOORS_BUSY.words, 503, retry_after_s=RETRY_AFTER_S)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_pool, work, *args)
    finally:
        _waiting -= 1
