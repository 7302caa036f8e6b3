"""Giving's chapter of the demo: campaigns and work units are made, gifts come, receipts go out."""

from charity.demo.plan import Chapter
from charity.giving.demo import campaigns, gifts

chapter = Chapter(build=campaigns.build, add=gifts.add)
