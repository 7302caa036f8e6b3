"""What the office puts on the desk."""

from charity import clock, words
from charity.desk.tasks import Task
from charity.office import organisation
from charity.office.models import Staff
from charity.office.sign_in import two_step
from charity.office.staff import changes
from charity.roles import Actor
from charity.web.formats import day_words


async def staff(by: Actor) -> list[Task]:
    """How many accounts can sign in."""
    if not by.may("account.manage"):
        return []
    n = await Staff.visible_to(by).filter(disabled_at=None).count()
    return [Task(words.say("有 {count} 个账号可以登录", count=n), "/accounts", words.say("管理账号"), order=510)]


async def waiting(by: Actor) -> list[Task]:
    """Changes of accounts that wait for a second person: administrators and holders of money roles see them."""
    if not by.may("account.watch"):
        return []
    rows = await changes.waiting(by=by)
    if not rows:
        return []
    text = words.say("有 {count} 项账号变更等待确认，不对的请停止", count=len(rows))
    note = words.say("最早的是{day}提出的", day=day_words(rows[0].asked_at))
    due = min((clock.business_date(row.due_at).isoformat() for row in rows if row.due_at), default="")
    return [Task(text, "/accounts/changes", words.say("查看"), order=5, tone="wait", note=note, due_on=due)]


async def facts(by: Actor) -> list[Task]:
    """Facts of the organisation that wait for their second look by somebody else."""
    if not by.may("organisation.confirm"):
        return []
    starts = [fact.starts_on for fact in await organisation.waiting() if fact.entered_by != by.key]
    if not starts:
        return []
    text = words.say("有 {count} 项单位信息等待另一个人核对", count=len(starts))
    due = max(min(starts), clock.today().isoformat())
    return [Task(text, "/organisation", words.say("核对"), order=6, tone="wait", due_on=due)]


async def own_two_step(by: Actor) -> list[Task]:
    """The second factor that a demo offers and does not ask for."""
    if by.roles.isdisjoint(two_step.ASKED_OF) or not (await organisation.get()).demo or await two_step.is_on(by=by):
        return []
    return [Task(words.say("您还没有启用两步验证"), "/two-step", words.say("启用"), order=520)]


tasks = [waiting, facts, own_two_step, staff]
