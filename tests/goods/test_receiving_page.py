"""The intake in a browser on a phone: a delivery by scanner and keys, and nothing typed is lost."""

import shutil
from collections.abc import Iterator

import pytest
from browsing import Served, build, street
from goods.given import RICE, SALT, UNKNOWN, in_days
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

OTHER = "6901234567892"
SCANNED = """(code) => document.querySelector(".till-form").dispatchEvent(
  new CustomEvent("charity:scan", {detail: {text: code}}))"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("receiving")
    url = f"sqlite://{folder / 'charity.db'}"
    town = Served(url, folder, build(url, folder)).begin()
    yield town
    town.end()
    shutil.rmtree(folder, ignore_errors=True)


async def test_a_new_item_is_typed_while_others_are_scanned_and_a_value_says_what_it_comes_to(served: Served) -> None:
    async with street(served, "phone") as here:
        clerk = await here.visitor()
        await clerk.sign_in("clerk", "/stores/LX01/in")
        page = clerk.page
        await page.locator("[data-scan]").fill(f"3*{UNKNOWN}")
        await page.keyboard.press("Enter")
        await page.locator("#f-name").fill("花生油")
        await page.evaluate(SCANNED, SALT)
        await expect(page.locator("li.is-new")).to_contain_text("食用盐 400g")
        await expect(page.locator("#f-name")).to_have_value("花生油")
        await expect(page.locator("#f-name")).to_be_focused()
        await page.keyboard.type(" 1L")
        await page.keyboard.press("Enter")
        measure = page.locator("#f-measure")
        await expect(measure).to_be_focused()
        await expect(measure).to_be_in_viewport()
        await expect(page.locator("#e-measure")).to_have_text("错误：请填写计量单位")
        await clerk.look()
        await clerk.fill(measure="瓶", points="20")
        await page.keyboard.press("Enter")
        await expect(page.locator("li.is-new .item-name")).to_have_text("花生油 1L")
        await expect(page.locator("[name=new_barcode]")).to_have_count(0)
        await expect(page.locator('[name="quantity.1"]')).to_have_value("3")
        line = page.locator(".intake-line", has_text="食用盐")
        await line.locator('[name^="quantity."]').fill("40")
        await line.locator('[name^="value."]').fill("2.50")
        await expect(line.locator("[data-priced]")).to_have_text("共 ¥100.00。请选计价依据")
        await line.locator('[name^="evidence."]').select_option("invoice")
        await expect(line.locator("[data-priced]")).to_have_text("共 ¥100.00")
        await line.locator('[name^="per."]').select_option("total")
        await expect(line.locator("[data-priced]")).to_have_text("每件 ¥0.06 或 ¥0.07")
        await page.locator("button[value=finish]").click()
        await expect(page.locator(".error-summary")).to_contain_text("目录价 2.50 元")
        await expect(page.locator(".error-summary")).to_be_in_viewport()
        await clerk.look()
        await line.locator('[name^="per."]').select_option("unit")
        await page.locator("button[value=finish]").click()
        await clerk.sees("43 件已入库")
        await expect(page.get_by_text("43 件已入库")).to_be_in_viewport()


async def test_a_delivery_that_is_not_taken_in_yet_survives_a_reload(served: Served) -> None:
    async with street(served, "desk", accessible=False) as here:
        clerk = await here.visitor()
        await clerk.sign_in("clerk", "/stores/LX01/in")
        page = clerk.page
        await expect(page.locator("[data-queue][data-state]")).to_be_attached()
        await page.evaluate(SCANNED, f"5*{OTHER}")
        await expect(page.locator("[name=new_quantity]")).to_have_value("5")
        await page.reload()
        await expect(page.locator("[name=new_quantity]")).to_have_value("5")
        await clerk.press("不登记", look=False)
        await expect(page.locator("[name=new_quantity]")).to_have_count(0)
        await page.evaluate(SCANNED, f"12*{RICE}")
        await expect(page.locator('[name="quantity.0"]')).to_have_value("12")
        await page.locator("#f-donor_name").fill("王明")
        await page.reload()
        await expect(page.locator('[name="quantity.0"]')).to_have_value("12")
        await expect(page.locator("#f-donor_name")).to_have_value("")
        await page.locator('[name="expires_on.0"]').fill(in_days(90).isoformat())
        await page.locator("button[value=finish]").click()
        await clerk.sees("12 件已入库")
