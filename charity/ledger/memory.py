"""What the writer knows of a batch: what was read, what was decided since, and the rows that will be written.

Only this package's state, loader and writing touch it; rooms ask the `State` and the `Loader`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from charity.db.tables import Sums, Table
from charity.ledger.equation import Move
from charity.ledger.numbering import Looked
from charity.ledger.places import Place
from charity.ledger.plans import Plan
from charity.ledger.streams import Stream


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund as the books know it; an empty `programmes` allows every programme, a plan those of its lines."""

    code: str
    name: str
    kind: str
    programmes: tuple[str, ...]
    plan: Plan | None = None

    def allows(self, programme: str) -> bool:
        """Whether its money and goods may be used for the programme (I8)."""
        return not self.programmes or programme in self.programmes


@dataclass(slots=True)
class Written:
    """The rows that a batch will write."""

    entries: list[tuple[Any, ...]] = field(default_factory=list)
    postings: list[tuple[int, int, str, str, int]] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    inflows: list[tuple[str, int, int, int]] = field(default_factory=list)
    segments: list[tuple[str, int, int, int, str]] = field(default_factory=list)
    releases: list[tuple[str, int, int]] = field(default_factory=list)
    owned: list[tuple[str, int, int, int]] = field(default_factory=list)
    rows: list[tuple[Table[Any], dict[str, Any]]] = field(default_factory=list)
    changes: list[tuple[Table[Any], str, dict[str, Any]]] = field(default_factory=list)
    tallies: list[tuple[Sums, tuple[str, ...], tuple[int, ...]]] = field(default_factory=list)
    figures: list[tuple[str, Move]] = field(default_factory=list)

    def streams(self) -> set[str]:
        """The funds whose streams changed."""
        return {str(row[0]) for part in (self.inflows, self.segments, self.releases) for row in part}

    def lengths(self) -> tuple[int, ...]:
        """Where each list ends now."""
        return tuple(map(len, _LISTS(self)))

    def cut(self, lengths: tuple[int, ...]) -> None:
        """Forget what came after."""
        for name, size in zip(self.__slots__, lengths, strict=True):
            del getattr(self, name)[size:]


_LISTS = attrgetter(*Written.__slots__)


@dataclass(slots=True)
class Memory:
    """A batch's running values by key, and which of them stood in the database before it.

    `rows` holds a room's rows by table and key, None where there is none; `keys` the idempotency rows to write; `uses`
    what was used of a fund's plan by (fund, line); `arrived` what came into places of money that nobody had named by
    then: a gift does not read its bank. `later` holds, of places that money may leave, what came and went by day, at
    least for all days after `since`; `opened` names the places, `closed` has the last closed day
    of each that has one.
    """

    holdings: dict[tuple[str, str], int] = field(default_factory=dict)
    arrived: dict[tuple[str, str], int] = field(default_factory=dict)
    since: dict[str, str] = field(default_factory=dict)
    later: dict[str, dict[str, int]] = field(default_factory=dict)
    opened: dict[str, Place] = field(default_factory=dict)
    closed: dict[str, tuple[Place, str]] = field(default_factory=dict)
    streams: dict[str, Stream] = field(default_factory=dict)
    funds: dict[str, Fund] = field(default_factory=dict)
    uses: dict[tuple[str, str], int] = field(default_factory=dict)
    series: dict[tuple[str, int], int] = field(default_factory=dict)
    rows: dict[tuple[Table[Any], str], Mapping[str, Any] | None] = field(default_factory=dict)
    held: set[tuple[str, str]] = field(default_factory=set)
    started: set[tuple[str, int]] = field(default_factory=set)
    streams_stored: set[str] = field(default_factory=set)
    keys: list[tuple[str, str, str, int, str, int | None]] = field(default_factory=list)
    looked: Looked = field(default_factory=Looked)
    written: Written = field(default_factory=Written)
