"""What SQLite's writing connection does: steps in, rows out; and the process in which a server does it.

`perform` runs in aiosqlite's thread (commands, tests), at once (the demo load) or in a process of its own (`serve`,
started by `sqlite_process`), because Python lets only one thread of a process run: with SQLite in a thread, its work
and the event loop's stand in each other's way (decision 14). Only the standard library is imported
here, so the process starts at once.

    python -m charity.db.sqlite_child SOCKET PATH     (SOCKET: the number of an inherited socket)

Always true: a parent that is gone ends the process without closing the connection, so that nothing is
checkpointed without `charity.write`; what was not committed never happened. The locks of the parent
are inherited: a transaction under way stays locked until it has ended.
"""

import marshal
import os
import signal
import socket
import sqlite3
import struct
import sys
from collections.abc import Sequence
from typing import Any

STATEMENTS_KEPT = 512
MESSAGE_MAX = 1 << 30
HEAD = struct.Struct("<I")
ROWS, MANY, ROLLBACK = "rows", "many", "rollback"
# One step: what to do, its SQL (`?1` places), and its values (rows) or list of values (many).
Step = tuple[str, str, Sequence[Any]]
# The answer to one step: the names of the columns, and the rows; both empty where there are none.
Result = tuple[list[str], list[tuple[Any, ...]]]
# The kinds of values, and what makes a plain one of a subclass; an enum's own `str()` may be its name.
_KINDS: dict[type, Any] = {str: str.__str__, bool: bool, int: int, float: float, bytes: bytes}


def packed(steps: Sequence[Step]) -> bytes:
    """Steps as they travel; a text or number of a class of its own (a StrEnum) becomes a plain one.

    TypeError, naming its class, for a value that SQLite has no type for.
    """
    try:
        return marshal.dumps(list(steps))
    except ValueError:  # marshal knows Python's own types and no subclass
        return marshal.dumps([_plain(step) for step in steps])


def _plain(step: Step) -> Step:
    kind, sql, values = step
    if kind == MANY:
        return kind, sql, [[_value(value) for value in row] for row in values]
    return kind, sql, [_value(value) for value in values]


def _value(value: Any) -> Any:
    if value is None or type(value) in _KINDS:
        return value
    for kind, plain in _KINDS.items():
        if isinstance(value, kind):
            return plain(value)
    msg = f"{type(value).__name__} is no value for SQLite"
    raise TypeError(msg)


def perform(connection: sqlite3.Connection, steps: Sequence[Step]) -> list[Result]:
    """Do the steps in order and answer each; raises sqlite3.Error at the first that fails."""
    results: list[Result] = []
    for kind, sql, values in steps:
        if kind == MANY:
            connection.executemany(sql, values)
            results.append(([], []))
        elif kind == ROLLBACK:
            connection.rollback()
            results.append(([], []))
        else:
            cursor = connection.execute(sql, values)
            cursor.row_factory = None
            names = [column[0] for column in cursor.description or ()]
            results.append((names, cursor.fetchall()))
    return results


def perform_packed(connection: sqlite3.Connection, body: bytes) -> list[Result]:
    """Do steps that travelled; `packed` made them."""
    return perform(connection, marshal.loads(body))  # noqa: S302 - both ends are this program


def connected(path: str, pragmas: dict[str, str]) -> sqlite3.Connection:
    """A writing connection with the pragmas set."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=STATEMENTS_KEPT)
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name}={value}").close()
    return connection


def send(to: socket.socket, message: Any) -> None:
    """Send one message: its length, and the message marshalled."""
    body = marshal.dumps(message)
    to.sendall(HEAD.pack(len(body)) + body)


def _received(at: socket.socket, count: int) -> bytes:
    """Exactly `count` bytes; EOFError when the other end is gone."""
    parts, left = [], count
    while left:
        part = at.recv(min(left, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def receive(at: socket.socket) -> Any:
    """The next message; EOFError when the other end is gone."""
    (length,) = HEAD.unpack(_received(at, HEAD.size))
    return marshal.loads(_received(at, length))  # noqa: S302 - both ends are this program


def serve(parent: socket.socket, path: str) -> None:
    """Answer the parent until it says None (then close in order) or is gone (then end at once)."""
    try:
        connection = connected(path, receive(parent))
        send(parent, (True, []))
        while (steps := receive(parent)) is not None:
            try:
                answer: tuple[bool, Any] = (True, perform(connection, steps))
            except sqlite3.Error as error:
                # Errors of Python's own module ("no such column: ?3") have no code.
                code, name = getattr(error, "sqlite_errorcode", 0), getattr(error, "sqlite_errorname", "")
                answer = (False, (type(error).__name__, str(error), code, name))
            send(parent, answer)
    except (EOFError, OSError):
        # Without closing: SQLite's last close would checkpoint, and the lock for that is not ours.
        os._exit(0)
    connection.close()
    send(parent, (True, []))


def main() -> None:
    """Serve the socket whose number was passed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # A signal to the whole group is for the parent, which lets us finish what it began.
        signal.signal(number, signal.SIG_IGN)
    if hasattr(os, "SCHED_BATCH"):
        # Woken by a batch, we take a core that is idle and never the one on which the event loop is running.
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])


if __name__ == "__main__":
    main()
