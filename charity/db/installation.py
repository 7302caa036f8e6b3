"""Which database this is, and whether the keys of this process are the ones it was sealed with.

`migrate` makes a random id that stays with the database: the head file names it. A **canary** is a known word
sealed with a key: for each data key that was ever the first, and a mark of the secret key. They are sealed at
`init` or at the first start; from then on a key that opens none of them is noticed before it seals anything.
"""

from datetime import date

from charity import clock, words
from charity.db import reading, rules, sealed, transactions
from charity.db.transactions import Tx
from charity.errors import Failure, Refusal
from charity.settings import settings

WORD = "charity"
DATABASE_ID = "SELECT database_id FROM installation WHERE id = 1"


async def database_id() -> str:
    """The id of the open database, 32 hex digits."""
    return str(await reading.value(DATABASE_ID))


async def demo_as_of() -> str | None:
    """The day on which the story of the demo ends that was loaded here, wholly; None where there is none."""
    day: str | None = await reading.value("SELECT demo_as_of FROM installation WHERE id = 1")
    return day


async def note_demo(as_of: date) -> None:
    """Note that the whole demo is loaded."""
    await transactions.run(
        lambda tx: tx.rows("UPDATE installation SET demo_as_of = $1 WHERE id = 1 RETURNING id", as_of.isoformat())
    )


async def wrong_keys() -> list[str]:
    """The settings whose keys are not this database's, with the data key's id; none while nothing is sealed."""
    wrong: list[str] = []
    mark = await reading.value("SELECT secret_mark FROM installation WHERE id = 1")
    if mark is not None and mark != secret_mark():
        wrong.append("CHARITY_SECRET_KEY")
    for row in await reading.rows("SELECT name, value FROM key_canary ORDER BY name"):
        name = row["name"]
        if name not in settings().keyring() or not _opens(name, row["value"]):
            wrong.append(f"CHARITY_DATA_KEYS ({name})")
    return wrong


def _opens(name: str, value: bytes) -> bool:
    try:
        return sealed.unseal("key_canary", "value", name, value) == WORD
    except sealed.SealBroken:
        return False


async def problem() -> Refusal | None:
    """The keys that are not this database's, in words."""
    wrong = await wrong_keys()
    return rules.KEYS_WRONG(settings=", ".join(wrong)) if wrong else None


async def require_own_keys() -> None:
    """Refuse keys that are not this database's (keys.wrong); seal a canary with those that have none."""
    wrong = await problem()
    if wrong is not None:
        raise wrong
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
    return [Failure("KEYS", words.say("{setting} 不是这个数据库的密钥", setting=name)) for name in await wrong_keys()]
