"""What a process measures: counters, gauges and histograms in plain numbers.

One event loop does all the counting, so they are plain integers: prometheus_client's own counters take a lock
at every step, which cost 5 % of a gift (py-spy; decision 21). Two kinds: what each process has of its own
(requests, the writer) is **summed** over the workers of a server; what is the same for all (the database's size,
the disk) is measured by the process that is asked.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

Labels = tuple[str, ...]
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
COUNTER, GAUGE = "counter", "gauge"


@dataclass(slots=True)
class Numbers:
    """Counters or gauges of one name, a number for each set of labels. A gauge's sum counts living processes only."""

    name: str
    words: str
    kind: str = GAUGE
    labels: Labels = ()
    shared: bool = False
    values: dict[Labels, float] = field(default_factory=lambda: defaultdict(float))

    def put(self, value: float, *labels: str) -> None:
        """Set a gauge."""
        self.values[labels] = value

    def add(self, value: float = 1, *labels: str) -> None:
        """Count on."""
        self.values[labels] += value


@dataclass(slots=True)
class Histogram:
    """How often a value was at most each bound, and the sum of all values."""

    name: str
    words: str
    bounds: Sequence[float] = SECONDS
    labels: Labels = ()
    counts: dict[Labels, list[int]] = field(default_factory=dict)
    sums: dict[Labels, float] = field(default_factory=lambda: defaultdict(float))

    def observe(self, value: float, *labels: str) -> None:
        """Count a value."""
        counts = self.counts.get(labels)
        if counts is None:
            counts = self.counts[labels] = [0] * (len(self.bounds) + 1)
        counts[bisect_left(self.bounds, value)] += 1
        self.sums[labels] += value


Metric = Numbers | Histogram
M = TypeVar("M", Numbers, Histogram)
State = dict[str, list[list[Any]]]
"""What a process counted, as JSON: by metric, its labels and number, or its labels, counts and sum."""
_all: dict[str, Metric] = {}


def counter(name: str, words: str, *labels: str) -> Numbers:
    """A counter of this process."""
    return _kept(Numbers(name, words, COUNTER, labels))


def gauge(name: str, words: str, *labels: str, shared: bool = False) -> Numbers:
    """A gauge of this process, or of what all processes share."""
    return _kept(Numbers(name, words, GAUGE, labels, shared))


def histogram(name: str, words: str, *labels: str, bounds: Sequence[float] = SECONDS) -> Histogram:
    """A histogram of this process."""
    return _kept(Histogram(name, words, bounds, labels))


def _kept(metric: M) -> M:
    assert metric.name not in _all, metric.name
    _all[metric.name] = metric
    if not metric.labels:  # 0 is there from the first moment: a rate needs it
        if isinstance(metric, Histogram):
            metric.counts[()] = [0] * (len(metric.bounds) + 1)
        elif not metric.shared:
            metric.put(0)
    return metric


def every() -> list[Metric]:
    """All metrics that were declared."""
    return list(_all.values())


def shared() -> list[Numbers]:
    """The gauges that are the same for all processes."""
    return [metric for metric in _all.values() if isinstance(metric, Numbers) and metric.shared]


def gauges() -> dict[str, float]:
    """All gauges as one line of a log: by name, and the labels behind it."""
    return {
        "_".join((metric.name.removeprefix("charity_"), *labels)): value
        for metric in _all.values()
        if isinstance(metric, Numbers) and metric.kind == GAUGE
        for labels, value in metric.values.items()
    }


def own() -> State:
    """What this process counted."""
    state: State = {}
    for name, metric in _all.items():
        if isinstance(metric, Histogram):
            state[name] = [[list(labels), counts, metric.sums[labels]] for labels, counts in metric.counts.items()]
        elif not metric.shared:
            state[name] = [[list(labels), value] for labels, value in metric.values.items()]
    return state


def summed(states: Iterable[tuple[State, bool]]) -> list[Metric]:
    """The own metrics of several processes as one; of those that ended (False) only what was counted."""
    totals: dict[str, Metric] = {}
    for name, metric in _all.items():
        if isinstance(metric, Histogram):
            totals[name] = replace(metric, counts={}, sums=defaultdict(float))
        elif not metric.shared:
            totals[name] = replace(metric, values=defaultdict(float))
    for state, living in states:
        for name, lines in state.items():
            total = totals.get(name)
            if isinstance(total, Histogram):
                _add(total, lines)
            elif total is not None and (living or total.kind == COUNTER):
                for labels, value in lines:
                    total.add(value, *labels)
    return list(totals.values())


def _add(total: Histogram, lines: list[list[Any]]) -> None:
    for names, counts, spent in lines:
        labels = tuple(names)
        before = total.counts.get(labels, [0] * len(counts))
        total.counts[labels] = [a + b for a, b in zip(before, counts, strict=True)]
        total.sums[labels] += spent
