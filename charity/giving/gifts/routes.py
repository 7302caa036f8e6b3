"""The page of a gift."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.giving import donations
from charity.giving.gifts import readers, screens
from charity.giving.gifts.forms import UsesQuery
from charity.web import auth, forms, pages


async def show(request: Request) -> Response:
    """`GET /donations/{id}`: what it was and where it went."""
    by = auth.allowed(request, "gift.read")
    gift = await donations.get(request.path_params["id"], by=by)
    query, refusal = forms.filters(request, UsesQuery)
    uses, following = await readers.uses_of(gift.seq, after=0 if refusal else query.after)
    context = await screens.gift_page(gift, uses, by)
    return await pages.form(request, "giving/gifts/show.html", refusal, **context, **pages.pager(request, following))


routes = [Route("/donations/{id}", show, methods=["GET"])]
