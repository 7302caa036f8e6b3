"""The navigation: one menu for everybody, shown by what the roles may do. Its entries come from the rooms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from charity import words
from charity.roles import Actor

FLAT_UP_TO: Final = 6
"""So many entries stand beside each other at 1,024 px; whoever may see more is shown their groups."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the menu.

    `permission` shows it to staff; None shows it to the public only. `{store}` in `href` is the store of the
    account; whoever works for no single store gets `instead`, once. Lower `order` stands further to the left.
    Neighbours of one `group` ("" for none) stand below its name. The entry is marked on pages `below` too, which lie
    under another address than its own.
    """

    label: str
    href: str
    permission: str | None
    order: int
    instead: "NavItem | None" = None
    group: str = ""
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """One word of the menu in the reader's language; `entries` are those of a group, and it leads to the first."""

    label: str
    href: str
    current: bool
    entries: Sequence["Shown"] = field(default=())


_items: tuple[NavItem, ...] = ()


def use(items: Iterable[NavItem]) -> None:
    """Take the entries of all rooms."""
    global _items  # noqa: PLW0603 - set once by app
    _items = tuple(sorted(items, key=lambda item: item.order))


def shown(actor: Actor | None, path: str) -> list[Shown]:
    """The menu for this reader; what leads here (the longest that fits) is marked, and so is its group."""
    entries: list[tuple[str, str, str]] = []
    fits = [("", "")]
    for item in _items:
        if _is_for(actor, item):
            label, href = _entry(item, actor.store if actor else None)
            fits += [(start, href) for start in (href, *item.below) if path == start or path.startswith(f"{start}/")]
            if (item.group, label, href) not in entries:
                entries.append((item.group, label, href))
    here = max(fits, key=lambda fit: len(fit[0]))[1]
    if len(entries) <= FLAT_UP_TO:
        return [_shown(label, href, here) for _, label, href in entries]
    menu: list[Shown] = []
    for group, members in groupby(entries, key=lambda entry: entry[0]):
        below = [_shown(label, href, here) for _, label, href in members]
        if not group:
            menu += below
        else:
            current = any(entry.current for entry in below)
            menu.append(Shown(words.translate(group), below[0].href, current, below))
    return menu


def _shown(label: str, href: str, here: str) -> Shown:
    return Shown(words.translate(label), href, href == here)


def _is_for(actor: Actor | None, item: NavItem) -> bool:
    if actor is None or item.permission is None:
        return actor is None and item.permission is None
    return actor.may(item.permission)


def _entry(item: NavItem, store: str | None) -> tuple[str, str]:
    if store is None and item.instead is not None:
        item = item.instead
    return item.label, item.href.format(store=store)
