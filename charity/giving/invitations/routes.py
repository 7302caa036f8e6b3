"""The page on which the accountant makes and withdraws invitations to a campaign."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.errors import Refusal
from charity.giving import campaigns, invitations
from charity.giving.invitations import screens
from charity.giving.invitations.forms import InvitationForm
from charity.web import auth, forms, pages, policies

Data = dict[str, str | list[str]]


async def invitation_list(request: Request) -> Response:
    """All invitations of a campaign, and the form of a new one."""
    auth.allowed(request, "campaign.read")
    return await _page(request, {})


async def _page(request: Request, values: Data, refusal: Refusal | None = None, address: str = "") -> Response:
    actor = auth.allowed(request, "campaign.read")
    shown = await campaigns.get(request.path_params["slug"], by=actor)
    return await pages.form(
        request,
        "giving/invitations/list.html",
        refusal,
        values=values,
        shown=shown,
        rows=await screens.rows(shown.row["slug"], by=actor),
        address=address,
    )


async def make(request: Request) -> Response:
    """Make an invitation and show its address, this once: only its hash is kept."""
    actor = auth.allowed(request, "campaign.manage")
    data = await forms.data(request, InvitationForm)
    try:
        form = forms.read(InvitationForm, data)
        slug = request.path_params["slug"]
        made = await invitations.make(slug, expires_on=form.expires_on, note=form.note, by=actor)
    except Refusal as refusal:
        return await _page(request, data, refusal)
    response = await _page(request, {}, address=screens.address_of(made.code))
    response.headers.update(policies.UNLISTED)
    return response


async def withdraw(request: Request) -> Response:
    """Withdraw an invitation."""
    actor = auth.allowed(request, "campaign.manage")
    await forms.data(request)
    slug = await invitations.withdraw(request.path_params["key"], by=actor)
    return pages.see_other(request, f"/desk/campaigns/{slug}/invitations", flash="邀请已撤回，它的链接不再有效。")


routes = [
    Route("/desk/campaigns/{slug}/invitations", invitation_list, methods=["GET"]),
    Route("/desk/campaigns/{slug}/invitations", make, methods=["POST"]),
    Route("/desk/invitations/{key}/withdraw", withdraw, methods=["POST"]),
]
