"""Signing in: passwords and which are too weak, the second factor, sessions, and their pages.

A session begins with login and password; what it still owes (a code, a password of one's own, a second factor
that was never set up) is done on pages of its own before anything else opens.
"""
