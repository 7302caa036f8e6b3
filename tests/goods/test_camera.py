"""The phone's camera as a scanner, in a browser whose camera plays a drawn film."""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from browsing import Served, Visitor, build, street
from goods.given import TOWEL, opened
from pdf_reading import MARK
from PIL import Image
from playwright.async_api import expect

from charity.printing import labels, renderer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

WIDE, HIGH, A_SECOND = 640, 480, 5
"""The film: its size, and its pictures a second."""
SHOWN_S, GAP_S, END_S = 2, 1, 4
"""How long a code is held before the camera, how long nothing is, and how long before the film begins again."""
LISTENING = "addEventListener('charity:scan', (event) => (window.scans ??= []).push(event.detail.text), true)"
REFUSING = "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '%s'); }; }"
WITHOUT = {
    "() => { Object.defineProperty(window, 'isSecureContext', {value: false}); }": "网址要以 https 开头",
    REFUSING % "NotFoundError": "没有相机",
    REFUSING % "NotReadableError": "正被别的应用使用",
}
"""What the browser has instead of a camera, and what the page says then."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("camera")
    url = f"sqlite://{folder / 'charity.db'}"
    town = Served(url, folder, build(url, folder)).begin()
    yield town
    town.end()
    shutil.rmtree(folder, ignore_errors=True)


def _barcode(code: str) -> Image.Image:
    """A package's EAN-13 as the camera sees it."""
    drawn = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13), scale=3)
    return Image.fromarray(drawn).convert("L")


def _label(pdf: bytes) -> Image.Image:
    """The first label of the sheet as it is printed, 70 x 37 mm."""
    whole = ["pdftoppm", "-r", "160", "-f", "1", "-l", "1", "-png", "-"]
    sheet = Image.open(io.BytesIO(subprocess.run(whole, input=pdf, capture_output=True, check=True).stdout))
    return sheet.convert("L").crop((0, 0, sheet.width // 3, sheet.height // 8))


def _film(path: Path, *scenes: tuple[Image.Image | None, int]) -> None:
    """A film that shows each picture in the middle for so many seconds."""
    colours = bytes([128]) * (WIDE * HIGH // 2)
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{WIDE} H{HIGH} F{A_SECOND}:1 Ip A1:1 C420\n".encode())
        for shown, seconds in scenes:
            frame = Image.new("L", (WIDE, HIGH), 200)
            if shown:
                frame.paste(shown, ((WIDE - shown.width) // 2, (HIGH - shown.height) // 2))
            film.write((b"FRAME\n" + frame.tobytes() + colours) * (seconds * A_SECOND))


async def _shows_the_card(clerk: Visitor, card: str) -> None:
    await clerk.page.locator("[data-scan]").fill(card)
    async with clerk.answered():
        await clerk.page.locator("[data-scan]").press("Enter")
    await clerk.sees("卡上")


async def test_the_camera_counts_each_code_once_until_it_has_left_the_view(served, tmp_path):
    lot, film = served.facts["lot"], tmp_path / "film.y4m"
    printed = labels.labels_html([labels.LotLabel(code=lot, name="毛巾 纯棉", store="溪东街道慈善爱心超市")])
    label = _label(await renderer.rendered(printed, identifier=MARK))
    _film(film, (_barcode(TOWEL), SHOWN_S), (None, GAP_S), (label, SHOWN_S), (None, END_S))
    camera = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}")
    async with street(served, "phone", arguments=camera) as here:
        clerk = await here.visitor()
        await clerk.page.add_init_script(LISTENING)
        await clerk.sign_in("clerk", "/stores/LX01/out")
        switch = clerk.page.locator("[data-camera-switch]")
        await switch.click()
        await expect(clerk.page.locator("[data-camera-words]")).to_contain_text("没有允许使用相机")
        await expect(clerk.page.locator("video")).to_be_hidden()
        await _shows_the_card(clerk, served.facts["card"])
        await clerk.page.context.grant_permissions(["camera"])
        await switch.click()
        await expect(switch).to_have_text("关闭相机")
        await clerk.page.wait_for_function("() => window.scans?.length === 3")
        await clerk.look()
        scans = await clerk.page.evaluate("() => window.scans")
        assert scans in ([TOWEL, lot, TOWEL], [lot, TOWEL, lot])
        await switch.click()
        await expect(clerk.page.locator("video")).to_be_hidden()


async def test_where_the_camera_cannot_be_used_one_sentence_says_why_and_typing_goes_on(served):
    async with street(served, "phone") as here:
        clerk = await here.visitor()
        await clerk.sign_in("clerk", "/stores/LX01/out")
        for script, sentence in WITHOUT.items():
            await clerk.page.reload()
            await clerk.page.evaluate(script)
            await clerk.page.locator("[data-camera-switch]").click()
            await expect(clerk.page.locator("[data-camera-words]")).to_contain_text(sentence)
        await _shows_the_card(clerk, served.facts["card"])


async def test_only_scripts_show_the_button_of_the_camera(house, web):
    await opened(house)
    page = (await web.as_("clerk").get("/stores/LX01/out")).text
    assert re.search(r"<button[^>]* data-camera-switch hidden", page)
