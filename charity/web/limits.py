"""How fast callers may come: anonymous reading and giving by address, and guesses of a password.

800 pledges from one address in ten minutes pass (a hospital's Wi-Fi). Guessing a password does not: after a
few wrong ones each further one waits twice as long, counted for the account at this address, for the account,
and for the address. Only wrong guesses count; a right one forgives, and each wrong one is forgotten by itself.
A browser that signed in to the account before (charity/web/devices.py) is counted by itself alone, so that
nobody is kept out by what others guess elsewhere. Signing in has a pace of its own, whatever else an address
sends. Bearer tokens are not limited. Counts are kept in the memory of each process: with n workers a caller
gets at most n times as much, and a restart forgets.

The windows are two counters a caller (this window and the one before, weighted): constant memory and no
timers, where the `limits` package starts a task over all callers at each hit.
"""

import time
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from charity.errors import Refusal, Rule

CALLERS_MAX = 50_000
TOO_FAST = Rule("too_fast", "请求太频繁，请过 {seconds} 秒再试", 429)


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `amount` in any `seconds`."""

    name: str
    amount: int
    seconds: int


READ = Pace("read", 12_000, 600)
WRITE = Pace("write", 1_500, 600)
SIGN_IN = Pace("sign_in", 3_000, 600)

_counts: OrderedDict[tuple[str, str], tuple[int, int, int]] = OrderedDict()


def _too_fast(seconds: float) -> Refusal:
    whole = max(1, int(seconds + 0.999))
    return Refusal(TOO_FAST.code, TOO_FAST.words, 429, retry_after_s=whole, seconds=whole)


def hit(pace: Pace, caller: str) -> None:
    """Count one request of a caller; raises 429 with Retry-After when there were too many."""
    now = time.monotonic()
    window, into = divmod(now, pace.seconds)
    key = (pace.name, caller)
    number, current, before = _counts.get(key, (int(window), 0, 0))
    if number != int(window):
        before = current if number == int(window) - 1 else 0
        number, current = int(window), 0
    weighed = current + before * (1 - into / pace.seconds)
    if weighed >= pace.amount:
        raise _too_fast(min(pace.seconds - into, pace.seconds / 10))
    _counts[key] = (number, current + 1, before)
    _counts.move_to_end(key)
    while len(_counts) > CALLERS_MAX:
        _counts.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """How many wrong guesses are free, the longest wait after more, and after how long one is forgotten.

    `forgives` is the part of them that a right guess takes away: all of one's own, half of those of an
    address, behind which others guess too.
    """

    name: str
    free: int
    longest_s: int
    forgets_s: int
    forgives: float = 1.0


HERE = Patience("here", 5, 3_600, 3_600)
ACCOUNT = Patience("account", 20, 900, 1_800)
ADDRESS = Patience("address", 60, 900, 300, forgives=0.5)
DEVICE = Patience("device", 5, 3_600, 3_600)
OWN = Patience("own", 5, 900, 1_800)
"""Of the present password of somebody who is signed in."""
CODE = Patience("code", 5, 900, 1_800)
"""Of the six digits of a second factor, by who knows the password: a hundred a day at most, of a million."""

Circle = tuple[Patience, str]
_wrong: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
"""How many wrong guesses there were, and when the last one was."""


def strangers(login: str, caller: str) -> tuple[Circle, ...]:
    """Who counts together when an unknown browser signs in."""
    return (HERE, f"{login}\n{caller}"), (ACCOUNT, login), (ADDRESS, caller)


def _key(circle: Circle) -> tuple[str, str]:
    return circle[0].name, circle[1]


def _wait_s(patience: Patience, wrong: float) -> float:
    """Seconds to wait after the `wrong`-th wrong one: 0, then 15, 30, 60 … up to the longest."""
    over = round(wrong) - patience.free
    return 0.0 if over < 0 else float(min(patience.longest_s, 15 * 2**over))


@contextmanager
def guessing(*circles: Circle, wrong: Collection[str]) -> Iterator[None]:
    """Guess inside; raises 429 while one of the circles has to wait.

    A refusal with a code in `wrong` was a wrong guess; anything else that is raised (too busy, a fault) was
    none. While it is under way it counts as wrong, so that many at once do not slip through.
    """
    now = time.monotonic()
    waits = 0.0
    for circle in circles:
        count, at = _wrong.get(_key(circle), (0.0, now))
        waits = max(waits, at + _wait_s(circle[0], count) - now)
    if waits > 0:
        raise _too_fast(waits)
    counted = [(circle, _count(circle, now)) for circle in circles]
    try:
        yield
    except BaseException as error:
        if not (isinstance(error, Refusal) and error.code in wrong):
            for circle, at in counted:
                _take_back(circle, at)
        raise
    for circle, at in counted:
        _take_back(circle, at, part=circle[0].forgives)


def _count(circle: Circle, now: float) -> float:
    """Count one more; when the one before was."""
    key = _key(circle)
    count, at = _wrong.get(key, (0.0, now))
    _wrong[key] = (max(0.0, count - (now - at) / circle[0].forgets_s) + 1, now)
    _wrong.move_to_end(key)
    while len(_wrong) > CALLERS_MAX:
        _wrong.popitem(last=False)
    return at


def _take_back(circle: Circle, at: float, part: float = 0.0) -> None:
    """One less, and of what is left this part less."""
    key = _key(circle)
    count = (_wrong.get(key, (0.0, 0.0))[0] - 1) * (1 - part)
    if count > 0:
        _wrong[key] = (count, at)
    else:
        _wrong.pop(key, None)


def reset() -> None:
    """Forget everybody; tests."""
    _counts.clear()
    _wrong.clear()
