"""Posts of our own pages: strings in, typed facts or field errors out.

`data` reads the body once, after the cross-site check, and drops the form token; `read` lets the rule of
texts and a pydantic model judge it; `idem` makes the idempotency key out of the hidden field `idem`.
"""

import json
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from charity.db.idem import KEY, Idem, fingerprint
from charity.errors import Refusal, unreadable
from charity.web import contexts, csrf, fields, messages

FIELDS_MAX = 2_000
FILES_MAX = 4
PART_MAX = 65_536
Data = dict[str, str | list[str]]
Model = TypeVar("Model", bound=BaseModel)
_NOT_COMPARED = {"csrf", "idem"}
SENT = "charity.sent"
"""Where the scope of a request keeps the fields of its form, for the page that offers to send them again."""


class Numbered(BaseModel):
    """A form whose fields are many and numbered: its texts are judged by `read`, the rest by its room."""


async def data(
    request: Request, model: type[BaseModel] | None = None, *, part_max: int = PART_MAX, token: bool = True
) -> Data:
    """The fields of a POST, after the CSRF check (403); 422 for a field sent twice that is no list of the model.

    `model` is what `read` will judge them by: it then says what is wrong with their texts too, so that the form
    can be shown again. Without one a refused character ends the request here. `part_max`: bytes of one field.
    `token`: False for a form that changes no more than a cookie of its reader.
    """
    context = contexts.of(request)
    if not context.bearer:
        csrf.check_site(request.scope)
    form = await request.form(max_fields=FIELDS_MAX, max_files=FILES_MAX, max_part_size=part_max)
    sent: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):  # no form of ours has a file
            sent.setdefault(name, []).append(value)
    if token and not context.bearer:
        csrf.check_token(context, sent.get("csrf", [""])[-1])
    lists = fields.lists(model) if model else frozenset[str]()
    wrong = {name: fields.twice(name) for name, values in sent.items() if len(values) > 1 and name not in lists}
    wrong |= {error.field: error for error in fields.faults(dict.fromkeys(sent, ""))}
    taken: Data = {name: values[0] if len(values) == 1 else values for name, values in sent.items() if name != "csrf"}
    if model is None:
        wrong |= {error.field: error for error in fields.faults(taken)}
    if wrong:
        raise unreadable(*wrong.values())
    request.scope[SENT] = taken
    return taken


def again(request: Request) -> list[tuple[str, str]]:
    """The fields of a form with a key, to be sent once more word for word; none when there was no such form."""
    sent: Data = request.scope.get(SENT, {})
    if not text(sent, "idem"):
        return []
    return [(name, value) for name in sent for value in many(sent, name)]


def text(sent: Data, name: str) -> str:
    """One field as text: "" when absent, the last one of a list."""
    value = sent.get(name, "")
    return value[-1] if isinstance(value, list) else value


def many(sent: Data, name: str) -> list[str]:
    """All values of a field that may be sent more than once."""
    value = sent.get(name)
    return [] if value is None else value if isinstance(value, list) else [value]


def read(model: type[Model], sent: Data) -> Model:
    """The model's instance; raises the 422 refusal with all field errors."""
    faults = fields.faults(sent, fields.areas(model))
    try:
        form = model.model_validate(sent)
    except ValidationError as error:
        raise messages.refusal(error, model, faults) from None
    if faults:
        raise unreadable(*faults)
    return form


def filters(request: Request, model: type[Model]) -> tuple[Model, Refusal | None]:
    """What a list is filtered by, from its address; with the refusal, what was typed, for the form to show again."""
    sent: Data = dict(request.query_params)
    try:
        return read(model, sent), None
    except Refusal as refusal:
        typed: Data = {name: sent[name] for name in model.model_fields if name in sent}  # no other name reaches Python
        return model.model_construct(None, **typed), refusal


def idem(request: Request, sent: Data, scope: str) -> Idem | None:
    """The key of the hidden field `idem`; None when the form was sent without one."""
    key = text(sent, "idem")
    if not KEY.match(key):
        return None
    actor = contexts.of(request).actor
    compared = {name: value for name, value in sent.items() if name not in _NOT_COMPARED}
    whole = json.dumps(compared, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    return Idem(f"{scope}:{actor.key}" if actor else scope, key, fingerprint(request.url.path, whole))
