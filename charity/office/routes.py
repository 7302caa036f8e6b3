"""Pages of the office: accounts, what waits for a second person, tokens, who we are."""

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from charity import words
from charity.errors import Refusal
from charity.office import accounts, bearers, changes, organisation, stores
from charity.office.accounts import Account
from charity.office.changes import Change
from charity.office.forms import AccountForm, NewAccountForm, PasswordForm
from charity.office.models import ChangeKind, Outcome
from charity.roles import ROLE_WORDS, Actor, Role
from charity.web import auth, forms, pages

SMALL = 16_384


WAITS = "已记下。这项变更要等另一位管理员确认，在那之前不生效"
WAITS_A_DAY = "已记下。没有另一位能登录的管理员，这项变更 24 小时后生效；在那之前会告知所有经手资金的人"
KIND_WORDS = {
    ChangeKind.ROLES: "岗位改为：{roles}",
    ChangeKind.PASSWORD: "由管理员更换密码",
    ChangeKind.TWO_STEP: "由管理员停用两步验证",
}
OUTCOMES = {
    Outcome.CONFIRMED: ("已确认", "good"),
    Outcome.DUE: ("到期生效", "good"),
    Outcome.STOPPED: ("已停止", "bad"),
    Outcome.REPLACED: ("已被后来的办理代替", "info"),
}


def _role_options() -> list[dict[str, str]]:
    return [{"value": role.value, "label": words.translate(ROLE_WORDS[role])} for role in Role]


def _roles(roles: Iterable[Role]) -> str:
    return "、".join(words.translate(ROLE_WORDS[role]) for role in roles)


def _row(account: Account) -> dict[str, Any]:
    state = ("disabled", "已停用", "bad") if account.disabled_at else ("active", "可登录", "good")
    if not account.disabled_at and not account.can_sign_in:
        state = ("token", "仅限令牌", "info")
    if not account.roles:
        state = ("waiting", "等待确认", "wait")
    return {
        "href": f"/accounts/{account.key}",
        "login": account.login,
        "name": account.name,
        "roles": _roles(account.roles),
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
    return await _changed(request, made.key, "账号已建立")


async def _changed(request: Request, key: str, done: str) -> Response:
    """Back to the account, with what was done, or that it waits."""
    auth.forget()
    waiting = await changes.waiting_for(key)
    if not waiting:
        return pages.see_other(request, f"/accounts/{key}", flash=done)
    flash = WAITS_A_DAY if waiting[-1].due_at else WAITS
    return pages.see_other(request, f"/accounts/{key}", flash=flash, kind="warn")


def _typed(data: forms.Data) -> dict[str, Any]:
    """What was typed, to be shown again; a password never is."""
    plain = {name: forms.text(data, name) for name in ("login", "name", "store")}
    return plain | {"roles": forms.many(data, "roles")}


async def account_page(request: Request) -> Response:
    """One account."""
    by = auth.allowed(request, "account.manage")
    account = await accounts.get(request.path_params["key"])
    return await _account(request, account, by, 200, values=await _values(account))


async def _values(account: Account) -> dict[str, Any]:
    """What the form of an account shows: of one that holds no role yet the roles that wait."""
    roles = account.roles or tuple(role for change in await changes.waiting_for(account.key) for role in change.roles)
    return {"name": account.name, "roles": [role.value for role in roles], "store": account.store or ""}


async def _account(request: Request, account: Account, by: Actor, status: int, **context: Any) -> Response:
    waiting = [_change(change, by) for change in await changes.waiting_for(account.key)]
    whole: dict[str, Any] = {"account": account, "row": _row(account), "waiting": waiting, "own": account.key == by.key}
    whole |= await _form_context() | context
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
        return await _account(request, account, by, refusal.status, values=_typed(data), errors=pages.errors(refusal))
    return await _changed(request, account.key, "账号已修改")


async def set_password(request: Request) -> Response:
    """Set an account's password for its owner."""
    by = auth.allowed(request, "account.manage")
    account = await accounts.get(request.path_params["key"])
    data = await forms.data(request, PasswordForm)
    try:
        form = forms.read(PasswordForm, data)
        await accounts.set_password(key=account.key, password=form.password, by=by)
    except Refusal as refusal:
        shown = {"values": await _values(account), "errors": pages.errors(refusal)}
        return await _account(request, account, by, refusal.status, **shown)
    return await _changed(request, account.key, "密码已更换，该账号需要重新登录")


async def end_two_step(request: Request) -> Response:
    """Take the second factor of somebody away who has lost it."""
    by = auth.allowed(request, "account.manage")
    account = await accounts.get(request.path_params["key"])
    await forms.data(request)
    await accounts.end_two_step(key=account.key, by=by)
    return await _changed(request, account.key, "两步验证已停用，该账号需要重新登录")


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


# -- what waits for a second person --------------------------------------------------------------------


def _change(change: Change, by: Actor) -> dict[str, Any]:
    """A change as a row; what this reader may do with it."""
    outcome = OUTCOMES[change.outcome] if change.outcome else ("等待确认", "wait")
    return {
        "key": change.key,
        "login": {"value": change.login, "note": change.name},
        "what": words.say(KIND_WORDS[change.kind], roles=_roles(change.roles)),
        "asked_by": change.asked_by_name,
        "asked_at": change.asked_at,
        "due_at": change.due_at,
        "settled_at": change.settled_at,
        "settled_by": change.settled_by_name,
        "state": {"code": change.outcome or "waiting", "label": words.translate(outcome[0]), "tone": outcome[1]},
        "may_confirm": by.may("account.manage") and by.key not in {change.asked_by, change.staff},
    }


async def changes_page(request: Request) -> Response:
    """What waits for a second person, and what became of the last ones."""
    by = auth.allowed(request, "account.watch")
    return await _changes(request, by)


async def _changes(request: Request, by: Actor, refusal: Refusal | None = None) -> Response:
    waiting = [_change(change, by) for change in await changes.waiting()]
    rows = [_change(change, by) for change in await changes.settled()]
    errors = pages.errors(refusal) if refusal else []
    status = refusal.status if refusal else 200
    return await pages.page(request, "office/changes.html", status, waiting=waiting, rows=rows, errors=errors)


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
    auth.allowed(request, "account.manage")
    return await pages.page(request, "office/tokens.html", rows=[_token(token) for token in await bearers.every()])


def _token(token: bearers.Token) -> dict[str, Any]:
    state = ("active", "有效", "good")
    if token.revoked_at:
        state = ("revoked", "已停用", "bad")
    elif not token.works:
        state = ("expired", "已到期", "bad")
    return {
        "id": token.id,
        "name": {"value": token.name, "note": token.id},
        "login": {"value": token.login, "href": f"/accounts/{token.staff}"},
        "created_at": token.created_at,
        "seen_at": token.seen_at or "",
        "expires_at": token.expires_at,
        "state": {"code": state[0], "label": words.translate(state[1]), "tone": state[2]},
        "works": token.works,
    }


async def revoke_token(request: Request) -> Response:
    """Stop one token."""
    by = auth.allowed(request, "account.manage")
    await forms.data(request)
    await bearers.revoke(token=request.path_params["id"], by=by)
    auth.forget()
    return pages.see_other(request, "/tokens", flash="令牌已停用", kind="warn")


async def about(request: Request) -> Response:
    """Who we are, as printed on papers."""
    auth.allowed(request, "account.manage")
    return await pages.page(request, "office/organisation.html", told=await organisation.get())


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
    Route("/organisation", about, methods=["GET"]),
]
