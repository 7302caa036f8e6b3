"""The key under which a basket goes out or comes in once, however often the request that brings it is sent.

It stays with the basket over all answers, and is bound to what moves, not to the request: that may bring more scans
behind what it brought before, and then the basket that follows has the key that follows from it.
"""

import hashlib
import json
from typing import Any

from charity.db.idem import KEY, Idem, fingerprint


def following(key: str) -> str:
    """The key of the basket that follows one with this key: as secret, and the same whenever it is asked for."""
    return hashlib.sha256(f"the next basket after {key}".encode()).hexdigest()[:32] if key else ""


def shown(key: str) -> str | None:
    """A key as the next page carries it on; None where it is none, and the page makes one."""
    return key if KEY.match(key) else None


def bound(key: str, scope: str, path: str, content: Any) -> Idem | None:
    """A key for this content; None for none. `scope`: verb and owner, `content`: what moves, as JSON takes it."""
    if shown(key) is None:
        return None
    whole = json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    return Idem(scope, key, fingerprint(path, whole))
