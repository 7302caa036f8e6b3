"""The empty sheet that a unit fills: the columns that are read, with one example."""

from charity import words
from charity.giving.roster_sheets.titles import TITLES
from charity.sheets import files
from charity.sheets.columns import Column

NAMES = ("name", "amount", "tail", "phone", "single", "public", "payroll")


async def made() -> tuple[bytes, str, str]:
    """The file, its name, its media type. Titles are Chinese in every language: they are what is read."""
    columns = [Column(name, TITLES[name][0]) for name in NAMES]
    title = words.say("慈善一日捐名册")
    about = [
        (words.say("填法"), words.say("一行一人。姓名和金额（元）必填，其余选填；单独开票、公示姓名填“是”或不填。")),
        (words.say("工资代扣"), words.say("本人同意从工资里代扣的才填“是”。没有说同意，就是自己交。")),
        (words.say("金额"), words.say("自愿，多少不限。不填目标，也不列没有捐的人。")),
    ]
    body = await files.made("xlsx", [], columns, title=title, about=about, totals=0)
    return body, f"{title}.xlsx", files.MEDIA["xlsx"]
