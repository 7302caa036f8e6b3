"""What an error of the database means: a disk that failed, a database that cannot be asked now, an unknown outcome.

Nothing was written where a transaction ends in an error, with one exception: the connection is lost, or the
disk fails, while COMMIT is on its way. Then nobody knows, and the answer says so: asked again with the
same key, the answer is the stored one or a first one.
"""

import sqlite3
from collections.abc import Iterator

import asyncpg
from tortoise.exceptions import DBConnectionError, ValidationError

from charity.errors import Rule

WRITING_STOPPED = Rule(
    "writing.stopped",
    "数据盘或数据文件出错，系统已停止写入，这一次没有办理；查询和公开页面照常。请联系管理员，系统重新启动后再办",
    503,
    retry_after_s=60,
)
OUTCOME_UNKNOWN = Rule(
    "outcome.unknown",
    "提交时与数据库的连接中断，还不知道这一次是否已经办成。请原样再提交一次：已经办成的不会重复办理，没有办成的这次办理",
    503,
    retry_after_s=2,
)
UNAVAILABLE = Rule("unavailable", "系统正忙，这一次没有办理，请稍后再试", 503, retry_after_s=2)

_DISK = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN}
_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # "not connected": the connection was lost and not yet known to be
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    ConnectionError,
    DBConnectionError,
)
_REFUSED = (
    asyncpg.LockNotAvailableError,
    asyncpg.OperatorInterventionError,  # statement timeout, "starting up", "shutting down"
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresIOError,
)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was made of, each once: Tortoise wraps the database's own; `raise e from e` is a circle."""
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and not any(following is known for known in seen):
        yield following
        seen.append(following)
        inner = following.args[0] if following.args else None
        following = inner if isinstance(inner, BaseException) else following.__cause__


def _sqlite(error: BaseException) -> sqlite3.Error | None:
    """SQLite's own error with its code, if it is one."""
    return next((e for e in _causes(error) if isinstance(e, sqlite3.Error) and hasattr(e, "sqlite_errorcode")), None)


def disk(error: BaseException) -> str | None:
    """The name of the fault (`SQLITE_IOERR_FSYNC`) when SQLite cannot trust its disk or its file any more."""
    inner = _sqlite(error)
    return inner.sqlite_errorname if inner is not None and inner.sqlite_errorcode & 0xFF in _DISK else None


def torn(error: BaseException) -> bool:
    """Whether a COMMIT that ended so may nevertheless be on the disk.

    A full disk leaves no whole frame of the COMMIT in the WAL; after a failed write or fsync it may be there.
    """
    inner = _sqlite(error)
    return inner is not None and inner.sqlite_errorcode & 0xFF == sqlite3.SQLITE_IOERR


def lost(error: BaseException) -> bool:
    """Whether the connection to PostgreSQL was lost, or never came about."""
    return any(isinstance(e, _LOST) for e in _causes(error))


def unheld(error: BaseException) -> bool:
    """Whether a row was asked for by a text that is longer than its column: there is none such."""
    return isinstance(error, ValidationError)


def unavailable(error: BaseException) -> bool:
    """Whether the database could not be asked now, and may be later: lost, locked, starting, stopping, at a limit."""
    inner = _sqlite(error)
    if inner is not None:
        return inner.sqlite_errorcode & 0xFF in _BUSY
    return any(isinstance(e, (*_LOST, *_REFUSED)) for e in _causes(error))
