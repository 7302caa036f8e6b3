"""The demo's tables: CSV files of the domain rules, read strictly."""

import csv
from functools import lru_cache
from pathlib import Path

from charity.money import parse_yuan

DATA = Path(__file__).parent / "data"

FUNDS = (
    # code, name, English, kind, programmes it may be used for (none: all)
    ("F-GEN", "非限定性基金", "General fund", "unrestricted", ()),
    ("F-WARM", "送温暖专项基金", "Winter Warmth fund", "restricted", ("P04", "P05", "P07")),
    ("F-EDU", "慈善助学基金", "Education fund", "restricted", ("P01",)),
    ("F-ORPH", "慈善救孤基金", "Orphans fund", "restricted", ("P02",)),
    ("F-DIS", "洪涝救灾专项", "Flood relief fund", "restricted", ("P08", "P09")),
    ("F-CIWU", "瓷坞乡定向帮扶", "Ciwu township fund", "restricted", ("P04", "P05", "P09")),
    ("F-WC08", "汶川地震代收款", "Wenchuan 2008, forwarded", "agency", ("P90",)),
    ("F-YS10", "玉树地震代收款", "Yushu 2010, forwarded", "agency", ("P90",)),
    ("F-YY", "市人民医院定向物资", "Goods for the city hospital", "agency", ("P90",)),
)
PROGRAMMES = (
    ("P01", "慈善助学", "Education aid"),
    ("P02", "慈善救孤", "Orphan aid"),
    ("P03", "慈善助医", "Medical top-up"),
    ("P04", "春节送温暖", "Winter Warmth"),
    ("P05", "爱心超市", "Love supermarket"),
    ("P06", "空巢老人结对", "Empty-nest companionship"),
    ("P07", "敬老院冬季补助", "Care homes in winter"),
    ("P08", "应急储备", "Disaster reserve"),
    ("P09", "临时慈善救助", "Temporary aid"),
    ("P90", "代收代转", "Forwarded in full"),
)
STAFF = (
    # login, name, roles, store
    ("admin", "系统管理员", ("admin",), None),
    ("cashier", "沈玉兰", ("cashier",), None),
    ("accountant", "顾明", ("accountant",), None),
    ("accountant2", "汤春梅", ("accountant",), None),
    ("caseworker", "叶建国", ("caseworker",), None),
    ("approver", "陆海燕", ("approver",), None),
    ("approver2", "钟志文", ("approver",), None),
    ("clerk", "方晓红", ("clerk",), "LX01"),
    ("clerk0", "姚磊", ("clerk",), "LX00"),
    ("storekeeper", "段军", ("clerk",), None),
    ("manager", "邵平", ("manager",), "LX01"),
    ("auditor", "范静", ("auditor",), None),
    ("organiser", "余涛", ("organiser",), None),
)


@lru_cache(maxsize=8)
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.csv`."""
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def fen(yuan: str) -> int:
    """Yuan text to fen; an explicit zero stays zero, anything unreadable raises."""
    return 0 if yuan in {"0", "0.0"} else parse_yuan(yuan)
