"""What the pages of households' accounts show: never the digits."""

from typing import Any

from charity.office import staff
from charity.people import accounts, households, masking
from charity.people.masking import Reader, What
from charity.people.models import HouseholdAccount
from charity.roles import Actor


async def waiting(by: Actor) -> list[dict[str, Any]]:
    """The list of what waits."""
    return await _rows(await accounts.waiting(by=by), by)


async def one(entry: HouseholdAccount, by: Actor) -> dict[str, Any]:
    """What the second person confirms."""
    return (await _rows([entry], by))[0]


async def _rows(entries: list[HouseholdAccount], by: Actor) -> list[dict[str, Any]]:
    homes = await households.with_keys(entry.household for entry in entries)
    names = await staff.names({entry.entered_by for entry in entries})
    return [
        {
            "href": "" if entry.entered_by == by.key else f"/household-accounts/{entry.key}",
            "key": entry.key,
            "household": homes[entry.household].code,
            "name": masking.show(What.RECIPIENT, homes[entry.household].head_name, to=Reader.STAFF),
            "by": names.get(entry.entered_by, ""),
            "at": entry.entered_at,
            "mine": entry.entered_by == by.key,
        }
        for entry in entries
    ]
