"""What somebody was shown and confirms: its facts as one canonical text, and the SHA-256 of that text.

A page or an answer that can be confirmed gives the hash (`content_hash`) with what it shows; the verb that confirms
computes it again, under the writer's lock, from what is so now, and refuses when the two differ:

    Content(facts={"status": row["status"], "amount_fen": row["amount_fen"]}).must_be(content_hash)

`facts` are codes, numbers, dates and states that whoever may confirm may also read: the refusal brings the present
ones along (`refusal.now`). `personal` values (names, reasons, accounts) go in as digests with the row's own salt, so
that the hash covers them and nobody can guess them from it; no refusal repeats them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from charity.errors import Now, Refusal
from charity.ledger import canonical, rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is shown: names in ASCII, values that are text, integers, booleans, None, or lists and objects of them."""

    facts: Mapping[str, Any]
    personal: Mapping[str, str] = field(default_factory=dict)
    salt: str = ""

    @property
    def text(self) -> str:
        """The canonical text."""
        assert not self.facts.keys() & self.personal.keys()
        assert self.salt or not self.personal, "a digest without a salt can be guessed"
        digests = {name: digest(self.salt, value) for name, value in self.personal.items()}
        return canonical.body_text({**self.facts, **digests})

    @property
    def hash(self) -> str:
        """The content hash, 64 hex digits."""
        return hashed(self.text)

    def must_be(self, content_hash: str) -> None:
        """Refuse (409) when this is not what was shown; the refusal says what is so now."""
        now = self.hash
        if content_hash != now:
            raise changed(now, self.facts)


def changed(content_hash: str, facts: Mapping[str, Any]) -> Refusal:
    """The refusal that brings along what is so now."""
    refusal = rules.CONTENT_CHANGED()
    refusal.now = Now(content_hash, dict(facts))
    return refusal


def hashed(text: str) -> str:
    """SHA-256 of the text, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest(salt: str, *parts: str) -> str:
    """A salted SHA-256, hex; each part is preceded by its length, so that parts cannot flow into one another."""
    text = salt + "".join(f"|{len(part)}|{part}" for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()
