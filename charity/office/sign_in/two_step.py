"""The second factor: a code of the phone (TOTP, RFC 6238), or one of ten recovery codes.

The secret is sealed; a recovery code is kept as its digest and works once. A code is taken one step of 30 s
early or late, and no step twice: who looks over a shoulder cannot use what he saw.
"""

import hmac
import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence

import pyotp

from charity import clock, tokens
from charity.db import sealed, transactions
from charity.db.transactions import Tx
from charity.office import rules
from charity.office.models import AccountEvent, RecoveryCode, Staff
from charity.office.staff import effects, with_password
from charity.roles import Actor, Role

ASKED_OF = frozenset({Role.ADMIN, Role.APPROVER})
"""Who must have it, outside the demo. Others may."""
STEP_S = 30
DRIFT = 1
CODES = 10
_SECRET = re.compile(r"^[A-Z2-7]{32}$")
_CODE = re.compile(r"^\d{6}$")
_LOCKED = (
    "UPDATE staff SET key = key WHERE key = $1 AND disabled_at IS NULL AND totp_secret IS NOT NULL "
    "RETURNING totp_secret"
)


def new_secret() -> str:
    """A fresh secret of 160 bits, base32."""
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Whether a text can be a secret of ours."""
    return _SECRET.match(text) is not None


def address(secret: str, login: str, issuer: str) -> str:
    """The `otpauth://` address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def _read(code: str) -> str:
    """A code as typed: full-width digits, blanks and hyphens are no part of it. Raises code.unreadable."""
    plain = tokens.normalise(unicodedata.normalize("NFKC", code))
    if not _CODE.match(plain) and len(plain) != tokens.RECOVERY_LENGTH:
        raise rules.CODE_UNREADABLE()
    return plain


def _step_of(secret: str, code: str) -> int | None:
    """The step for which this is the code, among those that are near; None for none."""
    totp = pyotp.TOTP(secret)
    now = int(clock.now().timestamp()) // STEP_S
    steps = range(now - DRIFT, now + DRIFT + 1)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)), None)


async def is_on(*, by: Actor) -> bool:
    """Whether one's own account has a second factor."""
    return await Staff.visible_to(by).filter(key=by.key).exclude(totp_secret=None).exists()


async def codes_left(*, by: Actor) -> int:
    """How many of one's own recovery codes have not been used."""
    return await RecoveryCode.visible_to(by).filter(used_at=None).count()


async def begin(*, secret: str, code: str, current: str, session: str, by: Actor) -> list[str]:
    """Turn it on with the first code of the phone; answers the recovery codes, which are shown once.

    `session` is the digest of the session that has now given its second factor; the others have to.
    Raises two_step.on, two_step.stale, code.wrong.
    """
    if not is_secret(secret):
        raise rules.TWO_STEP_STALE()
    typed = _read(code)
    own = await with_password(current=current, by=by)
    step = _step_of(secret, typed)
    if step is None:
        raise rules.CODE_WRONG()
    fresh = [tokens.recovery_code() for _ in range(CODES)]

    async def work(tx: Tx) -> None:
        if not await tx.rows(
            "UPDATE staff SET totp_secret = $2, totp_step = $3 WHERE key = $1 AND totp_secret IS NULL "
            "AND password_hash = $4 AND disabled_at IS NULL RETURNING key",
            by.key,
            sealed.seal("staff", "totp_secret", by.key, secret),
            step,
            own.password_hash,
        ):
            raise rules.TWO_STEP_ON()
        await _put_codes(tx, by.key, fresh)
        await _pass(tx, session)
        await effects.note(tx, by, by.key, AccountEvent.TWO_STEP_ON)

    await transactions.run(work)
    return fresh


async def give(*, code: str, session: str, by: Actor) -> None:
    """Let a session go on that still owed its code. Raises code.wrong."""
    await _checked(by, code, lambda tx: _pass(tx, session))


async def renew_codes(*, code: str, by: Actor) -> list[str]:
    """Ten new recovery codes instead of the old ones, for a code of the phone or of the old ones."""
    fresh = [tokens.recovery_code() for _ in range(CODES)]
    await _checked(by, code, lambda tx: _put_codes(tx, by.key, fresh))
    return fresh


async def end(*, code: str, by: Actor) -> None:
    """Turn one's own off; who must have it sets it up anew. All sessions end."""
    await _checked(by, code, lambda tx: effects.drop_two_step(tx, by, by.key))


async def _checked(by: Actor, typed: str, then: Callable[[Tx], Awaitable[None]]) -> None:
    """Use up the code, and do the rest in the same transaction."""
    code = _read(typed)

    async def work(tx: Tx) -> None:
        rows = await tx.rows(_LOCKED, by.key)
        if not rows:
            raise rules.TWO_STEP_OFF()
        if _CODE.match(code):
            await _use_step(
                tx, by, _step_of(sealed.unseal("staff", "totp_secret", by.key, rows[0]["totp_secret"]), code)
            )
        else:
            await _use_recovery(tx, by, code)
        await then(tx)

    await transactions.run(work)


async def _use_step(tx: Tx, by: Actor, step: int | None) -> None:
    sql = "UPDATE staff SET totp_step = $2 WHERE key = $1 AND totp_step < $2 RETURNING key"
    if step is None or not await tx.rows(sql, by.key, step):
        raise rules.CODE_WRONG()


async def _use_recovery(tx: Tx, by: Actor, code: str) -> None:
    sql = "UPDATE recovery_code SET used_at = $2 WHERE digest = $1 AND used_at IS NULL RETURNING digest"
    if not await tx.rows(sql, _digest(by.key, code), clock.stamp()):
        raise rules.CODE_WRONG()
    await effects.note(tx, by, by.key, AccountEvent.RECOVERY)


async def _put_codes(tx: Tx, staff: str, codes: Sequence[str]) -> None:
    await tx.rows("DELETE FROM recovery_code WHERE staff = $1 RETURNING digest", staff)
    rows = [{"digest": _digest(staff, tokens.normalise(code)), "staff": staff} for code in codes]
    await tx.insert("recovery_code", rows)


def _digest(staff: str, code: str) -> str:
    """A plain hash is enough: a code has 79 random bits."""
    return tokens.digest(f"{staff} {code}")


async def _pass(tx: Tx, session: str) -> None:
    """Note that the session gave its second factor; raises code.wrong when it has ended meanwhile."""
    sql = "UPDATE session SET code_at = $2 WHERE digest = $1 AND revoked_at IS NULL RETURNING digest"
    if not await tx.rows(sql, session, clock.stamp()):
        raise rules.CODE_WRONG()
