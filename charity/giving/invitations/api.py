"""The JSON calls of invitations (docs/api.md)."""

from typing import Any

from charity.giving import campaigns, invitations
from charity.giving.invitations.forms import InvitationForm, InvitationList, MadeAnswer, WithdrawnAnswer
from charity.giving.invitations.screens import address_of
from charity.web.api import Call, Endpoint


async def list_all(call: Call) -> dict[str, Any]:
    """The invitations of a campaign, the newest first."""
    shown = await campaigns.get(call.path["slug"], by=call.by)
    return {"items": await invitations.every(shown.row["slug"], by=call.by)}


async def make(call: Call) -> dict[str, Any]:
    """Make one."""
    body: InvitationForm = call.body
    made = await invitations.make(call.path["slug"], expires_on=body.expires_on, note=body.note, by=call.by)
    return {"key": made.key, "address": address_of(made.code)}


async def withdraw(call: Call) -> dict[str, Any]:
    """Withdraw one."""
    return {"campaign": await invitations.withdraw(call.path["key"], by=call.by), "state": "withdrawn"}


endpoints = [
    Endpoint(
        "GET",
        "/campaigns/{slug}/invitations",
        list_all,
        permission="campaign.read",
        answer=InvitationList,
        summary="定向募捐的邀请",
    ),
    Endpoint(
        "POST",
        "/campaigns/{slug}/invitations",
        make,
        permission="campaign.manage",
        body=InvitationForm,
        answer=MadeAnswer,
        status=201,
        summary="发出一份邀请",
    ),
    Endpoint(
        "POST",
        "/invitations/{key}/withdraw",
        withdraw,
        permission="campaign.manage",
        answer=WithdrawnAnswer,
        summary="撤回一份邀请",
    ),
]
