"""The pages of the office, as an administrator uses them."""

import re
from typing import Any

import pytest
from office import given

OFFICE_PAGES = (
    "/accounts", "/accounts/new", "/accounts/changes", "/tokens", "/organisation", "/password", "/two-step", "/sessions",
    "/api-docs",
)  # fmt: skip


@pytest.mark.parametrize("page", OFFICE_PAGES)
async def test_the_pages_of_the_office_show(web: Any, page: str) -> None:
    for language in ("zh", "en"):
        answer = await web.as_("admin").get(page, headers={"Accept-Language": language})
        assert answer.status_code == 200
    assert not _chinese_left(answer.text), _chinese_left(answer.text)


def _chinese_left(text: str) -> list[str]:
    """Chinese words on an English page, other than names in the data and the language switch."""

    words = re.findall(r">([^<]*[\u4e00-\u9fff][^<]*)<", text.split("<main")[1].split("</main>", maxsplit=1)[0])
    return [
        f
        for f in words
        if not any(known in f for known in ("测试", "店", "街道", "临溪", "超市", "用途", "演示公募证"))
    ]


async def test_an_admin_makes_and_closes_an_account_on_screen(web: Any, house: Any) -> None:
    admin = web.as_("admin")
    form = {"login": "zhao", "name": "赵", "roles": ["cashier", "accountant"], "store": "", "password": given.PASSWORD}
    answer = await admin.post("/accounts/new", data=form)
    assert answer.status_code == 422
    assert "出纳不得兼任会计" in answer.text
    assert given.PASSWORD not in answer.text
    answer = await admin.post("/accounts/new", data=form | {"roles": ["cashier"]})
    assert answer.status_code == 303
    place = answer.headers["location"]
    assert "赵" in (await admin.get(place)).text
    assert (await admin.get(f"{place}/disable")).status_code == 200
    assert (await admin.post(f"{place}/disable")).status_code == 303
    assert "已停用" in (await admin.get(place)).text
    assert (await admin.post(f"{place}/enable")).status_code == 303
    assert (await admin.get("/accounts/nobody")).status_code == 404
