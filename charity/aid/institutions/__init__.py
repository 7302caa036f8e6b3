"""Institutions and branches: registered and changed by staff, seen by a second person. This is the door."""

from .verbs import confirm, enter, refuse

__all__ = ["confirm", "enter", "refuse"]
