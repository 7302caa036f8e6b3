"""Which test runs which line, and how long it takes: a pytest plugin, and what was remembered of its runs.

The tests that changed since are run again, all of them when the code has changed.
"""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import coverage
import pytest

FOLDER = "CHARITY_MUTANTS_LINES"
ONLY = ("-k", "not postgres", "-m", "not browser and not postgres and not slow")


def _file(folder: Path) -> str:
    return str(folder / "lines")


# -- the plugin: `pytest -p bench.mutants.lines` ---------------------------------------------------------------


class Recorder:
    """Switches coverage to each test's own context."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self.seconds = folder, dict[str, float]()
        self.failed = set[str]()
        self.coverage = coverage.Coverage(data_file=_file(folder), data_suffix=True, source=[str(root / "charity")])
        self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Its fixtures belong to a test too."""
        self.coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Its time is that of its fixtures and its own."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Write down what was seen."""
        self.coverage.stop()
        self.coverage.save()
        passed = {name: seconds for name, seconds in self.seconds.items() if name not in self.failed}
        outcome = {"passed": passed, "failed": sorted(self.failed)}
        (self.folder / f"tests.{os.getpid()}.json").write_text(json.dumps(outcome), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Begin before conftest brings in the code."""
    workers = hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None)
    if FOLDER in os.environ and workers:
        config.pluginmanager.register(Recorder(Path(os.environ[FOLDER]), config.rootpath))


# -- what is remembered ----------------------------------------------------------------------------------------


class Lines:
    """The tests of each line, from the runs kept in a folder."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        folder.mkdir(parents=True, exist_ok=True)
        self.now: dict[str, str] = {}
        kept = folder / "kept.json"
        self.kept: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}

    def stale(self) -> list[str]:
        """The test files to run before anything is known of them; forgets everything when the code has changed."""
        code = _digest(sorted((self.root / "charity").rglob("*.py")) + sorted((self.root / "migrations").iterdir()))
        shared = _digest(p for p in sorted((self.root / "tests").rglob("*.py")) if not p.name.startswith("test_"))
        if (self.kept.get("code"), self.kept.get("shared")) != (code, shared):
            for path in self.folder.iterdir():
                path.unlink()
            self.kept = {"code": code, "shared": shared, "files": {}, "seconds": {}, "failed": []}
        tests = sorted((self.root / "tests").rglob("test_*.py"))
        self.now = {str(path.relative_to(self.root)): _digest([path]) for path in tests}
        return [path for path, digest in self.now.items() if self.kept["files"].get(path) != digest]

    def remember(self, ran: list[str]) -> None:
        """Join what the plugin wrote while these files ran."""
        seconds, failed = self.kept["seconds"], set(self.kept["failed"])
        for name in [name for name in seconds if name.partition("::")[0] in ran]:
            del seconds[name]
        failed = {name for name in failed if name.partition("::")[0] not in ran}
        for path in self.folder.glob("tests.*.json"):
            outcome = json.loads(path.read_text(encoding="utf-8"))
            seconds.update(outcome["passed"])
            failed |= set(outcome["failed"])
            path.unlink()
        for name in failed:
            seconds.pop(name, None)
        if any(self.folder.glob("lines.*")):
            joined = coverage.Coverage(data_file=_file(self.folder))
            joined.load()
            joined.combine([str(self.folder)])
            joined.save()
        self.kept["files"] |= {path: self.now[path] for path in ran}
        self.kept |= {"seconds": seconds, "failed": sorted(failed)}
        (self.folder / "kept.json").write_text(json.dumps(self.kept), encoding="utf-8")

    @property
    def seconds(self) -> dict[str, float]:
        """How long each test took that passed."""
        seconds: dict[str, float] = self.kept["seconds"]
        return seconds

    def read(self) -> None:
        """Load the lines, once."""
        data = coverage.CoverageData(_file(self.folder))
        data.read()
        self._files: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for path in data.measured_files():  # each run had a copy of its own
            tests = self._files[path.rpartition("/charity/")[2]]
            for line, contexts in data.contexts_by_lineno(path).items():
                tests[line] |= {name for name in contexts if name in self.seconds}

    def tests(self, path: str, first: int, last: int) -> set[str]:
        """The tests that run one of these lines."""
        lines = self._files[path.removeprefix("charity/")]
        return {name for line in range(first, last + 1) for name in lines.get(line, ())}

    def naming(self, path: str, first: int) -> set[str]:
        """The tests of the lines that speak of a name which these lines, run at import, give a value."""
        text = (self.root / path).read_text(encoding="utf-8").splitlines()
        name = _name_before(text, first)
        if not name:
            return self.tests(path, 1, len(text))
        names = set[str]()
        for other in (self.root / "charity").rglob("*.py"):
            for n, line in enumerate(other.read_text(encoding="utf-8").splitlines(), 1):
                if name in line:
                    names |= self.tests(str(other.relative_to(self.root)), n, n)
        return names or self.tests(path, 1, len(text))


def _name_before(text: list[str], line: int) -> str:
    """The name that a statement of the top, or of a class, gives a value to."""
    for n in range(line - 1, -1, -1):
        head = text[n].split("=")[0].split(":")[0].strip()
        if head.isidentifier() and ("=" in text[n] or ":" in text[n]):
            return head
    return ""


def _digest(paths: Any) -> str:
    hashed = hashlib.sha256()
    for path in paths:
        if path.is_file():
            hashed.update(path.read_bytes())
    return hashed.hexdigest()
