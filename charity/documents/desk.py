"""What the registers put on the desk of those who check the books."""

from charity import words
from charity.db import reading
from charity.desk.tasks import Task
from charity.ledger import entries
from charity.roles import Actor
from charity.web.formats import day_words


async def last_export(by: Actor) -> list[Task]:
    """The newest entry of the books, and the newest register that was exported."""
    if not by.may("ledger.read"):
        return []
    head = await entries.head()
    tasks = []
    if head.seq:
        facts = {"seq": head.seq, "day": day_words(head.at)}
        text = words.say("账簿记到第 {seq} 笔，最后一笔是{day}记的", **facts)
        tasks.append(Task(text, "/ledgers/disbursements", words.say("查看台账"), order=410))
    last = await reading.value("SELECT MAX(finished_at) FROM export WHERE state = 'done'")
    if last:
        text = words.say("最近一次导出台账是{day}", day=day_words(last))
        tasks.append(Task(text, "/ledgers/donations", words.say("导出台账"), order=420))
    return tasks


tasks = [last_export]
