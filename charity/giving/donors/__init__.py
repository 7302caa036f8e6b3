"""Who gives: the work units 单位 that give together. This is the door; outsiders import only it."""

from . import work_units

__all__ = ["work_units"]
