"""What the lists of these pages are asked for."""

from pydantic import BaseModel, Field


class UsesQuery(BaseModel):
    """Where the list of a gift's payments goes on: behind this entry."""

    after: int = Field(0, ge=0, le=2**53 - 1)
