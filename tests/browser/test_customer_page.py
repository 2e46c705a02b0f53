"""Whom to call: a contact and a responsible engineer are named, and the contact list is issued, in a real browser."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from playwright.async_api import Locator, Page, expect

from clients.dashboard.addresses import contract_path, customer_path
from clients.models import Contract
from tests.browser.conftest import PHONE, Dashboard
from tests.browser.test_dashboard import overflow

pytestmark = pytest.mark.browser


async def opened(page: Page, button: str) -> Locator:
    await page.get_by_role("button", name=button).first.click()
    return page.get_by_role("dialog")


async def test_a_contact_list_is_issued_once_an_engineer_is_named(dashboard: Dashboard) -> None:
    async with await dashboard.as_("administrator") as api:
        [contract] = await api.all(Contract, "/v1/contracts")
    async with dashboard.signed_in("administrator", contract_path(contract.id)) as administrator:
        page = administrator.page
        await expect(page.get_by_role("button", name="签发新版本")).to_have_count(0)
        dialog = await opened(page, "指定工程师")
        await dialog.get_by_label("工程师").select_option("刘洋（演示）")
        await dialog.get_by_role("button", name="指定工程师").click()
        await expect(page.locator(".section--engineers .item__title")).to_have_text("刘洋（演示）")
        await page.get_by_role("link", name="演示医院").click()
        dialog = await opened(page, "添加联系人")
        for label, text in (("姓名", "高峰"), ("职务（中文）", "信息科主任"), ("职务（英文）", "Head of IT")):
            await dialog.get_by_label(label).fill(text)
        await dialog.get_by_label("电话（选填）").fill("+86 10 5550 0101")
        await dialog.get_by_role("button", name="添加联系人").click()
        await expect(page.locator(".section--contacts .item")).to_contain_text("高峰 · 信息科主任")
        await page.goto(contract_path(contract.id))
        dialog = await opened(page, "签发新版本")
        await dialog.get_by_label("热线电话").fill("400 555 0100")
        await dialog.get_by_role("button", name="签发新版本").click()
        async with page.expect_download() as downloading:
            await page.locator("a[download]").click()
        written = docx.Document(BytesIO((await (await downloading.value).path()).read_bytes()))
        said = {cell.text for table in written.tables for row in table.rows for cell in row.cells}
        assert {"刘洋（演示）", "高峰", "+86 10 5550 0101"} <= said
        assert administrator.errors == []


async def test_a_customers_own_page_shows_and_changes_nothing(dashboard: Dashboard) -> None:
    path = customer_path(dashboard.demo.hospital_id)
    async with dashboard.signed_in("operator", path, "en", PHONE) as operator:
        page = operator.page
        await expect(page.locator(".section--departments .item__title")).to_have_text("Outpatient Department (Demo)")
        await expect(page.locator("#content button")).to_have_count(0)
        assert await overflow(page) == 0
    async with dashboard.signed_in("operator", customer_path(dashboard.demo.library_id), "en") as operator:
        await expect(operator.page.locator("#content")).to_contain_text("not for you to see")
