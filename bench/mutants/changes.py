"""The bugs that are planted: each one small change of a rule's source, named so that it can be recognised later.

Left alone is what carries no rule: docstrings, annotations, decorators, `assert` (it says what cannot be), log lines,
words for people, and lines that only a type checker reads.
"""

import ast
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

# Files that carry rules: what is declared, drawn or bound to HTTP has tests of its own.
FILES = (
    "charity/*.py",
    "charity/aid/**/*.py",
    "charity/db/idem.py",
    "charity/db/paging.py",
    "charity/db/sealed.py",
    "charity/documents/*.py",
    "charity/giving/**/*.py",
    "charity/goods/**/*.py",
    "charity/ledger/*.py",
    "charity/office/**/*.py",
    "charity/people/*.py",
    "charity/reports/*.py",
    "charity/web/csrf.py",
    "charity/web/devices.py",
    "charity/web/fields.py",
    "charity/web/forms.py",
    "charity/web/limits.py",
)
NOT_FILES = frozenset({
    "__init__", "__main__", "api", "app", "assets", "cli", "cli_accounts", "cli_banks", "cli_demo", "console", "demo",
    "desk", "diagnosis", "documents", "errors", "forms", "health", "jobs", "labels", "limits", "metrics", "models",
    "picture", "room", "routes", "screens", "settings", "showing",
})  # fmt: skip
TOP = "module"
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
}  # fmt: skip
CALLS = {"max": "min", "min": "max", "any": "all", "all": "any"}
SQL = re.compile(r"\b(SELECT|UPDATE|DELETE|WHERE|ORDER BY|IS NULL|EXISTS|JOIN)\b")
SQL_CHANGES = (
    (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "), (r" = ", " <> "), (r" <> ", " = "),
    (r" AND ", " OR "), (r" OR ", " AND "), (r" DESC\b", " ASC"), (r" IS NULL\b", " IS NOT NULL"),
    (r" IS NOT NULL\b", " IS NULL"), (r"\bNOT EXISTS\b", "EXISTS"), (r" NOT IN ", " IN "), (r"\bSUM\(", "MAX("),
    (r" LEFT JOIN ", " JOIN "),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One bug. `name` outlives moved lines: the file, the function, what becomes what, and which of several."""

    path: str
    line: int
    end: int
    name: str
    source: str
    """The whole file with the bug."""


def files(root: Path) -> list[str]:
    """The files that carry rules, relative to the root."""
    files = {path for pattern in FILES for path in root.glob(pattern)}
    kept = (p for p in files if p.stem not in NOT_FILES or p.match("charity/web/*.py"))
    return sorted(str(path.relative_to(root)) for path in kept)


def of_file(root: Path, path: str) -> list[Change]:
    """All bugs that a file can have, from top to bottom."""
    text = (root / path).read_text(encoding="utf-8")
    lines = text.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    source, seen, changes = text.encode(), dict[str, int](), []
    for where, node in _nodes(ast.parse(text), TOP):
        for new in _instead(node, where):
            assert isinstance(node, ast.expr | ast.stmt)
            begin = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            after = ast.unparse(new)
            planted = after if isinstance(new, ast.stmt) else f"({after})"
            changed = (source[:begin] + planted.encode() + source[end:]).decode()
            name = f"{path}::{where}::{_short(ast.unparse(node))} -> {_short(after)}"
            if isinstance(node, ast.JoinedStr) and not _compiles(changed, path):
                continue  # unparse cannot write every f-string
            seen[name] = seen.get(name, 0) + 1
            number = f" #{seen[name]}" if seen[name] > 1 else ""
            changes.append(Change(path, node.lineno, node.end_lineno or node.lineno, name + number, changed))
    return changes


def _compiles(source: str, path: str) -> bool:
    try:
        compile(source, path, "exec")
    except SyntaxError:
        return False
    return True


def _short(code: str) -> str:
    return " ".join(code.split())


# -- what is changed -------------------------------------------------------------------------------------------


def _nodes(node: ast.AST, where: str) -> Iterator[tuple[str, ast.AST]]:
    """Everything in a node that may be changed, with the name of its function."""
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "exc"} or (field == "args" and _is_column(node)):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _left_alone(child):
                continue
            inner = where
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = child.name if where == TOP else f"{where}.{child.name}"
            yield inner, child
            if not isinstance(child, ast.JoinedStr):  # places inside one are wrong before Python 3.12
                yield from _nodes(child, inner)


def _is_column(node: ast.AST) -> bool:
    """A column of a register: its title and width are drawn, what it adds up is said by name."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Column"


def _left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Assert() | ast.Import() | ast.ImportFrom() | ast.arg() | ast.Expr(ast.Constant()):
            return True
        case ast.If(ast.Name("TYPE_CHECKING")) | ast.Assign([ast.Name("__all__" | "__slots__" | "log")]):
            return True
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("log")))):
            return True
    return False


def _instead(node: ast.AST, where: str) -> Iterator[ast.AST]:  # noqa: C901 - a case a kind of node
    """What may wrongly stand in the place of a node."""
    match node:
        case ast.Raise():
            yield ast.Pass()
        case ast.Expr(ast.Call() | ast.Await()) if where != TOP:
            yield ast.Pass()
        case ast.Compare():
            for n, operator in enumerate(node.ops):
                new = deepcopy(node)
                new.ops[n] = COMPARISONS[type(operator)]()
                yield new
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(ast.Not() | ast.USub()):
            yield node.operand
        case ast.BinOp() if type(node.op) in ARITHMETIC and not (_is_text(node.left) or _is_text(node.right)):
            yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
        case ast.Call(ast.Name(name)) if name in CALLS:
            yield ast.Call(ast.Name(CALLS[name]), node.args, node.keywords)
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(str()) | ast.JoinedStr():
            yield from _queries(node)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _queries(node: ast.Constant | ast.JoinedStr) -> Iterator[ast.AST]:
    """One sign or word of a query changed; queries are most of our rules about many rows."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [str(part.value) if isinstance(part, ast.Constant) else "" for part in parts]
    if not SQL.search(" ".join(texts)):
        return
    for n, text in enumerate(texts):
        for pattern, instead in SQL_CHANGES:
            for place in re.finditer(pattern, text):
                new = deepcopy(node)
                part = new.values[n] if isinstance(new, ast.JoinedStr) else new
                assert isinstance(part, ast.Constant)
                part.value = text[: place.start()] + instead + text[place.end() :]
                yield new
