"""Idempotency keys of callers who are not signed in: all share one scope, so a key is a secret of whoever made it."""

from charity.db import idem
from charity.errors import Rule
from charity.roles import Actor

GUESSABLE = Rule(
    "idempotency.guessable",
    "不登录提交时，Idempotency-Key 应为随机的 32 位十六进制数或 UUID；这个键别人猜得到，什么都没有登记",
    400,
)


def must_be_safe(key: str, actor: Actor | None) -> None:
    """Refuse (400) a key that another anonymous caller could send too: he would get this one's answer."""
    if actor is None and not idem.secret(key):
        raise GUESSABLE()
