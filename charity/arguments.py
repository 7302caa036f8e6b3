"""The arguments of the command line: texts like those of every other door."""

from pathlib import Path

import click

from charity import texts, words


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
