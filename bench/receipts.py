"""3,000 receipts of a roster printed into one file by the job, three copies each: how many in a second of one core.

The processor's time is that of the server and all its children (the job's, the one that prints) while the job runs, so
that what else the machine does counts for less. Through the API, on the demo, once its timetable has caught up.
"""

import os
import time
from pathlib import Path

from bench import rosters, servers

RECEIPTS = 3_000
PATIENCE_S = 1_800
IDLE_S, IDLE_SHARE, SETTLING_S = 5, 0.05, 300
"""Idle is who used so small a share of a core over so many seconds; how long that is waited for."""
UNIT = {"code": "LXU90", "name": "量一量的单位", "kind": "government", "reference": "YRJ26-90"}


def _processor_s(pid: int) -> float:
    """Seconds of the processor that a process and its ended children used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def _wait_until_idle(pid: int) -> None:
    """Until nothing of the timetable runs: a fresh demo has its whole journal to be followed."""
    for _ in range(SETTLING_S // IDLE_S):
        before = _processor_s(pid)
        time.sleep(IDLE_S)
        if _processor_s(pid) - before < IDLE_S * IDLE_SHARE:
            return
    raise AssertionError("the server never rests")


def in_one_file() -> dict[str, tuple[float, str]]:
    """Receipts in a second of one core, and in a second of the clock."""
    with servers.demo_city() as server:
        cashier, accountant = server.at.token("cashier"), server.at.token("accountant")
        assert servers.post(server.base, accountant, "/api/v1/work-units", UNIT)[0] == 201
        body = {"campaign": rosters.one_day(server.base), "work_unit": [UNIT["code"]]}
        status, made = servers.post(server.base, accountant, "/api/v1/unit-rosters", body)
        assert status == 201, made
        key = made["rosters"][0]["key"]
        rosters.settled(server.base, cashier, key, single=True, people=RECEIPTS)
        _wait_until_idle(server.running.pid)
        used, began = _processor_s(server.running.pid), time.perf_counter()
        status, file = servers.post(server.base, cashier, "/api/v1/receipt-files", {"roster": key})
        assert (status, file["receipts"]) == (202, RECEIPTS), file
        while file["status"] in {"queued", "running"} and time.perf_counter() - began < PATIENCE_S:
            time.sleep(0.5)
            _, file = servers.get(server.base, f"/api/v1/receipt-files/{file['id']}", cashier)
        took = time.perf_counter() - began
        assert file["status"] == "done", file
        core_s = _processor_s(server.running.pid) - used
    return {
        "receipts_per_s_core": (round(RECEIPTS / core_s, 2), "1/s"),
        "receipts_per_s": (round(RECEIPTS / took, 2), "1/s"),
    }
