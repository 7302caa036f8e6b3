"""The shop that goods tests start from."""

import pytest_asyncio
from cast import Cast
from goods.given import Shop, opened


@pytest_asyncio.fixture
async def shop(house: Cast) -> Shop:
    return await opened(house)
