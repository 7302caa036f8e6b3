"""The picture of the README: home at a desk, and beside it on a phone, in the demo city.

python -m bench.first_screen                                  the demo city is loaded anew
FACES=http://127.0.0.1:8000 python -m bench.first_screen      a demo that runs
"""

import asyncio
import io
import sys
from typing import Final

from PIL import Image
from playwright.async_api import async_playwright

from bench import effort, faces, servers

OUT: Final = servers.ROOT / "docs" / "img" / "first-screen.png"
DESK: Final = {"width": 1280, "height": 844}
GAP: Final = 24
GROUND: Final = (133, 125, 112)
BYTES_MOST: Final = 300_000


async def _seen(base: str, width: int, height: int) -> Image.Image:
    """The first screen of home."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**effort.CHROMIUM)  # type: ignore[arg-type]
        page = await browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
        await page.goto(base)
        png = await page.screenshot()
        await browser.close()
    return Image.open(io.BytesIO(png)).convert("RGB")


async def made(base: str) -> None:
    """Write the picture; an error where it is too heavy for a README."""
    desk, phone = [await _seen(base, size["width"], size["height"]) for size in (DESK, effort.PHONE)]
    whole = Image.new("RGB", (desk.width + phone.width + 3 * GAP, desk.height + 2 * GAP), GROUND)
    whole.paste(desk, (GAP, GAP))
    whole.paste(phone, (desk.width + 2 * GAP, GAP))
    whole.quantize(128, dither=Image.Dither.NONE).save(OUT, optimize=True)
    assert OUT.stat().st_size <= BYTES_MOST, OUT.stat().st_size


if __name__ == "__main__":
    with faces.demo() as base:
        asyncio.run(made(base))
    sys.stdout.write(f"{OUT}: {OUT.stat().st_size:,} bytes\n")
