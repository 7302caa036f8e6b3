"""The opening of the books 期初余额: what each fund has, and where it lies, on the day the books begin.

Always true: it is the first entry or none; it owns each fund's first interval of the stream, so what is spent of it
is carried money (结转), no gift; an accountant writes it, somebody else confirms it. This is the door; outsiders
import only it.
"""

from .verbs import KIND, Line, confirm, lines_of, shown, write

__all__ = ["KIND", "Line", "confirm", "lines_of", "shown", "write"]
