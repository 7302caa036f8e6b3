"""Settling the rosters of one-day giving: booked, receipted, published. Outsiders import only this."""

from .documents import slip
from .verbs import issue, publish, settle, single_out

__all__ = ["issue", "publish", "settle", "single_out", "slip"]
