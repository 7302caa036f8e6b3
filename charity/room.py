"""What a room contributes to the app: one `ROOM = Room(...)` in its `room.py`, joined with the others by `app`.

Nothing is discovered: a room takes part when it stands in `app.ROOMS`, and only with what it lists here. So
the toolkits (`web`, `desk`, `jobs`, `demo`, `printing`) know no room, and a room knows no list of the house.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.routing import BaseRoute

from charity.db.health import Probe
from charity.demo.plan import Chapter
from charity.desk.panels import Source as PanelSource
from charity.desk.search import Finder
from charity.desk.tasks import Source
from charity.errors import Failure
from charity.jobs.timetable import Timed
from charity.jobs.worker import Handler
from charity.printing.document import Document
from charity.web.api import Endpoint
from charity.web.nav import NavItem


@dataclass(frozen=True, slots=True)
class Check:
    """One part of `charity verify`: what it compares, in words, and the function that answers what does not hold."""

    label: str
    run: Callable[[], Awaitable[Sequence[Failure]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """All that one room contributes. `name` is its package."""

    name: str
    models: Sequence[str] = ()
    """Modules with Tortoise models."""
    routes: Sequence[BaseRoute] = ()
    """Pages, asked in this order."""
    endpoints: Sequence[Endpoint] = ()
    """Calls of the JSON API."""
    nav: Sequence[NavItem] = ()
    """Entries of the menu."""
    tasks: Sequence[Source] = ()
    """What waits for an account, on its desk."""
    panels: Sequence[PanelSource] = ()
    """What stands beside it there."""
    finders: Sequence[Finder] = ()
    """Numbers and codes that the search box knows."""
    jobs: Mapping[str, Handler] = field(default_factory=dict)
    """What each kind of job does; kinds are stored words."""
    timetable: Sequence[Timed] = ()
    """What happens by the clock."""
    documents: Sequence[Document] = ()
    """Registers that `documents` shows, prints and exports."""
    checks: Sequence[Check] = ()
    """What `charity verify` compares."""
    health: Sequence[Probe] = ()
    """What `/readyz` and `charity check` look at."""
    chapter: Chapter | None = None
    """This room's part of the demo."""
