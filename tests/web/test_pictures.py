"""Pictures of money: both sides of a flow are the same sum, nothing is drawn that is nothing, thin is never invisible."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.web import pictures
from charity.web.pictures import End, Month

KINDS = st.sampled_from(("aid", "goods", "cost", "in"))
FEN = st.one_of(st.integers(0, 100), st.integers(0, 10**13))
ENDS = st.lists(st.tuples(KINDS, FEN), min_size=0, max_size=20)


def ends(pairs: list[tuple[str, int]], rest: int) -> list[End]:
    return [*(End(kind, fen, f"n{n}") for n, (kind, fen) in enumerate(pairs)), End("rest", rest, "left", stays=True)]


def bands(svg: str) -> list[tuple[str, float, float]]:
    """Of each band: its classes and its thickness at both ends, in units."""
    drawn = []
    for name, path in re.findall(r'<path class="([^"]*)" d="(M0 [^"]*Z)"', svg):
        a, c, d, b = (
            float(re.search(pattern, path)[1])  # type: ignore[index]
            for pattern in (r"M0 ([\d.]+)", r"100 ([\d.]+)V", r"V([\d.]+)C", r"0 ([\d.]+)Z")
        )
        drawn.append((name, b - a, d - c))
    return drawn


@given(ENDS, FEN, ENDS)
def test_both_sides_and_the_trunk_are_the_same_sum_whatever_comes(
    left: list[tuple[str, int]], carried: int, right: list[tuple[str, int]]
) -> None:
    sources, used = ends(left, carried), ends(right, 0)
    spare = sum(end.fen for end in sources) - sum(end.fen for end in used)
    if spare >= 0:
        used[-1] = End("rest", spare, "left", stays=True)
    else:
        sources[-1] = End("rest", carried - spare, "carried", stays=True)
    flow = pictures.flow(sources, used)
    for side, svg, drawn in ((sources, flow.into, flow.sources), (used, flow.out, flow.ends)):
        assert sum(row.end.fen for row in drawn) == sum(end.fen for end in side) == flow.trunk_fen
        assert len(drawn) <= pictures.ENDS_MAX
        assert drawn[-1].end.stays, "what is left is never hidden in 其他"
        assert "nan" not in svg
        shown = bands(svg)
        assert len(shown) == sum(1 for row in drawn if row.end.fen)
        for name, *thick in shown:
            assert "thin" in name or min(thick) >= pictures.THIN - 0.2
            assert ("veil" in name) is ("f-rest" not in name)
        if shown:
            trunk = float(re.search(r'height="([\d.]+)"', flow.box)[1])  # type: ignore[index]
            assert sum(thick for _, thick, _ in shown) == pytest.approx(trunk, abs=0.2 * len(shown))


def test_two_sides_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="differ"):
        pictures.flow([End("in", 100, "a")], [End("aid", 99, "b")])


def test_nothing_received_is_no_ribbon_and_no_division_by_nothing() -> None:
    flow = pictures.flow([], [])
    assert "<path" not in flow.into + flow.out
    assert pictures.split([("aid", 0)]).count("<rect") == 0
    assert pictures.meter(0, 0).count("f-aid") == 1
    assert not pictures.course([])


def test_the_smallest_of_many_are_one_which_says_what_it_is() -> None:
    many = [End("aid", fen, f"n{fen}") for fen in (9, 8, 7, 6, 5, 4, 3, 2, 1)]
    fewer = pictures.fewer([*many, End("rest", 1, "left", stays=True)])
    assert [end.fen for end in fewer] == [9, 8, 7, 6, 5, 4, 6, 1]
    assert (fewer[6].kind, fewer[6].name) == ("aid", "其他")
    assert fewer[6].note == "3 项，见下表"
    assert pictures.fewer(many[:8]) == many[:8]


@given(st.lists(st.tuples(KINDS, FEN), max_size=6))
def test_a_part_of_a_bar_is_never_under_two_pixels_on_a_phone(parts: list[tuple[str, int]]) -> None:
    wide = [float(w) for w in re.findall(r' width="([\d.]+)"', pictures.split(parts))]
    assert len(wide) == sum(1 for _, fen in parts if fen > 0)
    assert all(each * 288 / 1000 >= 2 for each in wide)


@given(st.lists(st.tuples(FEN, FEN, st.integers(-(10**13), 10**13)), min_size=1, max_size=24))
def test_a_balance_over_time_stays_in_its_frame(months: list[tuple[int, int, int]]) -> None:
    svg = pictures.course([Month("2026-01", *each) for each in months])
    heights = [
        float(y) for path in re.findall(r'class="line" d="([^"]*)"', svg) for y in re.findall(r" ([\d.]+)", path)
    ]
    assert len(heights) == len(months)
    assert all(9.9 <= y <= 140.1 for y in heights)


def test_how_much_of_a_plan_is_used_ends_at_the_whole() -> None:
    assert 'width="55.81" height="10"/></svg>' in pictures.meter(48_000_000, 86_000_000)
    assert 'width="100.00" height="10"/></svg>' in pictures.meter(3, 2)
    assert 'width="1.50" height="10"/></svg>' in pictures.meter(1, 10**9)
