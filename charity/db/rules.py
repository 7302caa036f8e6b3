"""What can be wrong with a database and what it stands on, in words: for commands, `/readyz`, `check` and `verify`."""

from charity.errors import Rule

KEYS_WRONG = Rule(
    "keys.wrong",
    "密钥与这个数据库不符：{settings}。请换回原来的密钥；用别的密钥，已加密的资料打不开，新旧资料也对不上",
    503,
)
