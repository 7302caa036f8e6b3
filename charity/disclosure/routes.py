"""Public pages: home, campaign, receipt check and its PDF."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import words
from charity.disclosure import campaigns as public
from charity.disclosure import checks, gift_ways, receipts, uses
from charity.disclosure.books import fingerprints
from charity.disclosure.books import readers as book_readers
from charity.errors import Refusal
from charity.finance import flows
from charity.giving import campaigns, invitations, work_units
from charity.giving import receipts as gift_receipts
from charity.giving.campaigns import STATUS_WORDS
from charity.ledger import funds, statement
from charity.ledger.equation import FIGURES
from charity.office import stores
from charity.web import contexts, forms, limits, pages, pictures, policies
from charity.web.formats import in_capitals

PDFS = limits.Pace("public_pdf", 60, 60)
"""Receipts as PDF by address. How many are printed for all together: printing/pdfs.py."""
CHECKS = limits.Pace("check", 60, 60)
"""Texts to check by address: numbers of documents and references are short enough to be guessed at."""
TONES = {"active": "good", "closed": "none", "archived": "none"}


def _state(status: str) -> dict[str, str]:
    return {"code": status, "label": words.translate(STATUS_WORDS[status]), "tone": TONES[status]}


def _sentence(refusal: Refusal | None) -> str:
    """What a rule says, in the reader's language; "" for none."""
    return words.say(refusal.words, **refusal.facts) if refusal else ""


async def home(request: Request) -> Response:
    """What is open, what was received, what happened with it."""
    shown = await campaigns.every()
    way = await flows.of_year(shown)
    asking = [await _appeal(s) for s in shown if s.row["status"] == "active"]
    past = [s for s in shown if s.row["status"] != "active"]
    open_to = [appeal["give_href"] for appeal in asking if appeal["give_href"]]
    return await pages.page(
        request,
        "disclosure/home.html",
        appeals=[appeal for appeal in asking if appeal["shown"].row["kind"] != "everyday"],
        everyday=[appeal for appeal in asking if appeal["shown"].row["kind"] == "everyday"],
        past=past,
        oldest=min(map(_last_day, past), default=""),
        state=_state,
        give_href=open_to[0] if len(open_to) == 1 else "/#campaigns",
        way=way,
        drawn=way.drawn(),
        split=pictures.split(way.split()),
        year=way.end[:4],
        definitions=FIGURES,
        uses=await uses.of_funds(),
    )


def _last_day(shown: campaigns.Shown) -> str:
    """The day by which a campaign that has ended is listed."""
    return str(shown.row["ends_on"] or shown.row["starts_on"])


async def _appeal(shown: campaigns.Shown) -> dict[str, Any]:
    """An open campaign with its way to give; none while it is paused."""
    paused = await campaigns.paused(shown.row)
    give = "" if paused or not public.takes_gifts(shown.row) else f"/campaigns/{shown.row['slug']}/give"
    return {"shown": shown, "days_left": public.days_left(shown.row), "give_href": give}


async def campaign(request: Request) -> Response:
    """One campaign: its figures and uses are its fund's."""
    shown = await campaigns.get(request.path_params["slug"])
    return await _campaign_page(request, shown, f"/campaigns/{shown.row['slug']}/give")


async def invited(request: Request) -> Response:
    """A campaign by invitation, for whoever holds one: unlisted, and without the certificate for public appeals."""
    opened = await invitations.opened(request.path_params["invitation"])
    we = (await pages.base_context(request))["organisation"] | {"certificate": ""}
    response = await _campaign_page(request, opened.campaign, f"/i/{opened.code}/give", organisation=we)
    response.headers.update(policies.UNLISTED)
    return response


async def _campaign_page(request: Request, shown: campaigns.Shown, give_href: str, **context: Any) -> Response:
    row, sort = shown.row, request.query_params.get("sort", "participation")
    goal, fund = row["goal_fen"], row["fund"]
    way = await flows.of_fund(fund)
    course = [] if row["archived_fen"] else await flows.course(fund)
    paused = await campaigns.paused(row)
    plan = await flows.plan(way)
    return await pages.page(
        request,
        "disclosure/campaign.html",
        shown=shown,
        state=_state(row["status"]),
        ended=public.has_ended(row),
        days_left=public.days_left(row),
        goal_fen=goal,
        goal_percent=min(100, shown.figures.received_fen * 100 // goal) if goal else None,
        fund=(await funds.names([fund]))[fund],
        way=way,
        drawn=way.drawn(),
        split=pictures.split(way.split()),
        definitions=FIGURES,
        uses=await uses.of_funds([fund]),
        gifts=await public.latest_gifts(row["slug"]),
        units=await work_units.giving(row["slug"], sort="name" if sort == "name" else "participation"),
        sort=sort,
        statutory=await public.statutory(shown),
        give_href=give_href if public.takes_gifts(row) and not paused else "",
        **context,
        pause=_sentence(paused),
        plan=plan,
        course=course,
        course_drawn=flows.course_drawn(course),
    )


async def goods(request: Request) -> Response:
    """How and where goods are given, and what came and went this year."""
    townships = {township.code: township.name for township in await stores.townships()}
    shown = await book_readers.read_goods()
    return await pages.page(
        request,
        "disclosure/goods.html",
        stores=[{"name": store.name, "township": townships[store.township]} for store in await stores.every()],
        year=shown.year,
        terms=statement.terms(shown.whole, "goods_fen"),
        by_month=[{"month": name, "times": times, "goods": fen} for name, times, fen in shown.by_month],
    )


async def check(request: Request) -> Response:
    """Where a text leads that was copied from a document or a message: a receipt, a pledge, a document, a slip."""
    typed = request.query_params.get("code", "").strip()
    if not typed:
        return await pages.page(request, "disclosure/check.html", typed="", errors=[])
    limits.hit(CHECKS, contexts.neighbourhood(contexts.of(request).address))
    led = await checks.find(typed)
    if led.address:
        return pages.see_other(request, led.address)
    if led.shown:
        return await _checked(request, led.shown)
    errors = [{"field": "code", "message": led.words}]
    return await pages.page(request, "disclosure/check.html", 404, typed=typed[: checks.TEXT_MAX], errors=errors)


async def check_again(request: Request) -> Response:
    """The form to check with what is typed so far, in another language or type size: nothing is looked up."""
    typed = forms.text(await forms.data(request, token=False), "code")
    return await pages.page(request, "disclosure/check.html", typed=typed[: checks.TEXT_MAX], errors=[])


async def checked(request: Request) -> Response:
    """The check of a voucher, a slip or a journal voucher by the code printed on it. Public; names nobody."""
    limits.hit(CHECKS, contexts.neighbourhood(contexts.of(request).address))
    try:
        document = await checks.must_check(request.path_params["code"])
    except Refusal as refusal:
        return await pages.page(
            request, "disclosure/checked.html", refusal.status, document=None, errors=pages.errors(refusal)
        )
    return await _checked(request, document)


async def _checked(request: Request, document: checks.Checked) -> Response:
    response = await pages.page(request, "disclosure/checked.html", document=document)
    response.headers["x-robots-tag"] = "noindex"
    return response


async def _campaign_href(slug: str | None) -> str:
    """The public page of a campaign; "" for none, and for one by invitation."""
    return f"/campaigns/{slug}" if slug and await campaigns.is_public(slug) else ""


async def _give_href(slug: str | None) -> str:
    """Where one gives again to a campaign that takes gifts now and has a page; "" otherwise."""
    return f"/campaigns/{slug}/give" if slug in await campaigns.money_takers() and await _campaign_href(slug) else ""


def _verdict(checked: receipts.Checked, organisation_name: str) -> dict[str, str]:
    label, tone, sentence = receipts.VERDICTS[checked.row.status]
    text = words.say(sentence, organisation=organisation_name, day=checked.ended_on, who=checked.ended_by)
    stays = checked.ended_on and checked.path.given_fen and not checked.path.refunded_fen
    return {
        "label": words.translate(label),
        "tone": tone,
        "words": text + (words.translate(receipts.MONEY_STAYS) if stays else ""),
    }


async def receipt(request: Request) -> Response:
    """The check of a receipt."""
    checked = await receipts.check(request.path_params["code"])
    way = gift_ways.steps(checked)
    response = await pages.page(
        request,
        "disclosure/receipt.html",
        campaign_href=await _campaign_href(checked.row.campaign_id),
        give_href=await _give_href(checked.row.campaign_id),
        checked=checked,
        row=checked.row,
        path_of=checked.path,
        way=way,
        drawn=gift_ways.drawn(way, checked.path.given_fen),
        verdict=_verdict(checked, (await pages.base_context(request))["organisation"]["name"]),
        capitals=in_capitals(checked.row.amount_fen),
        items=await receipts.items(checked.row),
        fifo=words.translate(receipts.FIFO),
        fingerprint=fingerprints.grouped(checked.fingerprint),
        tax_note=await gift_receipts.tax_note(checked.received_on),
    )
    response.headers["x-robots-tag"] = "noindex"
    return response


async def receipt_pdf(request: Request) -> Response:
    """The receipt as anybody who has the code may see it: the giver masked."""
    limits.hit(PDFS, contexts.neighbourhood(contexts.of(request).address))
    body, number = await gift_receipts.masked_pdf(request.path_params["code"])
    response = pages.pdf(body, f"{number}.pdf")
    response.headers["x-robots-tag"] = "noindex"
    return response


routes = [
    Route("/", home, methods=["GET"]),
    Route("/campaigns/{slug}", campaign, methods=["GET"]),
    Route("/i/{invitation}", invited, methods=["GET"]),
    Route("/give/goods", goods, methods=["GET"]),
    Route("/check", check, methods=["GET"]),
    Route("/check", check_again, methods=["POST"]),
    Route("/c/{code}", checked, methods=["GET"]),
    Route("/r/{code}.pdf", receipt_pdf, methods=["GET"]),
    Route("/r/{code}", receipt, methods=["GET"]),
]
