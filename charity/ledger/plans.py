"""What the filed plan of a public campaign allows its fund: a sum for each programme, and a limit of cost (I8).

What counts against a line is what leaves the fund's stream for it; a reversal gives it back. The cost of raising money
(5401) counts against the limit of cost; administration (5301) is borne by unrestricted money without a plan alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charity.db.tables import Sums
from charity.words import Term

ADMINISTRATION, FUNDRAISING = "administration", "fundraising"
PURPOSES = {ADMINISTRATION: "管理费用", FUNDRAISING: "筹资费用"}
"""What an entry without a programme may say as its fact `purpose`."""
COST_LINE = "cost"
"""The line of a plan that cost counts against; every other line is the code of a programme."""
PLAN_USES = Sums("plan_use", ("fund", "line"), ("used_fen",))
"""What left each fund that has a plan, by line of the plan."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The lines of a plan, (programme, fen) each, and its limit of cost, fen."""

    lines: tuple[tuple[str, int], ...]
    cost_fen: int

    @property
    def programmes(self) -> tuple[str, ...]:
        """The programmes that it allows."""
        return tuple(programme for programme, _ in self.lines)

    def limits(self) -> dict[str, int]:
        """What may be used by line, cost the last, fen."""
        return {**dict(self.lines), COST_LINE: self.cost_fen}

    def written(self) -> str:
        """As the column `fund.plan` has it."""
        lines = [{"programme": programme, "amount_fen": fen} for programme, fen in self.lines]
        return json.dumps({"lines": lines, "cost_fen": self.cost_fen})


@dataclass(frozen=True, slots=True)
class PlanUse:
    """One line of a plan and what was used of it, fen."""

    line: str
    planned_fen: int
    used_fen: int

    @property
    def free_fen(self) -> int:
        """What may still be used."""
        return self.planned_fen - self.used_fen


def read(text: str | None) -> Plan | None:
    """The plan that the column `fund.plan` holds; None where there is none."""
    if text is None:
        return None
    plan = json.loads(text)
    return Plan(tuple((line["programme"], line["amount_fen"]) for line in plan["lines"]), plan["cost_fen"])


def line_of(facts: Mapping[str, Any]) -> str:
    """The line that an entry with these facts counts against."""
    return str(facts.get("programme") or COST_LINE)


def bears(kind: str, plan: Plan | None, purpose: object) -> bool:
    """Whether a fund of this kind may pay such a cost; how much, its plan says."""
    if plan is not None:
        return purpose == FUNDRAISING
    return kind == "unrestricted"


def shown(line: str) -> str:
    """A line as a fact of a refusal: the programme's code, or what cost is called."""
    return Term("募捐成本") if line == COST_LINE else line
