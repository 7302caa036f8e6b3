"""How fast callers may come: anonymous reading and giving by address, and guesses of a password.

800 pledges from one address in ten minutes pass (a hospital's Wi-Fi). Guessing a password does not:
after a few wrong ones each further one waits twice as long, counted for the account at this address,
for the account, and for the address. Bearer tokens are not limited. Counts are kept in the memory of
each process: with n workers a caller gets at most n times as much, and a restart forgets.

The windows are two counters a caller (this window and the one before, weighted): constant memory and no
timers, where the `limits` package starts a task over all callers at each hit.
"""

import time
from collections import OrderedDict
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
    """How many wrong passwords are free, and the longest wait after more."""

    name: str
    free: int
    longest_s: int


HERE = Patience("here", 5, 3_600)
ACCOUNT = Patience("account", 20, 900)
ADDRESS = Patience("address", 60, 900)
FORGIVEN_S = 24 * 3_600

_wrong: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()


def _circles(login: str, caller: str) -> list[tuple[Patience, tuple[str, str]]]:
    return [
        (HERE, (HERE.name, f"{login}\n{caller}")),
        (ACCOUNT, (ACCOUNT.name, login)),
        (ADDRESS, (ADDRESS.name, caller)),
    ]


def _wait_s(patience: Patience, wrong: int) -> float:
    """Seconds to wait after the `wrong`-th wrong one: 0, then 15, 30, 60 … up to the longest."""
    over = wrong - patience.free
    return 0.0 if over < 0 else float(min(patience.longest_s, 15 * 2 ** min(over, 20)))


def guess(login: str, caller: str) -> None:
    """Note a sign-in before its password is looked at; raises 429 while the caller has to wait.

    It counts as wrong until `guessed` takes it back, so many at once do not slip through.
    """
    now = time.monotonic()
    waits = 0.0
    for patience, key in _circles(login, caller):
        wrong, at = _wrong.get(key, (0, 0.0))
        if now - at > FORGIVEN_S:
            _wrong.pop(key, None)
            continue
        waits = max(waits, at + _wait_s(patience, wrong) - now)
    if waits > 0:
        raise _too_fast(waits)
    for _, key in _circles(login, caller):
        _wrong[key] = (_wrong.get(key, (0, 0.0))[0] + 1, now)
        _wrong.move_to_end(key)
    while len(_wrong) > CALLERS_MAX:
        _wrong.popitem(last=False)


def guessed(login: str, caller: str) -> None:
    """The password was right: forget the wrong ones here and at the account, and this one at the address."""
    _wrong.pop((HERE.name, f"{login}\n{caller}"), None)
    _wrong.pop((ACCOUNT.name, login), None)
    key = (ADDRESS.name, caller)
    wrong, at = _wrong.get(key, (0, 0.0))
    if wrong <= 1:
        _wrong.pop(key, None)
    else:
        _wrong[key] = (wrong - 1, at)


def reset() -> None:
    """Forget everybody; tests."""
    _counts.clear()
    _wrong.clear()
