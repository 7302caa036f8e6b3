"""No room names another room's tables in SQL: it asks that room, or reads what the books publish.

A room's tables are those of its models.py, and those of the migration whose first lines name the room. Every string
of the code is read: SQL in pieces is put together where a module's own constants make it up. What still goes
through the walls stands in OFFENDERS, with what ends it; the list may only shrink.
"""

import ast
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "charity"
PUBLISHED = {"on_hand", "points_balance", "fund_balance"}
"""The views of the books (charity/ledger/holdings.py): anybody may read them."""
KEPT = {"day_sum", "month_sum", "donor_sum", "payment_number"}
"""What the books keep for the rooms: the sums by day and month that registers read, the donors of funds (charity/ledger/sums.py), and whose
each payment number is (charity/ledger/payment_numbers.py). Anybody may read them."""
HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
_KEYWORDS = (
    "SELECT FROM JOIN WHERE ON AND OR NOT AS GROUP ORDER BY HAVING LIMIT UNION ALL INNER LEFT CROSS VALUES SET INSERT "
    "INTO UPDATE DELETE RETURNING EXISTS IN IS NULL CASE WHEN THEN ELSE END WITH USING DISTINCT IF"
)
_SQL = re.compile(r"\b(SELECT|FROM|JOIN|INSERT INTO|UPDATE|DELETE FROM|WHERE|CREATE|DROP|ALTER)\b")
_TOKEN = re.compile(rf"[A-Za-z_]\w*|{HOLE}|[(),]|\S")
_CALLS = {"insert", "add", "many", "Table"}
"""Functions whose first argument is a table."""


# -- whose tables ------------------------------------------------------------------------------------


def owners() -> dict[str, str]:
    """The room of every table."""
    rooms = {"migration": "db"}
    for path in sorted((ROOT / "migrations").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        room = re.search(r"charity/(\w+)", text.partition("-- all")[0])
        for name in re.findall(r"^CREATE TABLE (\w+)", text, re.MULTILINE):
            if room is not None:
                rooms.setdefault(name, room[1])
    for path in PACKAGE.rglob("models.py"):
        for name in re.findall(r'^        table = "(\w+)"', path.read_text(encoding="utf-8"), re.MULTILINE):
            rooms[name] = _room(path)
    return rooms


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


# -- which tables a text names -----------------------------------------------------------------------


def named(sql: str) -> list[str]:
    """What stands where SQL wants a table, in order; HOLE for what is only known when the program runs."""
    tokens = _TOKEN.findall(re.sub(r"'[^']*'", "''", sql))
    names: list[str] = []
    lists: list[bool] = [bool(tokens) and _begins_with_a_table(tokens)]
    wanted = lists[0]
    for before, token in zip(["", *tokens], tokens, strict=False):
        if token == "(":
            lists.append(False)
            wanted = False
        elif token == ")":
            lists = lists[:-1] or [False]
            wanted = False
        elif token == ",":
            wanted = lists[-1]
        elif token in {"FROM", "JOIN", "INTO", "UPDATE", "TABLE"}:
            wanted = not (token == "UPDATE" and before in {"DO", "FOR"})
            lists[-1] = token == "FROM"
        elif token in _KEYWORDS.split():
            lists[-1] = lists[-1] and token == "AS"
            wanted = wanted and token in {"NOT", "EXISTS", "IF"}
        elif wanted:
            names.append(token)
            wanted = False
    return names


def _begins_with_a_table(tokens: list[str]) -> bool:
    """Whether the text is a piece like `entry e JOIN posting p …`."""
    after = tokens[1:3]
    return tokens[0] not in _KEYWORDS.split() and bool({"JOIN", "CROSS", "LEFT"} & set(after))


@dataclass
class Module:
    """The texts of a file: what its module's constants are made of is filled in where they are used."""

    tree: ast.Module
    constants: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, source: str) -> "Module":
        """Read a file's source."""
        module = cls(ast.parse(source))
        for node in module.tree.body:
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AnnAssign)
                else []
            )
            if len(targets) == 1 and isinstance(targets[0], ast.Name) and isinstance(node, ast.Assign | ast.AnnAssign):
                text = module.text(node.value)
                if text is not None:
                    module.constants[targets[0].id] = text
        return module

    def text(self, node: ast.AST | None) -> str | None:
        """What a string, an f-string, or a sum of them says; None for anything else."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            return "".join(self._part(part) for part in node.values)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [self.text(side) or self._name(side) for side in (node.left, node.right)]
            return None if parts == [HOLE, HOLE] else "".join(parts)
        return None

    def _part(self, node: ast.expr) -> str:
        if isinstance(node, ast.FormattedValue):
            return self._name(node.value)
        return self.text(node) or HOLE

    def _name(self, node: ast.expr) -> str:
        return self.constants.get(node.id, HOLE) if isinstance(node, ast.Name) else HOLE

    def tables(self) -> Iterator[str]:
        """Every table that the file names, once a string; HOLE where it is only known when the program runs."""
        inner = {id(part) for node in ast.walk(self.tree) for part in self._inside(node)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and node.args and _called(node) in _CALLS:
                text = self.text(node.args[0])
                if text and re.fullmatch(r"\w+", text):
                    yield text
            text = None if id(node) in inner else self.text(node)
            if text and _SQL.search(text):
                yield from dict.fromkeys(named(text))

    def _inside(self, node: ast.AST) -> Iterator[ast.AST]:
        """The parts of a text, and docstrings: they are not read by themselves."""
        if isinstance(node, ast.JoinedStr | ast.BinOp) and self.text(node) is not None:
            yield from (part for part in ast.walk(node) if part is not node)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


# -- the walls ---------------------------------------------------------------------------------------


def crossings() -> Counter[tuple[str, str]]:
    """How many strings of a room name a table of another one."""
    owner = owners()
    counts: Counter[tuple[str, str]] = Counter()
    for path in sorted(PACKAGE.rglob("*.py")):
        room = _room(path)
        for table in Module.of(path.read_text(encoding="utf-8")).tables():
            if table in owner and owner[table] != room and table not in KEPT:
                counts[room, table] += 1
    return counts


def dynamic() -> Counter[str]:
    """How many strings of a room have a table that is only known when the program runs."""
    counts: Counter[str] = Counter()
    for path in sorted(PACKAGE.rglob("*.py")):
        tables = list(Module.of(path.read_text(encoding="utf-8")).tables())
        if HOLE in tables:
            counts[_room(path)] += tables.count(HOLE)
    return counts


# room, its tables of other rooms with the number of strings that name them, what ends it
_LISTED = (
    ("aid", "entry 2, series 4", "move H of aid: verify compares through readers of the ledger"),
    (
        "disclosure",
        "account 1, branch_roster 1, entry 3, fund 3, goods_document 1, goods_issue 1, goods_line 1, lot 1, posting 1, voucher 2, voucher_recipient 2",
        "who was helped, by a list or at a till, is counted once by one statement",
    ),
    (
        "giving",
        "account 9, entry 18, posting 8, refund_of 1, series 5",
        "verify compares rows with the journal; what was taken back in a period is read by the day of its entry",
    ),
    (
        "giving",
        "fund 4, party 5, person 1",
        "who gave is counted once, and each giver's marks compared, in one statement; migration 0048",
    ),
    (
        "goods",
        "account 3, entry 6, fund 1, holding 1, posting 3, series 1, unit 2",
        "move H of goods: verify, as in aid",
    ),
    (
        "goods",
        "donation 1, receipt 1, receipt_line 1",
        "move H of goods: the gift of a slip is compared by a reader of giving",
    ),
    ("goods", "household 4, store 1", "move H of goods: through the readers of people and office"),
    ("reports", "account 3, entry 4, posting 2", "issue 7: figures of the ledger"),
    (
        "reports",
        "donation 3, gift_reversal 1, receipt 2, receipt_line 2, refund 1",
        "issue 7: D4 is declared by giving",
    ),
    ("reports", "goods_document 2, goods_issue 1, goods_line 1, item 1, lot 2", "issue 7: D9 is declared by goods"),
    (
        "reports",
        "branch_roster 2, household 2, institution 1, voucher 3",
        "issue 7: D7 asks aid and people for its payees",
    ),
)
OFFENDERS = {
    (room, table): int(count)
    for room, tables, _ in _LISTED
    for table, count in (part.split() for part in tables.split(", "))
}
# Strings whose table is only known when the program runs: the table comes from code, never from another room.
DYNAMIC = {
    "cli_demo": 1,  # the catalog of the database: is the table there?
    "db": 5,  # inserts, kept sums, rebuilds and the check of words, for whoever hands the table in
    "demo": 1,  # REVOKE and GRANT of a reset give every table its rights back
    "office": 1,  # whether a database is empty
    "giving": 1,  # the marks of a party as rows, which people has by database
    "people": 1,  # the marks of a party as rows: each database has its own function for JSON
    "ledger": 5,  # the writer writes the tables of all rooms, which name them
    "reports": 7,  # where the lines of a register come from, written once in reports/kept.py
}


def test_no_room_names_the_tables_of_another() -> None:
    counts = crossings()
    more = {key: n for key, n in counts.items() if n > OFFENDERS.get(key, 0)}
    assert more == {}, "a room names tables of another: ask that room, or read a view of the books (PUBLISHED)"
    less = {key: counts[key] for key, n in OFFENDERS.items() if counts[key] < n}
    assert less == {}, "fewer strings than on the list: take them off, it may only shrink"


def test_a_table_that_is_only_known_at_run_time_is_on_the_list() -> None:
    assert dynamic() == DYNAMIC


def test_every_table_has_an_owner_and_views_are_published_by_the_books(sqlite_template: Path) -> None:
    with closing(sqlite3.connect(sqlite_template)) as base:
        live = dict(base.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')").fetchall())
    tables = {name for name, kind in live.items() if kind == "table" and not name.startswith("sqlite_")}
    assert tables - owners().keys() == set(), "name the room in the first lines of the migration, as charity/<room>"
    assert {name for name, kind in live.items() if kind == "view"} == PUBLISHED


# -- the reader itself -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT fund FROM voucher WHERE number = $1", "voucher"),
        (
            "SELECT x.a FROM (SELECT 1 AS a FROM lot) x, voucher v, card LEFT JOIN item i ON i.a = v.b",
            "lot voucher card item",
        ),
        ("SELECT entry, fund FROM lot WHERE account IN (SELECT card FROM item) ORDER BY unit, store", "lot item"),
        (
            "INSERT INTO lot (voucher, store) SELECT voucher, store FROM item ON CONFLICT (a) DO UPDATE SET entry = 1",
            "lot item",
        ),
        ("SELECT a FROM lot WHERE EXISTS (SELECT 1 FROM voucher) FOR UPDATE", "lot voucher"),
        ("UPDATE card SET entry = (SELECT MAX(entry) FROM entry), fund = 'FROM voucher' RETURNING unit", "card entry"),
        ("DELETE FROM card WHERE fund = $1", "card"),
        ("WITH w AS (SELECT 1 FROM lot) SELECT 1 FROM w CROSS JOIN item", "lot w item"),
        ("entry e JOIN posting p ON p.seq = e.seq", "entry posting"),
        ("LEFT JOIN voucher v ON v.entry_seq = e.seq", "voucher"),
        ("DROP TABLE IF EXISTS voucher", "voucher"),
    ],
)
def test_a_table_is_what_stands_where_sql_wants_one(sql: str, tables: str) -> None:
    assert named(sql) == tables.split()


@pytest.mark.parametrize(
    ("source", "tables"),
    [
        ('"""Docstring: SELECT a FROM voucher."""\n', []),
        ('rows("SELECT a " "FROM voucher")', ["voucher"]),
        ('SQL = "SELECT a FROM " + "voucher"', ["voucher"]),
        ('def f(n): return rows(f"SELECT a FROM voucher LIMIT {n}")', ["voucher"]),
        ('T = "voucher"\ndef f(): return rows(f"SELECT a FROM {T}")', ["voucher"]),
        (
            'J = "JOIN voucher v ON v.a = l.b"\ndef f(): return rows("SELECT a FROM lot l " + J)',
            ["voucher", "lot", "voucher"],
        ),
        ('def f(t): return rows(f"SELECT a FROM {t}")', [HOLE]),
        ('VOUCHER = Table("voucher", "number")', ["voucher"]),
        ('async def f(tx): await tx.insert("voucher", [])', ["voucher"]),
        ('def f(state): state.add("voucher", {"fund": "lot"})', ["voucher"]),
        ('def f(row): return row["voucher"], "voucher", say("select a voucher from the list")', []),
    ],
)
def test_a_text_is_read_however_it_is_put_together(source: str, tables: list[str]) -> None:
    assert list(Module.of(source).tables()) == tables


def test_sql_is_written_in_capitals_so_that_it_is_seen() -> None:
    small = re.compile(r"\b(select [^.]* from |insert into |delete from |update \w+ set )")
    for path in sorted(PACKAGE.rglob("*.py")):
        module = Module.of(path.read_text(encoding="utf-8"))
        documented = {id(part) for node in ast.walk(module.tree) for part in module._inside(node)}
        texts = (module.text(node) for node in ast.walk(module.tree) if id(node) not in documented)
        assert [text for text in texts if text and small.search(text)] == [], path
