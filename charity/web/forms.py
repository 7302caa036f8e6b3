"""Posts of our own pages: strings in, typed facts or field errors out.

`data` reads the body once, after the cross-site check, and drops the form token; a file is taken by a form that names
its field and refused by every other, and `file` gives its bytes; `read` lets the rule of
texts and a pydantic model judge it; `idem` makes the idempotency key out of the hidden field `idem`.
"""

import json
from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from charity import texts
from charity.db.idem import KEY, Idem, fingerprint
from charity.errors import FieldError, Refusal, unreadable
from charity.plain import whole
from charity.web import contexts, csrf, fields, keys, messages, switches

FIELDS_MAX = 2_000
FILES_MAX = 4
FILLED_MAX = 64
"""Characters of a field that an address may fill."""
PART_MAX = 65_536
Data = dict[str, str | list[str]]
Model = TypeVar("Model", bound=BaseModel)
_NOT_COMPARED = {"csrf", "idem"}
NO_FILE = "这一栏不收文件"
FILES = "charity.files"
"""Where the scope of a request keeps the files of its form."""
SENT = "charity.sent"
"""Where the scope of a request keeps the fields of its form, for the page that offers to send them again."""


class Numbered(BaseModel):
    """A form whose fields are many and numbered: its texts are judged by `read`, the rest by its room."""


async def data(
    request: Request,
    model: type[BaseModel] | None = None,
    *,
    part_max: int = PART_MAX,
    token: bool = True,
    files: frozenset[str] = frozenset(),
) -> Data:
    """The fields of a POST, after the CSRF check (403); 422 for a field sent twice that is no list of the model.

    `model` is what `read` will judge them by: it then says what is wrong with their texts too, so that the form
    can be shown again. Without one a refused character ends the request here. `part_max`: bytes of one field.
    `token`: False for a form that changes no more than a cookie of its reader. `files`: the fields that take a file;
    one that another field sends is refused. How many bytes a file has at most says the route by its body.
    """
    context = contexts.of(request)
    if not context.bearer:
        csrf.check_site(request.scope)
    form = await request.form(max_fields=FIELDS_MAX, max_files=FILES_MAX, max_part_size=part_max)
    try:
        return await _taken(request, form, model, token=token, files=files)
    finally:
        await form.close()


async def _taken(
    request: Request, form: FormData, model: type[BaseModel] | None, *, token: bool, files: frozenset[str]
) -> Data:
    """What `data` gives of a form that was read."""
    context = contexts.of(request)
    sent: dict[str, list[str]] = {}
    sent_files: dict[str, list[UploadFile]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            sent.setdefault(name, []).append(value)
        elif value.filename or value.size:  # a browser sends an empty part where no file was chosen
            sent_files.setdefault(name, []).append(value)
    taken: Data = {name: values[0] if len(values) == 1 else values for name, values in sent.items() if name != "csrf"}
    if token and not context.bearer:
        if not sent_files:
            _offer(request, taken, model)
        csrf.check_token(context, sent.get("csrf", [""])[-1], cookies=bool(request.cookies))
    lists = fields.lists(model) if model else frozenset[str]()
    wrong = {name: fields.twice(name) for name, values in sent.items() if len(values) > 1 and name not in lists}
    wrong |= {name: fields.twice(name) for name, parts in sent_files.items() if len(parts) > 1}
    wrong |= {name: FieldError(texts.cleaned(name), NO_FILE) for name in sent_files if name not in files}
    wrong |= {error.field: error for error in fields.faults(dict.fromkeys(sent, ""))}
    if model is None:
        wrong |= {error.field: error for error in fields.faults(taken)}
    if wrong:
        raise unreadable(*wrong.values())
    request.scope[SENT] = taken
    request.scope[FILES] = {
        name: (parts[0].filename or "", await parts[0].read()) for name, parts in sent_files.items()
    }
    switches.take(request, text(taken, "again"))
    return taken


def _offer(request: Request, taken: Data, model: type[BaseModel] | None) -> None:
    """Keep the fields for the page of a token that does not fit, where our own page sent them and they can be shown."""
    if csrf.from_us(request.scope) and not fields.faults(taken, fields.areas(model) if model else fields.NONE):
        request.scope[SENT] = taken


def file(request: Request, name: str) -> bytes:
    """The file of a field that `data` was told of; empty where none was chosen."""
    taken: dict[str, tuple[str, bytes]] = request.scope[FILES]
    return taken.get(name, ("", b""))[1]


def file_name(request: Request, name: str) -> str:
    """What the sender calls this file, as it came: who keeps it cleans it; "" where none was chosen."""
    taken: dict[str, tuple[str, bytes]] = request.scope[FILES]
    return taken.get(name, ("", b""))[0]


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
    """The model's instance; raises the 422 refusal with all field errors. A list that was sent once is one of one."""
    faults = fields.faults(sent, fields.areas(model))
    numbers = {name: whole(value) for name in fields.numbers(model) if isinstance(value := sent.get(name), str)}
    single = {name: [value] for name in fields.lists(model) if isinstance(value := sent.get(name), str)}
    try:
        form = model.model_validate(sent | numbers | single, context=fields.TYPED)
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


def filled(request: Request, names: Sequence[str]) -> Data:
    """What the address says of these fields of a form, for the form to begin with; none of them may be a name."""
    sent = request.query_params
    return {name: sent[name][:FILLED_MAX] for name in names if sent.get(name)}


def idem(request: Request, sent: Data, scope: str) -> Idem | None:
    """The key of the hidden field `idem`; None when the form was sent without one; idempotency.guessable (400)."""
    key = text(sent, "idem")
    if not KEY.match(key):
        return None
    actor = contexts.of(request).actor
    keys.must_be_safe(key, actor)
    compared = {name: value for name, value in sent.items() if name not in _NOT_COMPARED}
    whole = json.dumps(compared, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    return Idem(f"{scope}:{actor.key}" if actor else scope, key, fingerprint(request.url.path, whole))
