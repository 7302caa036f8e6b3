"""Measure figures and write them to bench/results.json.

python -m bench                  all figures
python -m bench gifts_per_s_sqlite
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from bench import gifts, issues, starting

RESULTS = Path(__file__).parent / "results.json"
Figures = dict[str, tuple[float, str]]
# Each measure yields one or more figures: name -> (value, unit).
MEASURES: tuple[tuple[tuple[str, ...], Callable[[], Figures]], ...] = (
    (("demo_load_s", "cold_start_s"), starting.demo_and_cold_start),
    (("gifts_per_s_sqlite", "gifts_to_echo_ratio", "echo_per_s"), gifts.on_sqlite),
    (("gifts_per_s_postgres",), gifts.on_postgres),
    (("issues_of_the_last_ten_that_succeed", "issues_per_s"), issues.last_ten),
)


def main(names: list[str]) -> int:
    """Measure what was named, or all."""
    known = {name for group, _ in MEASURES for name in group}
    if unknown := set(names) - known:
        print(f"unknown figure: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
        return 2
    told = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for group, measure in MEASURES:
        if names and not set(names) & set(group):
            continue
        for name, (value, unit) in measure().items():
            told[name] = {"value": value, "unit": unit, "command": f"make bench NAME={name}"}
            print(f"{name:<40}{value:>14,.3f} {unit}", flush=True)
    RESULTS.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
