"""What several walks over the whole house watch."""

from typing import Any

import pytest

from charity.errors import Refusal


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> list[Refusal]:
    """Every refusal that is made from here on."""
    kept: list[Refusal] = []
    init = Refusal.__init__

    def noted(self: Refusal, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        kept.append(self)

    monkeypatch.setattr(Refusal, "__init__", noted)
    return kept
