"""The text of an entry and its hash.

A body is RFC 8785 canonical JSON, stored verbatim and hashed verbatim: `leaf = SHA-256(0x00 || body)`.
Our bodies hold only text, integers within ±2^53, lists and objects with ASCII keys; for these a compact
encoder over sorted keys writes the canonical form, several times faster than a general one (a test
compares it with the `rfc8785` package).
"""

import hashlib
from typing import Any

from pydantic_core import to_json

SAFE_MAX = 2**53 - 1
GENESIS = "0" * 64


def body_text(body: dict[str, Any]) -> str:
    """The canonical text; ValueError or TypeError when a value has no canonical form here."""
    return to_json(_ordered(body)).decode()


def entry_text(body: dict[str, Any]) -> str:
    """The same for an entry: only its facts come from outside, the rest the state made of text and integers."""
    ordered = {name: _ordered(value) if name == "facts" else value for name, value in sorted(body.items())}
    return to_json(ordered).decode()


def leaf(text: str) -> str:
    """The leaf hash of a body text, hex."""
    return hashlib.sha256(b"\x00" + text.encode()).hexdigest()


def _ordered(value: Any) -> Any:
    """The value with its keys sorted, after a look at every part of it."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is int:
        if abs(value) > SAFE_MAX:
            raise ValueError(value)
        return value
    if kind is dict:
        for key in value:
            if not key.isascii():
                raise ValueError(key)
        return {key: part if type(part) is str else _ordered(part) for key, part in sorted(value.items())}
    if kind in {list, tuple}:
        return [_ordered(part) for part in value]
    raise TypeError(kind)
