"""Promises in a real browser: bars, explanations, pauses, views, what-if, the customer's side."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from clients.dashboard.addresses import contract_path, incident_path
from clients.models import Answer, Contract, Pause
from tests.browser.conftest import DESKTOP, PHONE, Dashboard
from tests.browser.test_dashboard import overflow

pytestmark = pytest.mark.browser


async def test_a_clock_is_drawn_told_in_words_and_explained_to_the_second(dashboard: Dashboard) -> None:
    incident = await dashboard.reported()
    async with dashboard.signed_in("desk", incident_path(incident.number), "en") as desk:
        page = desk.page
        respond = page.locator(".promise").filter(has_text="Respond")
        await expect(respond.get_by_role("img")).to_have_attribute("aria-label", re.compile("^promised 1 h"))
        await respond.get_by_role("button", name="Explain").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_role("heading")).to_have_text("How time was counted: Respond")
        sums = await dialog.locator("tfoot td").all_inner_texts()
        assert sums[0] == sums[1]
        assert desk.errors == []


async def test_a_pause_is_disputed_by_the_customer_and_struck_by_quality(dashboard: Dashboard) -> None:
    incident = await dashboard.reported()
    async with await dashboard.as_("desk") as desk:
        at = f"/v1/incidents/{incident.id}"
        await desk.post(Answer, f"{at}/acknowledge")
        await desk.post(Answer, f"{at}/classify", severity="general", fault_class="device", analysis="Dead.")
        await desk.post(Answer, f"{at}/assign", engineer_id=dashboard.demo.actors["engineer"].id)
        await desk.post(Answer, f"{at}/pause", reason="waiting_for_customer", evidence="Nobody let us in.")
    async with dashboard.signed_in("operator", incident_path(incident.number), "en") as customer:
        page = customer.page
        await page.locator(".section--pauses").get_by_role("button", name="Dispute").click()
        await page.get_by_role("dialog").get_by_label("Why it should count").fill("The door was open.")
        await page.get_by_role("dialog").get_by_role("button", name="Dispute").click()
        await expect(page.locator(".section--pauses")).to_contain_text("The door was open.")
        await expect(page.get_by_role("button", name="Internal note")).to_have_count(0)
        await expect(page.locator(".section--tags, .section--time, .section--segments")).to_have_count(0)
    async with dashboard.signed_in("quality", incident_path(incident.number)) as quality:
        page = quality.page
        await page.get_by_role("button", name="撤销暂停").click()
        await page.get_by_role("dialog").get_by_label("裁定理由").fill("门禁记录显示开放。")
        await page.get_by_role("dialog").get_by_role("button", name="撤销暂停").click()
        await expect(page.locator(".section--pauses")).to_contain_text("门禁记录显示开放。")
    async with await dashboard.as_("quality") as quality_api:
        [pause] = await quality_api.all(Pause, f"/v1/incidents/{incident.id}/pauses")
        assert pause.struck_at is not None


async def test_a_note_and_a_file_for_colleagues_are_not_the_customers(dashboard: Dashboard) -> None:
    incident = await dashboard.reported()
    async with dashboard.signed_in("desk", incident_path(incident.number), "en") as desk:
        page = desk.page
        await page.get_by_role("button", name="Internal note").click()
        await page.get_by_role("dialog").get_by_label("Text").fill("Only for us.")
        await page.get_by_role("dialog").get_by_role("button", name="Internal note").click()
        await expect(page.locator(".said--internal")).to_contain_text("Only for us.")
        await page.locator("[type=file]").set_input_files(
            {"name": "log of 门诊.txt", "mimeType": "text/plain", "buffer": b"power lost"}
        )
        await page.get_by_role("button", name="Attach a file").click()
        link = page.get_by_role("link", name="log of 门诊.txt")
        async with page.expect_download() as downloading:
            await link.click()
        assert (await (await downloading.value).path()).read_bytes() == b"power lost"
    async with dashboard.signed_in("operator", incident_path(incident.number), "en") as customer:
        await expect(customer.page.get_by_role("link", name="log of 门诊.txt")).to_be_visible()
        await expect(customer.page.get_by_text("Only for us.")).to_have_count(0)


async def test_a_view_is_saved_and_the_list_it_shows_is_a_file_too(dashboard: Dashboard) -> None:
    incident = await dashboard.reported(title="Tape library jammed")
    async with dashboard.signed_in("desk", "/?q=jammed", "en") as desk:
        page = desk.page
        await page.get_by_role("button", name="Save this view").click()
        await page.get_by_role("dialog").get_by_label("Name").fill("Jams")
        await page.get_by_role("dialog").get_by_role("button", name="Save this view").click()
        await page.get_by_role("link", name="Clear").click()
        await page.get_by_role("link", name="Jams").click()
        await expect(page.locator(".list__rows .listed")).to_have_count(1)
        async with page.expect_download() as downloading:
            await page.get_by_role("link", name="Export CSV").click()
        lines = (await (await downloading.value).path()).read_text("utf-8-sig").splitlines()
        assert [line.split(",")[0] for line in lines] == ["Number", incident.number]


async def test_a_customer_reports_a_fault_and_is_led_to_it(dashboard: Dashboard) -> None:
    async with dashboard.signed_in("operator", "/report") as customer:
        page = customer.page
        await page.get_by_label("故障简述").fill("挂号窗口无法打印")
        await page.get_by_label("详细描述").fill("三号窗口。")
        await page.get_by_label("联系人", exact=True).fill("周敏")
        await page.get_by_role("button", name="报告故障").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("挂号窗口无法打印")
        await expect(page.locator(".facts")).to_contain_text("演示医院")


async def test_what_another_agreement_would_move_is_seen_before_it_is_drafted(dashboard: Dashboard) -> None:
    incident, asked = await dashboard.reported(), await dashboard.reported(severity="consultation")
    async with await dashboard.as_("administrator") as administrator:
        [contract] = [
            one
            for one in await administrator.all(Contract, "/v1/contracts")
            if one.customer_id == dashboard.demo.hospital_id
        ]
    async with dashboard.signed_in("administrator", contract_path(contract.id), "en") as visitor:
        page = visitor.page
        await page.get_by_text("Another version").click()
        await page.get_by_label("General fault: Respond", exact=True).fill("3")
        await page.get_by_label("Consultation: On site", exact=True).fill("2")
        await page.get_by_label("Pauses at most, in hours").fill("40")
        await page.get_by_role("button", name="What would move?").click()
        row = page.locator(".foreseen tr").filter(has_text=incident.number)
        await expect(row).to_contain_text("+2 h")
        begun = page.locator(".foreseen tr").filter(has_text=asked.number)
        await expect(begun).to_contain_text(re.compile("On site.*not promised.*begins"))
        await page.get_by_role("button", name="Make it a draft").click()
        await expect(page.locator(".versions .is-changed").filter(has_text="3 h")).to_have_count(1)
        await expect(page.locator(".versions .is-changed").filter(has_text="1 d 16 h")).to_have_count(1)
        assert visitor.errors == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_the_further_pages_fit_their_screen(dashboard: Dashboard, size: tuple[int, int]) -> None:
    async with dashboard.signed_in("desk", "/contracts", "en", size) as desk:
        page = desk.page
        await page.locator(".thing").first.click()
        await expect(page.locator(".versions")).to_be_visible()
        assert await overflow(page) == 0
        for path in ("/contracts", "/calendars", "/report"):
            await page.goto(path)
            assert await overflow(page) == 0
        assert desk.errors == []
