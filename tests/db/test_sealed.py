"""Sealed columns and blind indexes."""

import base64
import importlib
import os
import re
from pathlib import Path

import pytest
from tortoise import fields
from tortoise.models import Model

from charity import settings
from charity.app import MODELS
from charity.db import engine, reading, sealed
from charity.db.fields import SealedField

PACKAGE = Path(__file__).resolve().parents[2] / "charity"

NOT_TEXT = {"sqlite": "BLOB", "postgres": "bytea"}


@pytest.fixture(autouse=True)
def keys() -> None:
    os.environ["CHARITY_SECRET_KEY"] = "s" * 40
    os.environ["CHARITY_DATA_KEYS"] = "k1:" + base64.b64encode(b"1" * 32).decode()
    settings.reset()
    sealed.forget_keys()


def test_a_sealed_value_opens_only_where_it_was_sealed() -> None:
    value = sealed.seal("person", "phone", "row1", "13800001234")
    assert value is not None
    assert b"13800001234" not in value
    assert sealed.unseal("person", "phone", "row1", value) == "13800001234"
    for table, column, row in (
        ("person", "phone", "row2"),
        ("person", "email", "row1"),
        ("household", "phone", "row1"),
    ):
        with pytest.raises(sealed.SealBroken):
            sealed.unseal(table, column, row, value)


def test_equal_values_do_not_look_equal() -> None:
    assert sealed.seal("person", "phone", "r", "1") != sealed.seal("person", "phone", "r", "1")


def test_an_old_key_still_reads_after_a_new_one_encrypts() -> None:
    old = sealed.seal("person", "phone", "r", "13800001234")
    first = os.environ["CHARITY_DATA_KEYS"]
    os.environ["CHARITY_DATA_KEYS"] = "k2:" + base64.b64encode(b"2" * 32).decode() + "," + first
    settings.reset()
    sealed.forget_keys()
    new = sealed.seal("person", "phone", "r", "13800001234")
    assert new is not None
    assert new[1:3] == b"k2"
    assert sealed.unseal("person", "phone", "r", old) == sealed.unseal("person", "phone", "r", new)


def test_a_key_that_is_gone_is_named_and_not_guessed() -> None:
    value = sealed.seal("person", "phone", "r", "1")
    os.environ["CHARITY_DATA_KEYS"] = "k9:" + base64.b64encode(b"9" * 32).decode()
    settings.reset()
    sealed.forget_keys()
    with pytest.raises(sealed.SealBroken):
        sealed.unseal("person", "phone", "r", value)


@pytest.mark.parametrize("same", ["138 0000 1234", "138-0000-1234", "+8613800001234", "１３８００００１２３４"])
def test_a_phone_is_found_however_it_is_written(same: str) -> None:
    assert sealed.blind_index("person", "phone", same) == sealed.blind_index("person", "phone", "13800001234")


def test_each_column_has_an_index_key_of_its_own() -> None:
    text = "330101199001011234"
    assert sealed.blind_index("person", "id_number", text) != sealed.blind_index("person", "bank_account", text)


@pytest.mark.parametrize("bad", ["", "k1", "k1:!!!", "k1:c2hvcnQ=", "toolongkeyid:" + "A" * 44])
def test_unusable_keys_are_refused(bad: str) -> None:
    os.environ["CHARITY_DATA_KEYS"] = bad
    settings.reset()
    with pytest.raises(settings.SettingsError):
        settings.settings().require_keys()


async def test_the_list_of_sealed_columns_is_the_live_schema(database: str) -> None:
    async with engine.opened():
        if engine.state().postgres:
            rows = await reading.rows(
                "SELECT table_name AS t, column_name AS c FROM information_schema.columns "
                "WHERE data_type = 'bytea' AND table_schema = 'public'"
            )
        else:
            rows = await reading.rows(
                "SELECT m.name AS t, i.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) i "
                "WHERE m.type = 'table' AND i.type = 'BLOB'"
            )
    assert {(r["t"], r["c"]) for r in rows} == {(t, c) for t, columns in sealed.SEALED_COLUMNS.items() for c in columns}


SEALED = {
    "donation": {"memo"},
    "goods_document": {"reason"},
    "goods_issue": {"proxy"},
    "household": {"address", "phone"},
    "institution": {"bank_account", "phone"},
    "key_canary": {"value"},
    "person": {"address", "bank_account", "email", "id_number", "phone"},
    "pledge": {"message"},
    "receipt": {"delivery_note", "reason"},
    "refund": {"reason"},
    "staff": {"totp_secret"},
    "voucher": {"reason"},
    "voucher_approval": {"reason"},
}
"""Every sealed column. Table and column are sealed in with the value: renaming one loses what is stored."""


def test_every_column_of_bytes_is_sealed_and_stands_in_the_list() -> None:
    columns: dict[str, set[str]] = {}
    for module in [*MODELS, "charity.db.models"]:
        for model in vars(importlib.import_module(module)).values():
            if isinstance(model, type) and issubclass(model, Model) and model is not Model:
                for name, field in model._meta.fields_map.items():
                    if isinstance(field, fields.BinaryField):
                        assert isinstance(field, SealedField), f"{model.__name__}.{name}: bytes that nobody sealed"
                        columns.setdefault(model._meta.db_table, set()).add(name)
    assert columns == SEALED


def test_code_seals_and_unseals_listed_columns_only() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    used = set(re.findall(r'sealed\.(?:un)?seal\(\s*"(\w+)",\s*"(\w+)"', text))
    assert used
    assert {(table, column) for table, column in used if column not in SEALED.get(table, set())} == set()
