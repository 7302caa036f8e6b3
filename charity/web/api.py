"""The JSON API: a list of `Endpoint`s, one small ASGI app that answers them, no framework in between.

    Endpoint("POST", "/donations", create, permission="gift.receive", body=DonationBody, answer=DonationAnswer,
             status=201, idempotent=True, summary="…")

This path carries thousands of gifts a second, so it is lean: one dict lookup for the usual paths, the
body's bytes go straight into pydantic (strict: 1.0, "1" and true are no integers), and the answer's
bytes straight out. Errors are problem documents (charity/web/problems.py).
"""

import http
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from charity import texts
from charity.db import idem
from charity.db.idem import Idem
from charity.errors import NOT_FOUND, WHO_ARE_YOU, Refusal, Rule, unreadable
from charity.roles import PERMISSIONS, Actor, not_yours
from charity.web import auth, contexts, fields, keys, limits, messages, problems, queries
from charity.web.contexts import RequestContext

BODY_MAX = 65_536
LIMIT_MAX = 1_000
TEXT_MAX = 200

NO_KEY = Rule("idempotency.missing", "缺少请求头 Idempotency-Key（1–255 个可见 ASCII 字符）", 400)
NOT_JSON = Rule("body.not_json", "请求体不是有效的 JSON", 400)
NOT_JSON_TYPE = Rule("body.type", "请求体的 Content-Type 应为 application/json", 415)


class AnswerLike(Protocol):
    """What a posting verb answers (charity.ledger.writer.Answer)."""

    @property
    def status(self) -> int: ...  # noqa: D102
    @property
    def body(self) -> dict[str, Any]: ...  # noqa: D102
    @property
    def replayed(self) -> bool: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102


class Query(BaseModel):
    """Base of query models: an unknown parameter is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Page(Query):
    """The parameters of every list: a cursor from `next`, and how many."""

    after: str | None = Field(None, max_length=TEXT_MAX, description="上一页的 next")
    limit: int = Field(100, ge=1, le=LIMIT_MAX, description="最多几条")


@dataclass(slots=True)
class Call:
    """One call of an endpoint: who, with what."""

    context: RequestContext
    endpoint: "Endpoint"
    full_path: str
    path: dict[str, str]
    body: Any = None
    query: Any = None
    key: str = ""

    @property
    def actor(self) -> Actor | None:
        """Who calls; None for the public."""
        return self.context.actor

    @property
    def by(self) -> Actor:
        """Who calls, where the endpoint asks for a permission: never None."""
        assert self.context.actor is not None
        return self.context.actor

    def idem(self, verb: str) -> Idem | None:
        """The caller's idempotency key in the scope of the verb and the account; None when none was sent."""
        if not self.key:
            return None
        owner = self.context.actor.key if self.context.actor else "anon"
        # Only what was sent is compared: a default that a later version adds must not spoil old keys.
        content = (
            b"" if self.body is None else type(self.body).__pydantic_serializer__.to_json(self.body, exclude_unset=True)
        )
        return Idem(f"{verb}:{owner}", self.key, idem.fingerprint(self.full_path, content))


Answered = AnswerLike | BaseModel | Mapping[str, Any] | Response
Handler = Callable[[Call], Awaitable[Answered]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call of the API. `permission=None` without `public` means: any signed-in account."""

    method: str
    path: str
    handler: Handler
    permission: str | None = None
    body: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    idempotent: bool = False
    public: bool = False
    summary: str = ""
    params: type[BaseModel] | None = None
    body_max: int = BODY_MAX
    media_type: str = "application/json"


@dataclass(slots=True)
class _Place:
    """All endpoints of one path."""

    template: str
    pattern: re.Pattern[str]
    methods: dict[str, Endpoint] = field(default_factory=dict)


class Api:
    """The ASGI app behind a prefix such as /api/v1."""

    def __init__(self, prefix: str, endpoints: Sequence[Endpoint]) -> None:
        self.prefix = prefix
        self.endpoints = tuple(endpoints)
        self._fixed: dict[str, _Place] = {}
        self._open: list[_Place] = []
        for endpoint in self.endpoints:
            self._add(endpoint)

    def _add(self, endpoint: Endpoint) -> None:
        assert endpoint.permission is None or endpoint.permission in PERMISSIONS, endpoint.permission
        pattern = "".join(
            f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{\w+\})", endpoint.path)
        )
        where = self._fixed.get(endpoint.path) or next((p for p in self._open if p.template == endpoint.path), None)
        if where is None:
            where = _Place(endpoint.path, re.compile(pattern))
            if "{" in endpoint.path:
                self._open.append(where)
            else:
                self._fixed[endpoint.path] = where
        assert endpoint.method not in where.methods, f"{endpoint.method} {endpoint.path} twice"
        where.methods[endpoint.method] = endpoint

    def _find(self, path: str) -> tuple[_Place, dict[str, str]] | None:
        fixed = self._fixed.get(path)
        if fixed is not None:
            return fixed, {}
        for place in self._open:
            match = place.pattern.fullmatch(path)
            if match is not None:
                return place, match.groupdict()
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call; every error becomes a problem document."""
        context: RequestContext = scope[contexts.SCOPE_KEY]
        response: Response | Json
        try:
            response = await self._answer(context, scope, receive)
        except Exception as error:  # noqa: BLE001 - worded and logged by problems
            refusal = problems.as_refusal(error, scope)
            context.refused = refusal.code
            problem = problems.problem(refusal)
            if refusal.status == http.HTTPStatus.METHOD_NOT_ALLOWED:
                problem.headers["allow"] = str(refusal.facts.get("allow", ""))
            response = problem
        if isinstance(response, Response):
            response.headers.setdefault("cache-control", "no-store")
        await response(scope, receive, send)

    async def _answer(self, context: RequestContext, scope: Scope, receive: Receive) -> "Response | Json":
        endpoint, parts = self._endpoint(context, scope)
        await self._admit(context, endpoint, scope)
        call = Call(context, endpoint, scope["path"], parts)
        if endpoint.method != "GET":
            call.key = _key(endpoint, scope, context)
        if endpoint.params is not None:
            call.query = _query(endpoint.params, scope["query_string"])
        if endpoint.body is not None:
            call.body = _body(endpoint.body, await _read(scope, receive, endpoint.body_max), scope)
        return _response(endpoint, await endpoint.handler(call))

    def _endpoint(self, context: RequestContext, scope: Scope) -> tuple[Endpoint, dict[str, str]]:
        path = scope["path"].removeprefix(self.prefix)
        place_and_parts = self._find(path)
        if place_and_parts is None:
            raise NOT_FOUND()
        place, parts = place_and_parts
        context.route = self.prefix + place.template
        method = scope["method"]
        endpoint = place.methods.get("GET" if method == "HEAD" else method)
        if endpoint is None:
            allow = ", ".join(sorted(place.methods.keys() | ({"HEAD"} if "GET" in place.methods else set())))
            raise problems.METHOD(method=method, allow=allow)
        for value in parts.values():
            if len(value) > contexts.PART_MAX or texts.refused(value):
                raise NOT_FOUND()
        return endpoint, parts

    async def _admit(self, context: RequestContext, endpoint: Endpoint, scope: Scope) -> None:
        """Who calls, and may they; anonymous callers are slowed down."""
        authorization = contexts.header(scope, b"authorization")
        if authorization:
            try:
                await auth.bearer(context, authorization)
            except Refusal:
                limits.hit(limits.READ, contexts.neighbourhood(context.address))
                raise
        else:
            pace = limits.READ if endpoint.method == "GET" else limits.WRITE
            limits.hit(pace, contexts.neighbourhood(context.address))
        if endpoint.public:
            return
        if context.actor is None:
            raise WHO_ARE_YOU()
        if endpoint.permission is not None and not context.actor.may(endpoint.permission):
            raise not_yours(endpoint.permission)


def _key(endpoint: Endpoint, scope: Scope, context: RequestContext) -> str:
    key = contexts.header(scope, b"idempotency-key")
    if not key and not endpoint.idempotent:
        return ""
    if not idem.KEY.match(key):
        raise NO_KEY()
    keys.must_be_safe(key, context.actor)
    return key


def _query(model: type[BaseModel], text: bytes) -> BaseModel:
    values = queries.read(text)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise messages.refusal(error, model) from None


def _body(model: type[BaseModel], body: bytes, scope: Scope) -> BaseModel:
    kind = contexts.header(scope, b"content-type")
    if not kind.lower().startswith("application/json"):
        raise NOT_JSON_TYPE()
    if not body.isascii() or b"\\" in body or b"\x7f" in body:  # else there is nothing that could be refused
        _judge_texts(model, body)
    try:
        read = model.model_validate_json(body, strict=True)
    except ValidationError as error:
        if messages.is_not_json(error):
            raise NOT_JSON() from None
        raise messages.refusal(error, model) from None
    _must_name_once(body)
    return read


class _Twice(ValueError):
    """A member of an object that was named before."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return members


# Numbers are of no interest to it, and Python refuses those of thousands of digits.
_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_int=len, parse_float=len)


def _must_name_once(body: bytes) -> None:
    """Raise 422 for a member that an object of the body names twice: of two sums the last would count unseen.

    The model's own parser takes the last one and says nothing; so does nearly every other (RFC 8259, 4).
    """
    try:
        _DECODER.decode(body.decode())
    except _Twice as twice:
        raise unreadable(fields.twice(str(twice))) from None


def _judge_texts(model: type[BaseModel], body: bytes) -> None:
    """Raise 422 for texts that break the rule; a body that is no JSON is left to the model.

    Most bodies have nothing to refuse as they stand; only the others are taken apart a second time.
    """
    try:
        if b"\\" not in body and texts.refused(body.decode(), area=True) is None:
            return
        # Numbers are of no interest here, and Python refuses those of thousands of digits.
        values = json.loads(body, parse_int=len, parse_float=len)
    except (ValueError, RecursionError):
        return
    faults = fields.faults(values, fields.areas(model))
    if faults:
        raise unreadable(*faults)


async def _read(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body; 413 as soon as it is, or says it is, longer than the limit."""
    length = contexts.header(scope, b"content-length")
    if length.isdecimal() and int(length) > limit:
        raise problems.too_large(limit)
    parts: list[bytes] = []
    size = 0
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise problems.HUNG_UP()
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise problems.too_large(limit)
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


class Json:
    """A JSON answer as bytes, without the header machinery of a Response."""

    __slots__ = ("body", "replayed", "status")

    def __init__(self, body: bytes, status: int, *, replayed: bool = False) -> None:
        self.body = body
        self.status = status
        self.replayed = replayed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Send it."""
        headers = [
            (b"content-length", str(len(self.body)).encode()),
            (b"content-type", b"application/json"),
            (b"cache-control", b"no-store"),
        ]
        if self.replayed:
            headers.append((b"idempotent-replayed", b"true"))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def _response(endpoint: Endpoint, answered: Any) -> Response | Json:
    if hasattr(answered, "replayed"):
        body = answered.text.encode() if answered.text else to_json(answered.body)
        return Json(body, answered.status, replayed=answered.replayed)
    if isinstance(answered, Response):
        return answered
    return Json(to_json(answered), endpoint.status)
