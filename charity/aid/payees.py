"""Who a voucher pays: a household, a person, an institution or a supplier, by its code.

A person's code is the opaque key. The name and the bank account are looked up when they are shown or
compared and are not kept in the voucher: the voucher's content holds a salted digest of them, so that
a payee whose account was changed after the approval is noticed before the money leaves.
"""

from dataclasses import dataclass
from typing import Any, Literal

from charity.aid import rules
from charity.db import reading, sealed

PayeeKind = Literal["household", "person", "institution", "supplier"]
KIND_WORDS: dict[str, str] = {"household": "家庭", "person": "个人", "institution": "机构", "supplier": "供应商"}
ACCOUNT_TAIL = 4
CHOICES_MAX = 500


@dataclass(frozen=True, slots=True)
class Payee:
    """A payee as staff see it. `party` is what the books may know: an opaque key or an institution's code."""

    kind: str
    code: str
    name: str
    party: str
    bank_account: str = ""
    open: bool = True

    @property
    def masked_account(self) -> str:
        """The bank account as printed: its last four digits only, or nothing."""
        return f"****{self.bank_account[-ACCOUNT_TAIL:]}" if self.bank_account else ""


async def find(kind: str, code: str) -> Payee:
    """The payee of this kind and code, or the refusal payee.unknown."""
    payee = await _READERS[kind](code)
    if payee is None:
        raise rules.PAYEE_UNKNOWN()
    return payee


async def known(kind: str, code: str) -> Payee:
    """The payee, or one without a name when it is gone (an erasure leaves the voucher)."""
    return await _READERS[kind](code) or Payee(kind, code, "", "", open=False)


async def _household(code: str) -> Payee | None:
    row = await reading.row("SELECT key, head_name, status FROM household WHERE code = $1", code)
    return (
        None if row is None else Payee("household", code, row["head_name"], row["key"], open=row["status"] == "active")
    )


async def _person(code: str) -> Payee | None:
    row = await reading.row("SELECT name, bank_account FROM person WHERE key = $1 AND kind <> 'anonymous'", code)
    return None if row is None else Payee("person", code, row["name"], code, _account("person", code, row))


async def _institution(code: str) -> Payee | None:
    row = await reading.row("SELECT name, bank_account FROM institution WHERE code = $1 AND kind <> 'supplier'", code)
    return None if row is None else Payee("institution", code, row["name"], code, _account("institution", code, row))


async def _supplier(code: str) -> Payee | None:
    row = await reading.row("SELECT name, bank_account FROM institution WHERE code = $1 AND kind = 'supplier'", code)
    return None if row is None else Payee("supplier", code, row["name"], code, _account("institution", code, row))


def _account(table: str, key: str, row: dict[str, Any]) -> str:
    return sealed.unseal(table, "bank_account", key, row["bank_account"])


_READERS = {"household": _household, "person": _person, "institution": _institution, "supplier": _supplier}


async def institutions() -> list[dict[str, Any]]:
    """Institutions and suppliers to choose from: code, name, kind."""
    return await reading.rows(
        "SELECT code, name, kind FROM institution ORDER BY kind = 'supplier', code LIMIT $1", CHOICES_MAX
    )
