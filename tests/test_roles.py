"""Who may do what: an actor's roles, grants and store; what the house itself may."""

import pytest

from charity.errors import Refusal
from charity.roles import PERMISSIONS, PUBLIC, READING, SYSTEM, Actor, Role, conflicts, required

CLERK = Actor("k", "n", frozenset({Role.CLERK}), "LX01")


def test_an_actor_may_what_a_role_or_a_grant_gives() -> None:
    assert CLERK.may("goods.move")
    assert not CLERK.may("voucher.pay")
    assert Actor("k", "n", frozenset(), permissions=frozenset({"voucher.pay"})).may("voucher.pay")
    CLERK.must("goods.move")
    with pytest.raises(Refusal) as refused:
        CLERK.must("voucher.pay")
    assert (refused.value.status, refused.value.facts) == (403, {"permission": "付款"})
    with pytest.raises(KeyError):
        CLERK.may("no.such")


def test_an_actor_serves_the_own_store_and_all_of_them_without_one() -> None:
    CLERK.must_serve("LX01")
    Actor("k", "n", CLERK.roles).must_serve("LX02")
    with pytest.raises(Refusal) as refused:
        CLERK.must_serve("LX02")
    assert (refused.value.status, refused.value.code) == (403, "store.other")


def test_the_house_itself_reads_and_grants_and_moves_nothing() -> None:
    assert {name for name in PERMISSIONS if SYSTEM.may(name)} == {"account.manage", "points.grant", *READING}
    assert [name for name in PERMISSIONS if PUBLIC.may(name)] == []


def test_a_call_that_needs_somebody_asks_who_it_is() -> None:
    assert required(CLERK) is CLERK
    with pytest.raises(Refusal) as refused:
        required(None)
    assert refused.value.status == 401


@pytest.mark.parametrize(
    ("roles", "both"),
    [
        ({Role.CASHIER, Role.ACCOUNTANT}, True),
        ({Role.CASHIER, Role.APPROVER}, False),
        ({Role.ADMIN, Role.MANAGER, Role.CLERK}, True),
        ({Role.ADMIN, Role.AUDITOR}, False),
        ({Role.CASHIER}, False),
        (set(), False),
    ],
)
def test_roles_that_are_never_held_together_are_known(roles: set[Role], both: bool) -> None:  # noqa: FBT001
    assert conflicts(frozenset(roles)) is both
