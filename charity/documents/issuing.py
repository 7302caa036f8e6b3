"""A document that is printed at once and kept by its code, as registers are: `/v/{code}` says what it must say.

The same content has one code: printed again it is the same document.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from charity import clock, tokens
from charity.db import transactions
from charity.documents import facts
from charity.documents.models import IssuedDocument
from charity.settings import settings

Sum = tuple[str, str, int]
"""Title (a msgid), kind and amount of a total."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What the print must bear: its code, the address that checks it, and the hash of its content."""

    code: str
    made_at: str
    data_hash: str

    @property
    def address(self) -> str:
        """Where anybody checks it."""
        return f"{settings().public_url.rstrip('/')}/v/{self.code}"


async def issue(
    *,
    kind: str,
    title: str,
    period: tuple[str, str],
    content: Any,
    count: int,
    sums: Sequence[Sum],
    made_by: str,
    printed: Callable[[Issued], Awaitable[bytes]],
) -> bytes:
    """The PDF of a document over this content (JSON without names; its keys say whose it is), which is kept."""
    text = json.dumps([kind, *period, content], ensure_ascii=False, sort_keys=True)
    data_hash = hashlib.sha256(text.encode()).hexdigest()
    before = await IssuedDocument.filter(data_hash=data_hash, kind=kind).order_by("made_at").first()
    if before is not None:
        return await printed(Issued(before.code, before.made_at, data_hash))
    issued = Issued(tokens.code128(), clock.stamp(), data_hash)
    seq, body = await facts.head_seq(), await printed(issued)
    row = {
        "code": issued.code,
        "kind": kind,
        "title": title,
        "from_on": period[0],
        "to_on": period[1],
        "format": "pdf",
        "row_count": count,
        "seq": seq,
        "copy": "",
        "filters": "",
        "sums": json.dumps(list(sums), ensure_ascii=False, separators=(",", ":")),
        "data_hash": data_hash,
        "file_hash": hashlib.sha256(body).hexdigest(),
        "status": "valid",
        "made_by": made_by,
        "made_at": issued.made_at,
    }
    await transactions.run(lambda tx: tx.insert("document", [row]))
    return body
