"""Idempotency keys as they reach us: from a header, or from a hidden field of a form.

Structurally the key that the ledger's writer takes: who asked what (`scope`), the caller's key, and a
fingerprint of what was asked, so that the same key with other words is refused.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from charity.settings import settings

KEY = re.compile(r"^[\x21-\x7e]{1,255}$")
_SECRET = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
DIGITS_MIN = 6
"""Different digits of a key nobody guesses: of 10^12 random ones not one has fewer, all zeros has one."""


@dataclass(slots=True)
class Idem:
    """An idempotency key: `scope` is verb and owner, `fingerprint` the hash of what was asked."""

    scope: str
    key: str
    fingerprint: str


def secret(key: str) -> bool:
    """Whether nobody guesses this key: 32 random hexadecimal digits, as our pages make it, or a UUID."""
    return _SECRET.fullmatch(key) is not None and len(set(key.lower()) - {"-"}) >= DIGITS_MIN


def fingerprint(path: str, content: bytes) -> str:
    """The keyed hash of what was asked, and where: without our key nobody can try names against a stored one."""
    return hashlib.blake2b(path.encode() + b"\n" + content, digest_size=32, key=_key()).hexdigest()


@lru_cache(maxsize=1)
def _key() -> bytes:
    return hashlib.sha256(b"charity idempotency " + settings().secret_key.encode()).digest()
