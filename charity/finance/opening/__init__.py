"""The opening of the books 期初余额: what each fund has in money and goods, and where, on the day the books begin.

Always true: the books begin with it or have none; its money owns each fund's first interval of the stream, so what is
spent of it is carried (结转), no gift; its goods are lots without a giver; an accountant writes it, somebody else
confirms it. This is the door; outsiders import only it.
"""

from .content import Line, lines_of, shown, stock_of, stock_text
from .verbs import KIND, confirm, write

__all__ = ["KIND", "Line", "confirm", "lines_of", "shown", "stock_of", "stock_text", "write"]
