"""What staff keep and find: calendars of their own, reports with site and asset, one search over everything."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from clients.dashboard.addresses import incident_path
from clients.demo import cast
from clients.models import Answer, Incident
from tests.browser.conftest import Dashboard

pytestmark = pytest.mark.browser


async def test_a_calendar_is_typed_and_some_of_its_days_are_corrected_after_a_look(dashboard: Dashboard) -> None:
    async with dashboard.signed_in("administrator", "/calendars", "en") as visitor:
        page = visitor.page
        await page.get_by_text("A calendar of one's own hours").click()
        await page.get_by_label("Name in Chinese").fill("仓库")
        await page.get_by_label("Name in English").fill("Depot")
        await page.get_by_label("Days that differ").fill("2026-12-31 around noon")
        await page.get_by_role("button", name="Add the calendar").click()
        await expect(page.get_by_role("alert")).to_contain_text("“around noon” cannot be read.")
        await page.get_by_label("Days that differ").fill("2026-12-24..2026-12-25\n2026-12-31 09:00-12:00")
        await page.get_by_role("button", name="Add the calendar").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Depot")
        await page.goto(f"{page.url}?year=2026")
        await expect(page.locator(".day--changed[title^='2026-12-31']")).to_be_visible()
        await page.get_by_text("Correct some days").click()
        form = page.locator(".weighed").filter(has_text="Correct some days")
        await form.get_by_label("Day").fill("2026-12-28")
        await form.get_by_label("Until").fill("2026-12-29")
        await form.get_by_label("Reason").fill("Stocktaking")
        await form.get_by_role("button", name="What would move?").click()
        await expect(form.get_by_role("status")).to_have_text("0 of 0 open clocks would move.")
        await form.get_by_role("button", name="Correct the calendar").click()
        await expect(page.locator(".day--holiday[title^='2026-12']")).to_have_count(4)
        assert visitor.errors == []


async def test_what_is_reported_for_a_site_and_an_asset_is_found_by_the_search(dashboard: Dashboard) -> None:
    async with dashboard.signed_in("desk", "/report") as desk:
        page = desk.page
        await expect(page.locator("[name=asset_id]")).to_have_text("请先选择客户。")
        await page.locator("[name=customer_id]").select_option(str(dashboard.demo.hospital_id))
        await page.get_by_label("资产（选填）").select_option(str(dashboard.demo.switch_id))
        await page.get_by_label("故障简述").fill("放射科终端断线")
        await page.get_by_label("详细描述").fill("二楼。")
        await page.get_by_label("联系人", exact=True).fill("周敏")
        await page.get_by_role("button", name="报告故障").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("放射科终端断线")
        await expect(page.locator(".facts")).to_contain_text("核心交换机")
        await page.get_by_label("全站搜索").fill("终端断线")
        await page.get_by_label("全站搜索").press("Enter")
        await expect(page.get_by_role("link", name="放射科终端断线")).to_be_visible()
        await page.get_by_label("全站搜索").fill(cast.CONTRACT_NUMBER)
        await page.get_by_label("全站搜索").press("Enter")
        await page.get_by_role("link", name=cast.CONTRACT_NUMBER).click()
        await expect(page.locator(".versions")).to_be_visible()
        assert desk.errors == []


async def test_incidents_are_related_by_number_and_parted_again(dashboard: Dashboard) -> None:
    one, other = await dashboard.reported(), await dashboard.reported(title="Badge reader dead")
    async with dashboard.signed_in("desk", incident_path(one.number), "en") as desk:
        page = desk.page
        await page.get_by_role("button", name="Relate to another").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Number of the other incident").fill(other.number)
        await dialog.get_by_label("Reason").fill("The same rack.")
        await dialog.get_by_role("button", name="Relate to another").click()
        related = page.locator(".section--related")
        await expect(related).to_contain_text("The same rack.")
        await expect(related.get_by_role("link")).to_have_text(f"{other.number} Badge reader dead")
        await related.get_by_role("button", name="Undo the relation").click()
        await dialog.get_by_label("Reason").fill("Another rack after all.")
        await dialog.get_by_role("button", name="Undo the relation").click()
        await expect(related).to_have_count(0)
        assert desk.errors == []


async def test_a_parent_is_restored_without_what_is_below_it(dashboard: Dashboard) -> None:
    parent, child = await dashboard.reported(), await dashboard.reported(title="Ward 3 dark")
    async with await dashboard.as_("desk") as api, dashboard.signed_in("desk", incident_path(parent.number)) as desk:
        await api.post(Answer, f"/v1/incidents/{parent.id}/acknowledge")
        found = {"severity": "general", "fault_class": "device", "analysis": "The power module."}
        await api.post(Answer, f"/v1/incidents/{parent.id}/classify", **found)
        await api.put(Answer, f"/v1/incidents/{child.id}/parent", parent_id=parent.id)
        page = desk.page
        await page.reload()
        await expect(page.locator(".section--children")).to_contain_text("Ward 3 dark")
        await page.get_by_role("button", name="标记恢复", exact=True).click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_label("下级事件一并恢复")).to_be_checked()
        await dialog.get_by_label("恢复措施").fill("更换电源模块。")
        await dialog.get_by_label("下级事件一并恢复").uncheck()
        await dialog.get_by_role("button", name="标记恢复", exact=True).click()
        await expect(page.locator(".line").first).to_contain_text("更换电源模块")
        restored = [(await api.get(Incident, f"/v1/incidents/{each.id}")).state for each in (parent, child)]
        assert (restored, desk.errors) == (["resolved", "reported"], [])
