"""What is sent packed: our own files, and pages without a secret.

A page that carries a form token or belongs to somebody signed in never is: its length would let whoever can make it
repeat his text guess the token (BREACH), so the general GZipMiddleware does not fit.
"""

import gzip
from typing import Any

from charity.web.contexts import header

LEVEL = 6
LEAST = 1_000
"""Bytes under which packing saves nothing."""


def asked(scope: Any) -> bool:
    """Whether this reader unpacks gzip."""
    codings = (coding.partition(";") for coding in header(scope, b"accept-encoding").lower().split(","))
    return any(name.strip() == "gzip" and q.replace(" ", "") not in {"q=0", "q=0.0"} for name, _, q in codings)


def packed(body: bytes) -> bytes:
    """The body in gzip, the same bytes for the same body."""
    return gzip.compress(body, LEVEL, mtime=0)
