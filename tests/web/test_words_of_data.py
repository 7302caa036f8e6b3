"""Only words of ours are translated: what somebody typed reads the same in every language, also when we know the word."""

import re

import pytest
from giving.given import give, spend

from charity import words
from charity.app import ENDPOINTS
from charity.db import transactions
from charity.errors import NOT_FOUND, FieldError, Refusal, Rule, unreadable
from charity.giving.rules import CAMPAIGN_ENDED, CAMPAIGN_NOT_OPEN
from charity.ledger.places import Place
from charity.roles import PERMISSIONS, not_yours
from charity.web import messages, pages, problems

PAYMENT = "付款"
TABLES = ("campaign", "fund", "programme", "store", "township", "work_unit", "institution", "money_place")


def english(refusal: Refusal) -> str:
    with words.speaking("en"):
        return str(problems.document(refusal)["detail"])


def test_a_name_among_the_facts_is_not_translated_and_a_term_is() -> None:
    with words.speaking("en"):
        assert words.translate(PAYMENT) == "Payment", "else this proves nothing"
    assert f"“{PAYMENT}”" in english(CAMPAIGN_ENDED(name=PAYMENT, ends_on="2026-01-01"))
    closed = english(CAMPAIGN_NOT_OPEN(name=PAYMENT, state=words.Term("草稿")))
    assert PAYMENT in closed
    assert "raft" in closed
    assert "Payment" not in closed
    permission = PERMISSIONS["voucher.pay"][0]
    with words.speaking("en"):
        named = words.translate(permission)
    assert named != permission
    assert named in english(not_yours("voucher.pay"))


def test_a_name_in_a_field_error_is_not_translated_at_any_door() -> None:
    error = FieldError("fund", "没有基金“{fund}”", (("fund", PAYMENT),))
    with words.speaking("en"):
        assert PAYMENT in messages.spoken([error])[0]["message"]
        assert PAYMENT in pages.errors(unreadable(error))[0]["message"]
        (shown,) = pages.errors(Rule("x", "没有基金“{fund}”")(fund=PAYMENT))
    assert PAYMENT in shown["message"]
    assert NOT_FOUND().facts == {}


def test_a_place_of_money_reads_in_the_language_of_whoever_is_refused() -> None:
    named = Place("1002/A", "1002", "A", PAYMENT, "Bank A")
    nameless = Place("1002/B", "1002", "B", PAYMENT, "")
    rule = Rule("x", "没有基金“{fund}”")
    assert PAYMENT in str(problems.document(rule(fund=named))["detail"])
    assert "Bank A" in english(rule(fund=named))
    assert PAYMENT in english(rule(fund=nameless))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_campaign_fund_programme_and_store_called_payment_keep_their_names(web, house):
    await give(house)
    await spend("F-GEN", 5_000, "P01", kept=True)

    async def called(tx):
        for table in TABLES:
            await tx.rows(f"UPDATE {table} SET name = $1 RETURNING name", PAYMENT)
            if table in {"campaign", "fund", "programme", "money_place"}:
                await tx.rows(f"UPDATE {table} SET name_en = '' RETURNING name")

    await transactions.run(called)
    client = web.as_()
    client.cookies.set("language", "en")
    for path in ("/", "/campaigns/one-day-2026", "/campaigns/one-day-2026/give", "/give/goods"):
        page = (await client.get(path, headers={"accept-language": "en"})).text
        assert 'lang="en"' in page, path
        assert PAYMENT in page, path
        assert path.endswith("/give") or not re.search(r">\s*Payment\s*<", page), path
    answer = await web.as_("accountant").get("/api/v1/funds", headers={"accept-language": "en"})
    assert PAYMENT in answer.text


def test_each_call_of_the_api_is_summed_up_in_english_of_its_own() -> None:
    """/api-docs says “Reject a voucher”, not “Rejected”, which is the word of a stamp."""
    catalog = words.catalog("en")
    summaries = {endpoint.summary: catalog[endpoint.summary] for endpoint in ENDPOINTS}
    assert [text for text in summaries.values() if not text[0].isupper()] == []
    assert len({*summaries.values()}) == len(ENDPOINTS), "two calls are summed up by the same words"
    one_word = sorted(text for text in summaries.values() if " " not in text and text.endswith("ed"))
    assert one_word == []
