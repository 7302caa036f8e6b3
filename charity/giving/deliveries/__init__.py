"""Receipts many at a time: those that wait for a giver, and gifts that have none. Outsiders import only this."""

from .readers import OF_ROSTERS, unreceipted, waiting
from .verbs import BATCH_MAX, deliver_together, issue_for

__all__ = ["BATCH_MAX", "OF_ROSTERS", "deliver_together", "issue_for", "unreceipted", "waiting"]
