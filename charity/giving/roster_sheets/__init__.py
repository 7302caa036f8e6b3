"""The sheets 名册表 that work units fill for their rosters: files, pasted text, and the empty sheet they begin with.

Outsiders import only this. Always true: it knows no roster and writes nothing; a row is kept whole as it was typed,
and what of it cannot be read is named and is never zero.
"""

from . import template
from .columns import TYPED_MAX, Read, Sheet, Typed, kept, read
from .files import BYTES_MAX, LINES_MAX, PASTED_MAX, opened

__all__ = [
    "BYTES_MAX",
    "LINES_MAX",
    "PASTED_MAX",
    "TYPED_MAX",
    "Read",
    "Sheet",
    "Typed",
    "kept",
    "opened",
    "read",
    "template",
]
