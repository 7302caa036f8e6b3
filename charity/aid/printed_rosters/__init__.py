"""Rosters of branches as PDF (form D8): the list to be signed before a distribution, and what was recorded of it.

Always true: nothing is kept by printing, and nobody reads more on it than `people.masking` shows them. This is the
door; outsiders import only it.
"""

from .readers import checked

__all__ = ["checked"]
