"""How our connections are set."""

import pytest

from charity.db import engine, reading


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_postgresql_compiles_no_statement_of_ours(database: str) -> None:
    async with engine.opened():
        assert await reading.value("SELECT current_setting('jit')") == "off"
