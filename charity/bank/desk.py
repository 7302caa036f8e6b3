"""What the bank puts on the desk: days that a cashier prepared, for the accountant who closes them."""

from charity import addresses, words
from charity.bank import closing
from charity.desk.tasks import Task
from charity.roles import Actor


async def to_close(by: Actor) -> list[Task]:
    """The oldest day that waits, and how many do."""
    if not by.may("day.close"):
        return []
    waiting = sorted(await closing.prepared(by=by), key=lambda row: row["on_day"])
    mine = [row for row in waiting if row["prepared_by"] != by.key]
    if not mine:
        return []
    text = words.say("有 {count} 天的日结等您复核", count=len(mine))
    return [Task(text, addresses.of("bank_day", mine[0]["key"]), words.say("去复核"), order=168, tone="wait")]


tasks = [to_close]
