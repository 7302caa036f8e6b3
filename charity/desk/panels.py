"""What stands beside the tasks: each room gives its part, as words and figures for a template of its own."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from charity.roles import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of the desk: its heading with a small note or a link, and the room's template with its context.

    Lower `order` comes first. A `side` panel stands to the right, the others under the tasks.
    """

    name: str
    title: str
    template: str
    context: Mapping[str, Any]
    order: int
    side: bool = False
    note: str = ""
    href: str = ""
    label: str = ""


Source = Callable[[Actor], Awaitable[Panel | None]]
"""A panel, for who may see it; else None."""

_sources: tuple[Source, ...] = ()


def use(sources: Iterable[Source]) -> None:
    """Take the functions of all rooms."""
    global _sources  # noqa: PLW0603 - set once by app
    _sources = tuple(sources)


async def panels(by: Actor) -> list[Panel]:
    """All panels that this account may see."""
    shown = [panel for source in _sources if (panel := await source(by)) is not None]
    return sorted(shown, key=lambda panel: panel.order)
