"""Aid cards 爱心卡: given, lost, suspended and read. This is the door; outsiders import only it."""

from .readers import SUSPENSIONS, CardView, active, view, why_unusable
from .verbs import add_many, issue, replace_lost, resume, suspend

__all__ = [
    "SUSPENSIONS",
    "CardView",
    "active",
    "add_many",
    "issue",
    "replace_lost",
    "resume",
    "suspend",
    "view",
    "why_unusable",
]
