"""Sealed columns: AES-256-GCM with the key's id in front, bound to table, column and row.

The associated data is `table|column|row key`; the row key is random text made before the insert, so
a value copied into another row or column does not open. Looking up by value goes through a blind
index: HMAC-SHA-256 over the normalised value, with a key of its own for each column (HKDF).

Layout of a sealed value: one byte length of the key id, the id, 12 bytes nonce, ciphertext and tag.
"""

import re
import secrets
import unicodedata
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from charity.settings import settings

NONCE = 12
SEALED_COLUMNS: dict[str, tuple[str, ...]] = {
    # table: its sealed columns. tests/db/test_sealed.py compares this with the live schema.
    "bank_day": ("note", "reason"),
    "bank_line": ("account", "memo", "name"),
    "bank_fee": ("reason",),
    "bank_match": ("reason",),
    "box_opening": ("opener", "witness"),
    "bank_statement": ("file_name",),
    "branch_return": ("reason",),
    "branch_reversal": ("cause", "reason"),
    "branch_roster": ("place", "reason"),
    "staff": ("totp_secret",),
    "person": ("phone", "email", "id_number", "address", "bank_account"),
    "household": ("address", "bank_account", "phone"),
    "household_account": ("bank_account",),
    "institution": ("bank_account", "phone"),
    "institution_entry": ("bank_account",),
    "invitation": ("note",),
    "organiser": ("name",),
    "pledge": ("message",),
    "donation": ("memo",),
    "donation_box": ("keeper",),
    "receipt": ("delivery_note", "reason"),
    "refund": ("reason", "decision"),
    "gift_reversal": ("reason", "decision"),
    "consent_withdrawal": ("reason",),
    "goods_document": ("reason",),
    "goods_issue": ("proxy",),
    "journal_question": ("answer", "question"),
    "money_transfer": ("reason",),
    "unidentified": ("note", "reason"),
    "unidentified_return": ("reason",),
    "unit_roster": ("draft_facts", "short_reason"),
    "unit_roster_line": ("tail", "typed"),
    "voucher": ("reason",),
    "voucher_approval": ("changes", "reason"),
    "key_canary": ("value",),
}
INDEXED_COLUMNS: dict[str, tuple[str, ...]] = {
    "person": ("phone", "id_number", "address", "bank_account"),
    "unit_roster_line": ("name",),
}


class SealBroken(Exception):
    """A sealed value does not open: wrong key, or moved from another row or column."""


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(maxsize=1)
def _ring() -> dict[str, bytes]:
    return settings().keyring()


@lru_cache(maxsize=1)
def _sealing() -> tuple[bytes, AESGCM]:
    """What stands in front of a value that is sealed now, and its cipher."""
    name, key = next(iter(_ring().items()))
    return bytes([len(name)]) + name.encode(), _cipher(key)


def forget_keys() -> None:
    """Drop cached keys; after the settings changed."""
    _ring.cache_clear()
    _sealing.cache_clear()
    _index_key.cache_clear()


def _bound(table: str, column: str, row_key: str) -> bytes:
    if column not in SEALED_COLUMNS[table]:
        raise KeyError(f"{table}.{column}")
    return f"{table}|{column}|{row_key}".encode()


def seal(table: str, column: str, row_key: str, text: str | None) -> bytes | None:
    """The sealed bytes of a text; None and the empty text stay None."""
    if not text:
        return None
    front, cipher = _sealing()
    nonce = secrets.token_bytes(NONCE)
    return front + nonce + cipher.encrypt(nonce, text.encode(), _bound(table, column, row_key))


def unseal(table: str, column: str, row_key: str, value: bytes | memoryview | None) -> str:
    """The text of sealed bytes, "" for None; SealBroken when they do not belong here."""
    if value is None:
        return ""
    data = bytes(value)
    end = 1 + data[0]
    key = _ring().get(data[1:end].decode("ascii", "replace"))
    if key is None:
        raise SealBroken(f"{table}.{column}")
    try:
        nonce, body = data[end : end + NONCE], data[end + NONCE :]
        return _cipher(key).decrypt(nonce, body, _bound(table, column, row_key)).decode()
    except InvalidTag as error:
        raise SealBroken(f"{table}.{column}") from error


@lru_cache(maxsize=64)
def _index_key(table: str, column: str) -> HMAC:
    return HMAC(derived(f"charity blind index {table}.{column}"), SHA256())


def derived(purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, from CHARITY_SECRET_KEY."""
    return HKDF(SHA256(), 32, None, purpose.encode()).derive(settings().secret_key.encode())


def normalised(column: str, text: str) -> str:
    """The form in which values are compared: phones and numbers without spaces, dashes and case."""
    if text.isascii() and text.isdigit() and not text.startswith(("86", "00")):
        return text
    plain = unicodedata.normalize("NFKC", text).casefold()
    if column == "phone":
        plain = re.sub(r"^(\+?86|0086)(?=1\d{10}$)", "", re.sub(r"[^\d+]", "", plain))
    return re.sub(r"[\s\-]", "", plain)


def blind_index(table: str, column: str, text: str | None) -> str | None:
    """The blind index of a value, 64 hex digits; None for none."""
    if not text:
        return None
    if column not in INDEXED_COLUMNS[table]:
        raise KeyError(f"{table}.{column}")
    keyed = _index_key(table, column).copy()  # a copy spares OpenSSL the look-up of the algorithm
    keyed.update(normalised(column, text).encode())
    return keyed.finalize().hex()
