"""Money that came in and nobody can name 暂收款: held in 2209 until it is known whose it is, or goes back.

    left -> recognised | sent back, in whole or in parts        held -> reversed, while nothing of it was used

Always true: it is nobody's gift and no fund's income; the money lies at its place with the general fund, which owes it
(2209), so what the fund can use does not change; what is used of it never exceeds what came. This is the door;
outsiders import only it. Lines of banks are held by `charity/bank/unidentified`.
"""

from . import returns
from .checks import CHECKS
from .drawing import (
    FACT,
    Source,
    Sources,
    draw,
    drawn_by,
    give_back,
    load,
    load_back,
    must_be_enough,
    named,
    note,
    sources,
    wants,
)
from .models import UNIDENTIFIED, ReturnStatus, Unidentified, UnidentifiedReturn, UnidentifiedRow
from .postings import (
    ACCOUNT,
    KIND,
    PREFIX,
    REVERSAL,
    SERIES,
    Held,
    hold,
    must_not_be_held,
    reverse,
    stored,
    wants_to_free,
    wants_to_hold,
)
from .readers import (
    Use,
    get,
    get_return,
    held,
    known,
    matches_after,
    of_amount,
    returns_due,
    returns_of,
    untouched,
    uses,
)

__all__ = [
    "ACCOUNT",
    "CHECKS",
    "FACT",
    "KIND",
    "PREFIX",
    "REVERSAL",
    "SERIES",
    "UNIDENTIFIED",
    "Held",
    "ReturnStatus",
    "Source",
    "Sources",
    "Unidentified",
    "UnidentifiedReturn",
    "UnidentifiedRow",
    "Use",
    "draw",
    "drawn_by",
    "get",
    "get_return",
    "give_back",
    "held",
    "hold",
    "known",
    "load",
    "load_back",
    "matches_after",
    "must_be_enough",
    "must_not_be_held",
    "named",
    "note",
    "of_amount",
    "returns",
    "returns_due",
    "returns_of",
    "reverse",
    "sources",
    "stored",
    "untouched",
    "uses",
    "wants",
    "wants_to_free",
    "wants_to_hold",
]
