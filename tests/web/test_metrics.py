"""`/metrics` and the log measure what somebody on call needs, summed over the workers of a server."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import guides
import pytest
from cast import Cast
from giving.given import give
from web.given import samples

from charity import __version__, app, clock, metrics
from charity.db import engine, gauges, queue, transactions
from charity.ledger import writer
from charity.metrics import Histogram, Numbers
from charity.settings import settings
from charity.web import metrics as scraped


async def scrape(web: Any) -> dict[tuple[str, tuple[str, ...]], float]:
    answer = await web.as_().get("/metrics")
    assert answer.status_code == 200
    return samples(answer.text)


# -- what is measured ---------------------------------------------------------------------------------


async def test_the_writer_the_database_the_disk_and_the_jobs_are_measured(house: Cast, web: Any) -> None:
    before = await scrape(web)
    await asyncio.gather(*(give(house) for _ in range(5)))
    await transactions.run(lambda tx: queue.enqueue(tx, "t", {}))
    sql = "UPDATE job SET run_at = $1 RETURNING id"
    await transactions.run(lambda tx: tx.rows(sql, clock.later(-90)))
    after = await scrape(web)

    def grew(name: str, *labels: str) -> float:
        return after[name, labels] - before.get((name, labels), 0)

    assert grew("charity_head_seq") == 5
    assert grew("charity_writer_batch_commands_sum") == 5
    assert 1 <= grew("charity_writer_batch_seconds_count") <= 5
    assert grew("charity_writer_batch_seconds_sum") > 0
    assert after["charity_writer_queue", ()] >= 0
    assert after["charity_jobs", ("queued",)] == 1
    assert after["charity_jobs", ("failed",)] == 0
    assert after["charity_jobs_oldest_seconds", ()] >= 90
    assert after["charity_database_bytes", ()] > 100_000
    assert after["charity_disk_free_bytes", (str(settings().data_dir),)] > 0
    assert after["charity_workers", ()] == 1
    kind = "postgresql" if engine.state().postgres else "sqlite"
    assert after["charity_info", (kind, __version__)] == 1
    if engine.state().postgres:
        assert after["charity_pool_connections", ("idle",)] >= 1
    else:
        assert after["charity_wal_bytes", ()] > 0
        assert after["charity_checkpoint_age_seconds", ()] >= 0
    assert {labels[0] for name, labels in after if name == "charity_problem"} == {p.name for p in app.PROBES}
    engine.state().stopped = "SQLITE_FULL"
    assert (await scrape(web))["charity_problem", ("writer",)] == 1


async def test_the_last_verify_is_measured(house: Cast, web: Any) -> None:
    assert ("charity_verify_age_seconds", ()) not in await scrape(web)
    gauges.note_verified(failures=3, seconds=12.34)
    figures = await scrape(web)
    assert figures["charity_verify_failures", ()] == 3
    assert figures["charity_verify_seconds", ()] == 12.3
    assert figures["charity_verify_age_seconds", ()] >= 0


async def test_the_own_figures_are_there_when_the_database_is_not(
    house: Cast, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fall() -> None:
        raise OSError

    monkeypatch.setattr(scraped, "_shared", [fall])
    figures = await scrape(web)
    assert ("charity_writer_batch_seconds_count", ()) in figures
    assert ("charity_head_seq", ()) not in figures, "an old number would be a lie"


async def test_one_line_a_minute_has_every_gauge(
    house: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="charity.app")
    monkeypatch.setattr(app, "PULSE_S", 0.0)
    pulse = asyncio.create_task(app._pulse())
    async with asyncio.timeout(10):
        while not any(r.message == "server.pulse" for r in caplog.records):  # noqa: ASYNC110 - a log has no event
            await asyncio.sleep(0.01)
    pulse.cancel()
    await asyncio.gather(pulse, return_exceptions=True)
    line = vars(next(r for r in caplog.records if r.message == "server.pulse"))
    assert {"writer_queue", "database_bytes", "head_seq", "jobs_failed", "jobs_oldest_seconds"} <= line.keys()


@pytest.mark.parametrize("language", guides.LANGUAGES)
def test_every_metric_is_in_the_docs_with_what_to_watch(language: str) -> None:
    assert writer.QUEUE
    words = guides.guide(language)
    for metric in metrics.every():
        if metric.name.startswith("charity_"):
            assert f"`{metric.name}" in words, metric.name
    for name in re.findall(r"`(charity_[a-z_]+)", words):
        assert any(name.startswith(metric.name) for metric in metrics.every()), name


# -- the sum over the workers -------------------------------------------------------------------------


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry of our own."""
    monkeypatch.setattr(metrics, "_all", {})


def test_counters_and_histograms_of_all_are_added_and_gauges_of_the_living(apart: None) -> None:
    answers = metrics.counter("answers", "x", "status")
    flying = metrics.gauge("flying", "x")
    disk = metrics.gauge("disk", "x", shared=True)
    times = metrics.histogram("times", "x", "route", bounds=(1, 2))
    answers.add(3, "200")
    flying.put(2)
    disk.put(9)
    times.observe(1, "/")
    times.observe(5, "/")
    state = json.loads(json.dumps(metrics.own()))
    assert "disk" not in state
    numbers = {m.name: m for m in metrics.summed([(state, True), (state, True), (state, False)])}
    assert isinstance(numbers["answers"], Numbers)
    assert numbers["answers"].values == {("200",): 9}
    assert isinstance(numbers["flying"], Numbers)
    assert numbers["flying"].values == {(): 4}
    assert isinstance(numbers["times"], Histogram)
    assert numbers["times"].counts == {("/",): [3, 0, 3]}
    assert numbers["times"].sums == {("/",): 18}
    assert answers.values == {("200",): 3}, "the sum is a copy"
    assert metrics.shared() == [disk]


def test_a_name_that_another_version_counted_is_left_out(apart: None) -> None:
    metrics.counter("answers", "x")
    assert metrics.summed([({"gone": [[[], 5]], "answers": [[[], 1]]}, True)])[0].name == "answers"


async def test_a_worker_that_was_once_seen_is_counted_though_a_listing_misses_its_file(
    house: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is renamed into its place while the folder is read may not be listed: a counter went back."""
    monkeypatch.setattr(scraped, "_server", lambda: "here-1.5")
    monkeypatch.setattr(scraped, "_seen", set())
    folder = scraped._folder()
    folder.mkdir(exist_ok=True)
    for pid, count in ((2, 4), (3, 36)):
        (folder / f"here-1.5-{pid}.json").write_text(json.dumps({"charity_requests": [[["GET", "/", "200"], count]]}))
    monkeypatch.setattr(Path, "glob", lambda self, _: [self / f"here-1.5-{pid}.json" for pid in (2, 3)])
    assert len(scraped._others()) == 2
    monkeypatch.setattr(Path, "glob", lambda self, _: [self / "here-1.5-3.json"])
    assert [state["charity_requests"][0][1] for state, _ in scraped._others()] == [4, 36]
