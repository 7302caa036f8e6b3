"""Tests that share something dear run in one worker: pytest-xdist reads their group off their names."""

import pytest


@pytest.mark.xdist_group("grouped")
def test_a_group_reaches_the_workers(request: pytest.FixtureRequest) -> None:
    shared = hasattr(request.config, "workerinput") and request.config.getoption("loadgroup", default=False)
    assert request.node.nodeid.endswith("@grouped") == bool(shared), "this pytest-xdist does not know this pytest"
