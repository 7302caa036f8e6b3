"""How a process starts quickly: while it imports the platform, no garbage is looked for.

An import makes next to none, and looking for it time and again among ever more objects is a fifth of what the start of
a process costs, ours or a child's. What was imported stays, so it is not looked through later either.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_started: list[bool] = []


@contextmanager
def importing() -> Iterator[None]:
    """Import what a process works with inside this; the second time in a process it changes nothing."""
    if _started:
        yield
        return
    _started.append(True)
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
