"""Movements: what the books moved at the places that have statements, event by event; numbers as they are compared.

Outsiders import only this.
"""

from .folding import folded, references, runs
from .following import CHARTS, follow, mark

__all__ = ["CHARTS", "folded", "follow", "mark", "references", "runs"]
