"""What the pages of staff accounts show: an account, a change that waits, a token."""

from collections.abc import Iterable, Mapping
from typing import Any

from charity import words
from charity.office import stores
from charity.office.models import ChangeKind, Outcome
from charity.office.staff import changes, tokens
from charity.office.staff.changes import Change
from charity.office.staff.readers import Account
from charity.printing import glyphs
from charity.roles import ROLE_WORDS, Actor, Role
from charity.web import forms

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


def _role_options(held: Iterable[Role]) -> list[dict[str, str]]:
    """All roles but that of organisers, whom an invitation makes: given here it would open no unit."""
    offered = [role for role in Role if role != Role.ORGANISER or role in held]
    return [{"value": role.value, "label": words.translate(ROLE_WORDS[role])} for role in offered]


def _roles(roles: Iterable[Role]) -> str:
    return words.listed(words.translate(ROLE_WORDS[role]) for role in roles)


def account_row(account: Account, store_names: Mapping[str, str]) -> dict[str, Any]:
    """An account as a row of the list."""
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
        "store": store_names.get(account.store or "", ""),
        "state": {"code": state[0], "label": words.translate(state[1]), "tone": state[2]},
        "created_at": account.created_at,
    }


async def account_choices(held: Iterable[Role] = ()) -> dict[str, Any]:
    """The roles and stores that a form of an account offers."""
    nothing = [{"value": "", "label": words.translate("不限门店")}]
    options = [{"value": s.code, "label": f"{s.code} {s.name}"} for s in await stores.every()]
    return {"role_options": _role_options(held), "store_options": nothing + options}


def typed(data: forms.Data) -> dict[str, Any]:
    """What was typed, to be shown again; a password never is."""
    plain = {name: forms.text(data, name) for name in ("login", "name", "rare", "store")}
    return plain | {"roles": forms.many(data, "roles")}


async def account_values(account: Account, *, by: Actor) -> dict[str, Any]:
    """What the form of an account shows: of one that holds no role yet the roles that wait."""
    roles = account.roles or tuple(
        role for change in await changes.waiting_for(account.key, by=by) for role in change.roles
    )
    rare = "1" if glyphs.missing(account.name) else ""
    return {"name": account.name, "rare": rare, "roles": [r.value for r in roles], "store": account.store or ""}


def change_row(change: Change, by: Actor) -> dict[str, Any]:
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


def token_row(token: tokens.Token) -> dict[str, Any]:
    """A token as a row of the list."""
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
