"""What waits for me: each room says it in sentences, the desk puts them in order.

Every task is one sentence with its count, a line below it with its oldest or what else there is to know, and a link to
where it is done. What has a due day comes by that day, what has none follows by `order`; what only informs is last.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from charity.roles import Actor


@dataclass(frozen=True, slots=True)
class Task:
    """One sentence of the desk; lower `order` comes first.

    `label` is the verb of its link; `tone` as in templates/_parts/atoms.html, "none" for what only informs. `due_on`
    is the last day on which it is in time, of a law, a promise or a label; "" where nothing sets one.
    """

    text: str
    href: str
    label: str
    order: int
    tone: str = "none"
    note: str = ""
    due_on: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody has to do it."""
        return self.tone != "none"


Source = Callable[[Actor], Awaitable[list[Task]]]
"""What waits for this account in one matter: nothing for whoever may not do it."""

COUNT_MAX = 999
"""Nobody works off more than this in a day: what is counted stops here and says so."""


def counted(n: int) -> str:
    """How many, out of at most COUNT_MAX + 1 that were looked at: `12`, `999+`."""
    return f"{COUNT_MAX}+" if n > COUNT_MAX else str(n)


_NO_DAY = "~"
"""Behind every day."""
_sources: tuple[Source, ...] = ()


def use(sources: Iterable[Source]) -> None:
    """Take the functions of all rooms."""
    global _sources  # noqa: PLW0603 - set once by app
    _sources = tuple(sources)


async def tasks(by: Actor) -> list[Task]:
    """Everything that waits for this account."""
    return in_order([task for source in _sources for task in await source(by)])


def in_order(waiting: Iterable[Task]) -> list[Task]:
    """What has to be done by its day, then what has no day, then what only informs."""
    return sorted(waiting, key=lambda task: (not task.waits, task.due_on or _NO_DAY, task.order))
