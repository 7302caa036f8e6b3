"""Who may open what, by hand once more: not derived from the code, so that it notices a mistake there."""

import re
from typing import Any

from charity.app import CHECKS
from charity.roles import Role

EVERYBODY = {role.value for role in Role}
"""One of each role, as tests/cast.py names them: a new role opens here what is open to everybody, and no more."""
PUBLIC = EVERYBODY | {None}
CASHIER, ACCOUNTANT, CASEWORKER, APPROVER = {"cashier"}, {"accountant"}, {"caseworker"}, {"approver"}
CLERK, TILL, MANAGER, AUDITOR, ADMIN = {"clerk"}, {"clerk", "manager"}, {"manager"}, {"auditor"}, {"admin"}
GOODS = TILL | ACCOUNTANT | AUDITOR
GIFTS = CASHIER | ACCOUNTANT | AUDITOR
REFUNDS = CASHIER | ACCOUNTANT | APPROVER | AUDITOR
VOUCHERS = CASEWORKER | APPROVER | CASHIER | ACCOUNTANT | AUDITOR
GUARDED = CASHIER | ACCOUNTANT | APPROVER | CASEWORKER | ADMIN
REGISTERS = ACCOUNTANT | AUDITOR | MANAGER

CALLS: dict[str, set[Any]] = {
    "GET /openapi.json": PUBLIC,
    "GET /campaigns": PUBLIC,
    "GET /campaigns/{slug}": PUBLIC,
    "POST /pledges": PUBLIC,
    "GET /pledges/{code}": PUBLIC,
    "GET /receipts/{code}": PUBLIC,
    "GET /stores": EVERYBODY,
    "GET /funds": EVERYBODY,
    "GET /programmes": EVERYBODY,
    "GET /ledger/entries": ACCOUNTANT | AUDITOR,
    "GET /ledger/balances": ACCOUNTANT | AUDITOR,
    "POST /pledges/{code}/receive": CASHIER,
    "POST /donations": CASHIER,
    "POST /donations/{id}/refund": ACCOUNTANT,
    "POST /refunds/{number}/approve": ACCOUNTANT | APPROVER,
    "POST /goods/intakes": CLERK,
    "POST /goods/issues": CLERK,
    "POST /goods/documents/{number}/reverse": MANAGER,
    "GET /goods/stock": CLERK | AUDITOR,
    "GET /goods/cards/{code}": CLERK | AUDITOR,
    "GET /aid/vouchers": VOUCHERS,
    "POST /aid/vouchers": CASEWORKER,
    "GET /aid/vouchers/{number}": VOUCHERS,
    "PUT /aid/vouchers/{number}": CASEWORKER,
    "POST /aid/vouchers/{number}/approve": APPROVER,
    "POST /aid/vouchers/{number}/return": APPROVER,
    "POST /aid/vouchers/{number}/reject": APPROVER,
    "POST /aid/vouchers/{number}/cancel": CASEWORKER,
    "POST /aid/vouchers/{number}/pay": CASHIER,
    "POST /exports": REGISTERS,
    "GET /exports/{id}": REGISTERS,
    "POST /exports/{id}/cancel": REGISTERS,
    "GET /exports/{id}/file": REGISTERS,
}
PAGES: dict[str, set[Any]] = {
    "GET /": PUBLIC,
    "GET /check": PUBLIC,
    "GET /campaigns/{slug}": PUBLIC,
    "GET /give/goods": PUBLIC,
    "GET /r/{code}": PUBLIC,
    "GET /r/{code}.pdf": PUBLIC,
    "GET /v/{code}": PUBLIC,
    "GET /p/{code}": PUBLIC,
    "GET /campaigns/{slug}/give": PUBLIC,
    "POST /campaigns/{slug}/give": PUBLIC,
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    "GET /_parts": PUBLIC,
    "GET /api-docs": PUBLIC,
    "GET /sign-in": PUBLIC,
    "POST /sign-in": PUBLIC,
    "POST /sign-out": PUBLIC,
    "POST /language": PUBLIC,
    "POST /type": PUBLIC,
    "GET /metrics": PUBLIC,  # from this machine; test_web has the rest
    "GET /sign-in/code": PUBLIC,
    "POST /sign-in/code": EVERYBODY,
    "GET /password": EVERYBODY,
    "POST /password": EVERYBODY,
    "GET /two-step": EVERYBODY,
    "POST /two-step": EVERYBODY,
    "POST /two-step/codes": EVERYBODY,
    "POST /two-step/end": EVERYBODY,
    "GET /sessions": EVERYBODY,
    "POST /sessions/end": EVERYBODY,
    "GET /desk": EVERYBODY,
    "POST /desk/search": EVERYBODY,
    "GET /accounts": ADMIN,
    "GET /accounts/new": ADMIN,
    "POST /accounts/new": ADMIN,
    "GET /accounts/changes": GUARDED,
    "POST /accounts/changes/{key}/confirm": ADMIN,
    "POST /accounts/changes/{key}/stop": GUARDED,
    "GET /tokens": ADMIN,
    "POST /tokens/{id}/revoke": ADMIN,
    "POST /accounts/{key}/two-step": ADMIN,
    "GET /accounts/{key}": ADMIN,
    "POST /accounts/{key}": ADMIN,
    "POST /accounts/{key}/password": ADMIN,
    "GET /accounts/{key}/disable": ADMIN,
    "POST /accounts/{key}/disable": ADMIN,
    "POST /accounts/{key}/enable": ADMIN,
    "GET /organisation": ADMIN,
    "GET /pledges": GIFTS,
    "GET /pledges/{code}/receive": CASHIER,
    "POST /pledges/{code}/receive": CASHIER,
    "GET /donations/new": CASHIER,
    "POST /donations/new": CASHIER,
    "GET /donations/{id}/refund": ACCOUNTANT,
    "POST /donations/{id}/refund": ACCOUNTANT,
    "GET /receipts": GIFTS,
    "GET /receipts/{code}": GIFTS,
    "GET /receipts/{code}/paper.pdf": GIFTS,
    "POST /receipts/{code}/delivery": CASHIER,
    "GET /receipts/{code}/void": ACCOUNTANT,
    "POST /receipts/{code}/void": ACCOUNTANT,
    "GET /receipts/{code}/replace": ACCOUNTANT,
    "POST /receipts/{code}/replace": ACCOUNTANT,
    "GET /refunds": REFUNDS,
    "GET /refunds/{number}": REFUNDS,
    "POST /refunds/{number}/{step}": ACCOUNTANT | APPROVER,
    "GET /desk/campaigns": ACCOUNTANT | AUDITOR,
    "GET /desk/campaigns/new": ACCOUNTANT,
    "POST /desk/campaigns/new": ACCOUNTANT,
    "GET /desk/campaigns/{slug}": ACCOUNTANT | AUDITOR,
    "POST /desk/campaigns/{slug}/{step}": ACCOUNTANT,
    "GET /stores": GOODS,
    "GET /stores/{store}/out": TILL,
    "POST /stores/{store}/out": TILL,
    "GET /stores/{store}/in": TILL,
    "POST /stores/{store}/in": TILL,
    "GET /stores/{store}/stock": GOODS,
    "GET /goods/documents": GOODS,
    "GET /goods/documents/{number}": GOODS,
    "GET /goods/documents/{number}.pdf": GOODS,
    "GET /goods/documents/{number}/labels.pdf": GOODS,
    "GET /goods/documents/{number}/reverse": MANAGER,
    "POST /goods/documents/{number}/reverse": MANAGER,
    "GET /vouchers": VOUCHERS,
    "GET /vouchers/{number}": VOUCHERS,
    "GET /vouchers/{number}.pdf": VOUCHERS,
    "GET /vouchers/new": CASEWORKER,
    "POST /vouchers/new": CASEWORKER,
    "GET /vouchers/{number}/edit": CASEWORKER,
    "POST /vouchers/{number}/edit": CASEWORKER,
    "POST /vouchers/{number}/approve": APPROVER,
    "GET /vouchers/{number}/return": APPROVER,
    "POST /vouchers/{number}/return": APPROVER,
    "GET /vouchers/{number}/reject": APPROVER,
    "POST /vouchers/{number}/reject": APPROVER,
    "GET /vouchers/{number}/cancel": CASEWORKER,
    "POST /vouchers/{number}/cancel": CASEWORKER,
    "GET /vouchers/{number}/pay": CASHIER,
    "POST /vouchers/{number}/pay": CASHIER,
    "GET /ledgers/{report}": REGISTERS,
    "GET /exports": REGISTERS,
    "POST /exports": REGISTERS,
    "GET /exports/{id}": REGISTERS,
    "GET /exports/{id}/progress": REGISTERS,
    "POST /exports/{id}/cancel": REGISTERS,
    "GET /exports/{id}/file": REGISTERS,
}


def filled(path: str) -> str:
    """The path with codes of things that are not there: who may not come in never learns that."""
    known = {"store": "LX01", "report": "stock", "slug": "everyday", "step": "approve"}
    return re.sub(r"\{(\w+)\}", lambda m: known.get(m[1], "0" * 26), path)


async def verify_failures() -> list[str]:
    """What `charity verify` finds: its own list of checks, each run."""
    return [failure.invariant for check in CHECKS for failure in await check.run()]
