"""Reviews 复核 of journal vouchers: by number, over what was shown, by an accountant who neither made nor handled it.

Always true: a review is a row of its own over the chain of the entries' leaves and changes no entry; what comes later
stands on another number. This is the door; outsiders import only it.
"""

from .questions import answer, ask
from .readers import View, answered, to_answer, views, waiting
from .screens import summary
from .verbs import review, shown, together

__all__ = [
    "View",
    "answer",
    "answered",
    "ask",
    "review",
    "shown",
    "summary",
    "to_answer",
    "together",
    "views",
    "waiting",
]
