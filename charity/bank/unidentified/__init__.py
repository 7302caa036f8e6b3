"""Lines of banks that nobody can name are held: booked in 2209 and matched at once, in one batch of the writer.

Always true: only what came in is held, a line once; its match is undone by reversing what was booked, never by itself.
What becomes of the money is `charity/giving/unidentified`. This is the door; outsiders import only it.
"""

from .verbs import hold, undo

__all__ = ["hold", "undo"]
