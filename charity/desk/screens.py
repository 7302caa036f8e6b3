"""What the desk shows: the tasks with how far their days are, and what rooms show beside them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from charity import clock, words
from charity.desk.tasks import Task
from charity.web.formats import day_words

_WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


def today() -> str:
    """The day with its weekday: 10月20日 星期二."""
    day = clock.today()
    return words.say("{day} {weekday}", day=day_words(day), weekday=words.translate(_WEEKDAYS[day.weekday()]))


def due(on: str) -> dict[str, str] | None:
    """How far a day is: its state (late, today, later), the words of it and its day; None for no day."""
    if not on:
        return None
    days = (date.fromisoformat(on) - clock.today()).days
    if days < 0:
        state, text = "late", words.say("逾期 {days} 天", days=-days)
    elif days:
        state, text = "later", words.say("还有 {days} 天@desk", days=days)
    else:
        state, text = "today", words.translate("今天")
    return {"state": state, "label": text, "day": day_words(on)}


def listed(tasks: Sequence[Task]) -> dict[str, Any]:
    """The tasks that somebody has to do, and what only informs; how many they are, how many of them late."""
    shown = [{**asdict(task), "due": due(task.due_on)} for task in tasks if task.waits]
    late = sum(1 for task in shown if task["due"] and task["due"]["state"] == "late")
    count = words.say("{count} 件，{late} 件逾期" if late else "{count} 件", count=len(shown), late=late)
    return {"tasks": shown, "count": count if shown else "", "notes": [asdict(t) for t in tasks if not t.waits]}
