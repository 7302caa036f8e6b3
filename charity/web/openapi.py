"""The OpenAPI 3.1 document, made from the `Endpoint` lists and their pydantic models, and a page to read it."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from charity.roles import PERMISSIONS
from charity.web.api import Endpoint
from charity.web.contexts import PART_MAX
from charity.words import chinese

REF = "#/components/schemas/{model}"
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:charity:problem:stock.short"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
PROBLEMS = {
    400: "请求不完整：缺 Idempotency-Key，或请求体不是 JSON",
    401: "没有令牌，或令牌无效",
    403: "您的岗位不能办理",
    404: "没有这个代码",
    405: "不支持这种方法",
    409: "业务规则不允许；detail 说明是哪一条，不足之处一次列全",
    410: "已经撤回或到期",
    413: "请求体太大",
    415: "请求体的类型不支持",
    422: "字段有误；errors 逐项说明",
    429: "太频繁（只限未登录的调用者）；见 Retry-After",
    500: "系统出错",
    503: "系统正忙；见 Retry-After",
}
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "同一键同一内容：返回第一次的结果，并带 Idempotent-Replayed: true；同一键不同内容：422。永久有效",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
    "example": "5d1c9f0e2b7a4c6d8e3f0a1b2c4d5e6f",
}
OF_ANYBODY = "。不带令牌时只收随机的 32 位十六进制数或 UUID（400）"


def document(prefix: str, endpoints: Sequence[Endpoint], *, title: str, version: str) -> dict[str, Any]:
    """The whole document."""
    schemas, refs = _schemas(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(prefix + endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": "金额一律为整数分；日期为上海日期；时刻为 UTC。"},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas | {"Problem": PROBLEM},
            "responses": {f"Problem{status}": _problem(status, words) for status, words in PROBLEMS.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "charity token create"}},
        },
    }


def _problem(status: int, words: str) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": words,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in {429, 503}:
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return answer


Refs = dict[tuple[type[BaseModel], JsonSchemaMode], dict[str, Any]]


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[dict[str, Any], Refs]:
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    for endpoint in endpoints:
        for model, mode in ((endpoint.body, "validation"), (endpoint.answer, "serialization")):
            if model is not None and (model, mode) not in wanted:
                wanted.append((model, mode))  # type: ignore[arg-type]  # the literals above
    refs, whole = models_json_schema(wanted, ref_template=REF)
    return whole.get("$defs", {}), dict(refs)  # type: ignore[arg-type]  # keys are the pairs asked for


def _operation(endpoint: Endpoint, refs: Refs) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(endpoint),
        "summary": chinese(endpoint.summary) or _operation_id(endpoint),
        "tags": [endpoint.handler.__module__.split(".")[-2]],
        "parameters": _parameters(endpoint),
        "responses": _responses(endpoint, refs),
        "security": [{"token": []}, {}] if endpoint.public else [{"token": []}],
    }
    if endpoint.permission is not None:
        words, roles = PERMISSIONS[endpoint.permission]
        operation["description"] = f"{words}。岗位：{'、'.join(sorted(roles))}"
    if endpoint.body is not None:
        schema = refs[endpoint.body, "validation"]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _operation_id(endpoint: Endpoint) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", endpoint.path.lower().replace("{", "by_")).strip("_")
    return f"{endpoint.method.lower()}_{words}"


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": PART_MAX},
        }
        for name in re.findall(r"\{(\w+)\}", endpoint.path)
    ]
    if endpoint.params is not None:
        parameters += _query(endpoint.params)
    if endpoint.method != "GET" and (endpoint.idempotent or endpoint.body is not None):
        description = f"{IDEMPOTENCY['description']}{OF_ANYBODY if endpoint.public else ''}"
        parameters.append(IDEMPOTENCY | {"required": endpoint.idempotent, "description": description})
    return parameters


def _query(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(mode="validation", ref_template=REF)
    required = set(schema.get("required", ()))
    parameters = []
    for name, field in schema["properties"].items():
        # A query has no null: an optional parameter is simply left out.
        kinds = [kind for kind in field.get("anyOf", ()) if kind.get("type") != "null"]
        plain = {key: value for key, value in field.items() if key not in {"anyOf", "title", "default"}}
        plain |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {}
        if field.get("default") is not None:
            plain["default"] = field["default"]
        words = plain.pop("description", "")
        one = {"name": name, "in": "query", "required": name in required, "schema": plain}
        parameters.append(one | ({"description": words} if words else {}))
    return parameters


def _responses(endpoint: Endpoint, refs: Refs) -> dict[str, Any]:
    schema = refs[endpoint.answer, "serialization"] if endpoint.answer is not None else {"type": "object"}
    if endpoint.media_type != "application/json":
        schema = {"type": "string", "contentMediaType": endpoint.media_type}
    good: dict[str, Any] = {"description": "办理成功", "content": {endpoint.media_type: {"schema": schema}}}
    if endpoint.idempotent:
        good["headers"] = {"Idempotent-Replayed": {"schema": {"type": "string", "const": "true"}}}
    answers = {str(endpoint.status): good}
    for status in PROBLEMS:
        if str(status) not in answers:
            answers[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return answers
