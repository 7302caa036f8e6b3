"""Pages of the office: accounts, what waits for a second person, tokens, who we are."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity.errors import Refusal
from charity.office import staff, stores
from charity.office.limits import SMALL
from charity.office.staff import changes, screens, tokens
from charity.office.staff.forms import AccountForm, NewAccountForm, PasswordForm
from charity.office.staff.readers import Account
from charity.roles import Actor, Role
from charity.web import auth, forms, pages

WAITS = "已记下。这项变更要等另一位管理员确认，在那之前不生效"
WAITS_A_DAY = "已记下。没有另一位能登录的管理员，这项变更 24 小时后生效；在那之前会告知所有经手资金的人"


async def list_accounts(request: Request) -> Response:
    """All accounts: ours, and below them those of organisers, who would bury them."""
    by = auth.allowed(request, "account.manage")
    store_names = await stores.names()
    rows: list[dict[str, Any]] = []
    organisers: list[dict[str, Any]] = []
    for account in await staff.every(by=by):
        theirs = organisers if account.roles == (Role.ORGANISER,) else rows
        theirs.append(screens.account_row(account, store_names))
    return await pages.page(request, "office/staff/list.html", rows=rows, organisers=organisers)


async def new_account_page(request: Request) -> Response:
    """The form of a new account."""
    auth.allowed(request, "account.manage")
    values = {"login": "", "name": "", "roles": [], "store": ""}
    return await pages.page(request, "office/staff/new.html", values=values, **await screens.account_choices())


async def new_account(request: Request) -> Response:
    """Make an account."""
    by = auth.allowed(request, "account.manage")
    data = await forms.data(request, NewAccountForm)
    try:
        form = forms.read(NewAccountForm, data)
        made = await staff.create(
            login=form.login, name=form.name, roles=form.roles, store=form.store, password=form.password, by=by
        )
    except Refusal as refusal:
        context = {"values": screens.typed(data), "errors": pages.errors(refusal)} | await screens.account_choices()
        return await pages.page(request, "office/staff/new.html", refusal.status, **context)
    return await _changed(request, made.key, "账号已建立", by)


async def _changed(request: Request, key: str, done: str, by: Actor) -> Response:
    """Back to the account, with what was done, or that it waits."""
    auth.forget()
    waiting = await changes.waiting_for(key, by=by)
    if not waiting:
        return pages.see_other(request, f"/accounts/{key}", flash=done)
    flash = WAITS_A_DAY if waiting[-1].due_at else WAITS
    return pages.see_other(request, f"/accounts/{key}", flash=flash, kind="warn")


async def account_page(request: Request) -> Response:
    """One account."""
    by = auth.allowed(request, "account.manage")
    account = await staff.get(request.path_params["key"], by=by)
    return await _account(request, account, by, 200, values=await screens.account_values(account, by=by))


async def _account(request: Request, account: Account, by: Actor, status: int, **context: Any) -> Response:
    waiting = [screens.change_row(change, by) for change in await changes.waiting_for(account.key, by=by)]
    whole: dict[str, Any] = {
        "account": account,
        "row": screens.account_row(account, await stores.names()),
        "waiting": waiting,
        "own": account.key == by.key,
    }
    whole |= await screens.account_choices(account.roles) | context
    return await pages.page(request, "office/staff/show.html", status, **whole)


async def change_account(request: Request) -> Response:
    """Give an account other roles, another store or name."""
    by = auth.allowed(request, "account.manage")
    account = await staff.get(request.path_params["key"], by=by)
    data = await forms.data(request, AccountForm)
    try:
        form = forms.read(AccountForm, data)
        await staff.assign(key=account.key, name=form.name, roles=form.roles, store=form.store, by=by)
    except Refusal as refusal:
        return await _account(
            request, account, by, refusal.status, values=screens.typed(data), errors=pages.errors(refusal)
        )
    return await _changed(request, account.key, "账号已修改", by)


async def set_password(request: Request) -> Response:
    """Set an account's password for its owner."""
    by = auth.allowed(request, "account.manage")
    account = await staff.get(request.path_params["key"], by=by)
    data = await forms.data(request, PasswordForm)
    try:
        form = forms.read(PasswordForm, data)
        await staff.set_password(key=account.key, password=form.password, by=by)
    except Refusal as refusal:
        shown = {"values": await screens.account_values(account, by=by), "errors": pages.errors(refusal)}
        return await _account(request, account, by, refusal.status, **shown)
    return await _changed(request, account.key, "密码已更换，该账号需要重新登录", by)


async def end_two_step(request: Request) -> Response:
    """Take the second factor of somebody away who has lost it."""
    by = auth.allowed(request, "account.manage")
    account = await staff.get(request.path_params["key"], by=by)
    await forms.data(request)
    await staff.end_two_step(key=account.key, by=by)
    return await _changed(request, account.key, "两步验证已停用，该账号需要重新登录", by)


async def disable_page(request: Request) -> Response:
    """Ask once more before an account is closed."""
    by = auth.allowed(request, "account.manage")
    account = await staff.get(request.path_params["key"], by=by)
    row = screens.account_row(account, await stores.names())
    return await pages.page(request, "office/staff/disable.html", account=account, row=row)


async def disable(request: Request) -> Response:
    """Close an account."""
    by = auth.allowed(request, "account.manage")
    await forms.data(request)
    key = request.path_params["key"]
    await staff.disable(key=key, by=by)
    auth.forget()
    return pages.see_other(request, f"/accounts/{key}", flash="账号已停用", kind="warn", undo=f"/accounts/{key}/enable")


async def enable(request: Request) -> Response:
    """Open a closed account again."""
    by = auth.allowed(request, "account.manage")
    await forms.data(request)
    key = request.path_params["key"]
    await staff.enable(key=key, by=by)
    return pages.see_other(request, f"/accounts/{key}", flash="账号已重新启用")


# -- what waits for a second person --------------------------------------------------------------------


async def changes_page(request: Request) -> Response:
    """What waits for a second person, and what became of the last ones."""
    by = auth.allowed(request, "account.watch")
    return await _changes(request, by)


async def _changes(request: Request, by: Actor, refusal: Refusal | None = None) -> Response:
    waiting = [screens.change_row(change, by) for change in await changes.waiting(by=by)]
    rows = [screens.change_row(change, by) for change in await changes.settled(by=by)]
    errors = pages.errors(refusal) if refusal else []
    status = refusal.status if refusal else 200
    return await pages.page(request, "office/staff/changes.html", status, waiting=waiting, rows=rows, errors=errors)


async def confirm_change(request: Request) -> Response:
    """Let a waiting change take effect."""
    by = auth.allowed(request, "account.manage")
    await forms.data(request)
    try:
        await changes.confirm(key=request.path_params["key"], by=by)
    except Refusal as refusal:
        return await _changes(request, by, refusal)
    auth.forget()
    return pages.see_other(request, "/accounts/changes", flash="已确认，变更已生效")


async def stop_change(request: Request) -> Response:
    """End a waiting change without effect."""
    by = auth.allowed(request, "account.watch")
    await forms.data(request)
    try:
        await changes.stop(key=request.path_params["key"], by=by)
    except Refusal as refusal:
        return await _changes(request, by, refusal)
    return pages.see_other(request, "/accounts/changes", flash="已停止，变更不会生效", kind="warn")


# -- tokens --------------------------------------------------------------------------------------------


async def tokens_page(request: Request) -> Response:
    """All tokens of programs."""
    by = auth.allowed(request, "account.manage")
    return await pages.page(
        request, "office/staff/tokens.html", rows=[screens.token_row(token) for token in await tokens.every(by=by)]
    )


async def revoke_token(request: Request) -> Response:
    """Stop one token."""
    by = auth.allowed(request, "account.manage")
    await forms.data(request)
    await tokens.revoke(token=request.path_params["id"], by=by)
    auth.forget()
    return pages.see_other(request, "/tokens", flash="令牌已停用", kind="warn")


routes = [
    Route("/accounts", list_accounts, methods=["GET"]),
    Route("/accounts/new", new_account_page, methods=["GET"]),
    Route("/accounts/new", new_account, methods=["POST"], max_body_size=SMALL),
    Route("/accounts/changes", changes_page, methods=["GET"]),
    Route("/accounts/changes/{key}/confirm", confirm_change, methods=["POST"], max_body_size=SMALL),
    Route("/accounts/changes/{key}/stop", stop_change, methods=["POST"], max_body_size=SMALL),
    Route("/accounts/{key}", account_page, methods=["GET"]),
    Route("/accounts/{key}", change_account, methods=["POST"], max_body_size=SMALL),
    Route("/accounts/{key}/password", set_password, methods=["POST"], max_body_size=SMALL),
    Route("/accounts/{key}/two-step", end_two_step, methods=["POST"], max_body_size=SMALL),
    Route("/accounts/{key}/disable", disable_page, methods=["GET"]),
    Route("/accounts/{key}/disable", disable, methods=["POST"], max_body_size=SMALL),
    Route("/accounts/{key}/enable", enable, methods=["POST"], max_body_size=SMALL),
    Route("/tokens", tokens_page, methods=["GET"]),
    Route("/tokens/{id}/revoke", revoke_token, methods=["POST"], max_body_size=SMALL),
]
