"""Every test of the office begins with nobody counted and nobody remembered."""

import pytest

from charity.web import auth, limits


@pytest.fixture(autouse=True)
def fresh() -> None:
    """No wrong guesses are counted, and no session is remembered."""
    limits.reset()
    auth.forget()
