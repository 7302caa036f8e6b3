"""Fields that the forms of several closets share: JSON is strict (whole fen), pages take yuan as people type them."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from charity import money
from charity.errors import FieldError
from charity.money import AMOUNT_MAX_FEN, AmountUnreadable
from charity.web import fields
from charity.web.messages import AMOUNTS, Needed

CODE_MAX, REASON_MAX = 64, 200
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=CODE_MAX)]
Fen = Annotated[int, Field(ge=1, le=AMOUNT_MAX_FEN, description="金额，分")]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="所见内容的 SHA-256")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_MAX), fields.AREA]
Reason = Annotated[Text, Needed("请写明理由")]


def typed_yuan(value: Any) -> Any:
    """Fen of what was typed; what cannot be read exactly is refused."""
    return money.typed_yuan(value) if isinstance(value, str) else value


def typed_fen(text: str, field: str, wrong: list[FieldError]) -> int:
    """Fen of the text in a numbered field; 0 with an error noted when it cannot be read."""
    try:
        return money.typed_yuan(text)
    except AmountUnreadable as error:
        wrong.append(FieldError(field, AMOUNTS[error.reason]))
        return 0
