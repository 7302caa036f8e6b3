"""Which database this is, and whether the keys of this process are the ones it was sealed with.

`migrate` makes a random id that stays with the database: the head file names it. A **canary** is a known word
sealed with a key: for each data key that was ever the first, and a mark of the secret key. They are sealed at
`init` or at the first start; from then on a key that opens none of them is noticed before it seals anything.
"""

from charity import clock
from charity.db import reading, sealed, transactions
from charity.db.transactions import Tx
from charity.errors import Failure
from charity.settings import SettingsError, settings

WORD = "charity"


class KeysWrong(SettingsError):
    """The keys are not those of this database."""


async def database_id() -> str:
    """The id of the open database, 32 hex digits."""
    return str(await reading.value("SELECT database_id FROM installation WHERE id = 1"))


async def wrong_keys() -> list[str]:
    """The settings whose keys are not this database's, in words; none when all are, or nothing was sealed yet."""
    wrong: list[str] = []
    mark = await reading.value("SELECT secret_mark FROM installation WHERE id = 1")
    if mark is not None and mark != secret_mark():
        wrong.append("CHARITY_SECRET_KEY")
    for row in await reading.rows("SELECT name, value FROM key_canary ORDER BY name"):
        name = row["name"]
        if name not in settings().keyring():
            wrong.append(f"CHARITY_DATA_KEYS（缺 {name}）")
        elif not _opens(name, row["value"]):
            wrong.append(f"CHARITY_DATA_KEYS（{name} 的内容不同）")
    return wrong


def _opens(name: str, value: bytes) -> bool:
    try:
        return sealed.unseal("key_canary", "value", name, value) == WORD
    except sealed.SealBroken:
        return False


async def require_own_keys() -> None:
    """Refuse keys that are not this database's; seal a canary with those that have none. KeysWrong."""
    wrong = await wrong_keys()
    if wrong:
        raise KeysWrong(
            f"密钥与这个数据库不符：{'、'.join(wrong)}。请换回原来的密钥；用别的密钥，已加密的资料打不开，新旧资料也对不上"
        )
    first = next(iter(settings().keyring()))
    sealed_by = await reading.value("SELECT name FROM key_canary WHERE name = $1", first)
    marked = await reading.value("SELECT secret_mark FROM installation WHERE id = 1")
    if sealed_by is None or marked is None:
        await transactions.run(_seal)


async def _seal(tx: Tx) -> None:
    first = next(iter(settings().keyring()))
    await tx.rows("UPDATE installation SET secret_mark = $1 WHERE secret_mark IS NULL RETURNING id", secret_mark())
    await tx.rows(
        "INSERT INTO key_canary (name, value, made_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING name",
        first,
        sealed.seal("key_canary", "value", first, WORD),
        clock.stamp(),
    )


def secret_mark() -> str:
    """What tells one secret key from another, 64 hex digits; it leads back to none."""
    return sealed.derived("charity key canary").hex()


async def run() -> list[Failure]:
    """`charity verify`, the keys' part."""
    return [Failure("KEYS", f"{name} 不是这个数据库的密钥") for name in await wrong_keys()]
