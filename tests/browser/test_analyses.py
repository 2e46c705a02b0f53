"""A difficult problem in a real browser: a joint analysis is filled, judged and concluded by hand."""

from __future__ import annotations

from contextlib import suppress

import pytest
from playwright.async_api import Locator, Page, expect

from clients.dashboard.addresses import incident_path
from clients.dashboard.relations import TEAMS
from clients.models import Answer, Incident
from tests.browser.conftest import Dashboard

pytestmark = pytest.mark.browser


async def convened(dashboard: Dashboard) -> Incident:
    """An incident that climbed from team to team until an analysis was opened."""
    incident = await dashboard.reported()
    at = f"/v1/incidents/{incident.id}"
    async with await dashboard.as_("desk") as desk:
        await desk.post(Answer, f"{at}/acknowledge")
        await desk.post(Answer, f"{at}/classify", severity="general", fault_class="line", analysis="It comes and goes.")
        await desk.post(Answer, f"{at}/assign", engineer_id=dashboard.demo.actors["engineer"].id)
        for _ in range(3):
            await desk.post(Answer, f"{at}/escalate", reason="Nobody has seen this before.")
    return incident


async def opened(page: Page, button: Locator) -> Locator:
    """The button's dialog. News may draw the section anew under the mouse: then one presses again, as people do."""
    dialog = page.get_by_role("dialog")
    for patience in (5_000, 5_000, 30_000):
        await button.click()
        with suppress(AssertionError):
            await expect(dialog).to_be_visible(timeout=patience)
            break
    return dialog


async def answered(page: Page, move: str, choices: dict[str, str], texts: dict[str, str]) -> None:
    """Press the button and fill its form; the page tells of it where it tells all that happened."""
    told = await page.locator(".line").count()
    dialog = await opened(page, page.locator(".section--analyses").get_by_role("button", name=move, exact=True))
    for label, choice in choices.items():
        await dialog.get_by_label(label).select_option(choice)
    for label, text in texts.items():
        await dialog.get_by_label(label).fill(text)
    await dialog.get_by_role("button", name=move, exact=True).click()
    await expect(page.locator(".line")).to_have_count(told + 1)


async def test_a_joint_analysis_is_concluded_with_people_of_all_teams(dashboard: Dashboard) -> None:
    incident = await convened(dashboard)
    async with dashboard.signed_in("desk", incident_path(incident.number)) as desk:
        page, analysis = desk.page, desk.page.locator(".section--analyses")
        await expect(analysis.locator(".item__why-not")).to_contain_text("现场团队、区域平台、总部")
        await expect(page.locator(".line").first).to_contain_text("疑难问题升级至联合会诊")
        await page.reload()
        for name, team in zip(("刘洋（演示）", "马骏（演示）", "黄燕（演示）"), TEAMS, strict=True):
            await answered(page, "添加参与人", {"人员": name, "团队": team}, {})
        await answered(page, "添加假设", {}, {"假设": "光纤老化"})
        await answered(page, "判定", {"判定": "confirmed"}, {"依据": "实测衰减过大。"})
        await answered(page, "形成结论", {"责任人": "马骏（演示）"}, {"结论": "更换光纤。"})
        await expect(analysis).to_contain_text("责任人：马骏（演示）")
        await expect(analysis.get_by_role("button")).to_have_count(0)
        assert desk.errors == []
