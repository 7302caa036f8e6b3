"""The numbers of documents: how they are written, and that SQL reads the same parts back."""

import pytest

from charity.db import reading
from charity.ledger import numbers

WRITTEN = (
    ("CS", 2026, 1, "CS-2026-000001"),
    ("TK", 2026, 999_999, "TK-2026-999999"),
    ("CS", 2027, 1_000_000, "CS-2027-1000000"),
    ("RK-LX01", 2026, 12, "RK-LX01-2026-000012"),
)


@pytest.mark.usefixtures("opened")
async def test_sql_reads_the_parts_that_were_written() -> None:
    for prefix, year, count, number in WRITTEN:
        assert numbers.written(prefix, year, count) == number
        assert number.startswith(numbers.start(prefix, year))
        row = await reading.only(
            f"SELECT {numbers.year_sql(prefix, 'number')} AS year, {numbers.count_sql(prefix, 'number')} AS count, "
            f"CASE WHEN {numbers.starts_sql(prefix, str(year), 'number')} THEN 1 ELSE 0 END AS own, "
            f"CASE WHEN {numbers.starts_sql(prefix, str(year + 1), 'number')} THEN 1 ELSE 0 END AS other, "
            f"{numbers.prefix_sql('number')} AS prefix, {numbers.any_year_sql('number')} AS any_year "
            f"FROM (SELECT '{number}' AS number) x"
        )
        assert (row["year"], row["count"], row["own"], row["other"]) == (str(year), count, 1, 0)
        if count < 10**numbers.DIGITS:
            assert (row["prefix"], row["any_year"]) == (prefix, str(year))
