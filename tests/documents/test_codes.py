"""Codes of documents, as anybody types them; and the documents there are."""

from typing import Any

import pytest
from cast import Cast

from charity.db import transactions
from charity.documents import codes, registry
from charity.errors import Refusal

CODE = "ABCDEFGHJKMNPQRSTUVWXYZ234"


@pytest.fixture
async def issued(house: Cast) -> str:
    row: dict[str, Any] = {
        "code": CODE,
        "kind": "stock",
        "title": "收发存台账",
        "from_on": "2026-01-01",
        "to_on": "2026-01-31",
        "format": "csv",
        "row_count": 1,
        "seq": 1,
        "data_hash": "0a" * 32,
        "file_hash": "0b" * 32,
        "status": "valid",
        "made_by": "x",
        "made_at": "2026-02-01T00:00:00.000000Z",
    }
    await transactions.run(lambda tx: tx.insert("document", [row]))
    return CODE


@pytest.mark.parametrize("typed", [CODE, CODE.lower(), f" {CODE[:13]}-{CODE[13:]} "])
async def test_a_code_is_read_as_it_is_typed(issued: str, typed: str) -> None:
    assert (await codes.by_code(typed)).code == issued


@pytest.mark.parametrize("typed", ["", CODE[:-1], CODE + "2", CODE[:-1] + "5"])
async def test_a_code_that_is_none_of_ours_is_said_to_be_none(issued: str, typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        await codes.by_code(typed)
    assert (refused.value.code, refused.value.status) == ("document.unknown", 404)
    assert not await codes.known(typed)
    assert await codes.known(issued)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("0a" * 32, True),
        ("0b" * 32, True),
        (" 0A0a " + "0A" * 30, True),
        ("0c" * 32, False),
        ("0a" * 31, False),
        ("", None),
        (" \n", None),
    ],
)
async def test_a_hash_is_compared_with_that_of_the_rows_and_that_of_the_file(
    issued: str, typed: str, same: object
) -> None:
    assert await codes.compare(issued, typed) is same


def test_a_document_is_asked_for_by_its_name() -> None:
    document = registry.every()[0]
    assert registry.document(document.name) is registry.find(document.name) is document
    assert registry.find("nothing") is None
    with pytest.raises(Refusal) as refused:
        registry.document("nothing")
    assert (refused.value.code, refused.value.facts) == ("report.unknown", {"report": "nothing"})
