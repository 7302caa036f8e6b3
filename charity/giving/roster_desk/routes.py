"""The pages of rosters: the list, inviting units, one roster with its lines, a sheet that waits, a line."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import addresses, words
from charity.errors import Refusal
from charity.giving import roster_sheets, unit_rosters
from charity.giving.roster_desk import screens
from charity.giving.roster_desk.forms import (
    FORM_MAX,
    PART_MAX,
    ChangeForm,
    ChooseForm,
    HashForm,
    InviteForm,
    LineForm,
    LinesFilter,
    LockForm,
    OwnForm,
    RemitForm,
    RostersFilter,
    SeenForm,
    StageForm,
    TakeForm,
)
from charity.giving.roster_sheets import Typed
from charity.web import auth, confirming, forms, pages
from charity.web.list_filters import ROWS, must_know, rows_of

LIST = "/one-day"
ONE = f"{LIST}/{{key}}"
LINE = f"{ONE}/lines/{{line}}"
SHOW, DRAFT = "giving/roster_desk/show.html", "giving/roster_desk/draft.html"
LINE_PAGE = "giving/roster_desk/line.html"
FIELDS = ("name", "amount", "tail", "phone", "single", "public", "payroll")


async def listed(request: Request) -> Response:
    """`GET /one-day`."""
    by = auth.allowed(request, "roster.read")
    asked, refusal = forms.filters(request, RostersFilter)

    async def read() -> list[Any]:
        must_know("status", asked.status, unit_rosters.STATUS_WORDS)
        return await unit_rosters.listed(
            campaign=asked.campaign, status=asked.status, after=asked.after, limit=ROWS + 1, by=by
        )

    rosters, refusal = await rows_of(refusal, read)
    if asked.campaign and len(rosters) == 1 and not by.may("roster.list"):  # an organiser, from his unit's page
        return pages.see_other(request, addresses.of("unit_roster", rosters[0].key))
    more = unit_rosters.place(rosters[ROWS - 1]) if len(rosters) > ROWS else ""
    return await pages.form(
        request,
        "giving/roster_desk/list.html",
        refusal,
        asked=asked,
        rows=await screens.rows(rosters[:ROWS], by=by),
        **await screens.filters(),
        **pages.pager(request, more),
    )


async def invite_form(request: Request) -> Response:
    """`GET /one-day/invite`."""
    auth.allowed(request, "roster.manage")
    return await _invite_page(request, request.query_params.get("campaign", ""), ())


async def invite(request: Request) -> Response:
    """`POST /one-day/invite`."""
    by = auth.allowed(request, "roster.manage")
    data = await forms.data(request, InviteForm)
    try:
        form = forms.read(InviteForm, data)
        done = await unit_rosters.invite(
            form.campaign, form.work_unit, by=by, idem=forms.idem(request, data, "unit_roster.invite")
        )
    except Refusal as refusal:
        return await _invite_page(request, forms.text(data, "campaign"), forms.many(data, "work_unit"), refusal)
    count = len(done.body["rosters"])
    return pages.see_other(request, f"{LIST}?campaign={form.campaign}", "已邀请 {count} 个单位", count=count)


async def _invite_page(request: Request, campaign: str, chosen: Any, refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, "roster.manage")
    context = await screens.invitation(campaign, chosen, by=by)
    return await pages.form(request, "giving/roster_desk/invite.html", refusal, **context)


async def sheet(request: Request) -> Response:
    """`GET /one-day/template.xlsx`: an empty roster to fill."""
    auth.allowed(request, "roster.read")
    return pages.attachment(*await roster_sheets.template.made())


async def show(request: Request) -> Response:
    """`GET /one-day/{key}`."""
    auth.allowed(request, "roster.read")
    return await page(request)


async def page(request: Request, refusal: Refusal | None = None, typed: Any = None) -> Response:
    """The page of a roster, with what was typed when something was refused."""
    by = auth.allowed(request, "roster.read")
    asked, unread = forms.filters(request, LinesFilter)
    row = await unit_rosters.get(request.path_params["key"], by=by)
    only, after = ("", 0) if unread else (asked.only, asked.after)
    context = await screens.show(row, only, after, by=by)
    listed_errors = confirming.errors(request, refusal, context["facts"])
    paging = pages.pager(request, context["following"], addresses.of("unit_roster", row.key))
    return await pages.page(
        request, SHOW, refusal.status if refusal else 200, errors=listed_errors, typed=typed or {}, **context, **paging
    )


async def stage(request: Request) -> Response:
    """`POST /one-day/{key}/stage`: read and shown; nothing counts yet."""
    by = auth.allowed(request, "roster.edit")
    data = await forms.data(request, StageForm, part_max=PART_MAX, files=frozenset({"file"}))
    key = request.path_params["key"]
    try:
        form = forms.read(StageForm, data)
        content = forms.file(request, "file")
        await unit_rosters.stage(key, name=forms.file_name(request, "file"), data=content, text=form.text, by=by)
    except Refusal as refusal:
        return await page(request, refusal, data)
    return pages.see_other(request, f"{LIST}/{key}/draft")


async def draft(request: Request) -> Response:
    """`GET /one-day/{key}/draft`."""
    auth.allowed(request, "roster.read")
    return await _draft_page(request)


async def _draft_page(request: Request, refusal: Refusal | None = None) -> Response:
    by = auth.allowed(request, "roster.read")
    asked, unread = forms.filters(request, LinesFilter)
    row = await unit_rosters.get(request.path_params["key"], by=by)
    if row.draft is None:
        if refusal:  # somebody took or dropped it meanwhile
            return await page(request, refusal)
        return pages.see_other(request, addresses.of("unit_roster", row.key))
    only, after = ("", 0) if unread else (asked.only, asked.after)
    context = await screens.draft(row, only, after, by=by)
    listed_errors = confirming.errors(request, refusal, context["facts"])
    paging = pages.pager(request, context["following"], f"{LIST}/{row.key}/draft")
    return await pages.page(
        request, DRAFT, refusal.status if refusal else 200, errors=listed_errors, **context, **paging
    )


async def take(request: Request) -> Response:
    """`POST /one-day/{key}/take`."""
    by = auth.allowed(request, "roster.edit")
    data, key = await forms.data(request, TakeForm), request.path_params["key"]
    try:
        form = forms.read(TakeForm, data)
        await unit_rosters.take(key, replace=form.how == "replace", content_hash=form.content_hash, by=by)
    except Refusal as refusal:
        return await _draft_page(request, refusal)
    return pages.see_other(request, addresses.of("unit_roster", key), "已采用，名册是现在这样了")


async def discard(request: Request) -> Response:
    """`POST /one-day/{key}/discard`."""
    by = auth.allowed(request, "roster.edit")
    await forms.data(request)
    key = request.path_params["key"]
    try:
        await unit_rosters.discard(key, by=by)
    except Refusal as refusal:
        return await _draft_page(request, refusal)
    return pages.see_other(request, addresses.of("unit_roster", key), "已放弃，名册没有变")


async def add(request: Request) -> Response:
    """`POST /one-day/{key}/lines`."""
    by = auth.allowed(request, "roster.edit")
    data, key = await forms.data(request, LineForm), request.path_params["key"]
    try:
        form = forms.read(LineForm, data)
        line = await unit_rosters.add(key, Typed(**form.model_dump()), by=by)
    except Refusal as refusal:
        return await page(request, refusal, data)
    row = await unit_rosters.get(key, by=by)
    kept = await unit_rosters.line(row, line)
    if kept.faults:
        return pages.see_other(request, f"{LIST}/{key}/lines/{line}", "已记下，有读不出来的，请改正")
    if not kept.counted:
        return pages.see_other(request, f"{LIST}/{key}#add", "这个姓名已线上捐，没有计入；不是同一个人就点开他改成计入")
    return pages.see_other(request, f"{LIST}/{key}#add", "已加上")


async def line(request: Request) -> Response:
    """`GET /one-day/{key}/lines/{line}`."""
    auth.allowed(request, "roster.read")
    return await _line_page(request)


async def _line_page(request: Request, refusal: Refusal | None = None, typed: forms.Data | None = None) -> Response:
    by = auth.allowed(request, "roster.read")
    row = await unit_rosters.get(request.path_params["key"], by=by)
    try:
        kept = await unit_rosters.line(row, request.path_params["line"])
    except Refusal as gone:  # taken off, or written anew: what stands now is shown
        return await page(request, gone)
    values = {name: forms.text(typed, name) if typed else getattr(kept.typed, name) for name in FIELDS}
    faults = (
        []
        if refusal
        else [{"field": _field(one), "message": words.translate(screens.FAULTS[one])} for one in kept.faults]
    )
    return await pages.page(
        request,
        LINE_PAGE,
        refusal.status if refusal else 200,
        errors=pages.errors(refusal) if refusal else faults,
        row=row,
        line=kept,
        stands=bool(refusal and typed),
        late=kept.key in await unit_rosters.online.since(row),
        values=values,
        ticks=roster_sheets.read(Typed(**values)),
        back=_sheet_of(row, kept) + "#lines",
        open=row.status in unit_rosters.FILLED,
    )


def _field(fault: str) -> str:
    name = fault.partition("_")[0]
    return name if name in FIELDS else "amount"


def _sheet_of(row: Any, line: unit_rosters.Line) -> str:
    """The page of the sheet on which a line stands: the roster's, or that of the one that waits."""
    return f"{LIST}/{row.key}/draft" if line.sheet == row.draft else f"{LIST}/{row.key}"


async def _behind(row: Any, line: unit_rosters.Line) -> str:
    """Where one goes on behind a line as it was: to the next that cannot be read, else to where it stands."""
    at = _sheet_of(row, line)
    wrong = (await unit_rosters.sums(row.key, line.sheet))["wrong"]
    before = (line.n - 1) // unit_rosters.ROWS * unit_rosters.ROWS
    asked = "?only=wrong" if line.faults and wrong else f"?after={before}" if before else ""
    return f"{at}{asked}#lines"


async def change(request: Request) -> Response:
    """`POST /one-day/{key}/lines/{line}`."""
    by = auth.allowed(request, "roster.edit")
    data, key = await forms.data(request, ChangeForm), request.path_params["key"]
    row = await unit_rosters.get(key, by=by)
    try:
        before = await unit_rosters.line(row, request.path_params["line"])
        form = forms.read(ChangeForm, data)
        typed = Typed(**form.model_dump(exclude={"changed_at"}))
        await unit_rosters.change(key, request.path_params["line"], typed, changed_at=form.changed_at, by=by)
    except Refusal as refusal:
        return await _line_page(request, refusal, data)
    row = await unit_rosters.get(key, by=by)
    kept = await unit_rosters.line(row, request.path_params["line"])
    if kept.faults:
        return await _line_page(request)
    return pages.see_other(request, await _behind(row, before), "已改")


async def choose(request: Request) -> Response:
    """`POST /one-day/{key}/lines/{line}/choose`."""
    by = auth.allowed(request, "roster.edit")
    data, key = await forms.data(request, ChooseForm), request.path_params["key"]
    row = await unit_rosters.get(key, by=by)
    try:
        before = await unit_rosters.line(row, request.path_params["line"])
        form = forms.read(ChooseForm, data)
        await unit_rosters.choose(
            key, request.path_params["line"], counted=form.counted, changed_at=form.changed_at, by=by
        )
    except Refusal as refusal:
        return await _line_page(request, refusal)
    late = await unit_rosters.online.since(row)
    to = addresses.of("unit_roster", key) if late else await _behind(row, before)  # the next one to look at
    return pages.see_other(request, to, "已计入" if form.counted else "已记为线上捐，不计入")


async def remove(request: Request) -> Response:
    """`POST /one-day/{key}/lines/{line}/remove`."""
    by = auth.allowed(request, "roster.edit")
    data, key = await forms.data(request, SeenForm), request.path_params["key"]
    row = await unit_rosters.get(key, by=by)
    try:
        before = await unit_rosters.line(row, request.path_params["line"])
        await unit_rosters.remove(
            key, request.path_params["line"], changed_at=forms.read(SeenForm, data).changed_at, by=by
        )
    except Refusal as refusal:
        return await _line_page(request, refusal)
    return pages.see_other(request, await _behind(row, before), "已删去这一行")


async def own(request: Request) -> Response:
    """`POST /one-day/{key}/own`."""
    by = auth.allowed(request, "roster.edit")
    data, key = await forms.data(request, OwnForm), request.path_params["key"]
    try:
        await unit_rosters.own_gift(key, **forms.read(OwnForm, data).model_dump(), by=by)
    except Refusal as refusal:
        return await page(request, refusal, data)
    return pages.see_other(request, addresses.of("unit_roster", key), "已保存")


async def lock(request: Request) -> Response:
    """`POST /one-day/{key}/lock`."""
    return await _turn(request, LockForm, unit_rosters.lock, "已锁定，请汇款，附言写参考号")


async def unlock(request: Request) -> Response:
    """`POST /one-day/{key}/unlock`."""
    return await _turn(request, HashForm, unit_rosters.unlock, "已解锁，可以改名册了")


async def remit(request: Request) -> Response:
    """`POST /one-day/{key}/remit`."""
    return await _turn(request, RemitForm, unit_rosters.remit, "已记下汇款")


async def _turn(request: Request, model: Any, verb: Any, flash: str) -> Response:
    by = auth.allowed(request, "roster.edit")
    data, key = await forms.data(request, model), request.path_params["key"]
    try:
        await verb(key, **forms.read(model, data).model_dump(), by=by)
    except Refusal as refusal:
        return await page(request, refusal, data)
    return pages.see_other(request, addresses.of("unit_roster", key), flash)


routes = [
    Route(LIST, listed, methods=["GET"]),
    Route(f"{LIST}/invite", invite_form, methods=["GET"]),
    Route(f"{LIST}/invite", invite, methods=["POST"]),
    Route(f"{LIST}/template.xlsx", sheet, methods=["GET"]),
    Route(ONE, show, methods=["GET"]),
    Route(f"{ONE}/stage", stage, methods=["POST"], max_body_size=FORM_MAX),
    Route(f"{ONE}/draft", draft, methods=["GET"]),
    Route(f"{ONE}/take", take, methods=["POST"]),
    Route(f"{ONE}/discard", discard, methods=["POST"]),
    Route(f"{ONE}/lines", add, methods=["POST"]),
    Route(LINE, line, methods=["GET"]),
    Route(LINE, change, methods=["POST"]),
    Route(f"{LINE}/choose", choose, methods=["POST"]),
    Route(f"{LINE}/remove", remove, methods=["POST"]),
    Route(f"{ONE}/own", own, methods=["POST"]),
    Route(f"{ONE}/lock", lock, methods=["POST"]),
    Route(f"{ONE}/unlock", unlock, methods=["POST"]),
    Route(f"{ONE}/remit", remit, methods=["POST"]),
]
