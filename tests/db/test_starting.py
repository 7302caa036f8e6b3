"""What starting a process must not do."""

import inspect
from typing import Any

import pytest
from tortoise import fields
from tortoise.models import Model

from charity.db import starting


def test_a_model_is_made_without_its_source_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_: Any) -> str:
        raise AssertionError("Tortoise read a source")

    assert starting.__doc__
    monkeypatch.setattr(inspect, "getsource", read)
    made = type("Made", (Model,), {"__module__": __name__, "id": fields.IntField(primary_key=True)})
    assert made._meta.db_pk_column == "id"
