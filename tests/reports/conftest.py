"""The towns that the tests here start from."""

import pytest_asyncio
from cast import Cast
from reports.given import busy_town, eventful_town


@pytest_asyncio.fixture
async def busy(house: Cast) -> Cast:
    return await busy_town(house)


@pytest_asyncio.fixture
async def town(house: Cast) -> Cast:
    return await eventful_town(house)
