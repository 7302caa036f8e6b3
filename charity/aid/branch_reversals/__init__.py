"""What is booked of a branch is taken back: a confirmed roster, or a return. One person asks, another confirms.

Always true: the reversal is the exact negation of its entry, once; a reversed roster counts nowhere, and the payment of
a reversed return holds as many positions as before. This is the door; outsiders import only it.
"""

from .checks import run as check
from .readers import reversal
from .verbs import confirm, refuse, request, withdraw

__all__ = ["check", "confirm", "refuse", "request", "reversal", "withdraw"]
