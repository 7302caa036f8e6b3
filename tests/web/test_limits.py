"""How fast callers may come and how often they may guess, by a clock that stands still until it is moved."""

from collections.abc import Iterator

import pytest

from charity.errors import Refusal
from charity.web import limits
from charity.web.limits import Circle, Pace, Patience

FEW = Patience("few", 3, 100, 50)
HALF = Patience("half", 3, 100, 50, forgives=0.5)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    seconds = [6_000.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: seconds[0])
    limits.reset()
    yield seconds
    limits.reset()


def waits(*circles: Circle) -> int:
    """Seconds that the next guess has to wait; asking is none."""
    try:
        with limits.guessing(*circles, wrong={"wrong"}):
            raise Refusal("asked", "")  # noqa: TRY301 - so that asking is no guess
    except Refusal as refused:
        return refused.retry_after_s or 0


def guess(*circles: Circle, code: str = "wrong") -> None:
    with pytest.raises(Refusal) as refused, limits.guessing(*circles, wrong={"wrong"}):
        raise Refusal(code, "")
    assert refused.value.code == code


def right(*circles: Circle) -> None:
    with limits.guessing(*circles, wrong={"wrong"}):
        pass


def hits(pace: Pace, caller: str = "a", most: int = 50) -> int:
    """How many requests pass until one is refused."""
    for n in range(most):
        try:
            limits.hit(pace, caller)
        except Refusal:
            return n
    return most


@pytest.mark.parametrize(("wrong", "seconds"), [(0, 0), (2, 0), (3, 15), (4, 30), (5, 60), (6, 100), (99, 100)])
def test_after_the_free_ones_each_wrong_guess_waits_twice_as_long_up_to_the_longest(
    now: list[float], wrong: int, seconds: int
) -> None:
    circle = (FEW, "boss")
    for _ in range(wrong):
        limits._count(circle, now[0])
    assert waits(circle) == seconds
    assert waits((HALF, "boss")) == waits((FEW, "other")) == 0
    assert waits((FEW, "other"), circle) == seconds  # the one that waits longest
    now[0] += max(seconds - 0.5, 0)
    assert waits(circle) == (1 if seconds else 0)
    now[0] += 0.5
    assert waits(circle) == 0


def test_a_guess_that_has_to_wait_is_not_taken(now: list[float]) -> None:
    for _ in range(3):
        guess((FEW, "boss"))
    with pytest.raises(Refusal) as refused, limits.guessing((FEW, "boss"), wrong={"wrong"}):
        raise AssertionError("it got in")
    assert (refused.value.code, refused.value.status) == ("too_fast", 429)
    assert (refused.value.retry_after_s, refused.value.facts) == (15, {"seconds": 15})


def test_each_wrong_guess_is_forgotten_by_itself(now: list[float]) -> None:
    for _ in range(2):
        guess((FEW, "boss"))
        now[0] += 50  # as long as one is remembered
    guess((FEW, "boss"))
    guess((FEW, "boss"))
    assert waits((FEW, "boss")) == 0
    guess((FEW, "boss"))
    assert waits((FEW, "boss")) == 15
    now[0] += 1_000
    guess((FEW, "boss"))
    assert limits._wrong == {("few", "boss"): (1.0, now[0])}


def test_a_right_guess_forgives_all_or_the_half(now: list[float]) -> None:
    for _ in range(2):
        guess((FEW, "boss"), (HALF, "here"))
    now[0] += 7
    right((FEW, "boss"), (HALF, "here"))
    ((key, (count, at)),) = limits._wrong.items()
    assert (key, at) == (("half", "here"), 6_000.0)
    assert count == pytest.approx((2 - 7 / 50) / 2)
    right((FEW, "new"))
    assert ("few", "new") not in limits._wrong


@pytest.mark.parametrize("code", ["busy", "weak"])
def test_what_was_no_wrong_guess_leaves_no_trace(now: list[float], code: str) -> None:
    guess((FEW, "boss"), (HALF, "here"))
    before = dict(limits._wrong)
    guess((FEW, "boss"), (HALF, "here"), code=code)
    with pytest.raises(ZeroDivisionError), limits.guessing((FEW, "boss"), (HALF, "here"), wrong={"wrong"}):
        raise ZeroDivisionError
    assert limits._wrong == before


def test_a_crowd_of_guesses_pushes_out_whom_nobody_guessed_at_for_longest(
    now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CALLERS_MAX", 2)
    for name in ("a", "b", "a", "c"):
        guess((FEW, name))
    assert {name: count for (_, name), (count, _) in limits._wrong.items()} == {"a": 2.0, "c": 1.0}


def test_a_window_slides_over_the_one_before(now: list[float]) -> None:
    pace = Pace("test", 10, 600)
    assert hits(pace) == 10
    now[0] += 600 + 300  # half of the ten lie within the last ten minutes
    assert hits(pace) == 5
    now[0] += 600
    assert hits(pace) == 8  # half of five are two and a half
    now[0] += 2 * 600
    assert hits(pace) == 10
    assert hits(pace, "b") == 10
    assert hits(Pace("other", 3, 600)) == 3


@pytest.mark.parametrize(("into", "seconds"), [(0, 60), (539, 60), (541, 59), (599.5, 1)])
def test_who_comes_too_fast_waits_for_the_window_or_a_tenth_of_it(now: list[float], into: float, seconds: int) -> None:
    pace = Pace("test", 1, 600)
    now[0] += into
    limits.hit(pace, "a")
    with pytest.raises(Refusal) as refused:
        limits.hit(pace, "a")
    assert (refused.value.code, refused.value.status) == ("too_fast", 429)
    assert (refused.value.retry_after_s, refused.value.facts) == (seconds, {"seconds": seconds})


def test_a_crowd_pushes_out_who_has_been_away_for_longest(now: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CALLERS_MAX", 2)
    pace = Pace("test", 5, 600)
    for caller in ("a", "b", "a", "c"):
        limits.hit(pace, caller)
    assert [caller for _, caller in limits._counts] == ["a", "c"]
    guess((FEW, "boss"))
    limits.reset()
    assert not limits._counts
    assert not limits._wrong
