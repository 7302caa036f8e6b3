"""Codes of documents: anybody may check one. A row says what the document is, never whom it names."""

from charity.documents import rules
from charity.documents.models import IssuedDocument
from charity.tokens import CODE128_LENGTH, normalise


async def by_code(code: str) -> IssuedDocument:
    """The document with this code as typed or scanned, or the refusal document.unknown."""
    plain = normalise(code)
    issued = await IssuedDocument.get_or_none(code=plain) if len(plain) == CODE128_LENGTH else None
    if issued is None:
        raise rules.DOCUMENT_UNKNOWN()
    return issued


async def known(code: str) -> bool:
    """Whether there is a document with this code, written as it is kept."""
    return await IssuedDocument.get_or_none(code=code) is not None


async def of_hash(content_hash: str) -> str | None:
    """The code of the newest document with this hash, of its content or of its file; None for none."""
    for column in ("data_hash", "file_hash"):
        row = await IssuedDocument.filter(**{column: content_hash}).order_by("-made_at").first()
        if row is not None:
            return row.code
    return None


async def compare(code: str, typed: str) -> bool | None:
    """Whether a hash that somebody typed (any case, spaces) is one of the document's; None when nothing was typed."""
    document = await by_code(code)
    plain = "".join(typed.split()).lower()
    return plain in {document.data_hash, document.file_hash} if plain else None
