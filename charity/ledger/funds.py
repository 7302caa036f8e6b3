"""Funds and programme codes: what money is for, without any person's name."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charity import clock, words
from charity.db import reading
from charity.db.transactions import Tx, insert_sql
from charity.ledger import figures, plans, rules
from charity.ledger.plans import Plan, PlanUse
from charity.words import Named


@dataclass(frozen=True, slots=True)
class FundRow:
    """A fund in a list. `available_fen` is what its stream can still pay."""

    code: str
    name: str
    name_en: str
    kind: str
    programmes: tuple[str, ...]
    available_fen: int
    plan: Plan | None = None
    uses: tuple[PlanUse, ...] = ()
    """Of each line of the plan, cost the last: what was used."""

    @property
    def shown(self) -> str:
        """Its name in the current language."""
        return (words.language() == "en" and self.name_en) or self.name

    def plan_free(self, programme: str | None) -> int | None:
        """What its plan still allows for a programme, or without one for cost, fen; None for a fund without a plan."""
        line = plans.line_of({"programme": programme})
        return next((use.free_fen for use in self.uses if use.line == line), None)


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme in a list."""

    code: str
    name: str
    name_en: str


async def open_fund(
    tx: Tx,
    *,
    code: str,
    name: str,
    kind: str,
    programmes: Sequence[str] = (),
    name_en: str = "",
    plan: Plan | None = None,
) -> bool:
    """Open a fund; no programmes means that it may be used for every one. With a plan it is for those of its lines.

    False, and nothing is done, when there is a fund of this code, also one that is opened at the same instant.
    """
    row: dict[str, Any] = {
        "code": code,
        "name": name,
        "name_en": name_en,
        "kind": kind,
        "programmes": json.dumps(list(programmes if plan is None else plan.programmes)),
        "plan": None if plan is None else plan.written(),
        "created_at": clock.stamp(),
    }
    opened = await tx.rows(
        f"{insert_sql('fund', tuple(row))} ON CONFLICT (code) DO NOTHING RETURNING code", *row.values()
    )
    return bool(opened)


async def open_programme(tx: Tx, *, code: str, name: str, name_en: str = "") -> None:
    """Open a programme."""
    await tx.insert("programme", [{"code": code, "name": name, "name_en": name_en, "created_at": clock.stamp()}])


_FUNDS = (
    "SELECT f.code, f.name, f.name_en, f.kind, f.programmes, f.plan, b.available_fen "
    "FROM fund f JOIN fund_balance b ON b.fund = f.code"
)


async def every() -> list[FundRow]:
    """All funds by code, with what they can still pay."""
    rows, used = await reading.rows(f"{_FUNDS} ORDER BY f.code"), await _used()
    return [_fund(row, used) for row in rows]


async def kind(tx: Tx, code: str) -> str | None:
    """The kind of a fund as a transaction sees it, locked until it ends; None when there is no such fund."""
    lock = " FOR NO KEY UPDATE" if tx.postgres else ""
    row = await tx.row(f"SELECT kind FROM fund WHERE code = $1{lock}", code)  # noqa: S608 - a constant
    return None if row is None else str(row["kind"])


async def planned(tx: Tx, code: str) -> bool:
    """Whether a fund has a plan, as a transaction sees it."""
    row = await tx.row("SELECT plan FROM fund WHERE code = $1", code)
    return row is not None and row["plan"] is not None


async def purposed(tx: Tx, code: str) -> bool:
    """Whether a fund is for something: it has a plan, or is restricted to programmes."""
    row = await tx.row("SELECT kind, programmes, plan FROM fund WHERE code = $1", code)
    return row is not None and is_purposed(row["kind"], json.loads(row["programmes"]), plans.read(row["plan"]))


def is_purposed(kind: str, programmes: Sequence[str], plan: Plan | None) -> bool:
    """As `purposed`, of a fund that was read."""
    return plan is not None or (kind == "restricted" and bool(programmes))


async def labels() -> dict[str, str]:
    """All funds by code, each as its code and its name, for a select of staff."""
    return {code: f"{code} {name}" for code, name in (await names()).items()}


async def get(code: str) -> FundRow:
    """One fund, or the refusal fund.unknown."""
    row = await reading.row(f"{_FUNDS} WHERE f.code = $1", code)
    if row is None:
        raise rules.FUND_UNKNOWN(fund=code)
    return _fund(row, await _used(code))


async def _used(*codes: str) -> dict[tuple[str, str], int]:
    """What was used of the plans of these funds (of all without any), by fund and line, fen."""
    where = f" WHERE fund IN ({reading.places(len(codes))})" if codes else ""
    rows = await reading.tuples(f"SELECT fund, line, used_fen FROM plan_use{where}", *codes)  # noqa: S608
    return {(fund, line): used for fund, line, used in rows}


def _fund(row: dict[str, Any], used: Mapping[tuple[str, str], int]) -> FundRow:
    code, plan = row["code"], plans.read(row["plan"])
    limits = {} if plan is None else plan.limits()
    uses = tuple(PlanUse(line, planned, used.get((code, line), 0)) for line, planned in limits.items())
    return FundRow(**{**row, "programmes": tuple(json.loads(row["programmes"])), "plan": plan, "uses": uses})


async def programmes() -> list[ProgrammeRow]:
    """All programmes by code."""
    rows = await reading.rows("SELECT code, name, name_en FROM programme ORDER BY code")
    return [ProgrammeRow(**row) for row in rows]


async def names(codes: Iterable[str] | None = None) -> dict[str, str]:
    """Names of these funds (of all without any codes) by code, in the current language."""
    return await _names("fund", codes)


async def named(code: str) -> Named:
    """A fund as a fact of a refusal."""
    return Named(code, (await names([code])).get(code, ""))


async def designated(codes: Iterable[str]) -> dict[str, str]:
    """Those of these funds that are not unrestricted, in their order, with their names: 定向 on a receipt."""
    wanted, every_kind = list(dict.fromkeys(codes)), await figures.fund_kinds()
    shown = await names(wanted)
    return {code: shown.get(code, code) for code in wanted if every_kind.get(code) != "unrestricted"}


async def programme_names(codes: Iterable[str] | None = None) -> dict[str, str]:
    """Names of these programmes (of all without any codes) by code, in the current language."""
    return await _names("programme", codes)


async def _names(table: str, codes: Iterable[str] | None) -> dict[str, str]:
    wanted = None if codes is None else sorted({code for code in codes if code})
    if wanted == []:
        return {}
    where = f"WHERE code IN ({reading.places(len(wanted))}) " if wanted else ""
    rows = await reading.rows(f"SELECT code, name, name_en FROM {table} {where}ORDER BY code", *(wanted or ()))  # noqa: S608
    english = words.language() == "en"
    return {row["code"]: (english and row["name_en"]) or row["name"] for row in rows}
