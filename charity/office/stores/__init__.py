"""Stores 爱心超市 and townships 乡镇: codes and names. This is the door; outsiders import only it."""

from .readers import KIND_WORDS, Store, Township, every, get, names, served, township_names, townships
from .verbs import add

__all__ = [
    "KIND_WORDS",
    "Store",
    "Township",
    "add",
    "every",
    "get",
    "names",
    "served",
    "township_names",
    "townships",
]
