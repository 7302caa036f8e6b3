"""Giving's chapter of the demo: campaigns and work units are made, gifts come, rosters settle, receipts go out."""

from charity.demo.plan import Chapter, Plan
from charity.giving.demo import campaigns, gifts, one_day


def add(plan: Plan) -> None:
    """Plan every gift, alone or by a work unit's roster."""
    gifts.add(plan)
    one_day.add(plan)


chapter = Chapter(build=campaigns.build, add=add)
