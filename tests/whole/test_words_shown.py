"""What a page says to staff in Chinese: no word of a program or of English among it."""

import html
import re

import pytest
from cast import CAMPAIGNS, Cast
from conftest import Web
from reports.given import busy_town

from bench import staff_faces, walking
from charity import words
from charity.errors import OTHER_STORE
from charity.ledger import rules
from charity.roles import Role
from charity.words import Named

KNOWN = {"CSV", "PDF", "XLSX", "ICP", "TOTP", "Chrome", "Linux", "SHA", "kg", "ml", "http", "https", "CNY"}
"""Names of files and things that have no other name."""
NAMES = {name for row in CAMPAIGNS for name in re.findall("[a-z]+", row[0])} | {role.value for role in Role}
"""People and campaigns of the cast are called so."""
OF_THEIR_OWN = {
    "/privacy/edit": "a text with its places, and its English",
    "/tokens": "a command of the server",
    "/finance/entries/{seq}": "the entry as it was hashed",
    "/finance/places": "each place has an English name",
    "/organisation": "the organisation has an English name",
    "/desk/campaigns/{slug}": "a campaign has an English name",
    "/accounts": "logins",
    "/accounts/{key}": "a login",
    "/accounts/{key}/disable": "a login",
}
"""Pages whose data are no Chinese."""
_ATTRIBUTES = re.compile(r'(?:placeholder|aria-label|title|alt|data-[a-z]+)="([^"]*[\u4e00-\u9fff][^"]*)"')
_HASH = re.compile(r"(?:[0-9a-f]{4}\s+){3,}[0-9a-f]{4}")
"""A group of a hash may be four letters."""
_WORD = re.compile(r"(?<![A-Za-z0-9_./@{-])[A-Za-z][a-z]+(?![A-Za-z0-9_@/}-])|(?<=[/：、，（])[a-z]{2,}")


def foreign(page: str) -> set[str]:
    """The Latin words of a page's main part that are not known."""
    match = re.search(r"<main.*</main>", page, re.DOTALL)
    body = match[0] if match else page
    shown = re.sub(r"<(script|style|textarea|svg|output)\b.*?</\1>", " ", body, flags=re.DOTALL)
    shown = _HASH.sub(" ", re.sub(r"<[^>]+>", " ", shown))
    return set(_WORD.findall(html.unescape(f"{shown} {' '.join(_ATTRIBUTES.findall(body))}"))) - KNOWN - NAMES


def test_a_word_of_a_program_is_seen() -> None:
    assert foreign("<main><p>只能是：intake/issue</p></main>") == {"intake", "issue"}
    assert foreign("<main><p>校验码 12ab aace cdac 0f0f 9e2d，face</p></main>") == {"face"}
    assert foreign('<main><input placeholder="按 sku 找"><p>大米 5kg，BF-2026-000012，PDF</p></main>') == {"sku"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_no_staff_page_in_chinese_says_a_word_of_english_or_of_a_program(house: Cast, web: Web) -> None:
    await busy_town(house)

    async def get(role: str, path: str) -> tuple[int, str]:
        answer = await web.as_(None if role == walking.PUBLIC else role).get(path)
        return answer.status_code, answer.text

    listed = await staff_faces.listed(get, [role.value for role in Role])
    assert len(listed) > 60
    shown = {
        address: foreign((await get(role, address))[1]) for role, kind, address in listed if kind not in OF_THEIR_OWN
    }
    filters = [
        "/goods/documents?kind=other",
        "/vouchers?status=other",
        "/receipts?status=other",
        "/refunds?status=other",
    ]
    shown |= {address: foreign((await get("auditor", address))[1]) for address in filters}
    wrong = {address: latin for address, latin in shown.items() if latin}
    assert not wrong, wrong
    assert "没有这个选项" in (await get("auditor", filters[0]))[1]


def test_a_fund_is_called_by_its_name_and_a_program_gets_its_code() -> None:
    refusal = rules.FUND_NOT_FOR(fund=Named("F-YY", "敬老基金"), programme="P05")
    assert words.say(refusal.words, **refusal.facts) == "“敬老基金”限定用途，不能用于这个项目"
    assert refusal.facts == {"fund": "F-YY", "programme": "P05"}
    assert f"{Named('F-YY', '')}" == "F-YY"
    assert OTHER_STORE().status == 403
