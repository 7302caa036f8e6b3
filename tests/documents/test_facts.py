"""What every register needs: its period, who may read what, cursors, and rows that are what the books say."""

from dataclasses import replace
from typing import Any

import pytest
from conftest import Web

from charity import words
from charity.db.transactions import run
from charity.documents import facts, registry
from charity.documents.filters import COPY, FUND, STORE
from charity.errors import Refusal
from charity.printing.document import Column, Document, Filters, Page, Totals
from charity.roles import Actor, Role

BEGIN, END = "2026-01-01", "2026-12-31"
MANAGER = Actor("k", "n", frozenset({Role.MANAGER}), "LX01")
ACCOUNTANT = Actor("k", "n", frozenset({Role.ACCOUNTANT}))


async def _nothing(*_: Any) -> Any:
    raise AssertionError("not read here")


REGISTER = Document(
    name="test",
    title="试验台账",
    lead="",
    columns=(
        Column("who", "名称", 1),
        Column("fen", "金额", 1, kind="money", total=True),
        Column("n", "人数", 1, kind="count", total=True),
    ),
    filters=(STORE, FUND, COPY),
    page=_nothing,
    totals=_nothing,
)


def of(**chosen: str) -> Filters:
    return Filters.of(BEGIN, END, **chosen)


def allowed(by: Actor, **chosen: str) -> Filters | tuple[str, dict[str, Any]]:
    """The filters as this account may use them, or the code of the refusal and its facts."""
    try:
        return facts.allowed(REGISTER, of(**chosen), by)
    except Refusal as refused:
        return refused.code, dict(refused.facts)


@pytest.mark.parametrize(
    ("begin", "end"),
    [("2026-01-01", "2026-01-01"), ("2016-01-01", "2026-01-08"), (" 2026-01-01", "2026-01-31 ")],
)
def test_a_period_is_a_day_or_ten_years_at_most(begin: str, end: str) -> None:
    assert facts.period(begin, end) == (begin.strip(), end.strip())


@pytest.mark.parametrize(
    ("begin", "end", "field", "sentence"),
    [
        ("2026-01-02", "2026-01-01", "to", "结束日期早于开始日期"),
        ("2016-01-01", "2026-01-09", "to", "期间最长 10 年"),
        ("2026-02-30", "2026-03-01", "from", "日期请按 2026-10-08 的样子填写"),
        ("2026-02-01", "nonsense", "to", "日期请按 2026-10-08 的样子填写"),
        ("0001-01-01", "2026-03-01", "from", None),
        ("2026-02-01", "9999-12-31", "to", None),
    ],
)
def test_a_period_is_refused_at_its_field(begin: str, end: str, field: str, sentence: str | None) -> None:
    with pytest.raises(Refusal) as refused:
        facts.period(begin, end)
    assert (refused.value.code, refused.value.status) == ("report.period", 422)
    assert [error.field for error in refused.value.fields] == [field]
    shown = words.say(refused.value.words, **refused.value.facts)
    assert shown == sentence if sentence else "请按" not in shown


def test_who_has_a_store_reads_its_own_and_no_names() -> None:
    assert allowed(MANAGER) == of(store="LX01")
    assert allowed(MANAGER, store="LX01", fund="F-GEN") == of(store="LX01", fund="F-GEN")
    assert allowed(MANAGER, store="LX02") == ("report.store", {})
    assert allowed(MANAGER, copy="internal") == ("report.internal", {})
    assert allowed(MANAGER, copy="notice") == of(store="LX01", copy="notice")
    assert allowed(Actor("k", "n", frozenset({Role.MANAGER})), store="LX02") == of(store="LX02")


@pytest.mark.parametrize("role", list(Role))
def test_accountants_and_auditors_read_every_store_and_all_names(role: Role) -> None:
    by = Actor("k", "n", frozenset({role}), "LX01")
    whole = role in {Role.ACCOUNTANT, Role.AUDITOR}
    assert facts.sees_all(by) == whole
    if whole:
        assert allowed(by, store="LX02", copy="internal") == of(store="LX02", copy="internal")
    elif role != Role.MANAGER:
        with pytest.raises(Refusal) as refused:
            facts.allowed(REGISTER, of(), by)
        assert refused.value.status == 403


def test_a_filter_is_one_of_the_register_and_not_too_long() -> None:
    assert allowed(ACCOUNTANT, fund="F" * 64) == of(fund="F" * 64)
    assert allowed(ACCOUNTANT, fund="F" * 65) == ("report.filter", {"name": "fund"})
    assert allowed(ACCOUNTANT, campaign="everyday") == ("report.filter", {"name": "campaign"})


def test_a_cursor_is_read_as_it_was_written() -> None:
    for parts in ([7, "a~b"], [0, ""]):
        assert facts.place(facts.cursor(parts), (int, str)) == parts
    assert facts.place(None, (int, str)) is None
    assert facts.place("", (int, str)) is None
    for wrong in ("7", "x~a", "~"):
        with pytest.raises(Refusal) as refused:
            facts.place(wrong, (int, str))
        assert refused.value.code == "report.cursor"


def test_a_page_ends_with_the_cursor_of_its_last_row_when_more_rows_follow() -> None:
    rows = [{"n": n} for n in range(4)]

    def key(row: Any) -> list[Any]:
        return [row["n"], "x"]

    assert facts.cut(rows, 3, key) == Page(rows[:3], "2~x")
    assert facts.cut(rows, 4, key) == Page(rows, None)
    assert facts.cut([], 4, key) == Page([], None)


def test_rows_are_as_many_and_as_much_as_the_totals_say() -> None:
    totals = Totals(2, {"fen": 300, "n": 5}, [], [])
    facts.must_agree(totals)
    facts.must_add_up(REGISTER, totals, 2, {"fen": 300, "n": 5})
    for count, fen, n, sentence in (
        (3, 300, 5, "行数 3 ≠ 2"),
        (2, 301, 5, "金额 3.01 ≠ 3.00"),
        (2, 300, 4, "人数 4 ≠ 5"),
        (1, 0, 0, "行数 1 ≠ 2；金额 0.00 ≠ 3.00；人数 0 ≠ 5"),
    ):
        with pytest.raises(Refusal) as refused:
            facts.must_add_up(REGISTER, totals, count, {"fen": fen, "n": n})
        assert (refused.value.code, refused.value.facts) == ("report.differs", {"differences": sentence})
    with pytest.raises(Refusal) as refused:
        facts.must_agree(Totals(2, {}, [], ["F-GEN 1", "F-EDU 2"]))
    assert refused.value.facts == {"differences": "F-GEN 1；F-EDU 2"}


async def test_a_register_prints_the_filters_that_were_chosen(house: object) -> None:
    assert await facts.filter_words(REGISTER, of(store="LX01", fund="F-NEW")) == (
        "门店 LX01 溪东街道爱心超市 · 基金 F-NEW · 外部查阅（只留姓氏）"
    )
    assert await facts.filter_words(registry.document("stock"), of()) == "全部"
    assert facts.period_words(of()) == "2026-01-01 至 2026-12-31"


async def test_a_screen_shows_fifty_rows(house: object, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    async def page(filters: Filters, seq: int, after: str | None, limit: int) -> Page:
        del filters, seq, after
        asked.append(limit)
        return Page([], None)

    stock = registry.document("stock")
    monkeypatch.setitem(registry._documents, "stock", replace(stock, page=page))
    assert (await web.as_("accountant").get("/ledgers/stock")).status_code == 200
    assert asked == [50]


@pytest.mark.parametrize("name", ["units", "donations"])
async def test_a_campaign_is_printed_by_its_name_without_the_word_of_its_address(house: object, name: str) -> None:
    await run(lambda tx: tx.many("UPDATE campaign SET name = $1 WHERE slug = $2", [("慈善一日捐", "one-day-2026")]))
    asked = of(campaign="one-day-2026")
    assert (await facts.filter_words(registry.document(name), asked)).split(" · ")[0] == "慈善一日捐"
