"""Who gives: who counts as a donor, and what forms offer of givers. Outsiders import only this."""

from . import counting

__all__ = ["counting"]
