"""Till 发放: goods go out against a card. This is the door; outsiders import only it."""

from .picking import Line, Pick, Plan
from .readers import FIRST_LOTS, PROGRAMME, Preview, preview
from .verbs import LOTS_MAX, SERIES, Proxy, issue

__all__ = [
    "FIRST_LOTS",
    "LOTS_MAX",
    "PROGRAMME",
    "SERIES",
    "Line",
    "Pick",
    "Plan",
    "Preview",
    "Proxy",
    "issue",
    "preview",
]
