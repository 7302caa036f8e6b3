"""Pictures of money as SVG, made on the server: shapes only, beside words and above a table that say the same.

Money is int fen. No picture has a colour or a style of its own: classes f-aid, f-goods, f-cost, f-in and f-rest are
coloured in static/css/money.css. Always true: both sides of a flow add up to its trunk, to the fen; what is not spent
is hollow and dashed; a band is at least 2 px thick at any size (class `thin` gives it an edge of 2 px).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from markupsafe import Markup

from charity import words

HEIGHT: Final = 1000.0
"""Units of the height of a flow; the picture is stretched over the list beside it."""
ENDS_MAX: Final = 8
"""More ends than these are not drawn: the smallest become one, 其他."""
THIN: Final = 20.0
"""Units below which a band may be thinner than 2 px on a small screen."""
TALLEST: Final = 0.84
"""Of its row, at most: neighbouring ends never touch."""
TRUNK_MAX: Final = 0.74
WIDE: Final = 0.12
"""Share of the trunk from which on a row is taller."""
REST: Final = "rest"
_STEPS: Final = {True: 5, False: 4, REST: 7}
_OTHERS: Final = "其他"


@dataclass(frozen=True, slots=True)
class End:
    """Where money comes from or goes to: its kind (aid, goods, cost, in, rest), fen (0 or more), name and a note.

    `stays`: is never merged into 其他.
    """

    kind: str
    fen: int
    name: str
    note: str = ""
    stays: bool = False


class Row(NamedTuple):
    """An end as a row of a list; `steps` is its height in quarter rows (class span-4 .. span-7)."""

    end: End
    steps: int


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow as a page shows it: two lists of rows with the ribbons between each and the trunk, `trunk_fen` in all."""

    sources: Sequence[Row]
    ends: Sequence[Row]
    trunk_fen: int
    into: Markup
    out: Markup
    box: Markup


def flow(sources: Sequence[End], ends: Sequence[End]) -> Flow:
    """Draw a flow. Both sides must add up to the same sum; without any money there are no ribbons."""
    total = sum(end.fen for end in sources)
    if total != sum(end.fen for end in ends):
        msg = "the two sides of a flow differ"
        raise ValueError(msg)
    left, right = _rows(fewer(sources), total), _rows(fewer(ends), total)
    share = min(_trunk(left, total), _trunk(right, total))
    top = HEIGHT * (1 - share) / 2
    box = f'<rect x="0" y="{top:.1f}" width="100" height="{HEIGHT * share:.1f}"/>'
    return Flow(
        left,
        right,
        total,
        _ribbons(left, total, share, trunk_left=False),
        _ribbons(right, total, share, trunk_left=True),
        _svg(box, "trunk-box"),
    )


def fewer(ends: Sequence[End], most: int = ENDS_MAX) -> list[End]:
    """At most this many ends, in their order: the smallest are one, before the first that stays at the end."""
    if len(ends) <= most:
        return list(ends)
    free = sorted((end for end in ends if not end.stays), key=lambda end: end.fen)
    merged = free[: len(ends) - most + 1]
    kinds = {end.kind for end in merged}
    note = words.say("{count} 项，见下表", count=len(merged))
    kind, fen = (kinds.pop() if len(kinds) == 1 else "cost"), sum(end.fen for end in merged)
    rest = End(kind, fen, words.translate(_OTHERS), note)
    kept = [end for end in ends if not any(end is one for one in merged)]
    at = next((n for n, end in enumerate(kept) if end.stays), len(kept))
    return [*kept[:at], rest, *kept[at:]]


def _rows(ends: Sequence[End], total: int) -> list[Row]:
    return [Row(end, _STEPS[REST if end.kind == REST else end.fen >= WIDE * total]) for end in ends]


def _trunk(rows: Sequence[Row], total: int) -> float:
    """The height of the trunk as a share, so that no band is taller than its row allows."""
    steps = sum(row.steps for row in rows)
    return min([TALLEST * row.steps / steps / (row.end.fen / total) for row in rows if row.end.fen] + [TRUNK_MAX])


def _ribbons(rows: Sequence[Row], total: int, share: float, *, trunk_left: bool) -> Markup:
    """Bands between the trunk and the rows of a list; ends meet rows at any size of type."""
    steps, trunk = sum(row.steps for row in rows), share * HEIGHT
    at, top, parts = (HEIGHT - trunk) / 2, 0.0, []
    outer, inner = (100, 0) if trunk_left else (0, 100)
    for end, row_steps in rows:
        tall = HEIGHT * row_steps / steps
        if end.fen:
            thick, middle = trunk * end.fen / total, top + tall / 2
            near, far = (at, at + thick), (middle - thick / 2, middle + thick / 2)
            (a, b), (c, d) = (near, far) if trunk_left else (far, near)
            thin = " thin" if thick < THIN else ""
            veil = "" if end.kind == REST else " veil"
            parts.append(
                f'<path class="f-{end.kind}{veil}{thin}" d="M0 {a:.1f}C50 {a:.1f} 50 {c:.1f} 100 {c:.1f}'
                f'V{d:.1f}C50 {d:.1f} 50 {b:.1f} 0 {b:.1f}Z"/>'
            )
            if end.kind != REST:
                parts.append(f'<path class="cap f-{end.kind}{thin}" d="M{outer} {far[0]:.1f}V{far[1]:.1f}"/>')
            at += thick
        top += tall
    if parts:
        parts.append(f'<path class="cap is-trunk" d="M{inner} {(HEIGHT - trunk) / 2:.1f}v{trunk:.1f}"/>')
    return _svg("".join(parts))


def _svg(shapes: str, name: str = "") -> Markup:
    called = f' class="{name}"' if name else ""
    return Markup(  # noqa: S704 - numbers and words from code
        f'<svg{called} viewBox="0 0 100 1000" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f"{shapes}</svg>"
    )


def split(parts: Sequence[tuple[str, int]]) -> Markup:
    """One bar that divides into (kind, fen), each at least 2 px wide; the sums stand beside it as text."""
    shown = [(kind, fen) for kind, fen in parts if fen > 0]
    total, at, drawn = sum(fen for _, fen in shown), 0.0, []
    for kind, fen in shown:
        wide = 1000 * fen / total
        drawn.append(
            f'<rect class="f-{kind}" x="{min(at + 1, 992):.1f}" y="1" width="{max(wide - 2, 7):.1f}" height="18"/>'
        )
        at += wide
    return Markup(  # noqa: S704 - numbers and words from code
        '<svg class="split" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f"{''.join(drawn)}</svg>"
    )


def meter(part: int, whole: int, kind: str = "aid") -> Markup:
    """How much of a plan is used; the figures stand in the same row of the table."""
    wide = min(100.0, max(100 * part / whole, 1.5)) if whole > 0 and part > 0 else 0.0
    return Markup(  # noqa: S704 - numbers and words from code
        '<svg class="meter" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect class="ground" width="100" height="10"/><rect class="f-{kind}" width="{wide:.2f}" height="10"/></svg>'
    )


def spark(fens: Sequence[int]) -> Markup:
    """A small course of a balance, one point a month's end, over the line of zero; the sums stand beside it."""
    if not fens:
        return Markup("")
    high, low = max(*fens, 0), min(*fens, 0)
    span, wide = (high - low) or 1, 100 / max(len(fens) - 1, 1)
    zero = 2 + 26 * high / span
    spots = "L".join(f"{wide * n:.1f} {2 + 26 * (high - fen) / span:.1f}" for n, fen in enumerate(fens))
    return Markup(  # noqa: S704 - numbers and words from code
        '<svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<path class="zero" d="M0 {zero:.1f}H100"/><path d="M{spots}"/></svg>'
    )


class Month(NamedTuple):
    """What came and went in a month (`2026-11`), and what stood at its end, fen."""

    month: str
    in_fen: int
    out_fen: int
    balance_fen: int


def course(months: Sequence[Month]) -> Markup:
    """A balance over time: a line through each month's end, below it what came (filled) and went (hollow)."""
    if not months:
        return Markup("")
    high = max([month.balance_fen for month in months] + [0])
    low = min([month.balance_fen for month in months] + [0])
    most = max([max(month.in_fen, month.out_fen) for month in months] + [1])
    wide, span = 1000 / len(months), (high - low) or 1
    spots = [(wide * (n + 0.5), 10 + 130 * (high - month.balance_fen) / span) for n, month in enumerate(months)]
    zero = 10 + 130 * high / span
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
    area = f"M{spots[0][0]:.1f} {zero:.1f}L{line}L{spots[-1][0]:.1f} {zero:.1f}Z"
    drawn = [f'<path class="area" d="{area}"/><path class="axis" d="M0 {zero:.1f}H1000M0 240H1000"/>']
    drawn.append(f'<path class="line" d="M{line}"/>')
    for n, month in enumerate(months):
        for kind, fen, left in (("f-in", month.in_fen, 0.2), ("out", month.out_fen, 0.52)):
            if fen > 0:
                tall = max(80 * fen / most, 2)
                drawn.append(
                    f'<rect class="{kind}" x="{wide * (n + left):.1f}" y="{240 - tall:.1f}" '
                    f'width="{wide * 0.28:.1f}" height="{tall:.1f}"/>'
                )
    return Markup(  # noqa: S704 - numbers and words from code
        '<svg class="course" viewBox="0 0 1000 242" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f"{''.join(drawn)}</svg>"
    )
