"""Instants and business dates: the quick ways say what the calendar says."""

import re
import time
from datetime import UTC, date, datetime, timedelta, timezone

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
