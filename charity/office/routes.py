"""Pages of the office: sign-in, own password, accounts, stores, who we are."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from charity import words
from charity.errors import Refusal
from charity.office import accounts, organisation, rules, sessions, stores
from charity.office.accounts import Account
from charity.office.forms import AccountForm, NewAccountForm, OwnPasswordForm, PasswordForm, SignInForm
from charity.roles import ROLE_WORDS, Role, required
from charity.web import auth, devices, forms, limits, pages, visits
from charity.web.problems import headers
from charity.web.system import local

SMALL = 16_384


async def sign_in_page(request: Request) -> Response:
    """The sign-in form; who is signed in already goes on."""
    back = local(request.query_params.get("next", "/desk"))
    if auth.actor(request) is not None:
        return RedirectResponse(back, 303)
    return await pages.page(request, "sign_in.html", values={"login": "", "next": back})


async def sign_in(request: Request) -> Response:
    """Begin a session. Wrong passwords wait longer and longer."""
    data = await forms.data(request, SignInForm)
    visit = visits.of(request)
    try:
        form = forms.read(SignInForm, data)
        login = form.login.strip().lower()
        with limits.guessing(*_circles(request, login), wrong={rules.SIGN_IN_WRONG.code}):
            secret = await sessions.sign_in(login=login, password=form.password)
        response = RedirectResponse(local(form.next or "/desk"), 303)
        auth.begin(request, response, secret)
        devices.remember(request, response, login)
    except Refusal as refusal:
        values = {"login": forms.text(data, "login"), "next": local(forms.text(data, "next"))}
        page = await pages.page(request, "sign_in.html", refusal.status, errors=pages.errors(refusal), values=values)
        page.headers.update(headers(refusal))
        return page
    if visit.session:
        await sessions.sign_out(visit.session)
        auth.forget()
    return response


def _circles(request: Request, login: str) -> tuple[limits.Circle, ...]:
    """Who counts together: a browser that this login knows counts alone, whatever is guessed elsewhere."""
    device = devices.known(request, login)
    if device:
        return ((limits.DEVICE, f"{login}\n{device}"),)
    return limits.strangers(login, visits.neighbourhood(visits.of(request).address))


async def sign_out(request: Request) -> Response:
    """End this session."""
    await forms.data(request)
    visit = visits.of(request)
    if visit.session:
        await sessions.sign_out(visit.session)
        auth.forget()
    response = RedirectResponse("/", 303)
    auth.end(response)
    return response


async def own_password_page(request: Request) -> Response:
    """The form to change one's own password."""
    required(auth.actor(request))
    return await pages.page(request, "office/password.html")


async def own_password(request: Request) -> Response:
    """Change one's own password; all one's sessions end."""
    by = required(auth.actor(request))
    data = await forms.data(request, OwnPasswordForm)
    try:
        form = forms.read(OwnPasswordForm, data)
        with limits.guessing((limits.OWN, by.key), wrong={rules.PASSWORD_WRONG.code}):
            await accounts.change_password(current=form.current, password=form.password, by=by)
    except Refusal as refusal:
        page = await pages.page(request, "office/password.html", refusal.status, errors=pages.errors(refusal))
        page.headers.update(headers(refusal))
        return page
    auth.forget()
    response = RedirectResponse("/sign-in", 303)
    auth.end(response)
    return response


def _role_options() -> list[dict[str, str]]:
    return [{"value": role.value, "label": words.translate(ROLE_WORDS[role])} for role in Role]


def _row(account: Account) -> dict[str, Any]:
    state = ("disabled", "已停用", "bad") if account.disabled_at else ("active", "可登录", "good")
    if not account.disabled_at and not account.can_sign_in:
        state = ("token", "仅限令牌", "info")
    return {
        "href": f"/accounts/{account.key}",
        "login": account.login,
        "name": account.name,
        "roles": "、".join(words.translate(ROLE_WORDS[role]) for role in account.roles),
        "store": account.store,
        "state": {"code": state[0], "label": words.translate(state[1]), "tone": state[2]},
        "created_at": account.created_at,
    }


async def _form_context() -> dict[str, Any]:
    nothing = [{"value": "", "label": words.translate("不限门店")}]
    options = [{"value": s.code, "label": f"{s.code} {s.name}"} for s in await stores.every()]
    return {"role_options": _role_options(), "store_options": nothing + options}


async def list_accounts(request: Request) -> Response:
    """All staff accounts."""
    auth.allowed(request, "account.manage")
    rows = [_row(account) for account in await accounts.every()]
    return await pages.page(request, "office/accounts.html", rows=rows)


async def new_account_page(request: Request) -> Response:
    """The form of a new account."""
    auth.allowed(request, "account.manage")
    values = {"login": "", "name": "", "roles": [], "store": ""}
    return await pages.page(request, "office/account_new.html", values=values, **await _form_context())


async def new_account(request: Request) -> Response:
    """Make an account."""
    by = auth.allowed(request, "account.manage")
    data = await forms.data(request, NewAccountForm)
    try:
        form = forms.read(NewAccountForm, data)
        made = await accounts.create(
            login=form.login, name=form.name, roles=form.roles, store=form.store, password=form.password, by=by
        )
    except Refusal as refusal:
        context = {"values": _typed(data), "errors": pages.errors(refusal)} | await _form_context()
        return await pages.page(request, "office/account_new.html", refusal.status, **context)
    return pages.see_other(request, f"/accounts/{made.key}", flash="账号已建立")


def _typed(data: forms.Data) -> dict[str, Any]:
    """What was typed, to be shown again; a password never is."""
    plain = {name: forms.text(data, name) for name in ("login", "name", "store")}
    return plain | {"roles": forms.many(data, "roles")}


async def account_page(request: Request) -> Response:
    """One account."""
    auth.allowed(request, "account.manage")
    account = await accounts.get(request.path_params["key"])
    values = {"name": account.name, "roles": [role.value for role in account.roles], "store": account.store or ""}
    return await _account(request, account, 200, values=values)


async def _account(request: Request, account: Account, status: int, **context: Any) -> Response:
    whole: dict[str, Any] = {"account": account, "row": _row(account)} | await _form_context() | context
    return await pages.page(request, "office/account.html", status, **whole)


async def change_account(request: Request) -> Response:
    """Give an account other roles, another store or name."""
    by = auth.allowed(request, "account.manage")
    account = await accounts.get(request.path_params["key"])
    data = await forms.data(request, AccountForm)
    try:
        form = forms.read(AccountForm, data)
        await accounts.assign(key=account.key, name=form.name, roles=form.roles, store=form.store, by=by)
    except Refusal as refusal:
        return await _account(request, account, refusal.status, values=_typed(data), errors=pages.errors(refusal))
    auth.forget()
    return pages.see_other(request, f"/accounts/{account.key}", flash="账号已修改")


async def set_password(request: Request) -> Response:
    """Set an account's password for its owner."""
    by = auth.allowed(request, "account.manage")
    account = await accounts.get(request.path_params["key"])
    data = await forms.data(request, PasswordForm)
    try:
        form = forms.read(PasswordForm, data)
        await accounts.set_password(key=account.key, password=form.password, by=by)
    except Refusal as refusal:
        values = {"name": account.name, "roles": [r.value for r in account.roles], "store": account.store or ""}
        return await _account(request, account, refusal.status, values=values, errors=pages.errors(refusal))
    auth.forget()
    return pages.see_other(request, f"/accounts/{account.key}", flash="密码已更换，该账号需要重新登录")


async def disable_page(request: Request) -> Response:
    """Ask once more before an account is closed."""
    auth.allowed(request, "account.manage")
    account = await accounts.get(request.path_params["key"])
    return await pages.page(request, "office/account_disable.html", account=account, row=_row(account))


async def disable(request: Request) -> Response:
    """Close an account."""
    by = auth.allowed(request, "account.manage")
    await forms.data(request)
    key = request.path_params["key"]
    await accounts.disable(key=key, by=by)
    auth.forget()
    return pages.see_other(request, f"/accounts/{key}", flash="账号已停用", kind="warn", undo=f"/accounts/{key}/enable")


async def enable(request: Request) -> Response:
    """Open a closed account again."""
    by = auth.allowed(request, "account.manage")
    await forms.data(request)
    key = request.path_params["key"]
    await accounts.enable(key=key, by=by)
    return pages.see_other(request, f"/accounts/{key}", flash="账号已重新启用")


async def about(request: Request) -> Response:
    """Who we are, as printed on papers."""
    auth.allowed(request, "account.manage")
    return await pages.page(request, "office/organisation.html", told=await organisation.get())


routes = [
    Route("/sign-in", sign_in_page, methods=["GET"]),
    Route("/sign-in", sign_in, methods=["POST"], max_body_size=SMALL),
    Route("/sign-out", sign_out, methods=["POST"], max_body_size=SMALL),
    Route("/password", own_password_page, methods=["GET"]),
    Route("/password", own_password, methods=["POST"], max_body_size=SMALL),
    Route("/accounts", list_accounts, methods=["GET"]),
    Route("/accounts/new", new_account_page, methods=["GET"]),
    Route("/accounts/new", new_account, methods=["POST"], max_body_size=SMALL),
    Route("/accounts/{key}", account_page, methods=["GET"]),
    Route("/accounts/{key}", change_account, methods=["POST"], max_body_size=SMALL),
    Route("/accounts/{key}/password", set_password, methods=["POST"], max_body_size=SMALL),
    Route("/accounts/{key}/disable", disable_page, methods=["GET"]),
    Route("/accounts/{key}/disable", disable, methods=["POST"], max_body_size=SMALL),
    Route("/accounts/{key}/enable", enable, methods=["POST"], max_body_size=SMALL),
    Route("/organisation", about, methods=["GET"]),
]
