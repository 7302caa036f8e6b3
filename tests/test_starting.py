"""A process of ours starts without looking for garbage, once, and looks for it afterwards."""

import gc
import subprocess
import sys
from contextlib import suppress

import pytest

from charity import starting


def test_garbage_is_looked_for_again_whatever_an_import_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "_started", [])
    seen = []
    with suppress(ImportError), starting.importing():
        seen.append(gc.isenabled())
        raise ImportError
    with starting.importing():
        seen.append(gc.isenabled())
    assert seen == [False, True], "once in a process"
    assert gc.isenabled()


@pytest.mark.parametrize("module", ["asgi", "charity.printing.renderer_child"])
def test_what_a_process_imported_is_not_looked_through_again(module: str) -> None:
    script = f"import gc, {module}; print(gc.isenabled(), gc.get_freeze_count() > 50_000)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "True True\n"
