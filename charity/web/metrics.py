"""Figures of a process for Prometheus. /metrics answers the machine itself, or a bearer token of an admin.

Counted in plain integers, because one event loop does all the counting: prometheus_client's own counters
take a lock at every step, which cost 5 % of a gift (py-spy). With several workers each process has
figures of its own; scrape them by process or look at the sum of what a scraper happens to reach.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Figures(Collector):
    """What this process has answered since it started."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.answers: dict[tuple[str, str, int], int] = defaultdict(int)
        self.buckets: dict[str, list[int]] = defaultdict(lambda: [0] * (len(BOUNDS_S) + 1))
        self.seconds: dict[str, float] = defaultdict(float)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.answers[method if method in METHODS else "-", route, status] += 1
        self.buckets[route][bisect_left(BOUNDS_S, seconds)] += 1
        self.seconds[route] += seconds

    def collect(self) -> Iterable[Metric]:
        """All figures as Prometheus wants them."""
        requests = CounterMetricFamily(
            "charity_requests", "Answers by route and status", labels=["method", "route", "status"]
        )
        for (method, route, status), count in self.answers.items():
            requests.add_metric([method, route, str(status)], count)
        times = HistogramMetricFamily("charity_request_seconds", "Time to answer by route", labels=["route"])
        for route, counts in self.buckets.items():
            so_far, sums = 0, []
            for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), counts, strict=True):
                so_far += count
                sums.append((bound, so_far))
            times.add_metric([route], sums, self.seconds[route])
        flying = GaugeMetricFamily("charity_requests_in_flight", "Requests being answered", value=self.in_flight)
        return [requests, times, flying]


REGISTRY = CollectorRegistry()
FIGURES = Figures()
REGISTRY.register(FIGURES)


def text() -> bytes:
    """All figures in Prometheus' text format."""
    return generate_latest(REGISTRY)
