"""The documents there are: what the rooms declare, asked by the screens, the API, the jobs and the command line."""

from collections.abc import Iterable

from charity.documents import rules
from charity.printing.document import Document

_documents: dict[str, Document] = {}


def use(documents: Iterable[Document]) -> None:
    """Take the documents of all rooms: `app` calls this once. Two of one name are an error of ours."""
    for given in documents:
        assert _documents.get(given.name, given) is given, f"two documents named {given.name}"
        _documents[given.name] = given


def every() -> tuple[Document, ...]:
    """All documents, in the order of the rooms."""
    return tuple(_documents.values())


def find(name: str) -> Document | None:
    """The document of this name, if there is one."""
    return _documents.get(name)


def document(name: str) -> Document:
    """The document of this name, or the refusal report.unknown."""
    named = find(name)
    if named is None:
        raise rules.REPORT_UNKNOWN(report=name)
    return named
