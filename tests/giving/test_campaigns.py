"""Campaigns: the gate before the public, and the units that give together."""

import asyncio
from datetime import timedelta
from typing import Any

import as_shown
import pytest
from cast import PLAN, Cast, resolved
from conftest import Web
from giving.given import approved, code_of, give, promised, requested, today

from charity import clock, words
from charity.db import reading, transactions
from charity.errors import FieldError, Refusal
from charity.giving import campaigns, work_units
from charity.giving.campaigns import Known, NewCampaign, readers
from charity.giving.donations import screens as donation_screens
from charity.ledger import funds
from charity.ledger.plans import Plan, PlanUse
from charity.people.persons import Donor
from charity.roles import PUBLIC

TARGETED = {"reach": "targeted", "plan": None}


def _new(**changes: object) -> NewCampaign:
    values: dict[str, object] = {
        "slug": "spring-2027",
        "name": "春季助学",
        "kind": "education",
        "starts_on": (clock.today() + timedelta(days=20)).isoformat(),
        "ends_on": "2099-12-31",
        "facts": PLAN,
        "fund": "F-CX27",
        "plan": Plan((("P01", 50_000), ("P02", 700)), 300),
        "purpose": "资助学生",
    }
    return NewCampaign(**(values | changes))  # type: ignore[arg-type]


async def test_a_public_campaign_passes_the_gate_only_with_filing_and_platform(house):
    await campaigns.create(_new(), by=house.accountant)
    with pytest.raises(Refusal) as refused:
        await campaigns.activate("spring-2027", by=house.accountant)
    assert code_of(refused) == "campaign.gate"
    missing = f"{refused.value.facts['missing']}"
    assert "备案号" in missing
    assert "平台" in missing
    await campaigns.file("spring-2027", filing_no="备1", platform_url="https://p.invalid/1", by=house.accountant)
    await campaigns.activate("spring-2027", by=house.accountant)
    assert (await campaigns.get("spring-2027")).row["status"] == "active"


async def test_a_plan_filed_too_late_keeps_the_gate_shut_unless_it_is_an_emergency(house):
    soon = (clock.today() + timedelta(days=3)).isoformat()
    await campaigns.create(_new(starts_on=soon), by=house.accountant)
    await campaigns.file("spring-2027", filing_no="备1", platform_url="https://p.invalid/1", by=house.accountant)
    with pytest.raises(Refusal) as refused:
        await campaigns.activate("spring-2027", by=house.accountant)
    assert code_of(refused) == "campaign.gate"
    emergency = _new(slug="quake-2027", kind="disaster", fund="F-QK27", starts_on=today())
    await campaigns.create(emergency, by=house.accountant)
    await campaigns.file("quake-2027", filing_no="备2", platform_url="https://p.invalid/2", by=house.accountant)
    await campaigns.activate("quake-2027", by=house.accountant)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"slug": "everyday"}, "campaign.exists"),
        ({"fund": "F-GEN"}, "campaign.fund_not_new"),
        ({"fund": "F-EDU"}, "campaign.fund_not_new"),
        ({"funds": ["F-EDU"]}, "campaign.one_fund"),
        ({"plan": None, "fund": "F-GEN", "starts_on": "2019-01-01", "ends_on": "2019-02-01"}, "campaign.plan_needed"),
        ({"plan": None, "fund": "F-EDU"}, "campaign.fund_taken"),
        ({"plan": Plan((), 5)}, "campaign.plan_needed"),
        ({"plan": Plan((("P77", 5),), 0)}, "fields.unreadable"),
        ({"plan": Plan((("P01", 5), ("P02", 5), ("P01", 5)), 0)}, "fields.unreadable"),
        ({"fund_kind": "agency"}, "campaign.fund_kind"),
        ({**TARGETED, "fund": "F-NONE"}, "fields.unreadable"),
        ({**TARGETED, "fund": "F-WC08"}, "campaign.fund_kind"),
        ({**TARGETED, "fund": "F-EDU"}, "campaign.fund_taken"),
        ({**TARGETED, "plan": Plan((("P01", 5),), 0)}, "campaign.plan_not_here"),
        ({**TARGETED, "kind": "agency", "fund": "F-EDU"}, "campaign.fund_kind"),
        ({**TARGETED, "kind": "agency", "fund": "F-WC08"}, "campaign.fund_taken"),
        ({"kind": "everyday", "fund": "F-GEN"}, "campaign.plan_not_here"),
    ],
)
async def test_a_campaign_that_breaks_a_rule_is_not_made(house, changes, code):
    with pytest.raises(Refusal) as refused:
        await campaigns.create(_new(**changes), by=house.accountant)
    assert code_of(refused) == code
    assert await reading.value("SELECT COUNT(*) FROM campaign WHERE slug = 'spring-2027'") == 0
    assert await reading.value("SELECT COUNT(*) FROM fund WHERE code = 'F-CX27'") == 0


async def test_a_public_appeal_opens_its_fund_with_its_plan_and_another_never_shares_it(house):
    await campaigns.create(_new(fund_kind="unrestricted"), by=house.accountant)
    fund = await funds.get("F-CX27")
    assert (fund.name, fund.kind, fund.programmes) == ("春季助学", "unrestricted", ("P01", "P02"))
    assert fund.uses == (PlanUse("P01", 50_000, 0), PlanUse("P02", 700, 0), PlanUse("cost", 300, 0))
    assert await campaigns.fund_choices("spring-2027") == [("F-CX27", "春季助学")]
    everyday = {"slug": "everyday-2", "kind": "everyday", "plan": None}
    targeted = _new(slug="spring-2028", **TARGETED, fund="F-CX27")
    for again in (_new(slug="spring-2028"), targeted, _new(**everyday)):
        with pytest.raises(Refusal, match=r"campaign\.fund_(not_new|taken)"):
            await campaigns.create(again, by=house.accountant)
    # Everyday giving goes on beside one of before, and may offer the funds of others.
    await campaigns.create(_new(**everyday, fund="F-GEN", funds=["F-CX27"]), by=house.accountant)
    assert (await campaigns.known("everyday-2")).funds == ("F-GEN", "F-CX27")


async def test_a_season_goes_on_with_a_standing_fund_when_no_other_campaign_has_it(house):
    """The flood appeal of each year goes into the disaster fund, which is restricted to its programmes."""
    await transactions.run(lambda tx: tx.rows("UPDATE campaign SET ends_on = '2027-06-30' WHERE slug = 'flood-2026'"))
    season = {"kind": "disaster", "plan": None, "fund": "F-DIS"}
    for first, last, outcome in (
        ("2027-06-30", "2027-08-01", "campaign.fund_taken"),
        ("2026-01-01", "2026-07-03", "campaign.fund_taken"),
        ("2027-07-01", None, "campaign.endless"),
        ("2027-07-01", "2027-09-01", ""),
    ):
        new = _new(**season, starts_on=first, ends_on=last)
        assert await _outcome(campaigns.create(new, by=house.accountant)) == outcome
    await campaigns.file("spring-2027", filing_no="备1", platform_url="https://p.invalid/1", by=house.accountant)
    await campaigns.activate("spring-2027", by=house.accountant)


async def test_of_two_appeals_at_the_same_instant_one_opens_the_fund(house):
    new = (_new(), _new(slug="spring-2028"))
    outcomes = await asyncio.gather(*(_outcome(campaigns.create(n, by=house.accountant)) for n in new))
    assert sorted(outcomes) == ["", "campaign.fund_not_new"]
    targeted = (_new(slug=f"t{n}", **TARGETED, fund="F-ORPH") for n in range(2))
    outcomes = await asyncio.gather(*(_outcome(campaigns.create(n, by=house.accountant)) for n in targeted))
    assert sorted(outcomes) == ["", "campaign.fund_taken"]


async def test_a_draft_is_not_public_and_a_cashier_makes_no_campaign(house):
    with pytest.raises(Refusal) as refused:
        await campaigns.get("draft-2027")
    assert refused.value.status == 404
    assert "draft-2027" not in {s.row["slug"] for s in await campaigns.every()}
    with pytest.raises(Refusal) as refused:
        await campaigns.create(_new(), by=house.cashier)
    assert refused.value.status == 403


async def test_units_without_a_gift_are_not_listed_and_an_amount_only_where_wished(house):
    await work_units.add(
        code="LXU01",
        name="市政府办公室",
        kind="government",
        reference="YRJ26-01",
        show_amount=True,
        by=house.accountant,
    )
    assert await work_units.giving("one-day-2026") == []
    await give(house, work_unit="LXU02")
    await give(house, 300, work_unit="LXU01")
    await give(house, 500, work_unit="LXU01", donor=Donor("person", "李丽", "19900003333"))
    units = await work_units.giving("one-day-2026")
    assert [(u.code, u.donors, u.net_fen) for u in units] == [("LXU01", 2, 800), ("LXU02", 1, None)]
    by_name = await work_units.giving("one-day-2026", sort="name")
    assert [u.code for u in by_name] == ["LXU02", "LXU01"]  # 民 (min) before 政 (zheng)


def _lacking(errors: list[FieldError]) -> list[str]:
    """The words of what is missing."""
    return [dict(error.facts).get("words", error.message) for error in errors]


PLATFORM, FILING = "民政部指定平台上的网址", "募捐方案备案号"
LATE, LATE_EMERGENCY = "募捐方案应在开始前 10 日备案", "应急募捐应在开始后 10 日内备案"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, []),
        ({"platform_url": "", "filing_no": "", "filed_on": None}, [PLATFORM, FILING]),
        ({"platform_url": "", "filing_no": "", "filed_on": None, "reach": "targeted"}, []),
        ({"platform_url": ""}, [PLATFORM]),
        ({"filing_no": ""}, [FILING]),
        ({"filed_on": "2026-03-10"}, []),
        ({"filed_on": "2026-03-11"}, [LATE]),
        ({"kind": "disaster", "filing_no": "", "filed_on": None}, []),
        ({"kind": "disaster", "filed_on": "2026-03-20"}, []),
        ({"kind": "disaster", "filed_on": "2026-03-30"}, []),
        ({"kind": "disaster", "filed_on": "2026-03-31"}, [LATE_EMERGENCY]),
        ({"kind": "disaster", "filed_on": "2026-03-31", "platform_url": ""}, [PLATFORM, LATE_EMERGENCY]),
    ],
)
def test_a_plan_is_filed_ten_days_before_and_for_a_disaster_ten_days_after(
    changes: dict[str, Any], missing: list[str]
) -> None:
    row = {
        "kind": "education",
        "reach": "public",
        "purpose": "资助学生",
        "certificate": "演示公募证0001",
        "starts_on": "2026-03-20",
        "ends_on": "2026-08-31",
        "platform_url": "https://p.invalid/1",
        "filing_no": "备1",
        "filed_on": "2026-03-01",
    } | changes
    assert _lacking(campaigns.gate(row, PLAN, purposed=True)) == missing
    assert campaigns.file_by(row) == ("2026-03-30" if row["kind"] == "disaster" else "2026-03-10")


def test_a_giver_chooses_among_the_funds_of_the_campaign() -> None:
    known = Known("x", "one_day", "F-GEN", ("F-GEN", "F-EDU"), "JZ")
    assert [known.chosen(fund) for fund in (None, "", "F-EDU", "F-GEN")] == ["F-GEN", "F-GEN", "F-EDU", "F-GEN"]
    with pytest.raises(Refusal) as refused:
        known.chosen("F-WARM")
    assert (code_of(refused), refused.value.facts) == ("campaign.fund_not_choice", {"fund": "F-WARM"})


async def test_what_is_remembered_of_campaigns_is_of_the_open_database(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_known", {"everyday": Known("everyday", "agency", "F-WC08", ("F-WC08",), "X")})
    monkeypatch.setattr(readers, "_known_of", "another database")
    assert await campaigns.known("everyday") == Known(
        "everyday", "everyday", "F-GEN", ("F-GEN", "F-WARM", "F-EDU", "F-ORPH"), "EVE"
    )
    await transactions.run(lambda tx: tx.rows("UPDATE campaign SET prefix = 'ZZ' WHERE slug = 'everyday'"))
    assert (await campaigns.known("everyday")).prefix == "EVE"
    with pytest.raises(Refusal) as refused:
        await campaigns.known("nowhere")
    assert (code_of(refused), refused.value.facts) == ("campaign.unknown", {"campaign": "nowhere"})


@pytest.mark.parametrize(
    ("kind", "reach", "own"),
    [
        ("one_day", "public", True),
        ("disaster", "public", True),
        ("everyday", "public", False),
        ("agency", "public", False),
        ("orphan", "targeted", False),
    ],
)
def test_a_public_appeal_passes_the_gate_with_a_plan_only(kind: str, reach: str, own: bool) -> None:  # noqa: FBT001
    row = {
        "kind": kind,
        "reach": reach,
        "purpose": "资助学生",
        "certificate": "演示公募证0001",
        "starts_on": "2026-03-20",
        "ends_on": "2026-08-31",
        "platform_url": "https://p.invalid/1",
        "filing_no": "备1",
        "filed_on": "2026-03-01" if kind != "disaster" else "2026-03-25",
    }
    assert campaigns.gate(row, PLAN, purposed=True) == []
    lacking = _lacking(campaigns.gate(row, PLAN, purposed=False))
    assert lacking == (["缺少自己的基金和用途计划，请新建活动"] if own else [])


async def test_a_campaign_is_shown_in_english_where_there_is_english(house: Any) -> None:
    await campaigns.create(_new(name_en="Spring", purpose_en="For pupils"), by=house.accountant)
    await campaigns.create(_new(slug="autumn-2027", name="秋季助学", fund="F-AU27"), by=house.accountant)
    await transactions.run(lambda tx: tx.rows("UPDATE campaign SET status = 'active' WHERE slug <> 'draft-2027'"))
    shown = {}
    for language in ("en", "zh"):
        with words.speaking(language):
            spring, autumn = await campaigns.get("spring-2027"), await campaigns.get("autumn-2027")
            shown[language] = [spring.name, spring.purpose, autumn.name, autumn.purpose]
            several = await campaigns.names(["autumn-2027", None, "spring-2027", "", "draft-2027"])
            assert several == {"spring-2027": shown[language][0], "autumn-2027": "秋季助学"}
            assert several.items() <= (await campaigns.every_name()).items()
            assert await campaigns.names([None, ""]) == {}
    assert shown["en"] == ["Spring", "For pupils", "秋季助学", "资助学生"]
    assert shown["zh"] == ["春季助学", "资助学生", "秋季助学", "资助学生"]


async def test_active_campaigns_come_first_then_the_newest_and_drafts_for_whoever_manages_them(house: Any) -> None:
    await transactions.run(lambda tx: tx.rows("UPDATE campaign SET status = 'closed' WHERE slug = 'flood-2026'"))
    public = ["one-day-2026", "dream-2026", "everyday", "wenchuan-2008", "flood-2026", "winter-2025"]
    assert [s.row["slug"] for s in await campaigns.every()] == public
    staff = [s.row["slug"] for s in await campaigns.every(by=house.accountant)]
    assert staff == [*public[:4], "draft-2027", *public[4:]]
    assert (await campaigns.get("draft-2027", by=house.accountant)).row["status"] == "draft"
    for slug, by in (("draft-2027", PUBLIC), ("draft-2027", house.clerk), ("nowhere", house.accountant)):
        with pytest.raises(Refusal) as refused:
            await campaigns.get(slug, by=by)
        assert (code_of(refused), refused.value.status) == ("campaign.not_found", 404)


async def _dated(starts: int, ends: int | None, status: str = "active") -> None:
    """The campaign everyday begins and ends so many days from today."""
    days = [None if n is None else (clock.today() + timedelta(days=n)).isoformat() for n in (starts, ends)]
    sql = "UPDATE campaign SET starts_on = $1, ends_on = $2, status = $3 WHERE slug = 'everyday'"
    await transactions.run(lambda tx: tx.rows(sql, *days, status))


async def _outcome(call: Any) -> str:
    try:
        await call
    except Refusal as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    ("starts", "ends", "status", "received", "now", "late"),
    [
        (-5, -1, "active", -5, "", ""),
        (-5, -1, "active", -6, "campaign.not_begun", "campaign.not_begun"),
        (-5, -1, "active", -1, "", ""),
        (-5, -1, "active", 0, "campaign.ended", ""),
        (-5, None, "active", 0, "", ""),
        (0, None, "active", 0, "", ""),
        (-5, None, "closed", 0, "campaign.not_open", ""),
        (-5, -1, "closed", 0, "campaign.not_open", ""),
        (-5, None, "archived", 0, "campaign.not_open", "campaign.not_open"),
        (-5, None, "filed", 0, "campaign.not_open", "campaign.not_open"),
    ],
)
async def test_a_campaign_takes_money_of_its_days_and_that_of_a_pledge_also_afterwards(
    house: Any, starts: int, ends: int | None, status: str, received: int, now: str, late: str
) -> None:
    code = await promised(campaign="everyday")
    await _dated(starts, ends, status)
    day = (clock.today() + timedelta(days=received)).isoformat()
    paid = {"amount_fen": 1, "received_on": day, "channel": "cash", "by": house.cashier}
    assert await _outcome(give(house, campaign="everyday", received_on=day)) == now
    assert await _outcome(as_shown.receive(code, **paid)) == late
    promise = await _outcome(promised(campaign="everyday"))
    assert promise in {now, "campaign.ended", "campaign.not_open"} or (promise, status) == ("campaign.unknown", "filed")


async def test_a_new_campaign_is_a_draft_with_all_that_was_said_of_it(house: Any) -> None:
    new = _new(
        **TARGETED,
        fund="F-ORPH",
        funds=["F-WARM", "F-ORPH", "F-WARM"],
        goal_fen=5,
        name_en="Spring",
        ends_on="2099-01-01",
        prefix="CX",
        facts={"contact": "电话"},
    )
    await campaigns.create(new, by=house.accountant)
    row = await reading.row("SELECT * FROM campaign WHERE slug = 'spring-2027'")
    assert row is not None
    assert row.pop("created_at") <= clock.stamp()
    assert row == {
        "slug": "spring-2027",
        "name": "春季助学",
        "name_en": "Spring",
        "kind": "education",
        "reach": "targeted",
        "status": "draft",
        "starts_on": new.starts_on,
        "ends_on": "2099-01-01",
        "fund": "F-ORPH",
        "funds": '["F-ORPH", "F-WARM"]',
        "goal_fen": 5,
        "prefix": "CX",
        "purpose": "资助学生",
        "purpose_en": "",
        "filing_no": "",
        "filed_on": None,
        "platform_url": "",
        "archived_fen": None,
        "archived_gifts": None,
    }
    assert await campaigns.facts_of("spring-2027") == {"contact": "电话"}
    figures = (await campaigns.get("spring-2027", by=house.accountant)).figures
    assert (figures.received_fen, figures.refunded_fen, figures.gifts, figures.donors, figures.seq) == (0, 0, 0, 0, 0)
    await transactions.run(lambda tx: funds.open_fund(tx, code="F-YS10", name="代收", kind="agency"))
    agency = _new(slug="agency-2027", kind="agency", plan=None, fund="F-YS10")
    await campaigns.create(agency, by=house.accountant)


async def _statuses() -> dict[str, str]:
    return {row["slug"]: row["status"] for row in await reading.rows("SELECT slug, status FROM campaign")}


async def test_each_step_of_a_campaign_follows_the_one_before_and_moves_no_other(house: Any) -> None:
    await campaigns.create(_new(), by=house.accountant)
    others = await _statuses()
    slug, by = "spring-2027", house.accountant
    filing = {"filing_no": "备1", "platform_url": "https://p.invalid/1"}
    steps = {
        "file": lambda: campaigns.file(slug, **filing, by=by),
        "activate": lambda: campaigns.activate(slug, by=by),
        "close": lambda: campaigns.close(slug, by=by),
        "archive": lambda: campaigns.archive(slug, by=by),
    }
    table = {
        "draft": {"file": "filed", "activate": "active"},
        "filed": {"file": "filed", "activate": "active"},
        "active": {"file": "active", "close": "closed"},
        "closed": {"archive": "archived"},
        "archived": {},
    }
    for before, allowed in table.items():
        for step, call in steps.items():
            sql = (
                "UPDATE campaign SET status = $1, filing_no = '备0', filed_on = $2, "
                "platform_url = 'https://p.invalid/' WHERE slug = 'spring-2027'"
            )
            await transactions.run(lambda tx, sql=sql, before=before: tx.rows(sql, before, today()))
            assert await _outcome(call()) == ("" if step in allowed else "campaign.state"), (before, step)
            assert await _statuses() == others | {slug: allowed.get(step, before)}, (before, step)
    for call in (campaigns.activate("nowhere", by=by), campaigns.file("nowhere", **filing, by=by)):
        assert await _outcome(call) == "campaign.not_found"


async def test_a_filing_is_of_today_unless_it_says_when_and_of_its_campaign_alone(house: Any) -> None:
    filing = {"filing_no": "备1", "platform_url": "https://p.invalid/1"}
    sql = "SELECT filing_no, platform_url, filed_on FROM campaign WHERE slug = $1"
    before = await reading.row(sql, "winter-2025")
    for filed_on, kept in ((None, today()), ("2026-02-03", "2026-02-03")):
        await campaigns.file("draft-2027", **filing, filed_on=filed_on, by=house.accountant)
        assert await reading.row(sql, "draft-2027") == filing | {"filed_on": kept}
    assert await reading.row(sql, "winter-2025") == before


async def test_the_figures_of_a_campaign_count_money_received_and_given_back(house: Any) -> None:
    answer = await give(house, 800)
    await give(house, 200)
    await approved(await requested(house, answer, 300), house.approver)
    shown = await campaigns.get("one-day-2026")
    figures = shown.figures
    assert (figures.received_fen, figures.refunded_fen, figures.net_fen) == (1_000, 300, 700)
    assert (figures.gifts, figures.donors) == (2, 1), "one giver"
    assert (await campaigns.get("dream-2026")).figures.received_fen == 0


async def test_a_unit_is_listed_in_the_campaigns_in_which_something_of_it_remains(house: Any) -> None:
    new = {"kind": "government", "show_amount": True, "by": house.accountant}
    await work_units.add(code="LXU01", name="市政府办公室", reference="YRJ26-01", **new)
    answer = await give(house, 500, work_unit="LXU01", campaign="everyday")
    await give(house, 40, work_unit="LXU01")
    await give(house, 50, work_unit="LXU01")
    assert [(u.code, u.name, u.donors, u.gifts, u.net_fen) for u in await work_units.giving("one-day-2026")] == [
        ("LXU01", "市政府办公室", 1, 2, 90)
    ]
    await approved(await requested(house, answer, 499), house.approver)
    assert [unit.net_fen for unit in await work_units.giving("everyday")] == [1]
    await approved(await requested(house, answer, 1), house.approver)
    assert await work_units.giving("everyday") == []


async def test_a_campaign_of_before_the_books_is_kept_with_its_archived_totals_and_in_no_figure(house):
    old = _new(slug="quake-2008", kind="agency", fund="F-WC08", starts_on="2008-05-13", ends_on="2008-06-30")
    await campaigns.keep_archived(old, received_fen=846_231_500, gifts=21_406, by=house.accountant)
    kept = await campaigns.get("quake-2008")
    assert (kept.row["status"], kept.row["archived_fen"], kept.row["archived_gifts"]) == (
        "archived",
        846_231_500,
        21_406,
    )
    assert (kept.figures.received_fen, kept.figures.gifts) == (0, 0)
    with pytest.raises(Refusal) as refused:
        await give(house, 100, campaign="quake-2008")
    assert code_of(refused) == "campaign.not_open"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"slug": "everyday"}, "campaign.exists"),
        ({"fund": "F-NONE"}, "fields.unreadable"),
        ({"fund": "F-EDU"}, "campaign.fund_kind"),
        ({"ends_on": None}, "campaign.of_the_books"),
        ({"ends_on": today}, "campaign.of_the_books"),
    ],
)
async def test_what_the_books_could_hold_is_not_kept_as_an_archive(house, changes, code):
    await give(house, 100, received_on=today())
    facts = {"slug": "quake-2008", "kind": "agency", "fund": "F-WC08", "starts_on": "2008-05-13"}
    old = _new(**({**facts, "ends_on": "2008-06-30"} | resolved(changes)))
    with pytest.raises(Refusal) as refused:
        await campaigns.keep_archived(old, received_fen=100, gifts=1, by=house.accountant)
    assert code_of(refused) == code


async def test_a_fund_is_offered_and_taken_while_one_of_its_campaigns_runs(house: Cast, web: Web) -> None:
    """Winter Warmth of 2025 is over and that of 2027 a draft; no campaign is the orphans' own."""
    assert [code for code, _ in await campaigns.fund_choices("everyday")] == ["F-GEN", "F-EDU", "F-ORPH"]
    page, desk = (await web.as_("").get("/campaigns/everyday/give")).text, web.as_("cashier")
    assert ('value="F-EDU"' in page, 'value="F-WARM"' in page) == (True, False)
    form = (await desk.get("/donations/new")).text
    assert ('value="F-EDU"' in form, 'value="F-WARM"' in form) == (True, False)
    with pytest.raises(Refusal) as refused:
        await give(house, campaign="everyday", fund="F-WARM")
    assert (code_of(refused), refused.value.facts["fund"]) == ("campaign.fund_not_collected", "F-WARM")
    promised = {"campaign": "everyday", "amount_fen": 100, "channel": "bank", "donor": {"kind": "anonymous"},
                "public_name": False, "public_amount": True}  # fmt: skip
    for fund, status in (("F-WARM", 422), ("F-ORPH", 201), ("F-EDU", 201)):
        answer = await web.as_("").post("/api/v1/pledges", json={**promised, "fund": fund})
        assert answer.status_code == status, answer.text
    opened = "UPDATE campaign SET status = 'active', ends_on = '2099-01-01' WHERE slug = 'winter-2025'"
    await transactions.run(lambda tx: tx.many(opened, [()]))
    assert "F-WARM" in dict(await campaigns.fund_choices("everyday"))
    assert (await give(house, campaign="everyday", fund="F-WARM")).status == 201


async def test_the_funds_of_all_campaigns_are_asked_for_at_once(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    taking = await campaigns.money_takers()
    each = [dict(await campaigns.fund_choices(slug)) for slug in taking]
    asked, closed = [], readers._closed

    async def counted(others: set[str], on: str) -> set[str]:
        asked.append(others)
        return await closed(others, on)

    monkeypatch.setattr(readers, "_closed", counted)
    form = await donation_screens.fund_choices()
    assert {choice["value"] for choice in form} - {""} == {code for choices in each for code in choices}
    assert (len(taking) > 1, len(asked)) == (True, 1)
    assert await campaigns.funds_offered([]) == {}
