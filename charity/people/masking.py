"""Who sees what of whom, and where: the one table that pages, API, papers and exports ask.

A giver's name is public by consent only; whoever holds the code of a receipt sees a surname, to compare it with the
one on the receipt in his hand. Who is helped is named to nobody outside. Sources: Charity Law 82, PIPL 25 and 28,
field.md 2.4 and 4.8, finding P8.
"""

from enum import StrEnum
from typing import Final

from charity import words

ANONYMOUS: Final = "爱心人士"
ANONYMOUS_ORGANISATION: Final = "爱心单位"
TAIL: Final = 4
HEAD: Final = 3
GROUP_MIN: Final = 10
"""Fewer than these who were helped are not counted out: nobody is known by a small number."""


class Reader(StrEnum):
    """For whom something is shown or printed."""

    PUBLIC = "public"
    """Everybody: public pages and calls."""
    HOLDER = "holder"
    """Whoever has the code of a receipt: its check, its call, its public copy."""
    GIVER = "giver"
    """The giver's own copy."""
    STAFF = "staff"
    """Staff whose work does not need it: the till, an approver, a printed voucher."""
    PERMITTED = "permitted"
    """Staff who have the permission to read it, or to pay."""
    EXTERNAL = "external"
    """A copy for others to look into 外部查阅."""
    BOARD = "board"
    """A copy for the notice board 公示版."""


class What(StrEnum):
    """What is shown of a person or an organisation."""

    GIVER = "giver"
    ORGANISATION = "organisation"
    EMPLOYER = "employer"
    RECIPIENT = "recipient"
    HANDLER = "handler"
    PHONE = "phone"
    ACCOUNT = "account"
    ID_NUMBER = "id_number"
    CREDIT_CODE = "credit_code"
    ADDRESS = "address"
    MESSAGE = "message"
    REASON = "reason"


class Way(StrEnum):
    """How much of it."""

    WHOLE = "whole"
    CONSENT = "consent"
    """Whole by consent, else as one without a name."""
    SURNAME = "surname"
    """`王*`."""
    TAIL = "tail"
    """`****2222`."""
    ENDS = "ends"
    """`330***********1234`."""
    HIDDEN = "hidden"


_ORDER: Final = (
    Reader.PUBLIC, Reader.HOLDER, Reader.GIVER, Reader.STAFF, Reader.PERMITTED, Reader.EXTERNAL, Reader.BOARD,
)  # fmt: skip
_ROWS: Final[dict[What, tuple[Way, ...]]] = {
    #                    public       holder       giver      staff        permitted  external     board
    What.GIVER:        (Way.CONSENT, Way.SURNAME, Way.WHOLE, Way.SURNAME, Way.WHOLE, Way.SURNAME, Way.CONSENT),
    What.ORGANISATION: (Way.CONSENT, Way.CONSENT, Way.WHOLE, Way.WHOLE, Way.WHOLE, Way.CONSENT, Way.CONSENT),
    What.EMPLOYER:     (Way.CONSENT, Way.HIDDEN, Way.WHOLE, Way.WHOLE, Way.WHOLE, Way.HIDDEN, Way.HIDDEN),
    What.RECIPIENT:    (Way.HIDDEN, Way.HIDDEN, Way.HIDDEN, Way.SURNAME, Way.WHOLE, Way.SURNAME, Way.HIDDEN),
    What.HANDLER:      (Way.HIDDEN, Way.WHOLE,   Way.WHOLE, Way.WHOLE, Way.WHOLE, Way.WHOLE, Way.HIDDEN),
    What.PHONE:        (Way.HIDDEN, Way.HIDDEN, Way.ENDS, Way.HIDDEN, Way.WHOLE, Way.HIDDEN, Way.HIDDEN),
    What.ACCOUNT:      (Way.HIDDEN, Way.HIDDEN, Way.TAIL, Way.TAIL, Way.WHOLE, Way.TAIL, Way.HIDDEN),
    What.ID_NUMBER:    (Way.HIDDEN, Way.HIDDEN, Way.ENDS, Way.HIDDEN, Way.ENDS, Way.HIDDEN, Way.HIDDEN),
    What.CREDIT_CODE:  (Way.HIDDEN, Way.HIDDEN, Way.WHOLE, Way.WHOLE, Way.WHOLE, Way.HIDDEN, Way.HIDDEN),
    What.ADDRESS:      (Way.HIDDEN, Way.HIDDEN, Way.WHOLE, Way.HIDDEN, Way.WHOLE, Way.HIDDEN, Way.HIDDEN),
    What.MESSAGE:      (Way.HIDDEN, Way.HIDDEN, Way.WHOLE, Way.HIDDEN, Way.WHOLE, Way.HIDDEN, Way.HIDDEN),
    What.REASON:       (Way.HIDDEN, Way.HIDDEN, Way.HIDDEN, Way.WHOLE, Way.WHOLE, Way.HIDDEN, Way.HIDDEN),
}  # fmt: skip
TABLE: Final = {what: dict(zip(_ORDER, ways, strict=True)) for what, ways in _ROWS.items()}
COPIES: Final = {"internal": Reader.PERMITTED, "notice": Reader.EXTERNAL, "board": Reader.BOARD}
"""The reader of each kind of copy of a register (documents/filters.py)."""


def staff(*, may: bool) -> Reader:
    """The reader that a member of staff is who may, or may not, read the thing itself."""
    return Reader.PERMITTED if may else Reader.STAFF


def show(what: What, value: str, *, to: Reader, consent: bool = False) -> str:
    """What this reader sees of a value; "" where nothing is seen or there is nothing."""
    way = TABLE[what][to]
    if not value or way == Way.HIDDEN:
        return ""
    if way == Way.SURNAME:
        return f"{value[0]}*"
    if way == Way.TAIL:
        return f"****{value[-TAIL:]}"
    if way == Way.ENDS:
        hidden = len(value) - HEAD - TAIL
        return f"{value[:HEAD]}{'*' * hidden}{value[-TAIL:]}" if hidden > 0 else "*" * len(value)
    if way == Way.CONSENT and not consent:
        return _NAMELESS.get(what, "") and words.translate(_NAMELESS[what])
    return value


_NAMELESS: Final = {What.GIVER: ANONYMOUS, What.ORGANISATION: ANONYMOUS_ORGANISATION}


def giver(kind: str, name: str, *, to: Reader, consent: bool = False) -> str:
    """A giver as this reader sees him, in the current language; the nameless and the erased are 爱心人士."""
    if kind == "anonymous" or not name:
        return words.translate(ANONYMOUS)
    what = What.ORGANISATION if kind == "organisation" else What.GIVER
    return show(what, name, to=to, consent=consent)
