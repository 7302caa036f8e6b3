"""Measure figures and write them to bench/results.json.

python -m bench                  all figures
python -m bench gifts_per_s_sqlite
PAGES='/stores|/ledgers' python -m bench pages_1m_growth_ratio     some pages, printed only
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import (
    effort,
    figures_recounted,
    gifts,
    gifts_compared,
    gifts_steady,
    goods,
    issues,
    kills,
    matching_keys,
    pages,
    printed,
    receipts,
    registers,
    rosters,
    scanning,
    searching,
    starting,
    statements,
    tracing,
    verifying,
    weight,
)

RESULTS = Path(__file__).parent / "results.json"
Value = float | Mapping[str, int]
"""One number, or a table."""
Figures = Mapping[str, tuple[Value, str]]
# Each measure yields one or more figures: name -> (value, unit).
MEASURES: tuple[tuple[tuple[str, ...], Callable[[], Figures]], ...] = (
    (("demo_load_s", "cold_start_s"), starting.demo_and_cold_start),
    (("gifts_per_s_sqlite", "gifts_to_echo_ratio", "echo_per_s"), gifts.on_sqlite),
    (("gifts_per_s_postgres",), gifts.on_postgres),
    (("gifts_postgres_to_sqlite_ratio",), gifts_compared.postgres_to_sqlite),
    (("gifts_two_servers_ratio",), gifts_compared.two_servers),
    (("gifts_p99_ms_180s", "wal_peak_mb"), gifts_steady.three_minutes),
    (("kills",), kills.on_both),
    (("figures_compared", "figures_differ"), figures_recounted.on_both),
    (("papers_checked", "papers_faulty"), printed.documents_checked),
    (("issues_of_the_last_ten_that_succeed",), issues.last_ten),
    (("intakes_per_s", "intake_p95_ms", "issues_per_s", "issue_p95_ms"), goods.on_sqlite),
    (("pages_1m_growth_ratio", "pages_1m_worst_ms", "pages_1m_next_1000_ratio"), pages.on_sqlite),
    (("pages_1m_growth_ratio_postgres", "pages_1m_worst_ms_postgres"), pages.on_postgres),
    (("search_1m_ms",), searching.on_sqlite),
    (("trace_500k_ms", "trace_500k_p99_ms"), tracing.on_sqlite),
    (("verify_1m_ratio", "verify_1m_s", "verify_1m_mb", "verify_1m_file_s"), verifying.on_sqlite),
    (("verify_1m_ratio_postgres", "verify_1m_mb_postgres"), verifying.on_postgres),
    (("register_csv_ratio", "register_xlsx_ratio", "ledger_csv_100k_s", "ledger_xlsx_100k_s"), registers.sheets),
    (("home_kb", "campaign_kb", "lcp_ms"), weight.on_demo),
    (("effort",), effort.on_demo),
    (("match_keys_median", "match_keys_of_kinds"), matching_keys.hundred_lines),
    (("till_300_scans", "scan_to_answer_ms"), scanning.on_demo),
    (("receipts_per_s_core", "receipts_per_s"), receipts.in_one_file),
    (
        ("roster_dry_run_3000_s", "roster_settle_3000_s", "roster_settle_3000_single_s"),
        rosters.settled_3000,
    ),
    (("statement_100k_s", "statement_100k_mb", "import_p99_ms"), statements.hundred_thousand),
    (("ledger_pdf_100k_s", "ledger_pdf_100k_peak_mb"), registers.pdf),
)


def main(names: list[str]) -> int:
    """Measure what was named, or all."""
    known = {name for group, _ in MEASURES for name in group}
    if unknown := set(names) - known:
        print(f"unknown figure: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
        return 2
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for group, measure in MEASURES:
        if names and not set(names) & set(group):
            continue
        for name, (value, unit) in measure().items():
            results[name] = {"value": value, "unit": unit, "command": f"make bench NAME={name}"}
            print(f"{name:<40}{_words(value):>14} {unit}", flush=True)
    if not pages.ONLY.pattern:  # some pages are no figure
        RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0


def _words(value: Value) -> str:
    """A number to three places; a table as `name count, …`."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {count:,}" for name, count in value.items())
    return f"{value:,.3f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
