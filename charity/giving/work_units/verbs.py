"""Keeping a unit, changing it, and taking it out of one-day giving.

Names are compared without blanks and in one width, references without hyphens, as a bank's memo has them, and by what
they look like: nobody may get a reference that a cashier reads as another unit's. A change
names the state that was shown (`changed_at`): of two accountants the second sees what the first wrote.
"""

import re
from typing import Any, Final, cast

from charity.errors import FieldError, unreadable
from charity.giving import rules
from charity.giving.kinds import WorkUnitKind
from charity.giving.limits import STAFF_MAX, UNIT_NAME_MAX
from charity.giving.models import WORK_UNIT, WorkUnitRow
from charity.giving.work_units.readers import normal
from charity.ledger import places
from charity.ledger.loading import Loader
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor
from charity.words import Term

REFERENCE: Final = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,18}[A-Z0-9])?")
"""A reference: it is read out, printed and typed into a bank's form."""
_ALIKE: Final = str.maketrans("OQIL", "0011")


def bare(reference: str) -> str:
    """A reference as it is compared with a memo."""
    return reference.replace("-", "")


def looks(reference: str) -> str:
    """A reference by which two that are read as the same are the same: O is 0 in a bank's form, I is 1."""
    return bare(reference).translate(_ALIKE)


async def add(
    *,
    code: str,
    name: str,
    kind: str,
    reference: str,
    staff: int | None = None,
    show_amount: bool = False,
    by: Actor,
    idem: Idem | None = None,
) -> Answer:
    """Keep a unit: 201 `{code, changed_at}`. Its reference is what it writes into a memo. Raises field errors."""
    by.must("campaign.manage")
    code = code.upper()
    if not places.CODE.fullmatch(code):
        raise unreadable(FieldError("code", "代号用大写字母、数字和连字符，最多 16 个字符，如 LXU13"))
    kept = _checked(name=name, kind=kind, reference=reference, staff=staff, show_amount=show_amount)

    def decide(state: State, others: list[dict[str, Any]]) -> Answer:
        if state.row(WORK_UNIT, code) is not None:
            raise rules.WORK_UNIT_CODE(code=code)
        _must_be_its_own(kept, others)
        since = {"created_at": state.now, "changed_at": state.now, "changed_by": by.key, "retired_at": None}
        state.add(WORK_UNIT, cast("WorkUnitRow", {"code": code, **kept, **since}))
        return Answer(201, {"code": code, "changed_at": state.now})

    return await submit(_command(code, decide, idem))


async def change(
    code: str,
    *,
    name: str,
    kind: str,
    reference: str,
    changed_at: str,
    staff: int | None = None,
    show_amount: bool = False,
    by: Actor,
) -> Answer:
    """Change the unit that was shown as it was since `changed_at`: 200 `{code, changed_at}`. Raises field errors."""
    by.must("campaign.manage")
    kept = _checked(name=name, kind=kind, reference=reference, staff=staff, show_amount=show_amount)

    def decide(state: State, others: list[dict[str, Any]]) -> Answer:
        row = _shown(state, code, changed_at)
        if row["retired_at"]:
            raise rules.WORK_UNIT_RETIRED(name=row["name"])
        _must_be_its_own(kept, others)
        return _write(state, code, by, **kept)

    return await submit(_command(code, decide))


async def retire(code: str, *, changed_at: str, by: Actor) -> Answer:
    """Take it out: nobody is offered it any more. What it gave, and what was promised, stays."""
    by.must("campaign.manage")

    def decide(state: State, _: list[dict[str, Any]]) -> Answer:
        if _shown(state, code, changed_at)["retired_at"]:
            raise rules.WORK_UNIT_STATE(state=Term("已停用"))
        return _write(state, code, by, retired_at=state.now)

    return await submit(_command(code, decide))


async def revive(code: str, *, changed_at: str, by: Actor) -> Answer:
    """Let it take part again, unless another has its name by now."""
    by.must("campaign.manage")

    def decide(state: State, others: list[dict[str, Any]]) -> Answer:
        row = _shown(state, code, changed_at)
        if not row["retired_at"]:
            raise rules.WORK_UNIT_STATE(state=Term("在用"))
        _must_be_its_own({"name": row["name"], "reference": row["reference"]}, others)
        return _write(state, code, by, retired_at=None)

    return await submit(_command(code, decide))


def must_take_part(state: State, code: str) -> None:
    """Refuse a unit that there is not, or that takes no new gift; the command has named its row."""
    row = state.row(WORK_UNIT, code)
    if row is None:
        raise rules.WORK_UNIT_UNKNOWN(work_unit=code)
    if row["retired_at"]:
        raise rules.WORK_UNIT_RETIRED(name=row["name"])


def _checked(*, name: str, kind: str, reference: str, staff: int | None, show_amount: bool) -> dict[str, Any]:
    """What is kept of what was typed; or every field that is wrong."""
    name, reference = " ".join(name.split()), reference.strip().upper()
    wrong: list[FieldError] = []
    if not 0 < len(name) <= UNIT_NAME_MAX:
        wrong.append(FieldError("name", "请填写单位名称，最多 {most} 个字", (("most", UNIT_NAME_MAX),)))
    if kind not in set(WorkUnitKind):
        wrong.append(FieldError("kind", "请选择单位类型"))
    if not REFERENCE.fullmatch(reference):
        wrong.append(FieldError("reference", "参考号用字母、数字和连字符，最多 20 个字符，如 YRJ26-13"))
    if staff is not None and not 0 < staff <= STAFF_MAX:
        wrong.append(FieldError("staff", "职工数是 1 到 {most} 的整数", (("most", STAFF_MAX),)))
    if wrong:
        raise unreadable(*wrong)
    return {"name": name, "kind": kind, "staff": staff, "reference": reference, "show_amount": show_amount}


def _command(code: str, decide: Any, idem: Idem | None = None) -> Command:
    """Alone, so that the names of all other units are read as they stand."""

    async def load(loader: Loader) -> list[dict[str, Any]]:
        return await loader.rows("SELECT code, name, reference, retired_at FROM work_unit WHERE code <> $1", code)

    return Command(decide, wants=Wants(rows=[(WORK_UNIT, code)]), idem=idem, load=load, alone=True)


def _shown(state: State, code: str, changed_at: str) -> WorkUnitRow:
    row = state.row(WORK_UNIT, code)
    if row is None:
        raise rules.WORK_UNIT_NOT_FOUND()
    if row["changed_at"] != changed_at:
        raise rules.WORK_UNIT_CHANGED()
    return row


def _must_be_its_own(kept: dict[str, Any], others: list[dict[str, Any]]) -> None:
    """Refuse the name of another unit that takes part, and the reference of any: old slips of a retired one have it."""
    name, reference = normal(kept["name"]), looks(kept["reference"])
    for other in others:
        if normal(other["name"]) == name and not other["retired_at"]:
            raise rules.WORK_UNIT_NAME(code=other["code"], name=other["name"])
        if looks(other["reference"]) == reference:
            raise rules.WORK_UNIT_REFERENCE(code=other["code"], reference=other["reference"])


def _write(state: State, code: str, by: Actor, **columns: Any) -> Answer:
    state.change(WORK_UNIT, code, **columns, changed_at=state.now, changed_by=by.key)
    return Answer(200, {"code": code, "changed_at": state.now})
