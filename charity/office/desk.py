"""What the office puts on the desk."""

from charity import words
from charity.db import reading
from charity.desk.tasks import Task
from charity.roles import Actor


async def staff(by: Actor) -> list[Task]:
    """How many accounts can sign in."""
    if not by.may("account.manage"):
        return []
    n = await reading.value("SELECT COUNT(*) FROM staff WHERE disabled_at IS NULL")
    return [Task(words.say("有 {count} 个账号可以登录", count=n), "/accounts", words.say("管理账号"), order=510)]


tasks = [staff]
