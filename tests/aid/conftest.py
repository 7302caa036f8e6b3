"""The cast of money out that tests of aid start from."""

import pytest_asyncio
from aid.given import Aid, opened
from cast import Cast


@pytest_asyncio.fixture
async def aid(house: Cast) -> Aid:
    return await opened(house)
