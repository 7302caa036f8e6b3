"""100,000 rows of D4 as CSV, XLSX and PDF, each beside the barest program that writes as much.

1 for CSV = the same SELECT once, its rows straight into `csv.writer`; 1 for XLSX = bare xlsxwriter over the cells that
our own sheet holds. Whole processes are compared, each with the start of its interpreter.
"""

import contextlib
import csv
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import million, servers, verifying

GIFTS = 1_000_000
ROWS = 100_000
ROUNDS = 2
Figures = dict[str, tuple[float, str]]

_CSV = """
import csv, sqlite3, sys
database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
rows = database.execute(
    "SELECT d.received_on, e.seq, p.name, p.kind, c.name, f.name, f.kind, d.channel, d.amount_fen, d.kind, r.number, "
    "r.status, d.public_name, d.public_amount FROM entry e JOIN donation d ON d.seq = e.seq "
    "JOIN person p ON p.key = d.donor JOIN campaign c ON c.slug = d.campaign JOIN fund f ON f.code = d.fund "
    "LEFT JOIN receipt r ON r.code = d.receipt WHERE e.effective_on >= ? AND e.effective_on <= ? "
    "ORDER BY e.effective_on, e.seq", (sys.argv[2], sys.argv[3]))
with open(sys.argv[4], "w", encoding="utf-8-sig", newline="") as file:
    csv.writer(file).writerows(rows)
"""
_XLSX = """
import json, sys
import xlsxwriter
book = xlsxwriter.Workbook(sys.argv[2], {"constant_memory": True, "strings_to_formulas": False})
sheet = book.add_worksheet()
with open(sys.argv[1], encoding="utf-8") as lines:
    for n, line in enumerate(lines):
        sheet.write_row(n, 0, json.loads(line))
book.close()
"""


def _period(database: Path) -> tuple[str, str]:
    """The last days that hold ROWS gifts."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as reading:
        days = reading.execute("SELECT effective_on, COUNT(*) FROM entry GROUP BY 1 ORDER BY 1 DESC").fetchall()
    total, first = 0, days[0][0]
    for day, count in days[1:]:
        first, total = day, total + count
        if total >= ROWS:
            break
    return first, str(days[1][0])


def _bare(script: str, *words: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", script, *words], check=True)
    return time.perf_counter() - began


def _cells(path: Path, out: Path) -> int:
    """Our CSV's cells as JSON lines, figures as numbers; how many rows."""
    count = 0
    with path.open(encoding="utf-8-sig", newline="") as file, out.open("w", encoding="utf-8") as lines:
        for row in csv.reader(file):
            cells = [float(cell) if cell.replace(".", "", 1).isdigit() else cell for cell in row]
            lines.write(json.dumps(cells, ensure_ascii=False) + "\n")
            count += 1
    return count


def _made(at: servers.House, fmt: str, period: tuple[str, str], out: Path) -> tuple[float, float]:
    """Seconds, and MB of the largest process."""
    took, _, largest, _ = verifying.watched(
        at, "export", "donations", "--format", fmt, "--from", period[0], "--to", period[1], "-o", str(out)
    )
    return took, largest


def sheets() -> Figures:
    """CSV and XLSX, in turns with the bare programs."""
    with million.city("sqlite", GIFTS) as at, tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        place, database = Path(folder), at.folder / "charity.db"
        period = _period(database)
        took: dict[str, list[float]] = {"csv": [], "xlsx": [], "bare csv": [], "bare xlsx": []}
        for _ in range(ROUNDS):
            took["csv"].append(_made(at, "csv", period, place / "ours.csv")[0])
            took["bare csv"].append(_bare(_CSV, str(database), *period, str(place / "bare.csv")))
            rows = _cells(place / "ours.csv", place / "cells.json")
            took["xlsx"].append(_made(at, "xlsx", period, place / "ours.xlsx")[0])
            took["bare xlsx"].append(_bare(_XLSX, str(place / "cells.json"), str(place / "bare.xlsx")))
    best = {name: min(values) for name, values in took.items()}
    print(f"  {rows:,} rows; " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in best.items()))
    return {
        "ledger_csv_100k_s": (round(best["csv"], 1), "s"),
        "register_csv_ratio": (round(best["csv"] / best["bare csv"], 2), "ratio"),
        "ledger_xlsx_100k_s": (round(best["xlsx"], 1), "s"),
        "register_xlsx_ratio": (round(best["xlsx"] / best["bare xlsx"], 2), "ratio"),
    }


def pdf() -> Figures:
    """The printed register, with the memory of its largest process."""
    with million.city("sqlite", GIFTS) as at, tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        period = _period(at.folder / "charity.db")
        took, largest = _made(at, "pdf", period, Path(folder) / "ours.pdf")
    return {"ledger_pdf_100k_s": (round(took, 1), "s"), "ledger_pdf_100k_peak_mb": (round(largest), "MB")}
