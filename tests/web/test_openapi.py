"""Whatever the OpenAPI document allows, and some of what it does not, is answered as the document says."""

import random
import shutil
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from browsing import Served, build
from goods.given import TOWEL
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from whole.given import CALLS

from charity import clock

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("openapi")]

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
API = "/api/v1"
EXAMPLES = {GenerationMode.POSITIVE: 4, GenerationMode.NEGATIVE: 2}
REFUSED = {GenerationMode.POSITIVE: 1}
"""Of a call that is not the role's: whatever the body, its answer is one refusal (tests/whole/test_permissions.py)."""
# Who calls, and calls of theirs that must have succeeded: else only refusals were compared with the document.
ROLES = [
    ("cashier", {"POST /donations", "POST /pledges/{code}/receive"}),
    ("accountant", {"GET /ledger/entries", "GET /ledger/balances", "POST /exports", "POST /donations/{id}/refund"}),
    ("caseworker", {"POST /aid/vouchers"}),
    ("approver", {"POST /aid/vouchers/{number}/approve", "GET /campaigns/{slug}"}),
    ("clerk", {"POST /goods/intakes", "POST /goods/issues", "GET /goods/stock", "GET /goods/cards/{code}"}),
    ("manager", {"GET /stores"}),
    ("auditor", {"GET /ledger/entries", "GET /goods/stock", "GET /goods/cards/{code}"}),
    (None, {"POST /pledges", "GET /campaigns/{slug}", "GET /receipts/{code}"}),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("town-openapi")
    url = f"sqlite://{folder / 'charity.db'}"
    served = Served(url, folder, build(url, folder)).begin()
    yield served
    served.end()
    checked = served.run("verify")
    shutil.rmtree(folder, ignore_errors=True)
    assert checked.returncode == 0, checked.stdout


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture(scope="module")
def document(served: Served, session: requests.Session) -> dict[str, Any]:
    document: dict[str, Any] = session.get(f"{served.base}/api/v1/openapi.json", timeout=30).json()
    return document


class Ground:
    """Things that exist. An invented code only ever finds a 404, and an invented body rarely a 201."""

    def __init__(self, served: Served, session: requests.Session) -> None:
        self.chance = random.Random("ground")
        self.served, self.session = served, session
        today, facts = clock.today().isoformat(), served.facts
        payee = {"kind": "household", "code": "HH0001"}
        voucher = {
            "programme": "P03",
            "fund": "F-GEN",
            "payee": payee,
            "amount_fen": 500,
            "recipients": 1,
            "reason": "病",
        }
        promise = {"campaign": "everyday", "amount_fen": 500, "channel": "bank", "donor": {"kind": "anonymous"}}
        promise |= {"public_name": False, "public_amount": True}
        money = {"amount_fen": 500, "received_on": today, "channel": "cash"}
        gift = money | {"campaign": "everyday", "donor": {"kind": "anonymous"}}
        lines = [{"barcode": TOWEL, "quantity": 3}]
        pledge = self._made("cashier", "/pledges", promise)
        given = self._made("cashier", "/donations", gift)
        drafted = self._made("caseworker", "/aid/vouchers", voucher)
        self.whole: dict[str, dict[str, Any]] = {
            "/pledges": promise,
            "/pledges/{code}/receive": money | {"content_hash": self._seen("cashier", f"/pledges/{pledge['code']}")},
            "/donations": gift,
            "/donations/{id}/refund": {"amount_fen": 100, "cause": "mistaken", "reason": "误捐"},
            "/aid/vouchers": voucher,
            "/aid/vouchers/{number}/approve": {"content_hash": drafted["content_hash"]},
            "/exports": {"report": "donations", "format": "csv", "from": today, "to": today, "filters": {}},
            "/goods/intakes": {"store": "LX01", "source": "gift", "lines": lines},
            "/goods/issues": {"store": "LX01", "card": facts["card"], "lines": lines},
        }
        self.codes = {
            "/receipts/": facts["receipt"],
            "/cards/": facts["card"],
            "/pledges/": pledge["code"],
            "/vouchers/": drafted["number"],
            "/donations/": given["id"],
            "/campaigns/": "everyday",
        }

    def _made(self, role: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer token-{role}", "Idempotency-Key": uuid.uuid4().hex}
        answer = self.session.post(f"{self.served.base}{API}{path}", json=body, headers=headers, timeout=30)
        assert answer.status_code == 201, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def _seen(self, role: str, path: str) -> str:
        headers = {"Authorization": f"Bearer token-{role}"}
        answer = self.session.get(f"{self.served.base}{API}{path}", headers=headers, timeout=30)
        return str(answer.json()["content_hash"])

    def under(self, case: Any, *, whole: bool) -> None:
        """Change a generated case: known codes into the path, and a body that will do if it is to be `whole`."""
        path = case.path.removeprefix(API)
        for part, code in self.codes.items():
            if path.startswith(part) or part in path:
                for name in case.path_parameters or {}:
                    if whole or self.chance.random() < 0.6:
                        case.path_parameters[name] = code
        if whole and case.method == "POST" and path in self.whole:
            case.body = self.whole[path]
            case.headers["Idempotency-Key"] = uuid.uuid4().hex
        if whole:
            case.query.clear()


@pytest.fixture
def ground(served: Served, session: requests.Session) -> Ground:
    return Ground(served, session)


@pytest.mark.parametrize(("role", "must_succeed"), ROLES, ids=[str(role or "public") for role, _ in ROLES])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_call_answers_as_the_document_says(served, session, document, ground, role, must_succeed):
    headers = {"Authorization": f"Bearer token-{role}"} if role else {}
    succeeded: set[str] = set()

    def asked(case: Any, *, positive: bool) -> None:
        nonlocal turn
        turn += 1
        if positive:
            ground.under(case, whole=turn == 1)
        answer = case.call(base_url=served.base, headers=headers, session=session, timeout=60)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code < 300:
            succeeded.add(case.operation.label.replace(API, ""))

    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        allowed = CALLS[operation.label.replace(API, "")]
        for mode, examples in (EXAMPLES if role in allowed else REFUSED).items():
            turn = 0

            def once(case: Any) -> None:
                asked(case, positive=mode is GenerationMode.POSITIVE)  # noqa: B023 - called within its own turn

            try:
                limited(examples)(given(case=operation.as_strategy(generation_mode=mode))(once))()
            except Unsatisfiable:  # a call without parameters cannot be made wrongly
                assert mode is GenerationMode.NEGATIVE, operation.label
    assert must_succeed <= succeeded, sorted(succeeded)


def limited(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
