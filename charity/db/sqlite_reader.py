"""Tortoise engine module: the read-only SQLite client."""

from charity.db.sqlite_engine import ReaderClient as client_class

__all__ = ["client_class"]
