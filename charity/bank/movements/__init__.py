"""Movements: what the books moved at the places that have statements, event by event; numbers as they are compared.

Outsiders import only this.
"""

from .folding import SHORTEST, folded, references, runs
from .following import CHARTS, follow, key_of, mark

__all__ = ["CHARTS", "SHORTEST", "folded", "follow", "key_of", "mark", "references", "runs"]
