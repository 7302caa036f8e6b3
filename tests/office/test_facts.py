"""What is true of the organisation on a day: certificate, qualification by year, numbers, account, address."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from cast import Cast
from giving.given import promised
from tampering import tampered

from charity import clock, words
from charity.db import reading, transactions
from charity.errors import Refusal
from charity.giving import campaigns
from charity.office import kept, organisation, verify
from charity.office.organisation import Fact, FactKind
from charity.roles import PUBLIC, SYSTEM
from charity.web import pages

CERTIFICATE, TAX = FactKind.CERTIFICATE, FactKind.TAX_DEDUCTION
OURS = organisation.account("临溪市慈善总会", "农商银行", "8800000020260001")
NEW = organisation.account("临溪慈善新会", "建设银行", "9900000020260002")


@pytest_asyncio.fixture(autouse=True)
async def nothing_entered(house: Cast) -> None:
    """The town without the certificate that its campaigns need."""
    await transactions.run(lambda tx: tx.rows("DELETE FROM organisation_fact RETURNING id"))
    organisation.forget()


async def enter(house: Cast, kind: FactKind, value: str, starts: str, ends: str | None = None, by: Any = None) -> None:
    last = date.fromisoformat(ends) if ends else None
    who = by or house.admin
    first = date.fromisoformat(starts)
    fact = await organisation.enter(kind=kind, value=value, starts_on=first, ends_on=last, by=who)
    if value:
        await organisation.confirm(fact.id, value=value, by=house.accountant)


async def valid(kind: FactKind, day: str) -> str:
    return (await organisation.facts_on(date.fromisoformat(day))).value(kind)


async def test_a_fact_holds_from_its_first_day_to_the_end_of_its_last(house: Cast) -> None:
    await enter(house, CERTIFICATE, "公募证1", "2025-03-01", "2026-02-28")
    days = ("2025-02-28", "2025-03-01", "2026-02-28", "2026-03-01")
    assert [await valid(CERTIFICATE, day) for day in days] == ["", "公募证1", "公募证1", ""]
    on = await organisation.facts_on(date(2026, 3, 1))
    assert on.missing([CERTIFICATE, TAX]) == [CERTIFICATE, TAX]
    assert on.get(CERTIFICATE) is None
    fact = (await organisation.facts_on(date(2026, 2, 28))).get(CERTIFICATE)
    assert fact is not None
    assert (fact.value, fact.starts_on, fact.ends_on) == ("公募证1", "2025-03-01", "2026-02-28")


@pytest.mark.parametrize(
    ("at", "shown"), [(datetime(2026, 2, 28, 15, 59, tzinfo=UTC), "证"), (datetime(2026, 2, 28, 16, 0, tzinfo=UTC), "")]
)
async def test_the_last_day_ends_at_midnight_in_shanghai(house: Cast, at: datetime, shown: str) -> None:
    await enter(house, CERTIFICATE, "证", "2025-03-01", "2026-02-28")
    with clock.fixed(at):
        assert (await organisation.get()).certificate == shown


async def test_the_newest_row_that_covers_a_day_is_right_and_an_empty_one_says_there_is_none(house: Cast) -> None:
    await enter(house, FactKind.ADDRESS, "旧街1号", "2020-01-01")
    await enter(house, FactKind.ADDRESS, "新街2号", "2026-07-01")
    await enter(house, FactKind.ADDRESS, "", "2026-09-01", "2026-09-30")
    days = ("2026-06-30", "2026-07-01", "2026-09-15", "2026-10-01")
    assert [await valid(FactKind.ADDRESS, day) for day in days] == ["旧街1号", "新街2号", "", "新街2号"]
    assert [fact.value for fact in await organisation.history()] == ["", "新街2号", "旧街1号"]
    assert {fact.entered_by for fact in await organisation.history()} == {house.admin.key}


@pytest.mark.parametrize(
    ("kind", "value", "starts", "ends", "field"),
    [
        (CERTIFICATE, "证", "2026-01-02", "2026-01-01", "ends_on"),
        (CERTIFICATE, "证", "2026-01-01", None, "ends_on"),
        (TAX, "公告1号", "2026-01-01", None, "ends_on"),
        (TAX, "公告1号", "2026-02-01", "2026-12-31", "ends_on"),
        (TAX, "公告1号", "2026-01-01", "2026-11-30", "ends_on"),
        (FactKind.COMPLAINT_PHONE, "打电话", "2026-01-01", None, "value"),
        (FactKind.ACCOUNT_NUMBER, "8800000020260001", "2026-01-01", None, "kind"),
        (FactKind.ACCOUNT_BANK, "", "2026-01-01", None, "kind"),
        (FactKind.ACCOUNT, "临溪市慈善总会\n农商银行\n12A4", "2026-01-01", None, "number"),
        (FactKind.ACCOUNT, "临溪市慈善总会\n\n8800000020260001", "2026-01-01", None, "bank"),
        (FactKind.ACCOUNT, "临溪市慈善总会\n农商银行\n", "2026-01-01", None, "number"),
        (FactKind.ACCOUNT, "\n农商银行\n8800000020260001", "2026-01-01", None, "holder"),
        (FactKind.ACCOUNT, "8800000020260001", "2026-01-01", None, "value"),
        (FactKind.ACCOUNT, f"{OURS}\n1", "2026-01-01", None, "value"),
        (FactKind.ICP, "演" * 201, "2026-01-01", None, "value"),
        (FactKind.ICP, "演\n备", "2026-01-01", None, "value"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_kept(
    house: Cast, kind: FactKind, value: str, starts: str, ends: str | None, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await enter(house, kind, value, starts, ends)
    assert [error.field for error in refused.value.fields] == [field]
    assert await organisation.history() == []


@pytest.mark.parametrize(
    ("kind", "value", "starts", "ends", "kept"),
    [
        (TAX, "公告1号", "2026-01-01", "2028-12-31", "公告1号"),
        (TAX, "", "2026-06-01", None, ""),
        (FactKind.COMPLAINT_PHONE, " 0577-12345678 ", "2026-01-01", None, "0577-12345678"),
        (FactKind.ACCOUNT, " 临溪市慈善总会\n农商银行 \n8800 0000 2026 0001", "2026-01-01", None, OURS),
        (FactKind.ACCOUNT, "", "2026-01-01", None, ""),
        (FactKind.ICP, "演ICP备1号", "2026-01-01", "2026-01-01", "演ICP备1号"),
    ],
)
async def test_what_can_be_is_kept(
    house: Cast, kind: FactKind, value: str, starts: str, ends: str | None, kept: str
) -> None:
    await enter(house, kind, value, starts, ends)
    assert [(fact.kind, fact.value) for fact in await organisation.history()] == [(kind, kept)]
    assert await verify.facts() == []


async def test_only_an_administrator_enters_facts(house: Cast) -> None:
    for by in (house.accountant, house.cashier, house.auditor, PUBLIC):
        with pytest.raises(Refusal) as refused:
            await enter(house, FactKind.ICP, "备1号", "2026-01-01", by=by)
        assert refused.value.status == 403
    assert await organisation.history() == []


async def test_a_kept_answer_is_forgotten_when_something_is_entered(house: Cast, monkeypatch: Any) -> None:
    day = date(2026, 5, 1)
    assert (await organisation.facts_on(day, kept=True)).value(FactKind.ICP) == ""
    fact = Fact(FactKind.ICP, "备1号", "2026-01-01", None)
    await transactions.run(lambda tx: organisation.add(tx, fact, by=SYSTEM))  # as another process does
    assert (await organisation.facts_on(day, kept=True)).value(FactKind.ICP) == ""
    assert (await organisation.facts_on(day)).value(FactKind.ICP) == "备1号"
    monkeypatch.setattr(kept.time, "monotonic", lambda: float("inf"))
    assert (await organisation.facts_on(day, kept=True)).value(FactKind.ICP) == "备1号"
    monkeypatch.undo()
    await enter(house, FactKind.ICP, "备2号", "2026-01-01")
    assert (await organisation.facts_on(day, kept=True)).value(FactKind.ICP) == "备2号"


async def test_describing_anew_says_contact_phone_and_address_anew(house: Cast) -> None:
    await organisation.change(organisation.Organisation("新会", contact="某人", phone="0577-1", address="新街1号"))
    await organisation.change(organisation.Organisation("新会", phone="0577-2"))
    own = await organisation.get()
    assert (own.contact, own.phone, own.address) == ("", "0577-2", "")


async def test_verify_names_a_fact_whose_days_cannot_be(house: Cast) -> None:
    await enter(house, TAX, "公告1号", "2026-01-01", "2026-12-31")
    (row,) = await reading.rows("SELECT id FROM organisation_fact")
    assert await verify.facts() == []
    for change in (
        "ends_on = '2026-12-30'",
        "starts_on = 'x', ends_on = NULL",
        "kind = 'odd', starts_on = '2026-01-01', ends_on = '2026-12-31'",
    ):
        sql = f"UPDATE organisation_fact SET {change} WHERE id = $1 RETURNING id"
        await transactions.run(lambda tx, sql=sql: tx.rows(sql, row["id"]))
        assert [failure.invariant for failure in await verify.facts()] == ["FACTS"], change


async def test_verify_names_a_fact_that_is_true_without_a_second_persons_look(house: Cast) -> None:
    await enter(house, FactKind.ICP, "备1号", "2026-01-01")
    await enter(house, FactKind.ICP, "", "2026-03-01")
    waiting = {"kind": FactKind.ICP, "starts_on": date(2026, 1, 1), "ends_on": None, "by": house.admin}
    await organisation.enter(value="备2号", **waiting)
    refused = await organisation.enter(value="备3号", **waiting)
    await organisation.refuse(refused.id, by=house.cashier)
    assert await verify.facts() == []
    for fault in (
        "UPDATE organisation_fact SET status = 'confirmed' WHERE status = 'waiting'",
        "UPDATE organisation_fact SET seen_by = NULL, seen_at = NULL WHERE status = 'refused'",
        "UPDATE organisation_fact SET seen_by = entered_by WHERE value = '备1号'",
        "UPDATE organisation_fact SET seen_at = NULL WHERE value = '备1号'",
    ):
        async with tampered(fault):
            assert [failure.invariant for failure in await verify.facts()] == ["FACTS"], fault
    old = "UPDATE organisation_fact SET seen_by = NULL, seen_at = NULL, entered_at = '2020-01-01T00:00:00.000000Z'"
    async with tampered(f"{old} WHERE value = '备1号'"):  # of before migration 0079
        assert await verify.facts() == []


async def test_the_foot_of_a_page_shows_what_is_true_today_and_nothing_else(web: Any, house: Cast) -> None:
    today = clock.today().isoformat()
    before = (await web.as_().get("/check")).text
    for absent in ("监督电话", "备1号", "公开募捐资格证书"):
        assert absent not in before
    await enter(house, FactKind.COMPLAINT_PHONE, "0577-110", today)
    await enter(house, FactKind.ICP, "演ICP备1号", today)
    await enter(house, FactKind.POLICE, "演公网安备1号", today)
    await enter(house, CERTIFICATE, "公募证9", today, today)
    pages.use(organisation.get)
    after = (await web.as_().get("/check")).text
    for shown in ("监督电话", "0577-110", "演ICP备1号", "演公网安备1号", "公募证9"):
        assert shown in after


async def test_of_several_facts_that_wait_the_one_typed_wrong_says_so(web: Any) -> None:
    for value in ("演ICP备7号", "演ICP备9号"):
        fact = {"kind": "icp", "value": value, "starts_on": clock.today().isoformat()}
        assert (await web.as_("admin").post("/api/v1/organisation/facts", json=fact)).status_code == 201
    first, last = [row["id"] for row in await reading.rows("SELECT id FROM organisation_fact ORDER BY id DESC LIMIT 2")]
    answer = await web.as_("accountant").post(f"/organisation/facts/{first}/confirm", data={"again": "演ICP备8号"})
    assert answer.status_code == 422
    assert re.findall(r'id="f-(again[^"]*)"', answer.text) == [f"again-{last}", f"again-{first}"]
    assert re.findall(r'id="e-(again[^"]*)"', answer.text) == [f"again-{first}"]
    assert f'href="#f-again-{first}"' in answer.text


async def test_facts_are_entered_by_page_and_call_and_everybody_reads_what_is_true(web: Any, house: Cast) -> None:
    admin, today = web.as_("admin"), clock.today().isoformat()
    page = (await admin.get("/organisation")).text
    assert "未登记" in page
    typed = {"kind": "icp", "value": "演ICP备7号", "starts_on": today, "ends_on": ""}
    assert (await admin.post("/organisation", data=typed)).status_code == 303
    wrong = await admin.post("/organisation", data={**typed, "kind": "certificate", "value": "公募证8"})
    assert (wrong.status_code, "请填写有效期止" in wrong.text, "公募证8" in wrong.text) == (422, True, True)
    body = {"kind": "tax_deduction", "value": "公告1号", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    made = await admin.post("/api/v1/organisation/facts", json=body)
    assert (made.status_code, made.json() | body | {"status": "waiting"}) == (201, made.json())
    assert (await web.as_().get("/api/v1/organisation/facts?on=2026-12-31")).json()["items"] == []
    seen = await web.as_("cashier").post(
        f"/api/v1/organisation/facts/{made.json()['id']}/confirm", json={"value": " 公告1号"}
    )
    assert (seen.status_code, seen.json()) == (200, {"status": "confirmed", "in_force_on": today})
    assert "演ICP备7号" not in (await web.as_("auditor").get("/organisation")).text, "it waits"
    icp = await reading.value("SELECT id FROM organisation_fact WHERE kind = 'icp'")
    second, address = web.as_("accountant"), f"/organisation/facts/{icp}/confirm"
    other = await second.post(address, data={"again": "演ICP备8号"})
    assert (other.status_code, "和登记的不一样" in other.text, "演ICP备7号" in other.text) == (422, True, False)
    assert (await admin.post(address, data={"again": "演ICP备7号"})).status_code == 403
    assert (await second.post(address, data={"again": "演ICP备7号"})).status_code == 303
    assert (await second.post(address, data={"again": "演ICP备7号"})).status_code == 409
    refused = await admin.post("/api/v1/organisation/facts", json={**body, "ends_on": None})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "ends_on")
    stranger = web.as_()
    for on, kinds in (("2026-12-31", ["tax_deduction"]), ("2027-01-01", [])):
        answer = (await stranger.get(f"/api/v1/organisation/facts?on={on}")).json()
        assert [item["kind"] for item in answer["items"] if item["kind"] != "icp"] == kinds
    assert (await stranger.get("/api/v1/organisation/facts")).json()["on"] == today
    entered = (await web.as_("auditor").get("/api/v1/organisation/facts/history")).json()["items"]
    assert [(one["kind"], one["entered_by"]) for one in entered] == [
        ("tax_deduction", house.admin.key),
        ("icp", house.admin.key),
    ]
    shown = (await web.as_("auditor").get("/organisation")).text
    for text in ("演ICP备7号", "公告1号", "2026-01-01 至 2026-12-31", house.admin.name):
        assert text in shown
    assert "登记一项" not in shown


async def test_a_changed_account_is_shown_to_givers_when_a_second_person_has_typed_it(web: Any, house: Cast) -> None:
    """Until then the old one is; one that is sent back never was, and what hides something holds at once."""
    today = clock.today().isoformat()
    await enter(house, FactKind.ACCOUNT, OURS, today)
    code = await promised(campaign="everyday")
    pays = web.as_()

    async def shown() -> list[str]:
        texts = [(await pays.get(address)).text for address in (f"/p/{code}", "/campaigns/everyday")]
        known = ("8800000020260001", "6666000020260009", "9900000020260002")
        return [number for number in known if any(number in text.replace(" ", "") for text in texts)]

    assert await shown() == ["8800000020260001"]
    changed = {"kind": FactKind.ACCOUNT, "starts_on": clock.today(), "ends_on": None, "by": house.admin}
    wrong = await organisation.enter(value=organisation.account("某人", "某行", "6666000020260009"), **changed)
    right = await organisation.enter(value=organisation.account("新会", "建设银行", "9900 0000 2026 0002"), **changed)
    assert await shown() == ["8800000020260001"]
    desk = (await web.as_("accountant").get("/desk")).text
    assert "有 2 项单位信息等待另一个人核对" in desk
    page = (await web.as_("accountant").get("/organisation")).text
    assert "6666000020260009" not in page
    for by, code_ in ((house.admin, "fact.own"), (house.accountant, "fact.other")):
        with pytest.raises(Refusal) as refusal:
            await organisation.confirm(right.id, value="新会\n农商银行\n9900000020260002", by=by)
        assert refusal.value.code == code_
    await organisation.refuse(wrong.id, by=house.accountant)
    await organisation.confirm(right.id, value="新会\n建设银行\n9900 000020260002", by=house.accountant)
    assert await shown() == ["9900000020260002"]
    for entry, code_ in ((wrong.id, "fact.seen"), (right.id, "fact.seen"), (999, "fact.unknown")):
        with pytest.raises(Refusal) as refusal:
            await organisation.confirm(entry, value="某人\n某行\n6666000020260009", by=house.cashier)
        assert refusal.value.code == code_
    await organisation.enter(value="", **changed)
    assert "9900000020260002" not in await shown()


@pytest.mark.parametrize(
    ("planned", "shown"),
    [
        ("户名 临溪市慈善总会；农商 银行，账号 8800 0000-2026 0001（请写参考号）", "请写参考号"),
        ("户名 临溪市慈善总会；建设银行，账号 8800000020260001", "农商银行"),
        ("户名 某人；农商银行，账号 8800000020260001", "户名 临溪市慈善总会"),
        ("账号 98800000020260001", "农商银行"),
        ("账号 6666 0000 2026 0009，旧账号 8800000020260001", "农商银行"),
        ("账号 6666·0000·2026·0009，旧账号 8800000020260001", "农商银行"),
        ("账号 ８８０００００００００００００９，旧账号 8800000020260001", "农商银行"),
    ],
)
async def test_an_account_of_a_plan_is_shown_when_it_is_ours_and_no_other_stands_beside_it(
    house: Cast, planned: str, shown: str
) -> None:
    today = clock.today().isoformat()
    await enter(house, FactKind.ACCOUNT, OURS, today)
    sql = "UPDATE campaign_fact SET value = $1 WHERE campaign = 'everyday' AND field = 'receiving'"
    await transactions.run(lambda tx: tx.many(sql, [(planned,)]))
    assert shown in await campaigns.receiving_of("everyday")
    with words.speaking("en"):  # a plan is filed in Chinese
        english = await campaigns.receiving_of("everyday")
    assert english.startswith("Account holder 临溪市慈善总会; bank ")
    assert english.endswith("account 8800000020260001")


async def _plan_says(text: str) -> None:
    sql = "UPDATE campaign_fact SET value = $1 WHERE campaign = 'everyday' AND field = 'receiving'"
    await transactions.run(lambda tx: tx.many(sql, [(text,)]))


async def test_at_no_moment_a_changed_account_stands_beside_parts_of_the_old_one(web: Any, house: Cast) -> None:
    """Pages of campaign and pledge and the call show one whole account or the other, whatever has been done so far."""
    admin, second, today = web.as_("admin"), web.as_("accountant"), clock.today().isoformat()
    await enter(house, FactKind.ACCOUNT, OURS, today)
    code, anybody = await promised(campaign="everyday"), web.as_()

    async def parts() -> set[str]:
        """Which parts of which account are shown; each of the three doors shows the same."""
        known = {line: name for name, value in (("old", OURS), ("new", NEW)) for line in value.split("\n")}
        copied = re.findall('data-copy="([^"]*)"', (await anybody.get(f"/p/{code}")).text)
        items = (await anybody.get("/api/v1/organisation/facts")).json()["items"]
        called = {item["value"] for item in items if item["kind"].startswith("account")}
        page = (await anybody.get("/campaigns/everyday")).text
        match = re.search("户名 (.*?)；开户行 (.*?)；账号 ([0-9]+)", page)
        assert [set(copied[1:4]), set(match.groups()) if match else set()] == [called, called]
        names = {known[line] for line in called}
        assert len(names) <= 1, called
        return names

    assert await parts() == {"old"}
    holder, bank, number = NEW.split("\n")
    typed = {"kind": "account", "holder": holder, "bank": bank, "number": number, "starts_on": today}
    for part in ("account_holder", "account_bank", "account_number"):
        alone = {"kind": part, "value": number, "starts_on": today}
        assert (await admin.post("/api/v1/organisation/facts", json=alone)).json()["errors"][0]["field"] == "kind"
        assert (await admin.post("/organisation", data=alone)).status_code == 422
    half = await admin.post("/organisation", data={**typed, "bank": "", "ends_on": "2020-01-01"})
    assert (half.status_code, 'id="e-bank"' in half.text, number in half.text) == (422, True, True)
    turned = await admin.post("/organisation", data={**typed, "ends_on": "2020-01-01"})
    assert (turned.status_code, 'id="e-account-ends_on"' in turned.text) == (422, True)
    assert (await admin.post("/organisation", data={**typed, "ends_on": ""})).status_code == 303
    assert await parts() == {"old"}
    (fact,) = await organisation.waiting()
    address = f"/organisation/facts/{fact.id}/confirm"
    page = (await second.get("/organisation")).text
    assert ('name="holder"' in page, number in page) == (True, False)
    for other in ({"bank": "农商银行"}, {"holder": "临溪市慈善总会"}, {"number": ""}):
        answer = await second.post(address, data={**typed, **other})
        assert (answer.status_code, f'id="e-again-{fact.id}"' in answer.text) == (422, True)
        body = {key: ({**typed, **other})[key] for key in ("holder", "bank", "number")}
        assert (await second.post(f"/api/v1{address}", json=body)).status_code == 422
        assert await parts() == {"old"}
    assert (await second.post(address, data=typed)).status_code == 303
    assert await parts() == {"new"}
    none = {"kind": "account", "holder": "", "bank": "", "number": "", "starts_on": today, "ends_on": ""}
    assert (await admin.post("/organisation", data=none)).status_code == 303
    assert await parts() == set()
    assert await verify.facts() == []


async def test_rows_of_parts_of_an_older_version_hold_until_an_account_is_entered(house: Cast) -> None:
    """Three rows are one account, two are none; one that still waits is sent back, not confirmed beside the others."""
    today = clock.today()
    sql = (
        "INSERT INTO organisation_fact (kind, value, starts_on, entered_at, entered_by, status) "
        "VALUES ($1, $2, '2020-01-01', '2020-01-01T00:00:00.000000Z', $3, $4) RETURNING id"
    )

    async def kept(kind: str, value: str, status: str = "confirmed") -> int:
        rows = await transactions.run(lambda tx: tx.rows(sql, kind, value, house.admin.key, status))
        organisation.forget()
        return int(rows[0]["id"])

    async def lines() -> list[str]:
        facts = await organisation.facts_on(today)
        return [facts.value(FactKind(f"account_{part}")) for part in ("holder", "bank", "number")]

    for kind, line in zip(
        ("account_holder", "account_number"), (OURS.split("\n")[0], OURS.split("\n")[2]), strict=True
    ):
        await kept(kind, line)
        assert await lines() == ["", "", ""]
    await kept("account_bank", "农商银行")
    assert await lines() == OURS.split("\n")
    waits = await kept("account_number", "9900000020260002", "waiting")
    with pytest.raises(Refusal, match=r"fact\.in_part"):
        await organisation.confirm(waits, value="9900000020260002", by=house.accountant)
    assert await lines() == OURS.split("\n")
    await organisation.refuse(waits, by=house.accountant)
    await enter(house, FactKind.ACCOUNT, NEW, today.isoformat())
    assert await lines() == NEW.split("\n")


async def test_a_foreign_account_of_a_plan_does_not_come_back_when_ours_is_withdrawn(web: Any, house: Cast) -> None:
    today = clock.today()
    foreign = "户名 某人；开户行 某行；账号 6666000020260009"
    await _plan_says(foreign)
    assert await campaigns.receiving_of("everyday") == foreign, "nobody has entered an account of ours"
    waits = await organisation.enter(kind=FactKind.ACCOUNT, value=OURS, starts_on=today, ends_on=None, by=house.admin)
    await organisation.confirm(waits.id, value=OURS, by=house.accountant)
    code, anybody = await promised(campaign="everyday"), web.as_()
    await organisation.enter(kind=FactKind.ACCOUNT, value="", starts_on=today, ends_on=None, by=house.admin)
    for address, warning in ((f"/p/{code}", "请先不要付款"), ("/campaigns/everyday", "暂时不要转账")):
        text = (await anybody.get(address)).text
        assert ("6666000020260009" in text, warning in text) == (False, True), address
    await transactions.run(
        lambda tx: tx.rows("UPDATE campaign SET status = 'closed' WHERE slug = 'everyday' RETURNING 1")
    )
    assert "6666000020260009" not in (await anybody.get("/campaigns/everyday")).text, "nor when it is over"


@pytest.mark.parametrize(
    ("starts", "ends", "newer", "shown", "on"),
    [
        (0, None, None, "已核对，现在生效", 0),
        (0, None, (0, None), "没有一天以这一项为准", None),
        (0, None, (-5, 3), "起以这一项为准；在那以前不变", 4),
        (-9, -1, None, "没有一天以这一项为准", None),
        (5, None, None, "起以这一项为准；在那以前不变", 5),
        (5, 9, (0, 20), "没有一天以这一项为准", None),
    ],
)
async def test_a_second_look_says_from_which_day_on_the_fact_is_true(
    web: Any,
    house: Cast,
    starts: int,
    ends: int | None,
    newer: tuple[int, int | None] | None,
    shown: str,
    on: int | None,
) -> None:
    """By page and by call; a fact confirmed after a newer one is not said to be in force."""

    def day(days: int | None) -> str | None:
        return None if days is None else (clock.today() + timedelta(days=days)).isoformat()

    second = web.as_("accountant")
    for door in ("page", "call"):
        first = date.fromisoformat(str(day(starts)))
        last = date.fromisoformat(str(day(ends))) if ends is not None else None
        kind = FactKind.ACCOUNT if door == "page" else FactKind.ICP
        value = OURS if door == "page" else "演ICP备1号"
        fact = await organisation.enter(kind=kind, value=value, starts_on=first, ends_on=last, by=house.admin)
        if newer:
            await enter(house, kind, NEW if door == "page" else "演ICP备2号", str(day(newer[0])), day(newer[1]))
        address = f"/organisation/facts/{fact.id}/confirm"
        if door == "page":
            typed = dict(zip(("holder", "bank", "number"), value.split("\n"), strict=True))
            assert (await second.post(address, data=typed)).status_code == 303
            assert shown in (await second.get("/organisation")).text
        else:
            answer = await second.post(f"/api/v1{address}", json={"value": value})
            assert answer.json() == {"status": "confirmed", "in_force_on": day(on)}
