"""Whatever the OpenAPI document allows, and some of what it does not, is answered as the document says."""

import random
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
import schemathesis
from browsing import Served, build
from goods_cast import SALT, TOWEL
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from charity import clock

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("openapi")]

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 3}
# Who calls, and calls of which one at least must have succeeded: else only refusals were tried.
ROLES = [
    ("cashier", {"POST /api/v1/donations", "GET /api/v1/pledges/{code}"}),
    ("accountant", {"GET /api/v1/ledger/entries", "GET /api/v1/ledger/balances", "POST /api/v1/exports"}),
    ("caseworker", {"POST /api/v1/aid/vouchers", "GET /api/v1/goods/cards/{code}"}),
    ("approver", {"GET /api/v1/campaigns/{slug}"}),
    ("clerk", {"GET /api/v1/goods/stock", "GET /api/v1/goods/cards/{code}"}),
    ("manager", {"GET /api/v1/goods/stock"}),
    ("auditor", {"GET /api/v1/ledger/entries"}),
    (None, {"POST /api/v1/pledges", "GET /api/v1/campaigns/{slug}", "GET /api/v1/receipts/{code}"}),
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
    found: dict[str, Any] = session.get(f"{served.base}/api/v1/openapi.json", timeout=30).json()
    return found


class Ground:
    """Puts things that exist into most cases: an invented code only ever finds a 404."""

    def __init__(self, facts: dict[str, Any], pledge: str) -> None:
        self.chance = random.Random("ground")
        day = clock.today()
        self.bodies: dict[str, list[Any]] = {
            "campaign": ["everyday", "dream-2026", "draft-2027"],
            "fund": ["F-GEN"],
            "programme": ["P03"],
            "store": ["LX01"],
            "card": [facts["card"], facts["card2"]],
            "barcode": [SALT, TOWEL],
            "channel": ["cash", "bank"],
            "received_on": [day.isoformat()],
            "paid_on": [day.isoformat()],
            "from": [(day - timedelta(days=20)).isoformat()],
            "to": [day.isoformat()],
            "report": ["donations", "stock"],
            "code": ["HH0001"],
            "kind": ["household", "person", "anonymous"],
            "work_unit": ["LXU02"],
        }
        self.codes = {"/receipts/": [facts["receipt"]], "/cards/": [facts["card"]], "/pledges/": [pledge]}

    def under(self, case: Any) -> None:
        """Change a generated case."""
        for name in case.path_parameters or {}:
            known = next((codes for part, codes in self.codes.items() if part in case.path and name == "code"), [])
            self._put(case.path_parameters, name, ["everyday", "dream-2026"] if name == "slug" else known)
        self._within(case.body)

    def _within(self, body: Any) -> None:
        if isinstance(body, list):
            for part in body:
                self._within(part)
        if isinstance(body, dict):
            for name, value in body.items():
                self._within(value)
                self._put(body, name, self.bodies.get(name, []))

    def _put(self, holder: dict[str, Any], name: str, known: list[Any]) -> None:
        if known and isinstance(holder[name], str) and self.chance.random() < 0.8:
            holder[name] = self.chance.choice(known)


@pytest.fixture(scope="module")
def ground(served: Served, session: requests.Session) -> Ground:
    donor = {"kind": "anonymous"}
    told = {"campaign": "everyday", "amount_fen": 500, "channel": "bank", "donor": donor}
    body = told | {"public_name": False, "public_amount": True}
    answer = session.post(f"{served.base}/api/v1/pledges", json=body, timeout=30)
    assert answer.status_code == 201, answer.text
    return Ground(served.facts, answer.json()["code"])


@pytest.mark.parametrize(("role", "must_succeed"), ROLES, ids=[str(role or "public") for role, _ in ROLES])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_call_answers_as_the_document_says(served, session, document, ground, role, must_succeed):
    headers = {"Authorization": f"Bearer token-{role}"} if role else {}
    succeeded: set[str] = set()

    def asked(case: Any, *, grounded: bool) -> None:
        if grounded:
            ground.under(case)
        answer = case.call(base_url=served.base, headers=headers, session=session, timeout=60)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code < 300:
            succeeded.add(case.operation.label)

    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        for mode, examples in EXAMPLES.items():
            told = settings(
                max_examples=examples,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )

            def once(case: Any, mode: GenerationMode = mode) -> None:
                asked(case, grounded=mode is GenerationMode.POSITIVE)

            try:
                told(given(case=operation.as_strategy(generation_mode=mode))(once))()
            except Unsatisfiable:  # a call without parameters cannot be made wrongly
                assert mode is GenerationMode.NEGATIVE, operation.label
    assert must_succeed <= succeeded, sorted(succeeded)
