"""Instants and business dates: the quick ways say what the calendar says."""

import time
from datetime import UTC, datetime, timedelta

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
