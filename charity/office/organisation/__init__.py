"""The organisation 慈善总会: who we are, one row. This is the door; outsiders import only it."""

from .readers import UNNAMED, Organisation, get
from .verbs import change, describe

__all__ = ["UNNAMED", "Organisation", "change", "describe", "get"]
