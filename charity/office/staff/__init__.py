"""Staff accounts: who works here, what of them waits for a second person, passwords, and tokens of programs.

This is the door; outsiders import only it.
"""

from . import changes, effects, passwords, tokens, weakness
from .readers import Account, by_login, every, get, has_admin, names, required
from .verbs import (
    Prepared,
    add,
    assign,
    change_password,
    close,
    create,
    disable,
    enable,
    end_two_step,
    prepared,
    set_password,
    with_password,
)

__all__ = [
    "Account",
    "Prepared",
    "add",
    "assign",
    "by_login",
    "change_password",
    "changes",
    "close",
    "create",
    "disable",
    "effects",
    "enable",
    "end_two_step",
    "every",
    "get",
    "has_admin",
    "names",
    "passwords",
    "prepared",
    "required",
    "set_password",
    "tokens",
    "weakness",
    "with_password",
]
