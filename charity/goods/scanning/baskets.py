"""The basket as the till's form carries it: fields in, a changed basket out; no database, no HTTP.

The whole basket travels in the form, so the till works without JavaScript and nothing is kept for a
customer who walks away. Lines are numbered fields: `code.0`, `quantity.0`, `code.1` …
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from charity import tokens
from charity.goods import rules
from charity.goods.limits import ISSUE_LINES_MAX, QUANTITY_MAX, SCANS_MAX, UNDO_MAX
from charity.plain import plain

Data = Mapping[str, str | list[str]]
_FIELDS: Final = ("expires_on", "value", "evidence", "per", "expires_read", "expires_checked", "value_checked")
_DAY_LENGTH: Final = len("2027-01-31")
_COUNT: Final = re.compile(r"0*[0-9]{1,9}")
_LINE: Final = re.compile(r"[0-9]{1,4}")


def text(data: Data, name: str) -> str:
    """One field as text, trimmed; "" when it was not sent."""
    value = data.get(name, "")
    return (value[-1] if isinstance(value, list) else value).strip()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a basket: a scanned code and a count. The rest is typed text of an intake.

    `per`: what the value is of, "unit" or "total". `expires_read`: the last good day that the code itself says.
    `expires_checked`, `value_checked`: what somebody looked at again. `typed`: a count that cannot be read.
    """

    code: str
    quantity: int
    expires_on: str = ""
    value: str = ""
    evidence: str = ""
    per: str = ""
    expires_read: str = ""
    expires_checked: str = ""
    value_checked: str = ""
    typed: str = ""

    def hidden(self, n: int) -> dict[str, str]:
        """The fields that carry it."""
        return {f"code.{n}": self.code, f"quantity.{n}": str(self.quantity)}


@dataclass(frozen=True, slots=True)
class Basket:
    """What the form carries. `pressed` is the button, `scans` what was scanned or typed since, in order.

    `history`: what each scan of this basket added, the last one at the end. `next_card`: the card that was scanned
    while this basket was open; it is asked about. `idem`: the key under which the basket goes out once.
    """

    rows: tuple[Row, ...] = ()
    pressed: str = "scan"
    scans: tuple[str, ...] = ()
    limit: int = ISSUE_LINES_MAX
    card: str = ""
    proxy: bool = False
    proxy_name: str = ""
    proxy_reason: str = ""
    header: Mapping[str, str] = field(default_factory=dict)
    history: tuple[Row, ...] = ()
    next_card: str = ""
    idem: str = ""

    @property
    def scanned(self) -> str:
        """The last scan, where only one is sent."""
        return self.scans[-1] if self.scans else ""

    @property
    def pieces(self) -> int:
        """How many pieces are in it."""
        return sum(row.quantity for row in self.rows)

    def check_scans(self) -> None:
        """Refuses more scans than one answer takes."""
        if len(self.scans) > SCANS_MAX:
            raise rules.SCANS_MANY(most=SCANS_MAX)

    def changed(self) -> "Basket":
        """The basket after less, more, drop or again, else the same one. A count never falls below 1."""
        verb, _, number = self.pressed.partition(":")
        if verb not in {"less", "more", "drop", "again"} or not _LINE.fullmatch(number):
            return self
        n = int(number)
        if n >= len(self.rows):
            return self
        rows = list(self.rows)
        if verb == "drop":
            rows.pop(n)
        elif verb == "again" and len(rows) < self.limit:
            rows.insert(n + 1, Row(rows[n].code, 1))
        elif verb in {"less", "more"}:
            step = 1 if verb == "more" else -1
            rows[n] = replace(rows[n], quantity=min(max(rows[n].quantity + step, 1), QUANTITY_MAX))
        return replace(self, rows=tuple(rows))

    def with_code(self, code: str, quantity: int = 1, *, expires_on: str = "") -> "Basket":
        """The basket with pieces more of a code: on its last line that can be theirs, else on a new line.

        `expires_on`: the last good day that the code itself says; pieces with another one are another line.
        """
        rows = list(self.rows)
        for n in range(len(rows) - 1, -1, -1):
            row = rows[n]
            if row.code == code and not row.typed and expires_on in {"", row.expires_on}:
                if row.quantity + quantity > QUANTITY_MAX:
                    raise rules.COUNT_UNREADABLE()
                rows[n] = replace(row, quantity=row.quantity + quantity)
                return replace(self, rows=tuple(rows))
        if len(rows) >= self.limit:
            raise rules.BASKET_FULL(limit=self.limit)
        return replace(self, rows=(*rows, Row(code, quantity, expires_on, expires_read=expires_on)))

    def remembering(self, code: str, quantity: int, *, expires_on: str = "") -> "Basket":
        """The basket that knows what its last scan added."""
        return replace(self, history=(*self.history, Row(code, quantity, expires_on))[-UNDO_MAX:])

    def without_last(self) -> "Basket":
        """The basket without what its last scan added, as far as that is still in it."""
        last, rows = self.history[-1], list(self.rows)
        same = [n for n, row in enumerate(rows) if row.code == last.code]
        dated = [n for n in same if last.expires_on in {"", rows[n].expires_on}]
        if same:
            n = (dated or same)[-1]
            left = rows[n].quantity - last.quantity
            rows[n : n + 1] = [replace(rows[n], quantity=left)] if left > 0 else []
        return replace(self, rows=tuple(rows), history=self.history[:-1])

    def remembered(self) -> str:
        """The history as one field carries it: `2*2001000100002 1*B7K2 1*2001000100002/2027-01-31`."""
        return " ".join(
            f"{row.quantity}*{row.code}{'/' if row.expires_on else ''}{row.expires_on}" for row in self.history
        )


def read(data: Data, *, limit: int = ISSUE_LINES_MAX, header: Sequence[str] = ()) -> Basket:
    """The basket of a posted till. A count that cannot be read is 0, kept as typed, and refused by whoever uses it."""
    rows = []
    for n in range(limit):
        code = tokens.normalise(text(data, f"code.{n}"))[: tokens.TEXT_MAX]
        if not code:
            break
        typed = text(data, f"quantity.{n}")
        pieces = count(typed)
        rest = {name: text(data, f"{name}.{n}") for name in _FIELDS}
        rows.append(Row(code, pieces, **rest, typed="" if pieces else typed))
    scanned = data.get("scan", "")
    sent = [scanned] if isinstance(scanned, str) else scanned
    return Basket(
        rows=tuple(rows),
        pressed=text(data, "act") or "scan",
        scans=tuple(scan for each in sent if (scan := each.strip())),
        limit=limit,
        card=tokens.normalise(text(data, "card"))[: tokens.TEXT_MAX],
        proxy=bool(text(data, "proxy")),
        proxy_name=text(data, "proxy_name"),
        proxy_reason=text(data, "proxy_reason"),
        header={name: text(data, name) for name in header},
        history=_history(text(data, "history")),
        next_card=tokens.normalise(text(data, "next_card"))[: tokens.TEXT_MAX],
        idem=text(data, "idem"),
    )


def _history(text: str) -> tuple[Row, ...]:
    rows = []
    for part in text.split()[-UNDO_MAX:]:
        number, _, scanned = part.partition("*")
        code, _, expires_on = scanned.partition("/")
        if code and (pieces := count(number)):
            rows.append(Row(code[: tokens.TEXT_MAX], pieces, expires_on[:_DAY_LENGTH]))
    return tuple(rows)


def count(typed: str) -> int:
    """A typed count, 0 where it cannot be read: the one bound of every count."""
    number = plain(typed)
    return int(number) if _COUNT.fullmatch(number) and int(number) <= QUANTITY_MAX else 0
