"""The text of an entry and its hash.

A body is RFC 8785 canonical JSON, stored verbatim and hashed verbatim: `leaf = SHA-256(0x00 || body)`.
Our bodies hold only text, integers within ±2^53, lists and objects with ASCII keys; for these the
standard library's sorted, unescaped form is the canonical one, and several times faster than a
general encoder (a test compares it with the `rfc8785` package).
"""

import hashlib
import json
from typing import Any

SAFE_MAX = 2**53 - 1
GENESIS = "0" * 64
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def body_text(body: dict[str, Any]) -> str:
    """The canonical text; ValueError or TypeError when a value has no canonical form here."""
    _check(body)
    return _encode(body)


def entry_text(body: dict[str, Any]) -> str:
    """The same for an entry, whose postings the state has already counted as integers of known codes."""
    for name, value in body.items():
        if name != "postings":
            _check(value)
    return _encode(body)


def leaf(text: str) -> str:
    """The leaf hash of a body text, hex."""
    return hashlib.sha256(b"\x00" + text.encode()).hexdigest()


def fingerprint(value: Any) -> str:
    """The hash that tells whether two requests say the same."""
    return hashlib.sha256(_encode(value).encode()).hexdigest()


def _check(value: Any) -> None:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return
    if kind is int:
        if abs(value) > SAFE_MAX:
            raise ValueError(value)
    elif kind is dict:
        for key, part in value.items():
            if not key.isascii():
                raise ValueError(key)
            _check(part)
    elif kind in {list, tuple}:
        for part in value:
            _check(part)
    else:
        raise TypeError(kind)
