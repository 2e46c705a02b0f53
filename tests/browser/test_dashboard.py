"""The dashboard in a real browser: what people see in either language, and what becomes of what they do."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from clients.api import Aftercare, sign_in
from clients.dashboard.addresses import incident_path
from clients.demo import cast
from clients.models import Answer, Incident, Person
from tests.browser.conftest import DESKTOP, PHONE, Dashboard, served_dashboard
from tests.builders.running import ADMINISTRATOR
from tests.outside import closed_port

pytestmark = pytest.mark.browser

HEADING = {"zh-CN": "事件", "en": "Incidents"}
RESPOND = {"zh-CN": "响应", "en": "Respond"}


async def overflow(page: Page) -> int:
    """How many pixels of the page lie beyond the right edge."""
    wide: int = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


async def test_the_desk_sees_the_incident_in_both_languages_and_acknowledging_stops_the_clock(
    dashboard: Dashboard,
) -> None:
    incident = await dashboard.reported(title="Registration is down")
    async with dashboard.signed_in("desk", locale="zh-CN") as desk:
        page = desk.page
        row = page.get_by_role("link", name=incident.number)
        await expect(page.get_by_role("heading", level=1)).to_have_text("事件")
        await expect(row).to_contain_text("已报告")
        await page.get_by_role("link", name="EN", exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Incidents")
        await expect(row).to_contain_text("Reported")
        await row.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Registration is down")
        respond = page.locator(".clocks .clock").filter(has_text="Respond")
        await expect(respond.get_by_role("timer")).to_have_text(re.compile(r"^00:5\d:\d\d$"))
        await page.get_by_role("button", name="Acknowledge").click()
        await expect(respond.get_by_role("timer")).to_have_text(re.compile(r"^kept, 00:5\d:\d\d to spare$"))
        await expect(page.locator(".head .state")).to_have_text("Acknowledged")
        line = page.locator(".timeline .line").filter(has=page.get_by_text("Acknowledged", exact=True)).first
        await expect(line).to_contain_text("Chen Jing (Demo)")
        await page.get_by_role("link", name="中文").click()
        await expect(page.locator(".head .state")).to_have_text("已响应")
        await expect(page.locator(".timeline")).to_contain_text("陈静（演示）")
        assert desk.errors == []
    assert (await known(dashboard, incident)).state == "acknowledged"


async def known(dashboard: Dashboard, incident: Incident) -> Incident:
    async with await dashboard.as_("desk") as desk:
        return await desk.get(Incident, f"/v1/incidents/{incident.id}")


async def test_a_clock_counts_the_seconds_by_itself(dashboard: Dashboard) -> None:
    incident = await dashboard.reported()
    async with dashboard.signed_in("desk", incident_path(incident.number), "en") as desk:
        timer = desk.page.locator(".clocks .clock").filter(has_text="Respond").get_by_role("timer")
        seen = await timer.inner_text()
        drawn = await timer.element_handle()
        await desk.page.wait_for_function("([timer, seen]) => timer.innerText < seen", arg=[drawn, seen])


async def test_a_new_incident_appears_without_being_asked_for(dashboard: Dashboard) -> None:
    async with dashboard.signed_in("desk") as desk:
        await expect(desk.page.locator(".live")).to_have_text("实时更新")
        incident = await dashboard.reported(title="门诊叫号屏黑屏")
        await expect(desk.page.locator(".list__rows .listed").first).to_contain_text(incident.number)


async def test_filters_narrow_the_list_and_outlast_a_change_of_language(dashboard: Dashboard) -> None:
    disaster = await dashboard.reported(severity="disaster")
    general = await dashboard.reported()
    async with dashboard.signed_in("desk", locale="en") as desk:
        page = desk.page
        await page.get_by_text("More filters").click()
        await page.get_by_label("Severity").select_option("disaster")
        await expect(page.get_by_role("link", name=disaster.number)).to_be_visible()
        await expect(page.get_by_role("link", name=general.number)).to_have_count(0)
        await page.get_by_role("link", name="中文").click()
        await expect(page.get_by_label("级别")).to_have_value("disaster")
        await expect(page.get_by_role("link", name=general.number)).to_have_count(0)
        await page.locator(".pills").get_by_text("已关闭", exact=True).click()
        await expect(page.get_by_text("没有符合筛选条件的事件。")).to_be_visible()


async def test_a_form_is_filled_in_while_the_page_goes_on_following(dashboard: Dashboard) -> None:
    incident = await dashboard.reported()
    async with dashboard.signed_in("emergency", incident_path(incident.number), "en") as responder:
        page = responder.page
        await page.get_by_role("button", name="Acknowledge").click()
        await page.get_by_role("button", name="Classify").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Fault class").select_option("device")
        await dialog.get_by_label("Preliminary analysis").fill("Power module 1 is dead.")
        async with await dashboard.as_("desk") as desk:
            engineer = str(dashboard.demo.actors["engineer"].id)
            await desk.post(Answer, f"/v1/incidents/{incident.id}/assign", engineer_id=engineer)
        await expect(page.locator(".head .state")).to_have_text("In progress")
        await expect(dialog.get_by_label("Preliminary analysis")).to_have_value("Power module 1 is dead.")
        await dialog.get_by_label("Severity").select_option("major")
        await dialog.get_by_role("button", name="Classify").click()
        await expect(dialog).to_have_count(0)
        await expect(page.locator(".facts")).to_contain_text("Power module 1 is dead.")
        await expect(page.locator(".timeline")).to_contain_text("Leading group told: major fault, device fault")
        assert responder.errors == []


async def test_what_the_platform_refuses_is_said_in_the_dialog(dashboard: Dashboard) -> None:
    incident = await dashboard.reported()
    async with await dashboard.as_("desk") as desk:
        await desk.post(Answer, "/v1/part-call-ups", incident_id=incident.id, part_number=cast.PART_NUMBER, quantity=1)
    async with dashboard.signed_in("second_keeper", incident_path(incident.number)) as keeper:
        page = keeper.page
        await page.get_by_role("button", name="出库").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="出库").click()
        await expect(dialog.get_by_role("alert")).to_have_text("只有 演示市备件库 的专人可以办理该库的出入库。")
        await page.keyboard.press("Escape")
        await expect(page.locator(".section--parts .state")).to_have_text("已预留")


async def test_a_leader_authorises_what_the_requester_may_not(dashboard: Dashboard) -> None:
    incident = await dashboard.reported()
    async with await dashboard.as_("emergency") as responder:
        path = f"/v1/incidents/{incident.id}"
        await responder.post(Answer, f"{path}/acknowledge")
        await responder.post(Answer, f"{path}/classify", severity="major", fault_class="device", analysis="Dead.")
    async with dashboard.signed_in("emergency", incident_path(incident.number)) as requester:
        page = requester.page
        await page.get_by_role("button", name="申请启动预案").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("应急预案").select_option(str(dashboard.demo.plan_id))
        await dialog.get_by_label("理由").fill("挂号业务中断。")
        await dialog.get_by_role("button", name="申请启动预案").click()
        activation = page.locator(".section--activations")
        await expect(activation).to_contain_text("本人提出的申请不能由本人决定")
        await expect(page.get_by_role("button", name="授权启动")).to_have_count(0)
        async with dashboard.signed_in("leader", incident_path(incident.number), "en") as leader:
            await leader.page.get_by_role("button", name="Authorise").click()
            asked = leader.page.get_by_role("dialog")
            await asked.get_by_label("What the decision rests on").fill("Report of the emergency team.")
            await asked.get_by_role("button", name="Authorise").click()
            await expect(leader.page.locator(".steps .step")).to_have_count(len(cast.STEPS))
        await expect(activation).to_contain_text("Report of the emergency team.")
        await activation.get_by_role("button", name="开始").first.click()
        await expect(activation.locator(".step--started")).to_have_count(1)


async def test_a_wrong_password_is_told_in_words_and_can_be_mended(dashboard: Dashboard) -> None:
    async with dashboard.visitor("en") as visitor:
        page = visitor.page
        await page.goto("/incidents/INC-2000-000001")
        await page.locator("[name=email]").fill(dashboard.demo.actors["desk"].email)
        await page.locator("[name=password]").fill("not the password")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_contain_text("password")
        await dashboard.sign_in(page, "desk")
        await expect(page.get_by_role("heading", level=1)).to_have_text("There is no such incident.")


async def test_a_session_that_ended_elsewhere_leads_back_to_sign_in(dashboard: Dashboard) -> None:
    incident = await dashboard.reported()
    async with dashboard.visitor() as engineer:
        page = engineer.page
        await page.goto(incident_path(incident.number))
        await dashboard.sign_in(page, "second_engineer")
        await expect(page.locator(".head__number")).to_have_text(incident.number)
        await end_sessions(dashboard, "second_engineer")
        await expect(page.get_by_text("会话已失效，请重新登录。")).to_be_visible()
        await dashboard.sign_in(page, "second_engineer")
        await expect(page.locator(".head__number")).to_have_text(incident.number)


async def end_sessions(dashboard: Dashboard, actor: str) -> None:
    """Giving a person a password, be it the same, ends their sessions."""
    person = dashboard.demo.actors[actor]
    session = await sign_in(dashboard.demo.base_url, ADMINISTRATOR.email, ADMINISTRATOR.password)
    async with Aftercare(dashboard.demo.base_url, session.token) as administrator:
        there = await administrator.get(Person, f"/v1/people/{person.id}")
        await administrator.patch(Person, f"/v1/people/{person.id}", version=there.version, password=person.password)


async def test_after_signing_out_nothing_is_shown(dashboard: Dashboard) -> None:
    async with dashboard.visitor() as visitor:
        page = visitor.page
        await page.goto("/")
        await dashboard.sign_in(page, "quality")
        await page.get_by_role("button", name="退出登录").click()
        await expect(page.get_by_text("您已退出登录。")).to_be_visible()
        await page.goto("/")
        await expect(page).to_have_url(re.compile("/sign-in"))


async def test_where_no_platform_answers_the_sign_in_says_so(dashboard: Dashboard) -> None:
    async with served_dashboard(f"http://127.0.0.1:{closed_port()}") as url, dashboard.visitor("en") as visitor:
        await visitor.page.goto(url)
        await dashboard.sign_in(visitor.page, "desk")
        await expect(visitor.page.get_by_role("alert")).to_contain_text("The platform cannot be reached")


async def test_a_customers_user_sees_only_their_own_incidents(dashboard: Dashboard) -> None:
    incident = await dashboard.reported()
    async with dashboard.signed_in("reader", locale="en") as reader:
        await expect(reader.page.get_by_text("No incidents yet.")).to_be_visible()
        await reader.page.goto(incident_path(incident.number))
        await expect(reader.page.get_by_role("heading", level=1)).to_have_text("There is no such incident.")


async def test_what_people_write_is_shown_as_text_and_never_run(dashboard: Dashboard) -> None:
    hostile = "<img src=x onerror=\"document.title='taken'\"> ${1+1} `x` {{ 7*7 }}"
    incident = await dashboard.reported(title=hostile, description=hostile, contact_name=hostile)
    async with dashboard.signed_in("desk") as desk:
        page = desk.page
        await expect(page.get_by_role("link", name=incident.number)).to_contain_text(hostile)
        await page.get_by_role("link", name=incident.number).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(hostile)
        assert await page.locator("img").count() == 0
        assert await page.title() == f"{incident.number} · Aftercare"


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_every_page_fits_its_screen_and_asks_nobody_else(
    dashboard: Dashboard, locale: str, size: tuple[int, int]
) -> None:
    incident = await dashboard.reported(title="A title without a place to break: " + "x" * 120)
    async with dashboard.signed_in("desk", locale=locale, size=size) as desk:
        page = desk.page
        await expect(page.get_by_role("heading", level=1)).to_have_text(HEADING[locale])
        assert await overflow(page) == 0
        await page.get_by_role("link", name=incident.number).click()
        await expect(page.locator(".clocks .clock").first).to_contain_text(RESPOND[locale])
        assert await overflow(page) == 0
        assert [url for url in desk.asked if not url.startswith((dashboard.url, "data:"))] == []
        assert desk.errors == []
