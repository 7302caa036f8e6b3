"""Receipts printed into one file by the job, three copies each: how many in a second of one core.

The processor's time is that of the server and all its children (the job's, the one that prints) while the job runs, so
that what else the machine does counts for less. Through the API, on the demo.
"""

import os
import time
from pathlib import Path

from bench import rosters, servers

RECEIPTS = 120
"""Six parts of the 150 that one file may have; all of it is the same work again and again."""
PATIENCE_S = 1_800
UNIT = {"code": "LXU90", "name": "量一量的单位", "kind": "government", "reference": "YRJ26-90"}


def _processor_s(pid: int) -> float:
    """Seconds of the processor that a process and its ended children used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def in_one_file() -> dict[str, tuple[float, str]]:
    """Receipts in a second of one core, and in a second of the clock."""
    with servers.house() as at:
        at.run("migrate")
        at.run("demo")
        cashier, accountant = at.token("cashier"), at.token("accountant")
        server = servers.Server(at)
        server.begin()
        try:
            assert servers.post(server.base, accountant, "/api/v1/work-units", UNIT)[0] == 201
            body = {"campaign": rosters.one_day(server.base), "work_unit": [UNIT["code"]]}
            status, made = servers.post(server.base, accountant, "/api/v1/unit-rosters", body)
            assert status == 201, made
            key = made["rosters"][0]["key"]
            rosters.settled(server.base, cashier, key, single=True, people=RECEIPTS)
            used, began = _processor_s(server.running.pid), time.perf_counter()
            status, file = servers.post(server.base, cashier, "/api/v1/receipt-files", {"roster": key})
            assert (status, file["receipts"]) == (202, RECEIPTS), file
            while file["status"] in {"queued", "running"} and time.perf_counter() - began < PATIENCE_S:
                time.sleep(0.5)
                _, file = servers.get(server.base, f"/api/v1/receipt-files/{file['id']}", cashier)
            took = time.perf_counter() - began
            assert file["status"] == "done", file
            core_s = _processor_s(server.running.pid) - used
        finally:
            server.kill()
    return {
        "receipts_per_s_core": (round(RECEIPTS / core_s, 2), "1/s"),
        "receipts_per_s": (round(RECEIPTS / took, 2), "1/s"),
    }
