"""One address for each thing: its page is there, and whoever is led to it may open it."""

import re
from pathlib import Path

import pytest
from starlette.routing import Route
from whole.given import PAGES

from charity import addresses
from charity.app import ROUTES
from charity.roles import PUBLIC, Actor, Role

KEYS = {"account": "1002/ICBC-01/F-EDU", "entry": 4567}


def _route(kind: addresses.Kind) -> str:
    path = addresses.of(kind, KEYS.get(kind, "X-1")).partition("?")[0]
    routes = [r for r in ROUTES if isinstance(r, Route) and "GET" in (r.methods or ()) and r.path_regex.match(path)]
    return routes[0].path if routes else ""


@pytest.mark.parametrize("kind", addresses.KINDS)
def test_a_link_is_given_to_whoever_may_open_the_page_and_to_nobody_else(kind: addresses.Kind) -> None:
    route = _route(kind)
    assert route, kind
    for role in Role:
        link = addresses.shown_to(Actor("k", "", frozenset({role})), kind, KEYS.get(kind, "X-1"))
        assert bool(link) is (role.value in PAGES[f"GET {route}"]), role
    assert addresses.shown_to(PUBLIC, kind, "X-1") == addresses.shown_to(None, kind, "X-1") == ""


def test_no_code_and_no_template_writes_one_of_these_addresses_itself() -> None:
    root = Path(addresses.__file__).parents[1]
    begins = "|".join(sorted({re.escape(addresses.of(kind, "")) for kind in addresses.KINDS}))
    by_hand = re.compile(rf'(f"({begins})\{{[^{{}}]+\}}"|="({begins})\{{\{{[^{{}}]+\}}\}}")')
    assert by_hand.search('f"/vouchers/{number}"')
    assert by_hand.search('href="/vouchers/{{ number }}"')
    assert not by_hand.search('f"/vouchers/{number}/edit"')
    places = [*(root / "charity").rglob("*.py"), *(root / "templates").rglob("*.html")]
    written = {str(place): by_hand.findall(place.read_text(encoding="utf-8")) for place in places}
    assert not {place: lines for place, lines in written.items() if lines}


def test_what_has_no_key_has_no_link() -> None:
    auditor = Actor("k", "", frozenset({Role.AUDITOR}))
    assert addresses.shown_to(auditor, "voucher", "") == addresses.shown_to(auditor, "voucher", None) == ""
    assert addresses.shown_to(auditor, "voucher", "BF-1") == "/vouchers/BF-1"


@pytest.mark.parametrize(
    ("kind", "key", "address"),
    [
        ("account", "1002/ICBC-01/F-EDU", "/finance/accounts/1002/ICBC-01/F-EDU"),
        ("account", "1001/-/F-GEN?on=1", "/finance/accounts/1001/-/F-GEN%3Fon%3D1"),
        ("receipt", "../desk", "/receipts/..%2Fdesk"),
        ("journal_voucher", "202611-0123", "/journal/202611-0123"),
        ("entry", 4567, "/finance/entries/4567"),
    ],
)
def test_a_key_is_quoted(kind: addresses.Kind, key: str | int, address: str) -> None:
    assert addresses.of(kind, key) == address


@pytest.mark.parametrize(
    ("facts", "document"),
    [
        ({"voucher": "BF-2026-000001", "programme": "P03"}, ("voucher", "BF-2026-000001")),
        ({"donation": "d1", "refund": "TK-2026-000001"}, ("refund", "TK-2026-000001")),
        ({"donation": "d1", "channel": "cash"}, ("gift", "d1")),
        ({"reason": "money.reversal", "of": 7}, None),
    ],
)
def test_an_entry_names_the_document_it_was_booked_from(
    facts: dict[str, object], document: tuple[str, str] | None
) -> None:
    assert addresses.document(facts) == document
