"""python -m bench.mutants.run [--sample 400] [--seed 2026] [--workers 1] [--again]: plant bugs, report what survives.

Each bug is planted in a copy of the tree, and the tests that run its lines are run, those of its own room first and
the quick ones before the slow, until one fails. What survives stands in var/mutants/report.md. A bug that changes
nothing that can be seen is explained in bench/mutants/explained.json, with the reason; ends with 1 when more than
5 % survive unexplained. After new tests, --again plants only what survived the last run (minutes instead of an hour);
what was noticed then counts as it was, so that a weakened test shows in a whole run only.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from queue import SimpleQueue

from bench.mutants import changes
from bench.mutants.changes import Change
from bench.mutants.lines import FOLDER, ONLY, Lines

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "mutants"
OUTCOMES = KEPT / "outcomes.json"
EXPLAINED = Path(__file__).with_name("explained.json")
UNEXPLAINED_MAX = 0.05
TESTS_MAX_S = 180
"""As many tests as take this long together are tried on a bug; the report says where there were more."""
FILES_AT_ONCE = 16
PATIENCE = 6
"""A bug that makes the tests take so many times as long has been noticed."""
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis", "results.json")
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a bug: `killer` is the test that noticed it, or why it counts as noticed."""

    name: str
    line: int
    tried: int
    known: int
    seconds: float
    killer: str = ""


def main() -> int:
    """Plant a sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--again", action="store_true", help="plant only what survived the last run")
    parser.add_argument("--only", default="", help="a pattern: bugs whose name begins so")
    parser.add_argument("--tests", default="", help="a pattern: test files whose path begins so (for a quick try)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="charity-mutants-") as folder:
        tree = _copy(ROOT, Path(folder) / "tree")  # whoever works on the tree meanwhile changes nothing here
        places = SimpleQueue[Path]()
        for n in range(options.workers):
            places.put(_copy(tree, Path(folder) / str(n)))
        lines = _lines(tree, options.workers, re.compile(options.tests))
        only = re.compile(options.only)
        every = [c for path in changes.files(tree) for c in changes.of_file(tree, path) if only.match(c.name)]
        sample = drawn(every, options.sample, options.seed)
        noticed = noticed_before(sample) if options.again else {}

        def work(change: Change) -> Outcome:
            if change.name in noticed:
                return replace(noticed[change.name], line=change.line)
            place = places.get()
            try:
                outcome = planted(change, lines, place)
            finally:
                places.put(place)
            print("." if outcome.killer else f"\nSURVIVED {change.name}\n", end="", flush=True)
            return outcome

        with ThreadPoolExecutor(options.workers) as pool:
            outcomes = list(pool.map(work, sample))
    return report(outcomes, len(every), options.seed)


def drawn(every: list[Change], count: int, seed: int) -> list[Change]:
    """A sample that stays the same as far as its bugs can still be planted, wherever the code around them changes."""
    return sorted(every, key=lambda change: hashlib.sha256(f"{seed} {change.name}".encode()).digest())[:count]


def noticed_before(sample: list[Change]) -> dict[str, Outcome]:
    """What the last run noticed, by name; says how much of this sample it did not plant."""
    before = {row["name"]: Outcome(**row) for row in json.loads(OUTCOMES.read_text(encoding="utf-8"))}
    if new := [change.name for change in sample if change.name not in before]:
        print(f"not planted by the last run: {len(new)} of {len(sample)}, so they are planted now", flush=True)
    return {name: outcome for name, outcome in before.items() if outcome.killer}


def _copy(tree: Path, place: Path) -> Path:
    shutil.copytree(tree, place, ignore=LEFT_OUT, symlinks=True)
    return place


def _lines(tree: Path, workers: int, wanted: re.Pattern[str]) -> Lines:
    """What is known of the tests, after running those that are new, some at a time."""
    lines = Lines(KEPT / "lines", tree)
    todo = [path for path in lines.stale() if wanted.match(path)]
    environment = os.environ | {FOLDER: str(lines.folder)}
    also = ("-p", "bench.mutants.lines", "-n", str(workers if workers > 1 else 0))
    for at in range(0, len(todo), FILES_AT_ONCE):
        part = todo[at : at + FILES_AT_ONCE]
        print(f"{at} of {len(todo)} test files run once, to see which lines each test runs", flush=True)
        subprocess.run([*PYTEST, *ONLY, *also, *part], cwd=tree, env=environment, check=False)
        lines.remember(part)
    lines.read()
    return lines


def order(change: Change, lines: Lines) -> list[str]:
    """The tests that run a bug's lines: those of its room first, then the quick ones; at last the rest of its room.

    The rest is for what a child process runs, whose lines nobody sees.
    """
    names = lines.tests(change.path, change.line, change.end) or lines.naming(change.path, change.line)
    parts = {part.removesuffix(".py") for part in Path(change.path).parts[1:]}
    room = Path(change.path).parts[1].removesuffix(".py")

    def place(name: str) -> tuple[bool, bool, float, str]:
        file = Path(name.partition("::")[0])
        own = not parts.isdisjoint({*file.parts, file.stem.removeprefix("test_")})
        return name not in names, not own, lines.seconds[name], name

    rest = {name for name in lines.seconds if room in Path(name.partition("::")[0]).parts}
    return sorted(names | rest, key=place)


def planted(change: Change, lines: Lines, place: Path) -> Outcome:
    """Plant, test, undo."""
    known = order(change, lines)
    tried, needed = list[str](), 0.0
    for name in known:
        if needed > TESTS_MAX_S:
            break
        tried.append(name)
        needed += lines.seconds[name]
    if not tried:
        return Outcome(change.name, change.line, 0, 0, 0.0)
    path, begun = place / change.path, time.monotonic()

    def outcome(killer: str) -> Outcome:
        return Outcome(change.name, change.line, len(tried), len(known), round(time.monotonic() - begun, 1), killer)

    whole = path.read_bytes()
    wanted = place / "mutants.args"
    wanted.write_text("\n".join(tried), encoding="utf-8")
    path.write_text(change.source, encoding="utf-8")
    try:
        done = subprocess.run(
            [*PYTEST, "-x", "--tb=no", f"@{wanted}"],
            cwd=place,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=PATIENCE * (needed + 20),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return outcome("it took too long")
    finally:
        path.write_bytes(whole)
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return outcome("" if done.returncode == 0 else (failed[0] if failed else "it did not start"))


def report(outcomes: list[Outcome], possible: int, seed: int) -> int:
    """Write and print what survived; 1 when it is too much."""
    explained: dict[str, str] = json.loads(EXPLAINED.read_text(encoding="utf-8"))
    survived = [o for o in outcomes if not o.killer]
    open_ = [o for o in survived if o.name not in explained]
    share = len(open_) / len(outcomes) if outcomes else 0.0
    head = (
        f"{len(outcomes)} of {possible} possible bugs planted (seed {seed}): {len(outcomes) - len(survived)} noticed, "
        f"{len(survived) - len(open_)} explained, {len(open_)} not noticed ({share:.1%}; at most {UNEXPLAINED_MAX:.0%})"
    )
    text = [f"# Planted bugs\n\n{head}\n"]
    for title, chosen in (("Not noticed", open_), ("Explained", [o for o in survived if o not in open_])):
        text.append(f"\n## {title}\n")
        for o in chosen:
            why = explained.get(o.name, f"{o.tried} of {o.known} tests that run it were tried")
            text.append(f"- `{o.name}` (line {o.line}): {why}")
    text.append("\n## Noticed\n")
    text += [f"- `{o.name}`: {o.killer} ({o.seconds:.0f} s)" for o in outcomes if o.killer]
    KEPT.mkdir(parents=True, exist_ok=True)
    OUTCOMES.write_text(json.dumps([asdict(o) for o in outcomes], ensure_ascii=False, indent=1), encoding="utf-8")
    (KEPT / "report.md").write_text("\n".join(text) + "\n", encoding="utf-8")
    print(f"\n{head}\nvar/mutants/report.md")
    return int(share > UNEXPLAINED_MAX)


if __name__ == "__main__":
    sys.exit(main())
