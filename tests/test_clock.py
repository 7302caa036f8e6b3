"""Instants and business dates: the quick ways say what the calendar says."""

import ast
import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity import clock

BEGIN = datetime(2000, 1, 1, tzinfo=UTC)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - UTC is said below
def test_the_present_instant_and_its_date_are_those_of_the_calendar(at: datetime) -> None:
    at = at.replace(tzinfo=UTC)
    ns = (at - BEGIN) // timedelta(microseconds=1) * 1_000 + int(BEGIN.timestamp()) * 10**9
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: ns + 999)
        assert clock.stamp() == at.strftime("%Y-%m-%dT%H:%M:%S.%fZ") == clock.stamp(at)
        assert clock.instant(clock.stamp()) == at
        assert clock.today() == at.astimezone(clock.SHANGHAI).date()
        assert clock.milliseconds() == ns // 10**6


def test_the_day_changes_at_midnight_in_shanghai() -> None:
    midnight = int(datetime(2026, 11, 25, 16, tzinfo=UTC).timestamp()) * 10**9
    with pytest.MonkeyPatch.context() as patch:
        for ns, day in ((midnight - 1, "2026-11-25"), (midnight, "2026-11-26"), (midnight - 1, "2026-11-25")):
            patch.setattr(time, "time_ns", lambda ns=ns: ns)
            assert clock.today().isoformat() == day


def test_a_fixed_clock_is_the_only_one_that_counts() -> None:
    instant = datetime(2026, 7, 3, 20, tzinfo=UTC)
    with clock.fixed(instant):
        assert clock.stamp() == "2026-07-03T20:00:00.000000Z"
        assert clock.today().isoformat() == "2026-07-04"
        assert clock.milliseconds() == int(instant.timestamp() * 1000)
        assert clock.now() == instant
        assert clock.later(-0.5) == "2026-07-03T19:59:59.500000Z"
    assert clock.now() != instant
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(hours=1)


def test_an_instant_of_any_zone_is_written_in_utc() -> None:
    at = datetime(2026, 7, 4, 4, 0, 0, 1, tzinfo=timezone(timedelta(hours=8)))
    assert clock.stamp(at) == "2026-07-03T20:00:00.000001Z"
    with clock.fixed(at):
        assert clock.stamp() == "2026-07-03T20:00:00.000001Z"
        assert clock.stamp(at + timedelta(days=1)) == "2026-07-04T20:00:00.000001Z", "the one that is asked for"


@pytest.mark.parametrize(
    "text",
    ["", "2026-07-03", "2026-07-03T20:00:00Z", "2026-07-03T20:00:00.0000000", "2026-07-03T20:00:00.00000ZZ", "Z" * 27],
)
def test_a_text_that_is_no_stored_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text) or "^$"):
        clock.instant(text)


def test_a_business_date_begins_at_midnight_in_shanghai() -> None:
    assert clock.midnight(date(2026, 7, 4)) == "2026-07-03T16:00:00.000000Z"
    assert clock.business_date("2026-07-03T15:59:59.999999Z") == date(2026, 7, 3)
    assert clock.business_date(clock.midnight(date(2026, 7, 4))) == date(2026, 7, 4)


ASKS = {"today", "tomorrow", "now", "later", "stamp", "in_days"}
UNHURT = {"EXPIRY": "sixty days or one less"}


def _at_collection(tree: ast.Module) -> Iterator[ast.AST]:
    """What Python evaluates when it reads a file of tests."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults))
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
            named = node.targets[0] if isinstance(node, ast.Assign) else None
            if not (isinstance(named, ast.Name) and named.id in UNHURT):
                yield node


def _asking(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Lambda) or (isinstance(node, ast.Attribute) and node.attr == "year"):
        return
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ASKS:
            yield f"line {node.lineno}: {ast.unparse(node)}"
    for child in ast.iter_child_nodes(node):
        yield from _asking(child)


def test_no_test_asks_for_the_day_when_it_is_collected() -> None:
    """A run of half an hour passes midnight in Shanghai some day: the day is asked for when a test runs.

    A year may be asked for: that border passes once.
    """
    folder = Path(__file__).parent
    early = {
        path.relative_to(folder).as_posix(): calls
        for path in sorted(folder.rglob("*.py"))
        if (calls := [f for node in _at_collection(ast.parse(path.read_text(encoding="utf-8"))) for f in _asking(node)])
    }
    assert early == {}
