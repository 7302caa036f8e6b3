"""A room's table whose rows the writer's commands read and change one by one, by a text key."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table and the column of its key. Names come from code, never from input."""

    name: str
    key: str = "code"

    def __hash__(self) -> int:
        """By name: tables are looked up several times a command."""
        return hash(self.name)
