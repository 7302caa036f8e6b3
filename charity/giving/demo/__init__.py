"""Giving's chapter of the demo: campaigns and work units, gifts, a box that two open, rosters that settle, receipts."""

from charity.demo.plan import Chapter, Plan
from charity.giving.demo import boxes, campaigns, gifts, one_day


def add(plan: Plan) -> None:
    """Plan every gift, alone, out of a box, or by a work unit's roster."""
    gifts.add(plan)
    boxes.add(plan)
    one_day.add(plan)


chapter = Chapter(build=campaigns.build, add=add)
