"""Codes and names of the stores for any signed-in account."""

from typing import Any

from pydantic import BaseModel

from charity.office import stores
from charity.web.api import Call, Endpoint


class StoreAnswer(BaseModel):
    """One store."""

    code: str
    name: str
    township: str
    kind: str


class StoresAnswer(BaseModel):
    """All stores; there are never so many that a second page is needed."""

    items: list[StoreAnswer]
    next: str | None


async def list_stores(call: Call) -> dict[str, Any]:  # noqa: ARG001 - a handler's signature
    """All stores."""
    items = [{"code": s.code, "name": s.name, "township": s.township, "kind": s.kind} for s in await stores.every()]
    return {"items": items, "next": None}


endpoints = [
    Endpoint("GET", "/stores", list_stores, permission="codes.read", answer=StoresAnswer, summary="门店的代码和名称")
]
