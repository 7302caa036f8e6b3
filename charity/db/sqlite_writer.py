"""Tortoise engine module: the writing SQLite client."""

from charity.db.sqlite_engine import WriterClient as client_class

__all__ = ["client_class"]
