"""The JSON API's own behaviour, on endpoints of its own: problems, keys, bodies, limits, the document."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from pydantic import BaseModel, Field

from charity import tokens
from charity.errors import FieldError, Refusal, Rule, unreadable
from charity.roles import Actor, Role
from charity.web import auth, limits, openapi
from charity.web.api import Api, Call, Endpoint, Page
from charity.web.auth import LiveSession
from charity.web.outer import Outer

CASHIER = Actor("c" * 32, "出纳", frozenset({Role.CASHIER}))
CLERK = Actor("d" * 32, "店员", frozenset({Role.CLERK}), "LX01")
SHORT = Rule("stock.short", "库存不足：{shortages}")


class Gift(BaseModel):
    amount_fen: int = Field(ge=1, le=10**13)
    donor: str = Field("", max_length=40)
    kind: str = "cash"


class Made(BaseModel):
    id: str
    amount_fen: int


@dataclass
class Answer:
    status: int
    body: dict[str, Any]
    replayed: bool = False
    text: str = ""


seen: dict[str, str] = {}


async def give(call: Call) -> Answer:
    idem = call.idem("gift.receive")
    assert idem is not None
    known = seen.get(f"{idem.scope}|{idem.key}")
    if known is not None and known != idem.fingerprint:
        raise unreadable(FieldError("Idempotency-Key", "同一个 Idempotency-Key 已用于内容不同的请求"))
    seen[f"{idem.scope}|{idem.key}"] = idem.fingerprint
    return Answer(201, {"id": "g1", "amount_fen": call.body.amount_fen}, replayed=known is not None)


async def fail(call: Call) -> dict[str, Any]:
    kind = call.path["kind"]
    if kind == "short":
        raise SHORT(shortages="大米 3、食用油 1")
    if kind == "busy":
        raise Refusal("writer.busy", "系统正忙，请稍后再试", 503, retry_after_s=2)
    raise RuntimeError("王建国 19900001234")


async def listing(call: Call) -> dict[str, Any]:
    return {"items": [{"after": call.query.after, "limit": call.query.limit}], "next": None}


ENDPOINTS = [
    Endpoint("POST", "/gifts", give, permission="gift.receive", body=Gift, answer=Made, status=201, idempotent=True),
    Endpoint("GET", "/fail/{kind}", fail, public=True),
    Endpoint("GET", "/list", listing, public=True, params=Page),
]


class OneToken:
    asked = 0

    async def session(self, digest: str) -> LiveSession | None:  # noqa: ARG002 - the authenticator's signature
        return None

    async def token(self, digest: str) -> Actor | None:
        self.asked += 1
        return {tokens.digest("cash"): CASHIER, tokens.digest("goods"): CLERK}.get(digest)


@pytest.fixture
def authenticator(monkeypatch: pytest.MonkeyPatch) -> OneToken:
    monkeypatch.setenv("CHARITY_SECRET_KEY", "k" * 40)
    known = OneToken()
    auth.use(known)
    limits.reset()
    seen.clear()
    return known


@pytest_asyncio.fixture
async def client(authenticator: OneToken) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=Outer(Api("/api/v1", ENDPOINTS)), client=("203.0.113.7", 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://charity.test") as client:
        yield client


def _headers(token: str = "cash", key: str = "k1") -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": key}


async def test_a_call_without_a_token_is_asked_who_it_is(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/gifts", json={"amount_fen": 1})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json() == {
        "type": "urn:charity:problem:who_are_you",
        "title": "请先登录",
        "status": 401,
        "detail": "请先登录",
    }


async def test_an_unknown_token_is_401_even_where_the_public_may_call(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/api/v1/list", headers={"Authorization": "Bearer nobody"})
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:charity:problem:token.unknown"


async def test_a_token_of_another_role_is_403(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/gifts", json={"amount_fen": 1}, headers=_headers("goods"))
    assert answer.status_code == 403
    assert "登记捐款到账" in answer.json()["detail"]


async def test_a_token_is_looked_up_once_in_a_few_seconds(client: httpx2.AsyncClient, authenticator: OneToken) -> None:
    for n in range(5):
        await client.post("/api/v1/gifts", json={"amount_fen": 1}, headers=_headers(key=f"k{n}"))
    assert authenticator.asked == 1


async def test_moving_money_needs_an_idempotency_key(client: httpx2.AsyncClient) -> None:
    for key in ({}, {"Idempotency-Key": ""}, {"Idempotency-Key": "x" * 256}, {"Idempotency-Key": "a b"}):
        headers = {"Authorization": "Bearer cash", **key}
        answer = await client.post("/api/v1/gifts", json={"amount_fen": 1}, headers=headers)
        assert answer.status_code == 400
        assert answer.json()["type"] == "urn:charity:problem:idempotency.missing"


async def test_the_same_key_and_body_is_replayed_whatever_the_order_of_the_fields(client: httpx2.AsyncClient) -> None:
    first = await client.post("/api/v1/gifts", content=b'{"amount_fen": 5, "donor": "A"}', headers=_json(_headers()))
    again = await client.post("/api/v1/gifts", content=b'{"donor":"A","amount_fen":5}', headers=_json(_headers()))
    assert (first.status_code, again.status_code) == (201, 201)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    other = await client.post("/api/v1/gifts", content=b'{"donor":"B","amount_fen":5}', headers=_json(_headers()))
    assert other.status_code == 422
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"


def _json(headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "Content-Type": "application/json"}


@pytest.mark.parametrize(
    "amount", ["0", "-1", "1.5", "5.0", "1e30", '"５００"', '"5"', "true", "null", "NaN", "Infinity", "10000000000001"]
)
async def test_an_amount_that_is_no_whole_number_in_range_is_a_field_error(
    client: httpx2.AsyncClient, amount: str
) -> None:
    body = b'{"amount_fen": %s}' % amount.encode()
    answer = await client.post("/api/v1/gifts", content=body, headers=_json(_headers()))
    assert answer.status_code == 422
    assert [e["field"] for e in answer.json()["errors"]] == ["amount_fen"]
    assert amount.strip('"') not in answer.text or amount in {"0", "1.5"}


async def test_all_field_errors_come_at_once(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/gifts", json={"donor": 7, "kind": "x" * 9}, headers=_headers())
    assert {e["field"] for e in answer.json()["errors"]} == {"amount_fen", "donor"}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"amount_fen": 1', b"[1,"])
async def test_a_body_that_is_no_json_is_400(client: httpx2.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/v1/gifts", content=body, headers=_json(_headers()))
    assert answer.status_code == 400


@pytest.mark.parametrize("body", [b"[]", b"7", b'"x"', b"null"])
async def test_a_body_that_is_no_object_is_422(client: httpx2.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/v1/gifts", content=body, headers=_json(_headers()))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"amount_fen": 100, "amount_fen": 5, "donor": "a"}', "amount_fen"),
        (b'{"donor": "a", "amount_fen": 5, "donor" : "b"}', "donor"),
        (b'{"amount_fen": 5, "donor": "a", "a\\u006dount_fen": 6}', "amount_fen"),
    ],
)
async def test_a_member_that_is_named_twice_is_422(client: httpx2.AsyncClient, body: bytes, field: str) -> None:
    answer = await client.post("/api/v1/gifts", content=body, headers=_json(_headers()))
    assert answer.status_code == 422
    assert [e["field"] for e in answer.json()["errors"]] == [field]
    assert not seen


async def test_a_nul_character_is_refused_before_the_database_sees_it(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/gifts", json={"amount_fen": 1, "donor": "a\x00b"}, headers=_headers())
    assert answer.status_code == 422
    assert (await client.get("/api/v1/list?after=%00")).status_code == 422


async def test_another_content_type_is_415(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/gifts", content=b"amount_fen=1", headers=_headers())
    assert answer.status_code == 415


async def test_a_body_over_the_limit_is_413_and_says_the_limit(client: httpx2.AsyncClient) -> None:
    body = json.dumps({"amount_fen": 1, "donor": "x" * 70_000}).encode()

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 8192):
            yield body[start : start + 8192]

    for content in (body, parts()):
        answer = await client.post("/api/v1/gifts", content=content, headers=_json(_headers()))
        assert answer.status_code == 413
        assert "64 KB" in answer.json()["detail"]


async def test_a_rule_of_the_field_is_409_with_all_its_facts(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/api/v1/fail/short")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "库存不足：大米 3、食用油 1"
    assert answer.json()["type"] == "urn:charity:problem:stock.short"


async def test_a_busy_writer_is_503_with_retry_after(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/api/v1/fail/busy")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"


async def test_a_fault_of_ours_is_500_and_neither_answer_nor_log_quotes_it(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await client.get("/api/v1/fail/other")
    assert answer.status_code == 500
    assert "王建国" not in answer.text + caplog.text
    fault = next(r for r in caplog.records if r.message == "fault")
    assert fault.error == "RuntimeError"  # type: ignore[attr-defined]
    assert any(line.endswith(":fail") for line in fault.frames)  # type: ignore[attr-defined]


async def test_unknown_paths_and_methods_are_404_and_405(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/v1/nothing")).status_code == 404
    answer = await client.delete("/api/v1/gifts")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert (await client.head("/api/v1/list")).status_code == 200


async def test_a_query_is_read_strictly(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/v1/list?limit=1000&after=x")).json()["items"] == [{"after": "x", "limit": 1000}]
    for query in ("limit=1001", "limit=0", "limit=ten", "page=2"):
        answer = await client.get(f"/api/v1/list?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["errors"][0]["field"] == query.split("=")[0]


async def test_problems_speak_english_when_asked(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/gifts", json={}, headers=_headers() | {"Accept-Language": "en"})
    assert answer.json()["errors"] == [{"field": "amount_fen", "message": "Please fill this in"}]


async def test_anonymous_callers_are_slowed_down_and_tokens_are_not(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "READ", limits.Pace("read", 20, 600))
    answers = [(await client.get("/api/v1/list")).status_code for _ in range(25)]
    assert answers == [200] * 20 + [429] * 5
    last = await client.get("/api/v1/list")
    assert int(last.headers["retry-after"]) >= 1
    assert last.json()["type"] == "urn:charity:problem:too_fast"
    known = [(await client.get("/api/v1/list", headers=_headers())).status_code for _ in range(30)]
    assert known == [200] * 30


async def test_guessing_tokens_is_slowed_down(client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READ", limits.Pace("read", 10, 600))
    answers = [
        (await client.get("/api/v1/list", headers={"Authorization": f"Bearer guess{n}"})).status_code for n in range(12)
    ]
    assert answers == [401] * 10 + [429] * 2


def test_the_document_names_every_answer_of_every_call() -> None:
    document = openapi.document("/api/v1", ENDPOINTS, title="t", version="1")
    assert document["openapi"] == "3.1.0"
    gift = document["paths"]["/api/v1/gifts"]["post"]
    assert set(gift["responses"]) >= {"201", "400", "401", "403", "404", "409", "413", "415", "422", "429", "503"}
    assert gift["security"] == [{"token": []}]
    key = next(p for p in gift["parameters"] if p["name"] == "Idempotency-Key")
    assert key["required"] is True
    schema = document["components"]["schemas"]["Gift"]
    assert schema["properties"]["amount_fen"]["maximum"] == 10**13
    names = [p["name"] for p in document["paths"]["/api/v1/list"]["get"]["parameters"]]
    assert names == ["after", "limit"]
