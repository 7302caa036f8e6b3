"""The pages and calls of rosters: the list, inviting, one roster with its lines, a sheet that waits, a line.

Outsiders import only this.
"""

from .screens import show

__all__ = ["show"]
