"""Codes that people read, scan and type, and secrets that only machines carry.

Codes use 31 characters that cannot be mistaken for one another (no 0 O 1 I L). 31 is prime, so
one weighted check character finds every single wrong character and every swap of two
characters. Codes carry no meaning and no personal data: they are random.
"""

import hashlib
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from charity import clock
from charity.plain import plain

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE128_LENGTH: Final = 26
"""26 characters of 31 are 128.8 bits."""
REFERENCE_RANDOM: Final = 6
CARD_PREFIX: Final = "C"
LOT_PREFIX: Final = "B"
TAG_RANDOM: Final = 9
RECOVERY_LENGTH: Final = 16
"""79 random bits."""
PREFIX_MAX: Final = 12
TEXT_MAX: Final = 40

_BASE: Final = len(ALPHABET)
# 0 O 1 I L may stand in a prefix such as YRJ10; they are read as the sign they look like most.
_VALUE: Final = {char: value for value, char in enumerate(ALPHABET)} | {
    "0": ALPHABET.index("Q"),
    "O": ALPHABET.index("Q"),
    "1": ALPHABET.index("T"),
    "I": ALPHABET.index("T"),
    "L": ALPHABET.index("T"),
}
_EAN13_LENGTH: Final = 13
_SIGNS: Final = bytes(ord(ALPHABET[n % _BASE]) for n in range(256))
_UNEVEN: Final = bytes(range(256 // _BASE * _BASE, 256))
_SPARE: Final = 8

_system: Final[random.Random] = secrets.SystemRandom()
_source: random.Random = _system


@contextmanager
def seeded(seed: str) -> Iterator[None]:
    """Draw the readable codes from a seed, so that the demo is the same every time.

    For `demo` only, like `clock.fixed`. Bearer secrets never come from here.
    """
    global _source  # noqa: PLW0603  # one demo is loaded at a time, on an empty database
    assert _source is _system, "the codes are seeded already"
    _source = random.Random(seed)  # noqa: S311  # wanted: repeatable
    try:
        yield
    finally:
        _source = _system


def _draw(count: int) -> str:
    """Random characters, each equally likely: bytes from 248 on are thrown away."""
    if _source is not _system:
        return "".join(_source.choices(ALPHABET, k=count))
    signs = b""
    while len(signs) < count:
        signs += secrets.token_bytes(count + _SPARE).translate(_SIGNS, _UNEVEN)
    return signs[:count].decode()


def normalise(text: str) -> str:
    """A typed or scanned code as we store it: plain signs, upper case, without blanks and hyphens."""
    return "".join(map(plain, text.split())).replace("-", "").upper()


def check_character(body: str) -> str:
    """The check character for a normalised body of at most 29 characters of A-Z and 0-9.

    Raises ValueError when the body is longer or has another character.
    """
    if len(body) > _BASE - 2:
        raise ValueError("code too long for one check character")
    try:
        total = sum(place * _VALUE[char] for place, char in enumerate(reversed(body), start=2))
    except KeyError:
        raise ValueError("character not allowed in a code") from None
    return ALPHABET[-total % _BASE]


def check_holds(text: str) -> bool:
    """Whether the last character of a code (any case, blanks, hyphens) is its check character."""
    if len(text) > TEXT_MAX:
        return False
    code = normalise(text)
    try:
        return len(code) > 1 and check_character(code[:-1]) == code[-1]
    except ValueError:
        return False


def code128() -> str:
    """A random code of at least 128 bits for addresses such as /r/{code}: 26 characters."""
    return _draw(CODE128_LENGTH)


def key16() -> str:
    """A row or party key: 32 hex digits, 48 bits of the present millisecond and 80 random ones.

    Keys made together lie together in an index, so that a batch of gifts touches few pages. The time is
    no secret: it is the entry's own. Whatever must not be guessed is a `code128`.
    """
    milliseconds = clock.milliseconds()
    if _source is _system:
        return f"{milliseconds:012x}{secrets.token_hex(10)}"
    return f"{_source.getrandbits(128):032x}"  # the writer's clock is the real one: a seeded key has no time in it


def request_id() -> str:
    """A random 64-bit name for one request in the logs: 16 hex digits."""
    return secrets.token_hex(8)


def reference(prefix: str) -> str:
    """A payment reference to copy into a bank remark: `YRJ26-7K3MQ8C`.

    The prefix (A-Z, 0-9) says the campaign; six random characters and a check character follow.
    Not unique by itself: whoever stores it has a UNIQUE column and draws again.
    """
    head = normalise(prefix)
    if not 1 <= len(head) <= PREFIX_MAX:
        raise ValueError("a prefix has 1 to 12 characters")
    body = _draw(REFERENCE_RANDOM)
    return f"{head}-{body}{check_character(head + body)}"


def reference_valid(text: str) -> bool:
    """Whether a typed reference (any case, with or without hyphen) has not been mistyped."""
    return check_holds(text) and len(normalise(text)) > REFERENCE_RANDOM + 1


def card_code() -> str:
    """The code on an aid card: C, nine random characters, a check character."""
    body = CARD_PREFIX + _draw(TAG_RANDOM)
    return body + check_character(body)


def card_valid(text: str) -> bool:
    """Whether a scanned or typed text can be a card code."""
    return _tag_valid(text, CARD_PREFIX)


def lot_code() -> str:
    """The code on a lot's label: B (批), nine random characters, a check character."""
    body = LOT_PREFIX + _draw(TAG_RANDOM)
    return body + check_character(body)


def lot_valid(text: str) -> bool:
    """Whether a scanned or typed text can be a lot code."""
    return _tag_valid(text, LOT_PREFIX)


def _tag_valid(text: str, prefix: str) -> bool:
    if not check_holds(text):
        return False
    code = normalise(text)
    return len(code) == TAG_RANDOM + 2 and code.startswith(prefix)


def ean13_check(code: str) -> str:
    """The check digit that follows the first 12 digits of an EAN-13 (GB 12904).

    Raises ValueError unless code is exactly 12 ASCII digits.
    """
    if len(code) != _EAN13_LENGTH - 1 or not (code.isascii() and code.isdigit()):
        raise ValueError("an EAN-13 body is 12 digits")
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(code))
    return str(-total % 10)


def recovery_code() -> str:
    """A code to write down that replaces a second factor once: 7K3M-Q8CP-…, 16 characters in four groups."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH))
    return "-".join(drawn[start : start + 4] for start in range(0, RECOVERY_LENGTH, 4))


def invitation_code() -> str:
    """A code of one use that is read from paper and typed: drawn and written as a recovery code is."""
    return recovery_code()


def secret_token() -> str:
    """A 256-bit bearer secret, URL-safe; shown once, only its digest is stored."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """The SHA-256 of a secret in hex, as stored and looked up.

    A plain hash is enough because the secret itself has 256 random bits.
    """
    return hashlib.sha256(token.encode()).hexdigest()
