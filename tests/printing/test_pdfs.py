"""Public PDFs never hold staff up: a renderer each, one rendering for a crowd, a bound on what is kept, a pace."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import as_shown
import pytest
from giving.given import give
from goods.given import DONOR, RICE, opened

from charity.disclosure import routes
from charity.errors import Refusal
from charity.printing import pdfs, renderer
from charity.web import limits


@pytest.fixture(autouse=True)
async def nothing_is_kept() -> AsyncIterator[None]:
    await renderer.close()  # other tests of this process have printed too
    pdfs.forget()
    limits.reset()
    yield
    await renderer.close()
    pdfs.forget()
    limits.reset()


def printed(audience: renderer.Audience) -> int:
    return renderer.of(audience).printed


async def test_a_crowd_at_one_receipt_is_one_rendering_and_the_slip_is_printed_by_another_process(house, web):
    shop = await opened(house)
    slip = (await shop.bring_answer(RICE, 5, unit_value_fen=2650, donor=DONOR))["number"]
    code = (await give(house, 500)).body["receipt"]["code"]
    anybody, clerk = web.as_(), web.as_("clerk")
    *crowd, own = await asyncio.gather(
        *(anybody.get(f"/r/{code}.pdf") for _ in range(34)), clerk.get(f"/goods/documents/{slip}.pdf")
    )
    assert {answer.status_code for answer in (*crowd, own)} == {200}
    assert len({answer.content for answer in crowd}) == 1
    assert (printed("public"), printed("staff")) == (1, 1)
    (public,), (staff,) = renderer.of("public").children(), renderer.of("staff").children()
    assert public != staff
    later = await anybody.get(f"/r/{code}.pdf")
    assert (later.content, printed("public")) == (crowd[0].content, 1)


async def test_staff_print_while_the_public_waits():
    await pdfs.for_anybody("<p>0", identifier=b"0")
    (child,) = renderer.of("public").children()
    os.kill(child, signal.SIGSTOP)  # as slow as can be
    waiting = [asyncio.create_task(pdfs.for_anybody(f"<p>{n}", identifier=b"0")) for n in (1, 2)]
    await asyncio.sleep(0)
    for _ in range(3):
        assert (await pdfs.for_staff("<p>单据", identifier=b"slip")).startswith(b"%PDF")
    assert not any(task.done() for task in waiting)
    os.kill(child, signal.SIGCONT)
    assert all(body.startswith(b"%PDF") for body in await asyncio.gather(*waiting))
    assert (printed("public"), printed("staff")) == (3, 3)


async def test_another_status_language_or_word_is_another_rendering(house, web):
    code = (await give(house, 500)).body["receipt"]["code"]
    anybody = web.as_()
    first = (await anybody.get(f"/r/{code}.pdf")).content
    english = (await anybody.get(f"/r/{code}.pdf", headers={"Accept-Language": "en"})).content
    await as_shown.void(code, reason="试", by=house.accountant)
    voided = (await anybody.get(f"/r/{code}.pdf")).content
    assert len({first, english, voided}) == printed("public") == 3


async def test_a_reader_who_goes_away_takes_the_pdf_from_nobody():
    shared = pdfs.Shared()
    gone, stays = (asyncio.create_task(shared.pdf("<p>同一份", identifier=b"same")) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await stays).startswith(b"%PDF")
    assert gone.cancelled()
    assert printed("public") == 1


async def test_what_is_kept_has_a_bound_and_the_oldest_goes_first():
    size = len(await pdfs.for_anybody("<p>0", identifier=b"0"))
    shared = pdfs.Shared(kept_bytes=2 * size + size // 2)
    for n in range(3):
        await shared.pdf(f"<p>{n}", identifier=b"0")
        assert shared.bytes <= 2 * size + size // 2
    before = printed("public")
    await shared.pdf("<p>2", identifier=b"0")
    assert printed("public") == before
    await shared.pdf("<p>0", identifier=b"0")
    assert printed("public") == before + 1


async def test_a_pdf_larger_than_all_that_may_be_kept_is_printed_and_not_kept():
    shared = pdfs.Shared(kept_bytes=10)
    for _ in range(2):
        assert (await shared.pdf("<p>大", identifier=b"0")).startswith(b"%PDF")
    assert (shared.bytes, printed("public")) == (0, 2)


async def test_many_different_pdfs_wait_for_their_turn_but_a_kept_one_does_not(monkeypatch: pytest.MonkeyPatch):
    now = [1_000.0]
    monkeypatch.setattr(pdfs.time, "monotonic", lambda: now[0])
    shared = pdfs.Shared(renderings_max=2)
    await asyncio.gather(*(shared.pdf(f"<p>{n}", identifier=b"0") for n in range(2)))
    now[0] += 12.5
    with pytest.raises(Refusal) as refused:
        await shared.pdf("<p>2", identifier=b"0")
    assert (refused.value.code, refused.value.status, refused.value.retry_after_s) == ("press.busy", 503, 48)
    assert refused.value.facts == {"seconds": 48}
    assert (await shared.pdf("<p>1", identifier=b"0")).startswith(b"%PDF")
    now[0] += 48
    assert (await shared.pdf("<p>2", identifier=b"0")).startswith(b"%PDF")


async def test_what_the_renderer_has_no_place_for_does_not_count(monkeypatch: pytest.MonkeyPatch):
    """Sixty at once were sixteen PDFs and a minute without any."""
    shared = pdfs.Shared(renderings_max=1)
    right = renderer.rendered

    async def full(*_args: Any, **_kwargs: Any) -> bytes:
        raise renderer.RendererBusy

    monkeypatch.setattr(renderer, "rendered", full)
    for n in range(2):
        with pytest.raises(Refusal) as refused:
            await shared.pdf(f"<p>{n}", identifier=b"0")
        assert (refused.value.code, refused.value.retry_after_s) == ("press.busy", pdfs.RETRY_S)
    monkeypatch.setattr(renderer, "rendered", right)
    assert (await shared.pdf("<p>0", identifier=b"0")).startswith(b"%PDF")


async def test_a_document_that_failed_is_tried_again_and_the_log_does_not_quote_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    shared = pdfs.Shared()
    right = renderer.rendered

    async def failing(*_args: Any, **_kwargs: Any) -> bytes:
        raise renderer.RenderingFailed("王小明")

    monkeypatch.setattr(renderer, "rendered", failing)
    with pytest.raises(Refusal, match=r"press\.failed") as refused:
        await shared.pdf("<p>王小明", identifier=b"0")
    assert refused.value.retry_after_s == pdfs.RETRY_S
    assert "rendering.failed" in caplog.text
    assert "王小明" not in caplog.text
    monkeypatch.setattr(renderer, "rendered", right)
    assert (await shared.pdf("<p>王小明", identifier=b"0")).startswith(b"%PDF")


async def test_a_full_renderer_and_a_fast_address_are_told_when_to_come_again(
    house, web, monkeypatch: pytest.MonkeyPatch
):
    code = (await give(house, 500)).body["receipt"]["code"]
    anybody = web.as_()

    async def full(*_args: Any, **_kwargs: Any) -> bytes:
        raise renderer.RendererBusy

    monkeypatch.setattr(renderer, "rendered", full)
    busy = await anybody.get(f"/r/{code}.pdf")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, str(pdfs.RETRY_S))
    assert f"请过 {pdfs.RETRY_S} 秒再试" in busy.text
    staff = await web.as_("cashier").get(f"/receipts/{code}/paper.pdf")
    assert (staff.status_code, staff.headers["retry-after"]) == (503, str(pdfs.RETRY_S))
    for _ in range(routes.PDFS.amount - 1):
        await anybody.get("/r/NOPE.pdf")
    fast = await anybody.get(f"/r/{code}.pdf")
    assert fast.status_code == 429
    assert f"请过 {fast.headers['retry-after']} 秒再试" in fast.text
    assert (await anybody.get(f"/r/{code}")).status_code == 200
