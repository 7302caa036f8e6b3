"""The arguments of the command line: texts like those of every other door."""

from datetime import date
from pathlib import Path

import click

from charity import days, texts, words


class Judged(click.Command):
    """A command whose texts obey the one rule (charity/texts.py)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; a refused character is an error that names the argument."""
        rest = super().parse_args(ctx, args)
        for param in self.get_params(ctx):
            value = ctx.params.get(param.name or "")
            refused = texts.refused(str(value)) if isinstance(value, str | Path) else None
            if refused is not None:
                raise click.BadParameter(words.say(texts.REFUSED, **refused._asdict()), ctx=ctx, param=param)
        return rest


class Day(click.ParamType[date]):
    """A day as every other door reads it (charity/days.py), not before `first` where there is one."""

    name = "YYYY-MM-DD"

    def __init__(self, first: date | None = None) -> None:
        self.first = first

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or an error that names the option."""
        try:
            day = days.checked(value) if isinstance(value, date) else days.typed(value)
        except days.DayRefused as refused:
            self.fail(words.say(refused.words, **refused.facts), param, ctx)
        if self.first is not None and day < self.first:
            self.fail(words.say("日期不能早于 {first}", first=self.first), param, ctx)
        return day
