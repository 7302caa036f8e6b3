"""Signing in: sessions, the second factor, and the pages of both. This is the door; outsiders import only it.

A session begins with login and password; what it still owes (a code, a password of one's own, a second factor
that was never set up) is done on pages of its own before anything else opens.
"""

from . import sessions, two_step
from .sessions import Authenticator

__all__ = ["Authenticator", "sessions", "two_step"]
