"""Rosters of 3,000 on the demo, through the API: read and shown, then settled with one receipt, and with 3,000."""

import base64
import io
import time
from typing import Any

import xlsxwriter

from bench import servers

PEOPLE = 3_000
UNITS = ("LXU10", "LXU12")
"""The first is settled with one receipt over its staff, the second with one for each."""
FEN = 10_000


def roster(*, single: bool, people: int = PEOPLE) -> bytes:
    """The XLSX: a name and a sum a row, no two names alike."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, ["序号", "姓名", "金额（元）", "证件后四位", "单独开票"])
        for n in range(people):
            name = "赵钱孙李周吴郑王冯陈"[n % 10] + "".join(
                chr(0x4E00 + 40 * (n // 10 % 300) + k) for k in (n // 3000, 7)
            )
            sheet.write_row(n + 1, 0, [n + 1, name, FEN / 100, f"{n % 10_000:04d}", "是" if single else ""])
    return out.getvalue()


def settled_3000() -> dict[str, tuple[float, str]]:
    """Seconds until 3,000 rows are shown, and until 3,000 gifts are booked and receipted."""
    with servers.demo_city() as server:
        cashier, accountant = server.at.token("cashier"), server.at.token("accountant")
        slug = one_day(server.base)
        body = {"campaign": slug, "work_unit": list(UNITS)}
        status, made = servers.post(server.base, accountant, "/api/v1/unit-rosters", body)
        assert status == 201, made
        keys = {one["work_unit"]: one["key"] for one in made["rosters"]}
        shown, one = settled(server.base, cashier, keys[UNITS[0]], single=False)
        _, each = settled(server.base, cashier, keys[UNITS[1]], single=True)
    return {
        "roster_dry_run_3000_s": (round(shown, 2), "s"),
        "roster_settle_3000_s": (round(one, 2), "s"),
        "roster_settle_3000_single_s": (round(each, 2), "s"),
    }


def one_day(base: str) -> str:
    """The one-day campaign of the demo that takes gifts."""
    status, answer = servers.get(base, "/api/v1/campaigns")
    assert status == 200, answer
    return next(str(one["slug"]) for one in answer["items"] if one["kind"] == "one_day" and one["status"] == "active")


def settled(base: str, token: str, key: str, *, single: bool, people: int = PEOPLE) -> tuple[float, float]:
    """Seconds of the dry run, and of settling."""
    one = f"/api/v1/unit-rosters/{key}"

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        status, answer = servers.post(base, token, one + path, body)
        assert status in {200, 201}, answer
        return answer

    file = base64.b64encode(roster(single=single, people=people)).decode()
    began = time.perf_counter()
    draft = post("/draft", {"file_name": "名册.xlsx", "file": file})
    shown = time.perf_counter() - began
    assert (draft["lines"], draft["wrong"]) == (people, 0), draft
    row = post("/draft/take", {"content_hash": draft["content_hash"]})
    post("/lock", {"content_hash": row["content_hash"], "checked": True})
    status, row = servers.get(base, one, token)
    assert status == 200, row
    asked = {"content_hash": row["content_hash"], "received_on": servers.today(), "channel_ref": f"BENCH{key}"}
    began = time.perf_counter()
    answer = post("/settle", asked | {"received_fen": row["staff_fen"]})
    took = time.perf_counter() - began
    assert answer["receipt_count"] == (people if single else 1), answer
    return shown, took
