"""How days and months read on a page."""

from datetime import UTC, date, datetime

import pytest

from charity import clock, words
from charity.web import formats

NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "chinese", "english"),
    [
        ("2025-11", "2026-11", ("2025年11月", "2026年11月"), ("Nov 2025", "Nov 2026")),
        ("2026-11", "2027-01", ("2026年11月", "2027年1月"), ("Nov 2026", "Jan 2027")),
        ("2026-01", "2026-11", ("1月", "11月"), ("Jan", "Nov")),
        ("2025-01", "2025-11", ("2025年1月", "2025年11月"), ("Jan 2025", "Nov 2025")),
        ("2025-11-08", "2026-03-01", ("2025年11月8日", "2026年3月1日"), ("8 Nov 2025", "1 Mar 2026")),
        ("2026-02-08", "2026-03-01", ("2月8日", "3月1日"), ("8 Feb", "1 Mar")),
    ],
)
def test_of_a_period_over_two_years_both_ends_say_their_year(
    first: str, last: str, chinese: tuple[str, str], english: tuple[str, str]
) -> None:
    for language, expected in (("zh", chinese), ("en", english)):
        with clock.fixed(NOW), words.speaking(language):
            assert (formats.period_words(first, last), formats.period_words(last, first)) == expected


def test_what_stands_alone_says_its_year_when_it_is_not_this_one() -> None:
    with clock.fixed(NOW), words.speaking("zh"):
        assert [formats.period_words(one) for one in ("2026-11", "2025-11", "2026-11-08")] == [
            "11月", "2025年11月", "11月8日"]  # fmt: skip
        assert formats.day_words(date(2026, 3, 1), None) == "3月1日", "a campaign without an end"
