"""What would come again and again in the log is said once when it begins, then now and then with its count."""

import logging
from typing import Any

import pytest

from charity import pacing
from charity.pacing import Paced


def test_the_line_says_how_often_since_the_line_before(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = [100.0]
    monkeypatch.setattr(pacing.time, "monotonic", lambda: now[0])
    paced = Paced(logging.getLogger("charity.test"), "happened", every_s=10.0, level=logging.ERROR)

    def lines() -> list[Any]:
        return [(record.count, record.n) for record in caplog.records]  # type: ignore[attr-defined]

    for n, step in enumerate((0, 1, 1, 10)):
        now[0] += step
        paced.happened(n=n)
    assert lines() == [(1, 0), (3, 3)]
    paced.over()
    paced.happened(n=9)
    assert lines() == [(1, 0), (3, 3), (1, 9)]
    assert {record.levelno for record in caplog.records} == {logging.ERROR}


def test_a_line_is_due_as_soon_as_the_while_is_over(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    monkeypatch.setattr(pacing.time, "monotonic", lambda: now[0])
    paced = Paced(logging.getLogger("charity.test"), "happened", every_s=10.0)
    for at in (0.0, 9.9, 10.0, 19.9, 20.0):
        now[0] = at
        paced.happened(ValueError("why"))
    assert [record.count for record in caplog.records] == [1, 2, 2]  # type: ignore[attr-defined]
    assert {(record.levelno, record.exc_info[0]) for record in caplog.records if record.exc_info} == {
        (logging.WARNING, ValueError)
    }
