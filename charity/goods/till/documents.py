"""The printed sheet of the till: the codes of its commands."""

from typing import Final

from charity import words
from charity.goods import scanning
from charity.office import organisation
from charity.printing import pdfs
from charity.printing.commands import PrintedCommand, commands_html

SECONDS: Final = 30.0
WORDS: Final = {
    "finish": ("完成", "确认发放（入库时：确认入库）"),
    "undo": ("撤销", "拿掉最后一件"),
    "clear": ("清空", "不要这一篮，重新开始"),
}
"""What each command is called on the sheet, and what it does."""


async def commands_pdf() -> bytes:
    """The sheet as PDF, in the language of whoever prints it."""
    html = commands_html(commands(), demo=(await organisation.get()).demo, lang=words.language())
    return await pdfs.for_staff(html, identifier=b"commands", seconds=SECONDS)


def commands() -> list[PrintedCommand]:
    """The commands in the order in which they are used."""
    return [PrintedCommand(code, *map(words.say, WORDS[name])) for code, name in scanning.COMMANDS.items()]
