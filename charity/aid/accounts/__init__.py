"""Accounts of households: entered by a case worker, confirmed by another person. This is the door."""

from .verbs import confirm, enter, refuse

__all__ = ["confirm", "enter", "refuse"]
