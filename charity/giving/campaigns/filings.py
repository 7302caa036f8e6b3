"""The gate that Charity Law 24, 25, 27 and MCA Order 74 art 11 set before a public campaign.

It shows its filing number and the designated platform; the plan is filed 10 days before it starts, for a disaster
within 10 days after.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

FILING_DAYS = 10


def has_own_fund(kind: str, reach: str) -> bool:
    """Whether such a campaign is an appeal with a fund and a plan of its own (docs/books.md, The plan of a fund)."""
    return reach == "public" and kind not in {"everyday", "agency"}


def gate(row: Mapping[str, Any], *, purposed: bool) -> list[str]:
    """What still keeps a campaign from the public, as msgids; an empty list opens the gate.

    `purposed`: its fund has a plan, or is a standing one restricted to programmes.
    """
    if row["reach"] != "public":
        return []
    missing = []
    emergency = row["kind"] == "disaster"
    if has_own_fund(row["kind"], row["reach"]) and not purposed:
        missing.append("缺少自己的基金和用途计划，请新建活动")
    if not row["platform_url"]:
        missing.append("缺少民政部指定平台上的网址")
    if not row["filing_no"] and not emergency:
        missing.append("缺少募捐方案备案号")
    if row["filed_on"]:
        days = (date.fromisoformat(row["starts_on"]) - date.fromisoformat(row["filed_on"])).days
        if not emergency and days < FILING_DAYS:
            missing.append("募捐方案应在开始前 10 日备案")
        if emergency and days < -FILING_DAYS:
            missing.append("应急募捐应在开始后 10 日内备案")
    return missing


def file_by(row: Mapping[str, Any]) -> str:
    """The last day on which the plan may be filed."""
    starts = date.fromisoformat(row["starts_on"])
    days = FILING_DAYS if row["kind"] == "disaster" else -FILING_DAYS
    return (starts + timedelta(days=days)).isoformat()
