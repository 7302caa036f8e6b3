"""The fields that every basket has, as the API types them."""

from typing import Annotated

from pydantic import Field, StringConstraints

from charity.goods.limits import QUANTITY_MAX
from charity.web.forms import Numbered

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX, description="件数")]


class Scanned(Numbered):
    """A form of a till or an intake: its scans come in their order, one field each."""

    scan: list[str] = Field(default_factory=list)
