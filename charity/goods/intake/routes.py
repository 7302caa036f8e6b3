"""The page of the intake: scanned lines, a new item, and the slip."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.errors import Refusal
from charity.goods import items, scanning
from charity.goods.intake import screens, verbs
from charity.goods.intake.forms import ItemForm
from charity.goods.limits import INTAKE_LINES_MAX
from charity.goods.scanning import Basket
from charity.office import stores
from charity.office.stores import Store
from charity.roles import Actor
from charity.web import auth, forms, pages
from charity.web.policies import CAMERA

TEMPLATE = "goods/intake/in.html"


async def _counter(request: Request) -> tuple[Actor, Store]:
    """Who takes in, at which store; refuses another store's clerk."""
    by = auth.allowed(request, "goods.move")
    return by, await stores.served(request.path_params["store"].upper(), by=by)


async def show(request: Request) -> Response:
    """The intake screen: an empty slip, or what was just taken in."""
    by, store = await _counter(request)
    done = await screens.done(request.query_params.get("done", ""), by=by)
    context = await screens.show(Basket())
    return await pages.page(request, TEMPLATE, policy=CAMERA, store=store, done=done, **context)


async def work(request: Request) -> Response:
    """One press at the intake screen: a scan, a step, a new item, or the end."""
    by, store = await _counter(request)
    data = await forms.data(request, forms.Numbered)
    basket = scanning.read(data, limit=INTAKE_LINES_MAX, header=screens.HEADER)
    new = {name: scanning.text(data, name) for name in screens.NEW_ITEM}
    unknown, scan_error, errors, status = "", "", list[dict[str, str]](), 200
    try:
        forms.read(forms.Numbered, data)
        basket, unknown = await _pressed(basket, new, by)
        if basket.pressed == "finish":
            number = await _take_in(request, store, basket, data, by)
            return pages.see_other(request, f"/stores/{store.code}/in?done={number}")
    except Refusal as refusal:
        status = refusal.status
        unknown = new["new_barcode"] if basket.pressed == "item" else ""
        shown = [{**e, "field": screens.screen_field(e["field"])} for e in pages.errors(refusal)]
        scan_error, errors = (shown[0]["message"], []) if basket.pressed == "scan" else ("", shown)
    context = await screens.show(basket, unknown=unknown, new=new, scan_error=scan_error, errors=errors)
    return await pages.page(request, TEMPLATE, status, policy=CAMERA, store=store, done=None, **context)


async def _pressed(basket: Basket, new: dict[str, str], by: Actor) -> tuple[Basket, str]:
    """The basket after one press, and the barcode whose small form is open."""
    if basket.pressed == "clear":
        return Basket(header=basket.header, limit=basket.limit), ""
    if basket.pressed == "undo":
        return basket.undone(), ""
    if basket.pressed == "item":
        item = await items.register(forms.read(ItemForm, dict(new)).item(new["new_barcode"]), by=by)
        return basket.with_code(item.barcode, expires_on=screens.expiry_of(item)), ""
    if basket.pressed == "scan":
        basket, unknown = await screens.scanned(basket)
        return (basket, unknown) if basket.pressed == "scan" else await _pressed(basket, new, by)
    return basket.changed(), ""


async def _take_in(request: Request, store: Store, basket: Basket, data: forms.Data, by: Actor) -> str:
    source = "purchase" if basket.header.get("source") == "purchase" else "gift"
    answer = await verbs.take_in(
        store=store.code,
        source=source,  # type: ignore[arg-type]  # one of the two
        lines=screens.lines(basket),
        donor=screens.donor_of(basket),
        voucher=basket.header.get("voucher") or None if source == "purchase" else None,
        fund=basket.header.get("fund") or None,
        public_name=source == "gift" and bool(basket.header.get("public_name")),
        public_amount=source == "gift" and bool(basket.header.get("public_amount")),
        by=by,
        idem=forms.idem(request, data, "goods.intake"),
    )
    return str(answer.body["number"])


routes = [
    Route("/stores/{store}/in", show, methods=["GET"]),
    Route("/stores/{store}/in", work, methods=["POST"]),
]
