"""Random bytes of the system's generator, fetched a page at a time and each used once.

A call to the kernel for every key, code and nonce is what a gift would otherwise pay five times.
"""

import os
import secrets

_POOL_BYTES = 4_096
_pool = b""
_drawn = 0


def random_bytes(count: int) -> bytes:
    """So many bytes that nobody had before; at most a page."""
    global _pool, _drawn  # noqa: PLW0603  # one pool a process
    begin, _drawn = _drawn, _drawn + count
    if _drawn > len(_pool):
        _pool = secrets.token_bytes(_POOL_BYTES)
        begin, _drawn = 0, count
    return _pool[begin:_drawn]


def _forget_pool() -> None:
    """A forked child must not draw what its parent draws."""
    global _pool  # noqa: PLW0603  # as above
    _pool = b""


os.register_at_fork(after_in_child=_forget_pool)
