"""What Tortoise need not do when models are made; whoever declares one imports this through fields or tables."""

from tortoise import models

models._get_comments = lambda cls: {}  # noqa: ARG005, SLF001
"""It reads and parses the source of each model for `#:` comments, of which we have none: an eighth of what the start
of a process costs, ours or a child's."""
