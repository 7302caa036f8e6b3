"""`make mutants`: which bugs it plants, and that what was explained away can still be planted."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.mutants import changes, run
from bench.mutants.changes import Change

ROOT = Path(__file__).resolve().parents[1]
SOURCE = '''"""Doc: 1 < 2."""
DAYS = 30
def rule(a: int, b: int = 7) -> bool:
    """Words: a < b."""
    assert a < 100
    log.info("seen", extra={"n": a})
    if a < b and not max(a, b) == 3:
        raise TOO_SMALL()
    note(a)
    return query(f"SELECT x FROM {t} WHERE day <= $1 AND kind = 'a'")
'''


def planted(tmp_path: Path, source: str) -> list[Change]:
    (tmp_path / "rule.py").write_text(source)
    return changes.of_file(tmp_path, "rule.py")


def test_each_bug_is_one_change_of_a_rule(tmp_path: Path) -> None:
    changes_found = planted(tmp_path, SOURCE)
    names = {change.name.removeprefix("rule.py::") for change in changes_found}
    assert {
        "module::30 -> 31",
        "rule::7 -> 8",
        "rule::a < b -> a <= b",
        "rule::a < b and (not max(a, b) == 3) -> a < b or not max(a, b) == 3",
        "rule::not max(a, b) == 3 -> max(a, b) == 3",
        "rule::max(a, b) -> min(a, b)",
        "rule::raise TOO_SMALL() -> pass",
        "rule::note(a) -> pass",
    } <= names
    queries = sorted(name.partition(" -> ")[2] for name in names if "SELECT" in name)
    assert queries == [
        "f\"SELECT x FROM {t} WHERE day < $1 AND kind = 'a'\"",
        "f\"SELECT x FROM {t} WHERE day <= $1 AND kind <> 'a'\"",
        "f\"SELECT x FROM {t} WHERE day <= $1 OR kind = 'a'\"",
    ]
    assert not [name for name in names if "100" in name or "log" in name or "Words" in name or "Doc" in name]
    for change in changes_found:
        compile(change.source, "rule.py", "exec")
        assert change.source != SOURCE
        assert 'a < 100\n    log.info("seen", extra={"n": a})\n' in change.source, "nothing else is touched"


def test_of_a_column_only_what_it_adds_up_is_changed(tmp_path: Path) -> None:
    changes_found = planted(tmp_path, 'A = Column("cash_fen", "现金", 14, "money", total=True)\n')
    assert [change.name for change in changes_found] == ["rule.py::module::True -> False"]


def test_a_bug_keeps_its_name_when_its_line_moves(tmp_path: Path) -> None:
    before = [change.name for change in planted(tmp_path, SOURCE)]
    assert [change.name for change in planted(tmp_path, SOURCE.replace("DAYS", "\n\nDAYS", 1))] == before
    twice = [change.name for change in planted(tmp_path, "A = 1\nB = 1\n")]
    assert twice == ["rule.py::module::1 -> 2", "rule.py::module::1 -> 2 #2"]


def test_every_explained_bug_can_still_be_planted() -> None:
    explained: dict[str, str] = json.loads(run.EXPLAINED.read_text(encoding="utf-8"))
    for path in {name.partition("::")[0] for name in explained}:
        assert path in changes.files(ROOT)
        names = {change.name for change in changes.of_file(ROOT, path)}
        assert {name for name in explained if name.startswith(f"{path}::")} <= names
    assert all(len(reason) > 20 for reason in explained.values())


@pytest.mark.parametrize(
    "path",
    [
        "charity/money.py",
        "charity/clock.py",
        "charity/texts.py",
        "charity/roles.py",
        "charity/ledger/state.py",
        "charity/web/limits.py",
        "charity/goods/rules.py",
        "charity/giving/campaigns/verbs.py",
    ],
)
def test_the_files_that_carry_rules_are_among_them(path: str) -> None:
    assert path in changes.files(ROOT)


def test_what_survives_unexplained_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "KEPT", tmp_path)
    monkeypatch.setattr(run, "OUTCOMES", tmp_path / "outcomes.json")
    outcomes = [run.Outcome(f"a.py::f::{n} -> {n + 1}", n, 3, 3, 1.0, "FAILED test_x") for n in range(20)]
    outcomes[0] = replace(outcomes[0], known=9, killer="")
    assert run.report(outcomes, 900, 1) == 0
    outcomes[1] = replace(outcomes[1], killer="")
    assert run.report(outcomes, 900, 1) == 1
    text = (tmp_path / "report.md").read_text()
    assert (
        "20 of 900 possible bugs planted (seed 1): 18 noticed, 0 explained, 2 not noticed (10.0%; at most 5%)" in text
    )
    assert "- `a.py::f::0 -> 1` (line 0): 3 of 9 tests that run it were tried" in text
    assert run.noticed_before([]) == {outcome.name: outcome for outcome in outcomes[2:]}


def test_a_sample_stays_the_same_when_other_code_changes() -> None:
    bugs = [Change("a.py", n, n, f"a.py::f::{n} -> {n + 1}", "") for n in range(200)]
    names = [bug.name for bug in run.drawn(bugs, 50, seed=1)]
    assert len(set(names)) == 50
    assert [bug.name for bug in run.drawn(bugs, 50, seed=2)] != names
    gone, new = names[7], Change("b.py", 1, 1, "b.py::g::x -> y", "")
    after = {bug.name for bug in run.drawn([new, *(bug for bug in bugs if bug.name != gone)], 50, seed=1)}
    assert len(after & set(names)) >= 48
