"""The navigation: one menu for everybody, shown by what the roles may do. Its entries come from the rooms."""

from collections.abc import Iterable
from dataclasses import dataclass

from charity import words
from charity.roles import Actor


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the menu.

    `permission` shows it to staff; None shows it to the public only. `{store}` in `href` is the store of the
    account; whoever works for no single store gets `instead`, once. Lower `order` stands further to the left.
    """

    label: str
    href: str
    permission: str | None
    order: int
    instead: "NavItem | None" = None


_items: tuple[NavItem, ...] = ()


def use(items: Iterable[NavItem]) -> None:
    """Take the entries of all rooms."""
    global _items  # noqa: PLW0603 - set once by app
    _items = tuple(sorted(items, key=lambda item: item.order))


def shown(actor: Actor | None, path: str) -> list[dict[str, object]]:
    """The entries for this reader; the one that leads here (the longest that fits) is marked."""
    entries: list[tuple[str, str]] = []
    for item in _items:
        if _is_for(actor, item):
            entry = _entry(item, actor.store if actor else None)
            if entry not in entries:
                entries.append(entry)
    fits = [href for _, href in entries if path == href or path.startswith(f"{href}/")]
    here = max(fits, key=len, default="")
    return [{"label": words.translate(label), "href": href, "current": href == here} for label, href in entries]


def _is_for(actor: Actor | None, item: NavItem) -> bool:
    if actor is None or item.permission is None:
        return actor is None and item.permission is None
    return actor.may(item.permission)


def _entry(item: NavItem, store: str | None) -> tuple[str, str]:
    if store is None and item.instead is not None:
        item = item.instead
    return item.label, item.href.format(store=store)
