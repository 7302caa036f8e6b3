"""What one person writes down and another confirms: rosters, what comes back, and the reversals of both.

    waiting -> confirmed -> reversed | refused | withdrawn

Whoever wrote it down may withdraw it while it waits, and confirms nothing; each reason is kept sealed with its row.
"""

from dataclasses import dataclass
from typing import Any

from charity.aid import rules
from charity.aid.models import RosterStatus
from charity.db import sealed
from charity.db.tables import Table
from charity.errors import Rule
from charity.ledger.state import State
from charity.ledger.writer import Answer, Command, Idem, Wants, submit
from charity.roles import Actor


@dataclass(frozen=True, slots=True)
class Step:
    """One table of them: `author` is the column of who wrote it down, `unknown` refuses a number that is none."""

    table: Table[Any]
    author: str
    unknown: Rule

    def stored(self, state: State, number: str) -> dict[str, Any]:
        """The row, or the refusal."""
        row: dict[str, Any] | None = state.row(self.table, number)
        if row is None:
            raise self.unknown(number=number)
        return row

    def must_wait(self, row: dict[str, Any]) -> None:
        """Refuse what is decided."""
        if row["status"] != RosterStatus.WAITING:
            raise rules.STEP_DECIDED(number=row["number"])

    def must_be_of_another(self, row: dict[str, Any], by: Actor) -> None:
        """Refuse whoever wrote it down."""
        if row[self.author] == by.key:
            raise rules.STEP_OWN(number=row["number"])

    def decided(self, state: State, number: str, status: RosterStatus, by: Actor, **columns: Any) -> Answer:
        """Note who decided what."""
        state.change(self.table, number, status=status.value, decided_by=by.key, decided_at=state.now, **columns)
        return Answer(200, {"status": status.value})

    def ended(self, state: State, number: str, status: RosterStatus, by: Actor, reason: str) -> Answer:
        """Note that it comes to nothing, and why."""
        kept = sealed.seal(self.table.name, "reason", number, reason)
        return self.decided(state, number, status, by, reason=kept)

    async def withdraw(self, number: str, reason: str, by: Actor, idem: Idem | None) -> Answer:
        """Take back what waits, with a reason: `{status: "withdrawn"}`. The caller has asked for the permission."""

        def decide(state: State) -> Answer:
            row = self.stored(state, number)
            if row[self.author] != by.key:
                raise rules.STEP_NOT_YOURS(number=number)
            self.must_wait(row)
            return self.ended(state, number, RosterStatus.WITHDRAWN, by, reason)

        return await submit(Command(decide, Wants(rows=[(self.table, number)]), idem))
