"""A migration can change anything: a table that others refer to is made anew, or nothing happened at all."""

import asyncio
import re
import shutil
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, get_args

import asyncpg
import pytest
from cast import Cast, seed
from click.testing import CliRunner
from conftest import Cluster, environment
from tortoise.exceptions import IntegrityError

from charity import cli
from charity.aid import models as aid_models
from charity.aid import payees, vouchers
from charity.aid.vouchers.forms import Status
from charity.app import CHAPTERS, CHECKS, MODELS
from charity.db import engine, migrations, reading, transactions
from charity.db.fields import worded
from charity.db.locks import FileLock
from charity.db.migrations import MigrationFailed
from charity.db.transactions import Tx
from charity.demo import plan, story
from charity.giving import campaigns, pledges, receipts, refunds
from charity.giving import models as giving_models
from charity.goods import intake, limits, slips
from charity.goods import models as goods_models
from charity.ledger import writer
from charity.office import models as office_models
from charity.office import stores
from charity.people import households
from charity.people import models as people_models

ROOT = Path(__file__).resolve().parents[2]
GROWN = """-- postgres
ALTER TABLE store ADD COLUMN short TEXT NOT NULL DEFAULT '';
-- sqlite rebuild
CREATE TABLE new_store (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    short TEXT NOT NULL DEFAULT '',
    township TEXT NOT NULL REFERENCES township (code),
    kind TEXT NOT NULL
);
INSERT INTO new_store (code, name, township, kind) SELECT code, name, township, kind FROM store{where};
DROP TABLE store;
ALTER TABLE new_store RENAME TO store;
"""
# What stands around the parent: an index, a view and a view on it, a trigger of its own and another table's.
AROUND = """-- all
CREATE INDEX store_kind ON store (kind, code);
CREATE VIEW branch AS SELECT code, name FROM store WHERE kind = 'BRANCH';
CREATE VIEW branch_name AS SELECT name FROM branch;
-- sqlite
CREATE TRIGGER store_kept BEFORE DELETE ON store BEGIN SELECT RAISE(ABORT, 'a store stays'); END;
CREATE TRIGGER staff_of_a_branch BEFORE INSERT ON staff WHEN NEW.store = 'LX02'
    AND EXISTS (SELECT 1 FROM store WHERE code = NEW.store)
BEGIN SELECT RAISE(ABORT, 'not in LX02'); END;
-- postgres
CREATE FUNCTION store_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a store stays'; END $$;
CREATE TRIGGER store_kept BEFORE DELETE ON store FOR EACH ROW EXECUTE FUNCTION store_kept();
CREATE FUNCTION staff_of_a_branch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.store = 'LX02' AND EXISTS (SELECT 1 FROM store WHERE code = NEW.store) THEN RAISE 'not in LX02'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER staff_of_a_branch BEFORE INSERT ON staff FOR EACH ROW EXECUTE FUNCTION staff_of_a_branch();
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations, to add to."""
    copy = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", copy)
    return copy


async def _schema() -> list[dict[str, Any]]:
    return await reading.rows("SELECT type, name, sql FROM sqlite_master WHERE type <> 'table' ORDER BY type, name")


async def _do(statement: str) -> None:
    async def work(tx: Tx) -> None:
        await tx.rows(statement)

    await transactions.run(work)


async def _pragmas() -> list[Any]:
    """What the writing connection keeps to: foreign keys, and no old ways."""

    async def work(tx: Tx) -> list[Any]:
        return [(await tx.row(f"PRAGMA {name}") or {})[name] for name in ("foreign_keys", "legacy_alter_table")]

    return await transactions.run(work)


async def test_a_parent_is_made_anew_under_views_and_triggers_that_name_it(house: Cast, folder: Path) -> None:
    (folder / "9001_around.sql").write_text(AROUND)
    await migrations.migrate(folder)
    before = await reading.rows("SELECT code, name, township, kind FROM store ORDER BY code")
    around = [] if engine.state().postgres else await _schema()
    (folder / "9002_store_grows.sql").write_text(GROWN.format(where=""))
    assert await migrations.migrate(folder) == ["9002_store_grows"]
    rows = await reading.rows("SELECT code, name, township, kind, short FROM store ORDER BY code")
    assert rows == [{**row, "short": ""} for row in before]
    assert len(await reading.rows("SELECT name FROM branch_name")) == 2
    staff = "INSERT INTO staff (key, login, name, store, created_at) VALUES ('k', 'k', 'k', '{}', 'x')"
    for statement, reason in (
        ("DELETE FROM store WHERE code = 'LX01'", "a store stays"),
        (staff.format("LX02"), "not in LX02"),
        (staff.format("LX99"), "(?i)foreign key"),
    ):
        with pytest.raises(Exception, match=reason):
            await _do(statement)
    await _do(staff.format("LX01"))
    if not engine.state().postgres:
        assert await _schema() == around
        assert await _pragmas() == [1, 0]


async def _refused(folder: Path, text: str) -> str:
    """Why a migration was refused; everything is as before, and so is the way of working."""
    before, count = await _schema(), await reading.value("SELECT COUNT(*) FROM store")
    (folder / "9002_refused.sql").write_text(text)
    with pytest.raises(MigrationFailed) as failed:
        await migrations.migrate(folder)
    assert (failed.value.name, failed.value.before) == ("9002_refused", [])
    assert await _schema() == before
    assert await reading.value("SELECT COUNT(*) FROM store") == count
    assert await _pragmas() == [1, 0]
    return failed.value.reason


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_rebuild_that_would_harm_what_stands_around_is_rolled_back(house: Cast, folder: Path) -> None:
    (folder / "9001_around.sql").write_text(AROUND)
    await migrations.migrate(folder)
    lost = await _refused(folder, GROWN.format(where=" WHERE code <> 'LX01'"))
    assert "rows would refer to nothing" in lost
    assert "staff -> store" in lost
    assert "branch_name" in await _refused(folder, "-- sqlite rebuild\nDROP VIEW branch_name;\n")
    assert "another" in await _refused(
        folder, GROWN.format(where="") + "CREATE TRIGGER another DELETE ON store BEGIN SELECT 1; END;"
    )
    renamed = (
        GROWN.format(where="")
        .replace("kind TEXT NOT NULL", "sort TEXT NOT NULL")
        .replace("township, kind)", "township, sort)")
    )
    assert "kind" in await _refused(folder, renamed)
    await _do("DROP INDEX store_kind")
    assert "error in view branch" in await _refused(folder, renamed)


async def test_a_failed_file_leaves_the_earlier_ones_and_says_so(
    database: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "9001_good.sql").write_text("-- all\nCREATE TABLE good (x TEXT);\n")
    broken = "-- all\nCREATE TABLE half (x TEXT);\nINSERT INTO store VALUES ('S', 'n', 'nowhere', 'CENTER');\n"
    (folder / "9002_broken.sql").write_text(broken)
    (folder / "9003_never.sql").write_text("-- all\nCREATE TABLE never (x TEXT);\n")
    every = migrations.every
    files = every(folder)
    monkeypatch.setattr(migrations, "every", lambda _=None: files)
    result = await asyncio.to_thread(CliRunner().invoke, cli.main, ["migrate"])
    assert result.exit_code == 1
    assert re.search(
        "升级步骤 9002_broken 没有成功，已整步退回；此前的 9001_good 已执行并保留。原因：.*(?i:foreign key)",
        result.output,
    )
    assert "Traceback" not in result.output
    async with engine.opened():
        applied = [r["name"] for r in await reading.rows("SELECT name FROM migration WHERE number > 9000")]
        assert applied == ["9001_good"]
        assert await reading.rows("SELECT * FROM good") == []
        for table in ("half", "never"):
            with pytest.raises(Exception, match=table):
                await reading.rows(f"SELECT * FROM {table}")
        (folder / "9002_broken.sql").write_text(broken.splitlines()[1])
        files[:] = every(folder)
        assert await migrations.migrate() == ["9002_broken", "9003_never"]


def test_a_write_that_the_database_refuses_is_one_line_without_its_values() -> None:
    error = IntegrityError("duplicate key value\nDETAIL:  Key (name)=(王小明) already exists.")
    assert cli.plain(error) == "数据库拒绝写入，没有保存：duplicate key value"


async def test_nobody_writes_between_two_files(
    database_empty: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, free = transactions.under_lock, []

    async def watched(work: Callable[[Tx], Awaitable[Any]], *, foreign_keys: bool = True) -> Any:
        free.append(await _free())
        result = await real(work, foreign_keys=foreign_keys)
        free.append(await _free())
        return result

    monkeypatch.setattr(transactions, "under_lock", watched)
    async with engine.opened():
        await migrations.migrate(folder)
        assert len(free) > 2 * 9
        assert not any(free)
        assert await _free()


async def _free() -> bool:
    """Whether somebody else could begin now."""
    if not engine.state().postgres:
        lock = FileLock(engine.state().settings.lock_path("write"))
        taken = lock.take()
        lock.release()
        return taken
    connection = await asyncpg.connect(engine.state().settings.database_url)
    try:
        return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1)", migrations._LOCK))
    finally:
        await connection.close()


@pytest.mark.postgres
async def test_an_append_only_table_is_closed_to_the_serving_role_again(
    cluster: Cluster, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await asyncpg.connect(cluster.url("postgres"))
    await owner.execute("CREATE ROLE charity_serving LOGIN")
    await owner.execute("CREATE DATABASE closed")
    await owner.close()
    environment(cluster.url("closed").replace("postgres@", "charity_serving@"), tmp_path)
    monkeypatch.setenv("CHARITY_MIGRATE_URL", cluster.url("closed"))
    grant = (
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO charity_serving"
    )
    (folder / "9001_decision.sql").write_text(
        "-- all\nCREATE TABLE decision (n BIGINT PRIMARY KEY);\n-- postgres\n"
        "CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON decision "
        "FOR EACH ROW EXECUTE FUNCTION append_only();\n"
    )
    environment(cluster.url("closed").replace("postgres@", "charity_serving@"), tmp_path)
    async with engine.opened(migrating=True):
        await _do(grant)
        await migrations.migrate(folder)
    asked = "SELECT has_table_privilege('charity_serving', '{}', '{}')"
    async with engine.opened():
        for table in ("entry", "posting", "decision"):
            assert await reading.value(asked.format(table, "INSERT")) is True
            for right in ("UPDATE", "DELETE", "TRUNCATE"):
                assert await reading.value(asked.format(table, right)) is False
        assert await reading.value(asked.format("holding", "UPDATE")) is True


KEPT = {("unit", "kind"), ("fund", "kind"), ("segment", "kind"), ("money_place", "chart")}


def _listed() -> dict[tuple[str, str], set[str]]:
    """The word lists of the first nine migrations: (table, column) -> words."""
    lists = {}
    for path in sorted((ROOT / "migrations").glob("000*.sql")):
        for name, body in re.findall(r"CREATE TABLE (\w+) \((.*?)\n\)", path.read_text(), re.DOTALL):
            for column, words in re.findall(r"^    (\w+) TEXT [^,\n]*CHECK \(\1 IN \(([^)]*)\)", body, re.MULTILINE):
                lists[name, column] = set(re.findall(r"'(\w+)'", words))
    return lists


async def test_every_list_of_words_went_from_sql_into_code(database: str) -> None:
    lists = _listed()
    assert len(lists) > 30
    async with engine.opened(MODELS):
        columns = {(t, c): set(field.words) for t, fields in worded().items() for c, field in fields.items()}
        assert {
            key: words - columns[key] for key, words in lists.items() if key not in KEPT and words - columns[key]
        } == {}
        if engine.state().postgres:
            sql = "SELECT conrelid::regclass::text AS t, pg_get_constraintdef(oid) AS s FROM pg_constraint WHERE contype = 'c'"
            live = {r["t"] for r in await reading.rows(sql) if re.match(r"CHECK \(\(\w+ = ANY", r["s"])}
        else:
            sql = "SELECT name AS t, sql AS s FROM sqlite_master WHERE type = 'table'"
            live = {r["t"] for r in await reading.rows(sql) if re.search(r"(\w+) TEXT[^,\n]*CHECK \(\1 IN", r["s"])}
        assert live == {table for table, _ in KEPT}


async def test_a_planted_word_is_named_in_every_column(house: Cast) -> None:
    from charity.db import verify  # noqa: PLC0415 - the module under test

    assert await verify.run() == []
    for statement, words in (
        ("UPDATE store SET kind = 'KIOSK' WHERE code = 'LX01'", "store.kind 里的“KIOSK”"),
        ("UPDATE staff_role SET role = 'emperor' WHERE role = 'admin'", "staff_role.role 里的“emperor”"),
        ("UPDATE points_tier SET basis = 'head' WHERE category = 'EDGE'", "points_tier.basis 里的“head”"),
    ):
        await _do(statement)
        assert any(words in f.words for f in await verify.run()), words
    assert ("用词", verify.run) in [(check.label, check.run) for check in CHECKS]


PLAY = plan.play
REMADE = ("store", "household", "donation", "receipt", "goods_document", "voucher", "entry")


async def a_twentieth(whole: plan.Plan, progress: Callable[[int, int], None]) -> None:
    """Every twentieth event of the story."""
    whole.events = sorted(whole.events, key=lambda event: event.at)[::20]
    await PLAY(whole, progress)


@pytest.mark.slow
@pytest.mark.xdist_group("demo")
async def test_a_full_demo_goes_through_a_rebuild_of_its_largest_tables(
    request: pytest.FixtureRequest, database: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from whole.given import verify_failures  # noqa: PLC0415 - what `charity verify` finds

    if database.startswith("sqlite"):
        shutil.copytree(request.getfixturevalue("demo_template"), folder.parent, dirs_exist_ok=True)
        environment(database, folder.parent)
    async with engine.opened(MODELS, loading=True), writer.running():
        if engine.state().postgres:  # a column more is no rebuild there: a twentieth of the story is enough
            monkeypatch.setattr(plan, "play", a_twentieth)
            await story.load(CHAPTERS)
        head = await reading.row("SELECT seq, leaf FROM head")
        text = "-- postgres\n" + "".join(f"ALTER TABLE {t} ADD COLUMN note TEXT;\n" for t in REMADE)
        if not engine.state().postgres:
            text = "-- sqlite rebuild\n"
            for table in REMADE:
                made = str(await reading.value("SELECT sql FROM sqlite_master WHERE name = $1", table))
                fresh = re.sub(rf'^CREATE TABLE "?{table}"? \(', f"CREATE TABLE new_{table} (note TEXT, ", made)
                columns = ", ".join(r["name"] for r in await reading.rows(f"PRAGMA table_info({table})"))
                text += f"{fresh};\nINSERT INTO new_{table} ({columns}) SELECT {columns} FROM {table};\n"
                text += f"DROP TABLE {table};\nALTER TABLE new_{table} RENAME TO {table};\n"
        (folder / "9001_notes.sql").write_text(text)
        assert await migrations.migrate(folder) == ["9001_notes"]
        assert await reading.row("SELECT seq, leaf FROM head") == head
        assert await reading.value("SELECT COUNT(*) FROM receipt WHERE note IS NULL") > 100
        assert await verify_failures() == []
        with pytest.raises(Exception, match="append-only"):
            await _do("UPDATE entry SET kind = 'x' WHERE seq = 1")


async def test_starters_beside_a_rebuild_apply_it_once(database: str, folder: Path) -> None:
    (folder / "9001_store_grows.sql").write_text(GROWN.format(where=""))
    async with engine.opened(MODELS):
        await seed(database)
        outcomes = await asyncio.gather(*(migrations.migrate(folder) for _ in range(4)))
        assert sorted(outcomes) == [[], [], [], ["9001_store_grows"]]
        assert await reading.value("SELECT COUNT(*) FROM store") == 3


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (campaigns.KIND_WORDS, giving_models.CampaignKind),
        (campaigns.STATUS_WORDS, giving_models.CampaignStatus),
        (pledges.STATUS_WORDS, {*giving_models.PledgeStatus, "expired"}),
        (receipts.STATUS_WORDS, giving_models.ReceiptStatus),
        (receipts.DELIVERY_WORDS, giving_models.Delivery),
        (refunds.STATUS_WORDS, giving_models.RefundStatus),
        (slips.KIND_WORDS, goods_models.SlipKind),
        (limits.PRINTED_EVIDENCE, giving_models.Evidence),
        (dict.fromkeys((*get_args(intake.Evidence), "book")), giving_models.Evidence),
        (vouchers.STATUS_WORDS, aid_models.VoucherStatus),
        (dict.fromkeys(get_args(Status)), aid_models.VoucherStatus),
        (vouchers.PURPOSE_WORDS, aid_models.Purpose),
        (dict.fromkeys(get_args(vouchers.Purpose)), aid_models.Purpose),
        (payees.KIND_WORDS, aid_models.PayeeKind),
        (dict.fromkeys(get_args(payees.PayeeKind)), aid_models.PayeeKind),
        (stores.KIND_WORDS, office_models.StoreKind),
        (households.CATEGORY_WORDS, people_models.Category),
    ],
)
def test_every_word_of_a_column_can_be_shown_and_typed(shown: dict[str, Any], words: Iterable[str]) -> None:
    assert shown.keys() == {str(word) for word in words}, "a word was added to the model and not where it is shown"
