"""What waits for me: each room says it in sentences, the desk puts them in order.

Every task is one sentence with its count and its oldest or nearest date, and a link to where it is
done. Tasks that wait for somebody come before those that only inform.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from charity.roles import Actor


@dataclass(frozen=True, slots=True)
class Task:
    """One sentence of the desk; lower `order` comes first.

    `label` is the verb of its link; `tone` as in templates/_parts/atoms.html.
    """

    text: str
    href: str
    label: str
    order: int
    tone: str = "none"
    note: str = ""


Source = Callable[[Actor], Awaitable[list[Task]]]
"""What waits for this account in one matter: nothing for whoever may not do it."""

COUNT_MAX = 999
"""Nobody works off more than this in a day: what is counted stops here and says so."""


def counted(n: int) -> str:
    """How many, out of at most COUNT_MAX + 1 that were looked at: `12`, `999+`."""
    return f"{COUNT_MAX}+" if n > COUNT_MAX else str(n)


_sources: tuple[Source, ...] = ()


def use(sources: Iterable[Source]) -> None:
    """Take the functions of all rooms."""
    global _sources  # noqa: PLW0603 - set once by app
    _sources = tuple(sources)


async def tasks(by: Actor) -> list[Task]:
    """Everything that waits for this account."""
    waiting = [task for source in _sources for task in await source(by)]
    return sorted(waiting, key=lambda task: task.order)
