"""Stores and the organisation: codes, names, and who we are."""

from typing import Any

import pytest

from charity.errors import Refusal
from charity.office import organisation, stores


async def test_stores_are_codes_and_names(house: Any) -> None:
    assert [s.code for s in await stores.every()] == ["LX00", "LX01", "LX02"]
    assert (await stores.get("LX01")).kind == "BRANCH"
    with pytest.raises(Refusal) as refused:
        await stores.get("LX99")
    assert (refused.value.code, refused.value.status) == ("store.unknown", 404)


async def test_the_api_lists_stores_to_our_roles_and_to_no_stranger(web: Any) -> None:
    answer = await web.as_("auditor").get("/api/v1/stores")
    assert [s["code"] for s in answer.json()["items"]] == ["LX00", "LX01", "LX02"]
    assert (await web.as_("organiser").get("/api/v1/stores")).status_code == 403
    assert (await web.as_().get("/api/v1/stores")).status_code == 401


async def test_who_we_are_is_told_and_replaced(house: Any) -> None:
    assert (await organisation.get()).name == "临溪市慈善总会"
    await organisation.change(organisation.Organisation("新会", short="新", demo=True))
    own = await organisation.get()
    assert (own.name, own.demo) == ("新会", True)
