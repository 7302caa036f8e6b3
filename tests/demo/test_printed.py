"""One printed document of each kind of the demo, in both languages, and its registers, read back as pages show them.

`make bench NAME=papers_checked` reads back many more.
"""

import shutil
from pathlib import Path

import pytest
from conftest import environment

from bench import printed
from charity.app import MODELS
from charity.db import engine


@pytest.mark.slow
@pytest.mark.xdist_group("demo")
async def test_a_document_of_each_kind_of_the_demo_has_no_fault(demo_template: Path, tmp_path: Path) -> None:
    shutil.copytree(demo_template, tmp_path, dirs_exist_ok=True)
    environment(f"sqlite://{tmp_path / 'charity.db'}", tmp_path)
    async with engine.opened(MODELS):
        done = await printed.check(1, tmp_path, since="2026-11-20")
    kinds = {kind for kind, *_ in printed.KINDS}
    assert done.documents.keys() == {*kinds, *(f"{kind} (en)" for kind in kinds), "registers (zh)", "registers (en)"}
    assert done.documents["registers (zh)"] == 13
    assert done.faults == []
