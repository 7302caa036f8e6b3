"""The funds of the demo: their pages, files and calls say what the equation and the trial balance say."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import DEMO_DAY, Web, environment
from finance.fund_pages import agrees

from charity import app, clock, tokens
from charity.app import MODELS
from charity.db import engine, reading, transactions
from charity.ledger import funds, statement, writer


@pytest.mark.slow
@pytest.mark.xdist_group("demo")
async def test_every_fund_of_the_demo_has_the_same_figures_at_every_door(demo_template: Path, tmp_path: Path) -> None:
    shutil.copytree(demo_template, tmp_path, dirs_exist_ok=True)
    environment(f"sqlite://{tmp_path / 'charity.db'}", tmp_path)
    day, compared = DEMO_DAY.isoformat(), 0
    async with engine.opened(MODELS), writer.running():
        accountant = await reading.value("SELECT key FROM staff WHERE login = 'accountant'")
        row = {"digest": tokens.digest("token-accountant"), "staff": accountant, "name": "test"}
        row |= {"created_at": clock.stamp(), "expires_at": clock.later(3600)}
        await transactions.run(lambda tx: tx.insert("token", [row]))
        web = Web(app.build())
        listed = await funds.every()
        for fund in listed:
            for begin in (statement.EARLIEST, f"{day[:4]}-01-01", (DEMO_DAY - timedelta(days=20)).isoformat()):
                compared += await agrees(web.as_("accountant"), fund.code, begin, day)
        await web.close()
    assert any(fund.plan for fund in listed)
    assert compared > 150
