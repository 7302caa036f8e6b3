"""Sealed columns and blind indexes."""

import base64
import importlib
import os
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
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


def test_nothing_is_sealed_as_nothing() -> None:
    for nothing in (None, ""):
        assert sealed.seal("person", "phone", "r", nothing) is None
        assert sealed.blind_index("person", "phone", nothing) is None
    assert sealed.unseal("person", "phone", "r", None) == ""


def test_what_earlier_versions_stored_is_read_for_ever() -> None:
    """The layout of a sealed value, and the keys and indexes that are derived, as another program would make them."""
    nonce = bytes(range(12))
    body = AESGCM(b"1" * 32).encrypt(nonce, b"13800001234", b"person|phone|row1")
    assert sealed.unseal("person", "phone", "row1", b"\x02k1" + nonce + body) == "13800001234"
    mine = sealed.seal("person", "phone", "row1", "13800001234")
    assert mine is not None
    assert (mine[:3], len(mine)) == (b"\x02k1", 3 + 12 + 11 + 16)
    derived = "bce393494c4bf7cdd866b83c0ab7962a4f35ec2c76f535f00f27a49506c96d2d"
    assert sealed.derived("charity head file").hex() == derived
    index = "a742c3e057627c8c865e6375b4ca4bb39ce1588aab35e6c617981321f93840da"
    assert sealed.blind_index("person", "phone", "13800001234") == index


def test_with_another_secret_the_indexes_are_others() -> None:
    before = sealed.blind_index("person", "phone", "13800001234")
    os.environ["CHARITY_SECRET_KEY"] = "t" * 40
    settings.reset()
    sealed.forget_keys()
    assert sealed.blind_index("person", "phone", "13800001234") != before


@pytest.mark.parametrize(("table", "column"), [("person", "name"), ("receipt", "phone")])
def test_a_column_that_is_not_in_the_list_is_neither_sealed_nor_indexed(table: str, column: str) -> None:
    with pytest.raises(KeyError):
        sealed.seal(table, column, "r", "1")
    with pytest.raises(KeyError):
        sealed.blind_index(table, column, "1")
    with pytest.raises(KeyError):
        sealed.blind_index("person", "email", "1")


@pytest.mark.parametrize(
    ("column", "text", "form"),
    [
        ("phone", "13800001234", "13800001234"),
        ("phone", "008613800001234", "13800001234"),
        ("phone", "8613800001234", "13800001234"),
        ("phone", "86138000012", "86138000012"),
        ("phone", "862000001234", "862000001234"),
        ("phone", "(0571) 8888-1234", "057188881234"),
        ("id_number", "33010119900101123X", "33010119900101123x"),
        ("bank_account", "6222 0000-1111", "622200001111"),
        ("bank_account", "8613800001234", "8613800001234"),
        ("address", "浙江省 Ａ座", "浙江省a座"),
        ("address", "１２", "12"),
    ],
)
def test_values_are_compared_in_one_form(column: str, text: str, form: str) -> None:
    assert sealed.normalised(column, text) == form


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
    "consent_withdrawal": {"reason"},
    "donation": {"memo"},
    "bank_day": {"note", "reason"},
    "bank_line": {"account", "memo", "name"},
    "bank_fee": {"reason"},
    "bank_match": {"reason"},
    "box_opening": {"opener", "witness"},
    "donation_box": {"keeper"},
    "bank_statement": {"file_name"},
    "branch_return": {"reason"},
    "branch_reversal": {"cause", "reason"},
    "branch_roster": {"place", "reason"},
    "goods_document": {"reason"},
    "goods_issue": {"proxy"},
    "household_account": {"bank_account"},
    "household": {"bank_account", "address", "phone"},
    "institution": {"bank_account", "phone"},
    "institution_entry": {"bank_account"},
    "journal_question": {"answer", "question"},
    "key_canary": {"value"},
    "money_transfer": {"reason"},
    "unidentified": {"note", "reason"},
    "unidentified_return": {"reason"},
    "person": {"address", "bank_account", "email", "id_number", "phone"},
    "invitation": {"note"},
    "organiser": {"name"},
    "pledge": {"message"},
    "receipt": {"delivery_note", "reason"},
    "gift_reversal": {"decision", "reason"},
    "refund": {"decision", "reason"},
    "staff": {"totp_secret"},
    "voucher": {"reason"},
    "unit_roster": {"draft_facts", "short_reason"},
    "unit_roster_line": {"tail", "typed"},
    "voucher_approval": {"changes", "reason"},
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
