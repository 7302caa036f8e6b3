"""Settling the rosters of one-day giving: booked, receipted, published. Outsiders import only this."""

from .awaited import Awaited, awaited
from .documents import slip
from .verbs import issue, publish, settle, single_out

__all__ = ["Awaited", "awaited", "issue", "publish", "settle", "single_out", "slip"]
