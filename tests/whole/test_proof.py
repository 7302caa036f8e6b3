"""docs/proof.md names tests that exist, and every line has one."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FINDINGS = {
    *("P3", "P4", "P5", "P6", "P7", "P12", "P13", "P15", "P16", "L4", "L6", "F1", "F2", "F3", "F4", "F10", "F11"),
    *(f"D{n}" for n in range(1, 9)),
}
ROW = re.compile(r"^\| (?!source|---)([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_each_line_of_the_proof_names_tests_that_exist() -> None:
    rows = ROW.findall((ROOT / "docs" / "proof.md").read_text(encoding="utf-8"))
    assert {first for first, *_ in rows} >= FINDINGS
    missing = [f"{first}: no test" for first, *_, tests in rows if not NAMED.findall(tests)]
    for *_, tests in rows:
        for path, name in NAMED.findall(tests):
            file = ROOT / path
            if not file.is_file() or f"def {name}(" not in file.read_text(encoding="utf-8"):
                missing.append(f"{path}::{name}")
    assert not missing
