"""What is asked of the writer: a command, what it names beforehand, and its answer."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, overload

from charity.db.idem import Idem
from charity.db.tables import Table

if TYPE_CHECKING:
    from charity.ledger.loading import Loader
    from charity.ledger.state import State

Facts = TypeVar("Facts")


@dataclass(slots=True)
class Answer:
    """What a command answers: an HTTP status and a JSON object without names; both are stored with the key.

    `text` is the body as it was stored, when it was.
    """

    status: int
    body: dict[str, Any]
    replayed: bool = False
    text: str = ""


@dataclass(slots=True)
class Wants:
    """What a command needs to see, named by key before it is queued. What it does not name it cannot read.

    A place of money among `holdings` is read with all its days; `Loader.money_places` reads the days that count.
    """

    holdings: Collection[tuple[str, str]] = ()
    funds: Collection[str] = ()
    series: Collection[tuple[str, int]] = ()
    rows: Collection[tuple[Table[Any], str]] = ()


NOTHING = Wants()


class Command:
    """One command: `decide(state)`, or `decide(state, facts)` with the facts that `load(loader)` read.

    `load` reads, after `head` is locked, what no key can name. `decide` is pure: no await, no clock, no
    randomness but the state's. `alone` gives a large command a transaction of its own.
    """

    __slots__ = ("alone", "at", "decide", "idem", "load", "wants")

    @overload
    def __init__(
        self,
        decide: "Callable[[State], Answer]",
        wants: Wants = NOTHING,
        idem: Idem | None = None,
        *,
        alone: bool = False,
    ) -> None: ...
    @overload
    def __init__(
        self,
        decide: "Callable[[State, Facts], Answer]",
        wants: Wants = NOTHING,
        idem: Idem | None = None,
        *,
        load: "Callable[[Loader], Awaitable[Facts]]",
        alone: bool = False,
    ) -> None: ...
    def __init__(
        self,
        decide: Callable[..., Answer],
        wants: Wants = NOTHING,
        idem: Idem | None = None,
        *,
        load: "Callable[[Loader], Awaitable[Any]] | None" = None,
        alone: bool = False,
    ) -> None:
        self.decide, self.wants, self.idem, self.load, self.alone = decide, wants, idem, load, alone
        self.at = ""
