"""Who gives: the work units 单位 that give together, and who counts as a donor. Outsiders import only this."""

from . import counting, work_units

__all__ = ["counting", "work_units"]
