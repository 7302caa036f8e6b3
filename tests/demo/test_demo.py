"""The demo city: the same day tells the same story, every promise of the issue is in it, and its books verify."""

import json
import shutil
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import DEMO_DAY, Cluster, _apart, _sql, environment

from charity import settings
from charity.app import CHAPTERS, CHECKS, MODELS
from charity.bank import reconciliation
from charity.db import engine, migrations, reading
from charity.demo import plan, story, tables
from charity.demo.plan import Chapter, Family, Plan
from charity.errors import Refusal
from charity.giving import organisers
from charity.ledger import writer
from charity.ledger.demo import entries
from charity.office import staff
from charity.office.demo import STAFF
from charity.roles import SYSTEM, Actor, Role


def planned(day: date, chapters: Sequence[Chapter]) -> list[str]:
    """The plan in words: when, what, with which facts."""
    whole = plan.Plan(day)
    whole.staff = {login: Actor(login, name, frozenset(Role(r) for r in roles)) for login, name, roles, _ in STAFF}
    towns = [row["code"] for row in tables.rows("townships")]
    whole.households = [Family(f"LXJ{n:04d}", f"k{n}", towns[n % 20], "DIBAO", 1 + n % 4, "LX01") for n in range(2_600)]
    sizes = {"students": 280, "orphans": 180, "patients": 390}
    whole.people = {group: [f"{group}{n}" for n in range(size)] for group, size in sizes.items()}
    families = iter(whole.households)
    whole.cards = {row["store_code"]: [(f"C{n}", next(families)) for n in range(40)] for row in tables.rows("stores")}
    for chapter in chapters:
        chapter.add(whole)
    events = []
    for event in whole.events:
        do = getattr(event.do, "func", event.do)
        facts = [a for a in getattr(event.do, "args", ()) if a is not whole]
        keywords = sorted(getattr(event.do, "keywords", {}).items(), key=lambda i: i[0])
        events.append(f"{event.at} {do.__qualname__} {facts} {keywords}")
    return events


def test_the_same_day_plans_the_same_story_and_another_day_another() -> None:
    day = date(2026, 11, 23)
    assert planned(day, CHAPTERS) == planned(day, CHAPTERS)
    assert planned(day, CHAPTERS) != planned(day + timedelta(days=1), CHAPTERS)


def test_every_chapter_draws_from_a_chance_of_its_own() -> None:
    day = date(2026, 11, 23)
    alone = [event for chapter in CHAPTERS for event in planned(day, [chapter])]
    assert len(alone) > 13_000
    assert alone == planned(day, CHAPTERS)
    assert sorted(alone) == sorted(planned(day, CHAPTERS[::-1])), "the order of the chapters does not matter"


async def test_the_same_day_makes_the_same_journal_on_both_databases_to_the_last_byte(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = plan.play

    async def in_part(story_plan: Plan, progress: Callable[[int, int], None]) -> None:
        begun = story_plan.at(story_plan.opened_on + timedelta(days=24))
        story_plan.events = [event for event in story_plan.events if event.at < begun]
        await whole(story_plan, progress)

    monkeypatch.setattr(plan, "play", in_part)
    heads = []
    _apart(_sql(cluster, "CREATE DATABASE the_same_day"))
    for name, url in (("sqlite", f"sqlite://{tmp_path}/sqlite/charity.db"), ("postgres", cluster.url("the_same_day"))):
        folder = tmp_path / name  # of its own: head.json belongs to one database
        folder.mkdir()
        environment(url, folder)
        settings.reset()
        async with engine.opened(migrating=True):
            await migrations.migrate()
        async with engine.opened(MODELS, loading=True), writer.running():
            await story.load(CHAPTERS, as_of=date(2027, 3, 1))
            heads.append(await reading.only("SELECT seq, leaf, at FROM head"))
    assert heads[0]["seq"] > 300
    assert heads[0] == heads[1]


def test_the_tables_add_up_to_the_anchors_of_the_seed() -> None:
    townships = tables.rows("townships")
    assert sum(int(r["dibao_persons"]) for r in townships) == 9_149
    assert sum(int(r["population"]) for r in townships) == 612_000
    assert sum(int(r["beds"]) for r in tables.rows("institutions")) == 2_955
    units = tables.rows("work_units")
    assert sum(int(r["donors"]) for r in units) == 3_190
    assert sum(tables.fen(r["total"]) for r in units) == 1_603_170_00
    assert len(tables.rows("goods")) == 60
    assert len(tables.rows("stores")) == 15


@pytest.mark.slow
@pytest.mark.xdist_group("demo")
async def test_the_demo_loads_through_the_verbs_and_its_books_verify(demo_template: Path, tmp_path: Path) -> None:
    shutil.copytree(demo_template, tmp_path, dirs_exist_ok=True)
    environment(f"sqlite://{tmp_path}/charity.db", tmp_path)
    async with engine.opened(MODELS, loading=True), writer.running():
        with pytest.raises(Refusal) as refused:
            await story.load(CHAPTERS)
        assert refused.value.code == "demo.not_empty"
        for check in CHECKS:
            assert await check.run() == [], check.label
        assert await entries() == await reading.value("SELECT COUNT(*) FROM entry")
        await the_promises_are_kept(DEMO_DAY)


async def the_promises_are_kept(today: date) -> None:
    campaigns = {r["slug"]: r for r in await reading.rows("SELECT * FROM campaign")}
    begins = today - timedelta(days=45)
    old = {"wenchuan-2008", "yushu-2010", f"one-day-{begins.year - 1}"}
    seasons = {slug.rpartition("-")[0] for slug in campaigns}
    assert seasons == {"one-day", "", "winter", "dream", "orphans", "flood", "wenchuan", "yushu"}
    one_day = campaigns[f"one-day-{begins.year}"]
    assert one_day["status"] == "active"
    assert (one_day["starts_on"], one_day["ends_on"]) == (
        begins.isoformat(),
        (today + timedelta(days=30)).isoformat(),
    )
    assert campaigns["everyday"]["ends_on"] is None
    assert {slug for slug, row in campaigns.items() if row["archived_fen"]} == old
    facts = await reading.rows("SELECT campaign, field FROM campaign_fact")
    assert {row["field"] for row in facts if row["campaign"] in old} == {"beneficiaries"}
    assert campaigns["everyday"]["filing_no"] == "", "everyday acceptance is no fundraising"
    invited = {row["fund"] for row in campaigns.values() if row["reach"] == "targeted"}
    assert invited == {"F-ORP"}
    assert not invited & set(json.loads(campaigns["everyday"]["funds"]))
    units = await reading.only(
        "SELECT COUNT(*) AS n, SUM(amount_fen) AS fen FROM donation WHERE channel_ref LIKE 'DEMO-U-%'"
    )
    assert units == {"n": 1_588 + 6, "fen": 785_050_00}, "the staff and what six of the seven give themselves"
    organiser = await staff.required("lxu10", by=SYSTEM)
    assert await organisers.unit_of(organiser.actor) == "LXU10"
    classes = await reading.value("SELECT COUNT(*) FROM (SELECT DISTINCT township, category FROM household) x")
    assert classes == 20 * 5
    assert await reading.value("SELECT COUNT(*) FROM household") == 2_600
    soon = "SELECT COUNT(*) FROM lot WHERE expires_on = $1"
    assert await reading.value(soon, (today + timedelta(days=12)).isoformat()) >= 1
    assert await reading.value(soon, (today - timedelta(days=5)).isoformat()) >= 1
    for awkward in (
        "SELECT COUNT(*) FROM receipt WHERE status = 'replaced'",
        "SELECT COUNT(*) FROM refund WHERE status = 'refunded'",
        "SELECT COUNT(*) FROM goods_issue WHERE proxy IS NOT NULL",
        "SELECT COUNT(*) FROM donation WHERE kind = 'in_kind' AND amount_fen IS NULL",
        "SELECT COUNT(*) FROM card WHERE status = 'suspended'",
        "SELECT COUNT(*) FROM pledge WHERE status = 'partial'",
        "SELECT COUNT(*) FROM voucher WHERE status = 'draft'",
        "SELECT COUNT(*) FROM voucher WHERE status = 'approving'",
        "SELECT COUNT(*) FROM voucher WHERE status = 'approved'",
        "SELECT COUNT(*) FROM voucher WHERE status = 'rejected'",
        "SELECT COUNT(*) FROM donation WHERE fund = 'F-CIWU'",
        "SELECT COUNT(*) FROM lot l JOIN fund f ON f.code = l.fund WHERE f.kind = 'agency'",
    ):
        assert await reading.value(awkward) >= 1, awkward
    homes = "SELECT COUNT(*) FROM card c JOIN household h ON h.key = c.household WHERE h.category = 'TK_INST'"
    assert await reading.value(homes) == 0, "whoever lives in a home is no supermarket family"
    await the_bank_agrees_with_the_books()
    await days_are_closed_and_a_box_was_opened_by_two()


async def days_are_closed_and_a_box_was_opened_by_two() -> None:
    """The pages of D11, D12 and D15 and the list of days have something; the day on which the file came is open."""
    (taken,) = await reading.rows("SELECT place, last_on FROM bank_statement")
    last = date.fromisoformat(taken["last_on"])
    closed = [(last - timedelta(days=n)).isoformat() for n in (4, 3, 2)]
    rows = await reading.rows("SELECT place, on_day, status, prepared_by, closed_by FROM bank_day ORDER BY on_day")
    assert [(row["place"], row["on_day"], row["status"]) for row in rows] == [
        (taken["place"], on, "closed") for on in closed
    ]
    assert all(row["prepared_by"] != row["closed_by"] for row in rows)
    through = await reading.value("SELECT closed_through FROM money_place WHERE code = $1", taken["place"])
    assert through == closed[-1]
    (box,) = await reading.rows("SELECT * FROM box_opening")
    assert (box["status"], box["amount_fen"], box["opened_on"] <= through) == ("confirmed", 669_50, True)
    assert box["counted_by"] != box["confirmed_by"]
    paid_in = "SELECT COUNT(*) FROM money_transfer WHERE channel_ref = $1"
    assert await reading.value(paid_in, box["slip_ref"]) == 1
    day = await reconciliation.of(taken["place"], through, by=SYSTEM)
    assert (day.apart_fen, len(day.lines)) == (0, 1), "the 8,888.00 of somebody unknown stands open"


async def the_bank_agrees_with_the_books() -> None:
    """The statement of the last month says what the books moved in the account, one line a payment, and two that nobody booked."""
    (taken,) = await reading.rows("SELECT place, first_on, last_on, lines, status FROM bank_statement")
    strange = await reading.rows("SELECT in_fen, out_fen FROM bank_line WHERE reference LIKE 'DEMO-B-%' ORDER BY key")
    assert [tuple(row.values()) for row in strange] == [(888_800, 0), (0, 1_200)]
    booked = (
        "SELECT COUNT(*) AS n, SUM(in_fen) - SUM(out_fen) AS fen FROM bank_line WHERE reference NOT LIKE 'DEMO-B-%'"
    )
    lines = await reading.only(booked)
    moved = await reading.value(
        "SELECT SUM(p.quantity) FROM posting p JOIN account a ON a.id = p.account JOIN entry e ON e.seq = p.seq "
        "WHERE a.code LIKE $1 AND e.effective_on BETWEEN $2 AND $3",
        f"{taken['place']}/%",
        taken["first_on"],
        taken["last_on"],
    )
    assert (taken["status"], lines["n"], lines["fen"]) == ("taken", taken["lines"] - 2, moved)
    assert lines["n"] > 200
    (unnamed,) = await reading.rows("SELECT fen, left_fen FROM unidentified")
    assert unnamed == {"fen": 286_690_00, "left_fen": 286_690_00}, "of LXU08, 10.00 too little"
    named = await reading.value("SELECT COUNT(*) FROM bank_line WHERE in_fen > 0 AND name IS NULL")
    assert named < lines["n"] / 10, "whoever looks for a gift has a name"
