"""Posts of our own pages: strings in, typed facts or field errors out.

`data` reads the body once, after the cross-site check, and drops the form token; `read` lets a pydantic
model judge it; `idem` makes the idempotency key out of the hidden field `idem`.
"""

import json
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request

from charity.db.idem import KEY, Idem, fingerprint
from charity.errors import FieldError, unreadable
from charity.web import csrf, messages, visits

FIELDS_MAX = 2_000
FILES_MAX = 4
PART_MAX = 65_536
Data = dict[str, str | list[str]]
Model = TypeVar("Model", bound=BaseModel)
_NOT_SAID = {"csrf", "idem"}
SENT = "charity.sent"
"""Where the scope of a request keeps the fields of its form, for the page that offers to send them again."""


async def data(request: Request) -> Data:
    """The fields of a POST, after the CSRF check (403). A name sent more than once is a list."""
    visit = visits.of(request)
    if not visit.bearer:
        csrf.check_site(request.scope)
    form = await request.form(max_fields=FIELDS_MAX, max_files=FILES_MAX, max_part_size=PART_MAX)
    fields: Data = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            continue  # no form of ours has a file
        if "\x00" in value or "\x00" in name:
            raise unreadable(FieldError(name.replace("\x00", ""), messages.NO_CONTROL))
        before = fields.get(name)
        if before is None:
            fields[name] = value
        else:
            fields[name] = [*before, value] if isinstance(before, list) else [before, value]
    if not visit.bearer:
        csrf.check_token(visit, text(fields, "csrf"))
    fields.pop("csrf", None)
    request.scope[SENT] = fields
    return fields


def again(request: Request) -> list[tuple[str, str]]:
    """The fields of a form with a key, to be sent once more word for word; none when there was no such form."""
    fields: Data = request.scope.get(SENT, {})
    if not text(fields, "idem"):
        return []
    return [(name, value) for name in fields for value in many(fields, name)]


def text(fields: Data, name: str) -> str:
    """One field as text: "" when absent, the last one when sent twice."""
    value = fields.get(name, "")
    return value[-1] if isinstance(value, list) else value


def many(fields: Data, name: str) -> list[str]:
    """All values of a field that may be sent more than once."""
    value = fields.get(name)
    return [] if value is None else value if isinstance(value, list) else [value]


def read(model: type[Model], fields: Data) -> Model:
    """The model's instance; raises the 422 refusal with all field errors."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise messages.refusal(error, model) from None


def idem(request: Request, fields: Data, scope: str) -> Idem | None:
    """The key of the hidden field `idem`; None when the form was sent without one."""
    key = text(fields, "idem")
    if not KEY.match(key):
        return None
    actor = visits.of(request).actor
    said = {name: value for name, value in fields.items() if name not in _NOT_SAID}
    whole = json.dumps(said, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    return Idem(f"{scope}:{actor.key}" if actor else scope, key, fingerprint(request.url.path, whole))
