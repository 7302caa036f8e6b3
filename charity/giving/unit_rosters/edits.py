"""Filling a roster: lines one by one, or a whole sheet that is shown before it is taken.

Every edit holds the roster's row and counts it anew, so that its numbers are those of its lines; a line names what was
shown of it (`changed_at`), so that of two organisers the second sees what the first wrote. A sheet is written beside
the roster in transactions of LINES_A_TX lines and takes the place of its lines by one short flip.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from charity import clock, tokens
from charity.db import sealed
from charity.db.transactions import Tx, run
from charity.errors import FieldError, unreadable
from charity.giving import roster_sheets, rules
from charity.giving.roster_sheets import LINES_MAX, Typed
from charity.giving.unit_rosters import online, readers
from charity.giving.unit_rosters.models import FILLED, RosterStatus, UnitRosterLineRow
from charity.ledger.content import Content
from charity.money import AMOUNT_MAX_FEN
from charity.roles import Actor

LINES_A_TX: Final = 2_000
_FILLED = ", ".join(f"'{status.value}'" for status in FILLED)
_HOLD = (
    "UPDATE unit_roster SET version = version + 1, status = $2, changed_at = $3, changed_by = $4 "  # noqa: S608 - words of ours
    f"WHERE key = $1 AND status IN ({_FILLED}) RETURNING *"
)
_COUNT = (
    "UPDATE unit_roster SET "
    "people = (SELECT COUNT(*) FROM unit_roster_line l WHERE l.roster = $1 AND l.sheet = $2 AND l.counted), "
    "staff_fen = (SELECT CAST(COALESCE(SUM(l.amount_fen), 0) AS BIGINT) FROM unit_roster_line l "
    "WHERE l.roster = $1 AND l.sheet = $2 AND l.counted), "
    "online = (SELECT COUNT(*) FROM unit_roster_line l WHERE l.roster = $1 AND l.sheet = $2 AND NOT l.counted "
    "AND l.faults = ''), "
    "wrong = (SELECT COUNT(*) FROM unit_roster_line l WHERE l.roster = $1 AND l.sheet = $2 AND l.faults <> '') "
    "WHERE key = $1"
)


# -- a line -------------------------------------------------------------------------------------------


async def add(key: str, typed: Typed, *, by: Actor) -> str:
    """Put a person on the roster, readable or not; the key of the line."""
    by.must("roster.edit")
    roster = await readers.get(key, by=by)
    if not (typed.name.strip() or typed.amount.strip()):
        raise unreadable(FieldError("name", "请填写姓名"), FieldError("amount", "请填写金额"))
    gifts = await online.gifts(roster.campaign, roster.work_unit)

    async def work(tx: Tx) -> str:
        row = await _held(tx, key, by)
        there = await tx.row(
            "SELECT COUNT(*) AS lines, COALESCE(MAX(n), 0) AS last FROM unit_roster_line "
            "WHERE roster = $1 AND sheet = $2",
            key,
            row["sheet"],
        )
        assert there is not None, "a sum has a row"
        if there["lines"] >= LINES_MAX:
            raise rules.UNIT_ROSTER_FULL(most=LINES_MAX)
        line = _line(key, row["sheet"], there["last"] + 1, typed, row["changed_at"])
        if line["counted"] and await _gave_online(tx, line, gifts):
            line["counted"] = False
        await tx.insert("unit_roster_line", [line])
        await tx.many(_COUNT, [(key, row["sheet"])])
        return line["key"]

    return await run(work)


async def change(key: str, line: str, typed: Typed, *, changed_at: str, by: Actor) -> None:
    """Write a line anew, as it was shown since `changed_at`."""
    by.must("roster.edit")
    roster = await readers.get(key, by=by)
    gifts = await online.gifts(roster.campaign, roster.work_unit)
    late = await online.since(roster)

    async def work(tx: Tx) -> None:
        row = await _held(tx, key, by)
        old = await _shown(tx, row, line, changed_at)
        new = _line(key, old["sheet"], old["n"], typed, row["changed_at"], line)
        counted = new["counted"] and old["counted"] and line not in late
        if new["counted"] and (old["faults"] or new["name_index"] != old["name_index"]):
            counted = not await _gave_online(tx, new, gifts)
        await tx.many(
            "UPDATE unit_roster_line SET typed = $2, name_index = $3, amount_fen = $4, counted = $5, single = $6, "
            "faults = $7, changed_at = $8, payroll = $9 WHERE key = $1",
            [
                (
                    line,
                    new["typed"],
                    new["name_index"],
                    new["amount_fen"],
                    counted,
                    new["single"],
                    new["faults"],
                    new["changed_at"],
                    new["payroll"],
                )
            ],
        )
        await tx.many(_COUNT, [(key, row["sheet"])])

    await run(work)


async def choose(key: str, line: str, *, counted: bool, changed_at: str, by: Actor) -> None:
    """Say whether a line is in the unit's transfer, or its person gave online himself."""
    by.must("roster.edit")
    await readers.get(key, by=by)

    async def work(tx: Tx) -> None:
        row = await _held(tx, key, by)
        old = await _shown(tx, row, line, changed_at)
        if old["faults"]:
            raise rules.UNIT_ROSTER_WRONG(count=1)
        sql = "UPDATE unit_roster_line SET counted = $2, changed_at = $3 WHERE key = $1"
        await tx.many(sql, [(line, counted, row["changed_at"])])
        await tx.many(_COUNT, [(key, row["sheet"])])

    await run(work)


async def remove(key: str, line: str, *, changed_at: str, by: Actor) -> None:
    """Take a line off the roster."""
    by.must("roster.edit")
    await readers.get(key, by=by)

    async def work(tx: Tx) -> None:
        row = await _held(tx, key, by)
        await _shown(tx, row, line, changed_at)
        await tx.many("DELETE FROM unit_roster_line WHERE key = $1", [(line,)])
        await tx.many(_COUNT, [(key, row["sheet"])])

    await run(work)


async def own_gift(
    key: str, *, unit_fen: int, expected_people: int | None, expected_fen: int | None, version: int, by: Actor
) -> None:
    """What the unit gives itself, and what it expects of its staff: people and fen, None where it does not say."""
    by.must("roster.edit")
    await readers.get(key, by=by)
    if not 0 <= unit_fen <= AMOUNT_MAX_FEN:
        raise unreadable(FieldError("unit_fen", "金额太大"))

    async def work(tx: Tx) -> None:
        row = await _held(tx, key, by)
        if row["version"] != version + 1:
            raise rules.UNIT_ROSTER_CHANGED()
        sql = "UPDATE unit_roster SET unit_fen = $2, expected_people = $3, expected_fen = $4 WHERE key = $1"
        await tx.many(sql, [(key, unit_fen, expected_people, expected_fen)])

    await run(work)


# -- a sheet ------------------------------------------------------------------------------------------


async def stage(key: str, *, name: str = "", data: bytes = b"", text: str = "", by: Actor) -> None:
    """Read a file, or what was pasted, and show it beside the roster: nothing counts before `take`.

    Raises the refusals of what cannot be opened as a roster. Rows that cannot be read are shown, to be mended there.
    """
    by.must("roster.edit")
    roster = await readers.get(key, by=by)
    if roster.status not in FILLED:
        raise rules.UNIT_ROSTER_CLOSED()
    if not data and not text.strip():
        raise unreadable(FieldError("file", "请选择名册文件，或者把几行粘贴在下面"))
    sheet = await roster_sheets.opened(name, data, text, of=by.key)
    if not sheet.rows:
        raise rules.UNIT_ROSTER_EMPTY()
    if len(sheet.rows) > LINES_MAX:
        raise rules.UNIT_ROSTER_FULL(most=LINES_MAX)

    async def begin(tx: Tx) -> dict[str, Any]:
        row = await _held(tx, key, by)
        await tx.many("UPDATE unit_roster SET draft = NULL, draft_facts = NULL WHERE key = $1", [(key,)])
        return row

    row = await run(begin)
    gifts = await online.gifts(roster.campaign, roster.work_unit)  # later ones: `online.since`
    new: int = row["version"]  # no other sheet of the roster has or gets this number
    lines = _counted([_line(key, new, n, typed, row["changed_at"]) for n, typed in enumerate(sheet.rows, 1)], gifts)
    for first in range(0, len(lines), LINES_A_TX):
        part = lines[first : first + LINES_A_TX]
        await run(lambda tx, part=part: tx.insert("unit_roster_line", part))  # type: ignore[misc] # bound now

    facts = json.dumps({"total": sheet.total, "unused": sheet.unused}, ensure_ascii=False)

    async def show(tx: Tx) -> None:
        shown = await _held(tx, key, by)
        if shown["version"] != row["version"] + 1:  # somebody wrote meanwhile: he sees his own
            await tx.many("DELETE FROM unit_roster_line WHERE roster = $1 AND sheet = $2", [(key, new)])
            return
        sql = "UPDATE unit_roster SET draft = $2, draft_facts = $3 WHERE key = $1"
        await tx.many(sql, [(key, new, sealed.seal("unit_roster", "draft_facts", key, facts))])

    await run(show)
    await _sweep(key, new)
    if (await readers.get(key, by=by)).draft != new:
        raise rules.UNIT_ROSTER_CHANGED()


async def take(key: str, *, replace: bool, content_hash: str, by: Actor) -> None:
    """Let the lines that were shown take the place of the roster's, or come behind them."""
    by.must("roster.edit")
    roster = await readers.get(key, by=by)
    if roster.draft is None:
        raise rules.UNIT_ROSTER_NO_DRAFT()

    async def work(tx: Tx) -> None:
        row = await _held(tx, key, by)
        if row["draft"] is None:
            raise rules.UNIT_ROSTER_NO_DRAFT()
        shown = row | {"version": row["version"] - 1}
        draft_content(shown, await _sums(tx, key, row["draft"])).must_be(content_hash)
        sheet = row["draft"]
        if not replace:
            there = await _sums(tx, key, row["sheet"])
            if there["lines"] + (await _sums(tx, key, sheet))["lines"] > LINES_MAX:
                raise rules.UNIT_ROSTER_FULL(most=LINES_MAX)
            last = await tx.row(
                "SELECT COALESCE(MAX(n), 0) AS last FROM unit_roster_line WHERE roster = $1 AND sheet = $2",
                key,
                row["sheet"],
            )
            assert last is not None, "a maximum has a row"
            sql = "UPDATE unit_roster_line SET sheet = $3, n = n + $4 WHERE roster = $1 AND sheet = $2"
            await tx.many(sql, [(key, sheet, row["sheet"], last["last"])])
            sheet = row["sheet"]
        sql = "UPDATE unit_roster SET sheet = $2, draft = NULL, draft_facts = NULL WHERE key = $1"
        await tx.many(sql, [(key, sheet)])
        await tx.many(_COUNT, [(key, sheet)])

    await run(work)
    await _sweep(key, roster.draft)


async def discard(key: str, *, by: Actor) -> None:
    """Drop the lines that were shown; the roster stays as it is."""
    by.must("roster.edit")
    roster = await readers.get(key, by=by)

    async def work(tx: Tx) -> None:
        await _held(tx, key, by)
        await tx.many("UPDATE unit_roster SET draft = NULL, draft_facts = NULL WHERE key = $1", [(key,)])

    await run(work)
    await _sweep(key, roster.draft or roster.sheet)


def draft_content(row: Any, sums: dict[str, Any]) -> Content:
    """What is shown of a sheet that waits and of the roster it comes to, as who takes it confirms it.

    `row` is a row or a model of the roster.
    """
    get: Any = row.__getitem__ if isinstance(row, dict) else row.__getattribute__
    shown = {"roster": get("key"), "draft": get("draft"), "version": get("version")}
    return Content(facts={**shown, "lines": sums["lines"], "fen": sums["fen"], "at": sums["at"]})


# -- inside -------------------------------------------------------------------------------------------


def _line(roster: str, sheet: int, n: int, typed: Typed, at: str, key: str = "") -> UnitRosterLineRow:
    """A line of a roster out of what was typed; one that cannot be read counts for nothing."""
    key = key or tokens.key16()
    typed = roster_sheets.kept(typed)
    values = roster_sheets.read(typed)
    return UnitRosterLineRow(
        key=key,
        roster=roster,
        sheet=sheet,
        n=n,
        typed=sealed.seal("unit_roster_line", "typed", key, typed.text()),
        name_index=sealed.blind_index("unit_roster_line", "name", values.name),
        amount_fen=values.amount_fen,
        counted=not values.faults,
        single=values.single,
        payroll=values.payroll,
        faults=" ".join(values.faults),
        changed_at=at,
        donor=None,
        donation=None,
        tail=None,
    )


async def _gave_online(tx: Tx, line: UnitRosterLineRow, gifts: Counter[str]) -> bool:
    """Whether an online gift of this name is told by no other line of the sheet."""
    same = await tx.row(
        "SELECT COUNT(*) AS n FROM unit_roster_line WHERE roster = $1 AND sheet = $2 AND name_index = $3 "
        "AND faults = '' AND key <> $4",
        line["roster"],
        line["sheet"],
        line["name_index"],
        line["key"],
    )
    assert same is not None, "a sum has a row"
    return bool(same["n"] < gifts[line["name_index"] or ""])


def _counted(lines: Sequence[UnitRosterLineRow], gifts: Counter[str]) -> list[UnitRosterLineRow]:
    """The lines of a sheet, those not counted whose name gave online: one line for each gift."""
    left = Counter(gifts)
    for line in lines:
        name = line["name_index"] or ""
        if line["counted"] and left[name] > 0:
            left[name] -= 1
            line["counted"] = False
    return list(lines)


async def _held(tx: Tx, key: str, by: Actor) -> dict[str, Any]:
    """The roster, held to the end of the transaction and open from now on; or unit_roster.closed."""
    row = await tx.row(_HOLD, key, RosterStatus.OPEN.value, clock.stamp(), by.key)
    if row is None:
        raise rules.UNIT_ROSTER_CLOSED()
    return row


async def _shown(tx: Tx, roster: dict[str, Any], line: str, changed_at: str) -> dict[str, Any]:
    """A line of the roster, or of the sheet that waits, as it was shown."""
    row = await tx.row("SELECT * FROM unit_roster_line WHERE key = $1 AND roster = $2", line, roster["key"])
    if row is None or row["sheet"] not in {roster["sheet"], roster["draft"]} or row["changed_at"] != changed_at:
        raise rules.UNIT_ROSTER_CHANGED()
    return row


async def _sums(tx: Tx, key: str, sheet: int) -> dict[str, Any]:
    row = await tx.row(readers.SUMS, key, sheet)
    assert row is not None, "a sum has a row"
    return row


async def _sweep(key: str, upto: int) -> None:
    """Delete the lines of sheets up to this one that neither count nor wait; a later one may be being written."""

    async def some(tx: Tx) -> int:
        gone = await tx.rows(
            "DELETE FROM unit_roster_line WHERE key IN (SELECT l.key FROM unit_roster_line l JOIN unit_roster r "
            "ON r.key = l.roster WHERE l.roster = $1 AND l.sheet <> r.sheet AND l.sheet <> COALESCE(r.draft, -1) "
            "AND l.sheet <= $3 LIMIT $2) RETURNING key",
            key,
            LINES_A_TX,
            upto,
        )
        return len(gone)

    while await run(some) == LINES_A_TX:
        pass
