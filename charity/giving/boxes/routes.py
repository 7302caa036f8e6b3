"""The pages of donation boxes: all of them, a new one, an opening, its confirmation and its paper."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses
from charity.errors import Refusal
from charity.giving.boxes import documents, readers, screens, verbs
from charity.giving.boxes.forms import BoxForm, ConfirmForm, CountForm, SlipForm
from charity.web import auth, confirming, forms, pages

BOXES = "/boxes"


async def listed(request: Request) -> Response:
    """`GET /boxes`."""
    by = auth.allowed(request, "box.read")
    rows, following = await readers.openings(after=request.query_params.get("after", ""), by=by)
    context = await screens.listed(await readers.boxes(by=by), rows, by)
    return await pages.page(request, "giving/boxes/list.html", **context, **pages.pager(request, following))


async def new(request: Request) -> Response:
    """`GET /boxes/new`."""
    auth.allowed(request, "box.manage")
    return await pages.form(request, "giving/boxes/new.html", None, **await screens.new({}))


async def make(request: Request) -> Response:
    """`POST /boxes/new`."""
    by = auth.allowed(request, "box.manage")
    data = await forms.data(request, BoxForm)
    try:
        form = forms.read(BoxForm, data)
        await verbs.make(**form.model_dump(), by=by, idem=forms.idem(request, data, "box.make"))
    except Refusal as refusal:
        return await pages.form(request, "giving/boxes/new.html", refusal, **await screens.new(data))
    return pages.see_other(request, BOXES, "已登记募捐箱 {code}", code=form.code)


async def counting(request: Request) -> Response:
    """`GET /boxes/{code}/open`."""
    by = auth.allowed(request, "box.count")
    box = await readers.get(request.path_params["code"], by=by)
    return await pages.form(request, "giving/boxes/count.html", None, **screens.counting(box, {}))


async def count(request: Request) -> Response:
    """`POST /boxes/{code}/open`."""
    by = auth.allowed(request, "box.count")
    data = await forms.data(request, CountForm)
    box = await readers.get(request.path_params["code"], by=by)
    try:
        opened = forms.read(CountForm, data).opened(box.code)
        answer = await verbs.count(opened, by=by, idem=forms.idem(request, data, "box.count"))
    except Refusal as refusal:
        return await pages.form(request, "giving/boxes/count.html", refusal, **screens.counting(box, data))
    number = answer.body["number"]
    return pages.see_other(request, addresses.of("box_opening", number), "已登记清点，等第二人用自己的账号确认")


async def show(request: Request) -> Response:
    """`GET /boxes/openings/{number}`."""
    auth.allowed(request, "box.read")
    return await _page(request)


async def confirm(request: Request) -> Response:
    """`POST /boxes/openings/{number}/confirm`."""
    by = auth.allowed(request, "box.confirm")
    data, number = await forms.data(request, ConfirmForm), request.path_params["number"]
    try:
        seen = forms.read(ConfirmForm, data).content_hash
        await verbs.confirm(number, content_hash=seen, by=by, idem=forms.idem(request, data, "box.confirm"))
    except Refusal as refusal:
        return await _page(request, refusal)
    return pages.see_other(request, addresses.of("box_opening", number), "已确认，捐款已入账")


async def drop(request: Request) -> Response:
    """`POST /boxes/openings/{number}/drop`."""
    by = auth.allowed(request, "box.count")
    data, number = await forms.data(request), request.path_params["number"]
    try:
        await verbs.drop(number, by=by, idem=forms.idem(request, data, "box.drop"))
    except Refusal as refusal:
        return await _page(request, refusal)
    return pages.see_other(request, addresses.of("box_opening", number), "已作废，没有入账")


async def paid_in(request: Request) -> Response:
    """`POST /boxes/openings/{number}/slip`."""
    by = auth.allowed(request, "box.count")
    data, number = await forms.data(request, SlipForm), request.path_params["number"]
    try:
        slip = forms.read(SlipForm, data).slip_ref
        await verbs.paid_in(number, slip_ref=slip, by=by, idem=forms.idem(request, data, "box.slip"))
    except Refusal as refusal:
        return await _page(request, refusal, forms.text(data, "slip_ref"))
    return pages.see_other(request, addresses.of("box_opening", number), "已记下缴存回单号")


async def pdf(request: Request) -> Response:
    """`GET /boxes/openings/{number}.pdf`."""
    by = auth.allowed(request, "box.read")
    one = await readers.opening(request.path_params["number"], by=by)
    return pages.pdf(await documents.pdf(one, await readers.get(one.box, by=by)), f"{one.number}.pdf")


async def _page(request: Request, refusal: Refusal | None = None, slip_ref: str = "") -> Response:
    by = auth.allowed(request, "box.read")
    one = await readers.opening(request.path_params["number"], by=by)
    context = await screens.show(one, await readers.get(one.box, by=by), by, slip_ref=slip_ref)
    listed_errors = confirming.errors(request, refusal, context["facts"])
    status = refusal.status if refusal else 200
    return await pages.page(request, "giving/boxes/show.html", status, errors=listed_errors, **context)


routes = [
    Route(BOXES, listed, methods=["GET"]),
    Route(f"{BOXES}/new", new, methods=["GET"]),
    Route(f"{BOXES}/new", make, methods=["POST"]),
    Route(f"{BOXES}/openings/{{number}}.pdf", pdf, methods=["GET"]),
    Route(f"{BOXES}/openings/{{number}}", show, methods=["GET"]),
    Route(f"{BOXES}/openings/{{number}}/confirm", confirm, methods=["POST"]),
    Route(f"{BOXES}/openings/{{number}}/drop", drop, methods=["POST"]),
    Route(f"{BOXES}/openings/{{number}}/slip", paid_in, methods=["POST"]),
    Route(f"{BOXES}/{{code}}/open", counting, methods=["GET"]),
    Route(f"{BOXES}/{{code}}/open", count, methods=["POST"]),
]
