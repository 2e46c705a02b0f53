"""Contacts of a customer, and the list of whom to call: issued in versions, as data and as a document."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from shared.events.contracts import ContactChanged
from shared.permissions import Role
from tests.builders.installed import Installed, an_engineer, an_installed_base
from tests.harness import OneService, principal

WU = {"name": "吴敏", "role_zh": "信息科主任", "role_en": "Head of IT", "phone": "+86 28 5550 0101"}
HOTLINE = {"hotline": "400 000 0000", "hotline_email": "service@provider.example"}


async def with_a_list(contracts: OneService) -> Installed:
    base = await an_installed_base(contracts)
    await base.post(f"{base.address}/contacts", WU)
    engineers = [await an_engineer(contracts, "Li Wei"), await an_engineer(contracts, "Wang Fang", name_zh="王芳")]
    assert (await base.admin.patch(base.contract, json={"engineer_ids": engineers})).is_success
    await base.post(f"{base.contract}/contact-list", HOTLINE)
    return base


def texts_of(content: bytes) -> list[str]:
    """All that the document says: paragraphs, then cells."""
    written = docx.Document(BytesIO(content))
    cells = [cell.text for table in written.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in written.paragraphs] + cells


async def test_a_contact_is_entered_changed_and_said(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    added = await base.post(f"{base.address}/contacts", WU | {"site_id": base.ids["site"]})
    change = {"site_id": None, "email": "wu@hospital.example"}
    changed = await base.admin.patch(f"{base.address}/contacts/{added['id']}", json=change, headers={"If-Match": '"1"'})
    assert (changed.json()["site_id"], changed.json()["version"]) == (None, 2)
    [first, second] = await base.contracts.said(ContactChanged)
    assert (str(first.site_id), second.site_id, second.email) == (base.ids["site"], None, "wu@hospital.example")


async def test_a_contact_can_be_reached_somehow(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    entered = await base.admin.post(f"{base.address}/contacts", json=WU | {"phone": ""})
    contact = f"{base.address}/contacts/{(await base.post(f'{base.address}/contacts', WU))['id']}"
    changed = await base.admin.patch(contact, json={"phone": ""})
    assert {(answer.status_code, answer.json()["code"]) for answer in (entered, changed)} == {
        (422, "contact_unreachable")
    }
    by_mail = await base.admin.patch(contact, json={"phone": "", "email": "wu@hospital.example"})
    by_phone = await base.admin.patch(contact, json={"phone": "139", "email": ""})
    assert (by_mail.json()["phone"], by_phone.json()["email"]) == ("", "")


async def test_a_contact_stands_for_a_site_of_its_own_customer(one_service: OneService.Factory) -> None:
    contracts = await one_service("contracts")
    own, other = await an_installed_base(contracts), await an_installed_base(contracts, number="C-2026-2")
    answer = await own.admin.post(f"{own.address}/contacts", json=WU | {"site_id": other.ids["site"]})
    assert (answer.status_code, answer.json()["code"]) == (404, "site_not_found")
    async with other.user() as foreign:
        assert (await foreign.get(f"{own.address}/contacts")).status_code == 404


async def test_a_version_of_the_list_never_changes(one_service: OneService.Factory) -> None:
    base = await with_a_list(await one_service("contracts"))
    [contact] = (await base.admin.get(f"{base.address}/contacts")).json()
    await base.admin.patch(f"{base.address}/contacts/{contact['id']}", json={"active": False})
    await base.post(f"{base.contract}/contact-list", HOTLINE)
    async with base.user() as client:
        versions = (await client.get(f"{base.contract}/contact-list")).json()
        first = (await client.get(f"{base.contract}/contact-list/1")).json()["content"]
        second = (await client.get(f"{base.contract}/contact-list/2")).json()["content"]
    assert [issued["version"] for issued in versions] == [2, 1]
    assert [engineer["name_zh"] for engineer in first["engineers"]] == ["李伟", "王芳"]
    assert [contact["name"] for contact in first["contacts"]] == ["吴敏"]
    assert second["contacts"] == []


@pytest.mark.parametrize(
    ("lang", "title", "engineer", "role"),
    [("zh-CN", "联系人清单", "李伟", "信息科主任"), ("en", "Contact list", "Li Wei", "Head of IT")],
)
async def test_the_list_is_a_document_in_both_languages(
    one_service: OneService.Factory, lang: str, title: str, engineer: str, role: str
) -> None:
    base = await with_a_list(await one_service("contracts"))
    async with base.user() as client:
        answer = await client.get(f"{base.contract}/contact-list/1/document", params={"lang": lang})
    said = texts_of(answer.content)
    assert answer.headers["content-disposition"] == f'attachment; filename="contact-list-v1-{lang}.docx"'
    assert (said[0], {engineer, role, "+86 28 5550 0101"} <= set(said)) == (title, True)
    assert any("400 000 0000" in text for text in said)


async def test_the_document_is_in_the_callers_language_where_none_is_asked_for(one_service: OneService.Factory) -> None:
    base = await with_a_list(await one_service("contracts"))
    document = f"{base.contract}/contact-list/1/document"
    english = await base.admin.get(document, headers={"Accept-Language": "en-GB"})
    asked = await base.admin.get(document, headers={"Accept-Language": "en-GB"}, params={"lang": "zh-CN"})
    chinese = await base.admin.get(document, headers={"Accept-Language": "zh-CN"})
    titles = [texts_of(answer.content)[0] for answer in (english, asked, chinese)]
    assert titles == ["Contact list", "联系人清单", "联系人清单"]
    assert "contact-list-v1-en.docx" in english.headers["content-disposition"]


async def test_the_document_is_of_the_day_it_was_in_china(one_service: OneService.Factory) -> None:
    base = await with_a_list(await one_service("contracts"))
    await base.contracts.advance(hours=(17 - (await base.contracts.now()).hour) % 24)
    await base.post(f"{base.contract}/contact-list", HOTLINE)
    document = await base.admin.get(f"{base.contract}/contact-list/2/document")
    tomorrow = (await base.contracts.now()).date() + timedelta(days=1)
    assert str(tomorrow) in texts_of(document.content)[1]


async def test_the_document_names_a_chinese_font(one_service: OneService.Factory) -> None:
    """Without one, Word sets Chinese in whatever it finds."""
    base = await with_a_list(await one_service("contracts"))
    answer = await base.admin.get(f"{base.contract}/contact-list/1/document")
    styles: Any = docx.Document(BytesIO(answer.content)).styles
    fonts = [styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) for name in ("Normal", "Title", "Heading 1")]
    assert fonts == ["Microsoft YaHei"] * 3


async def test_a_list_without_engineers_is_not_issued(one_service: OneService.Factory) -> None:
    base = await an_installed_base(await one_service("contracts"))
    answer = await base.admin.post(f"{base.contract}/contact-list", json=HOTLINE)
    missing = await base.admin.get(f"{base.contract}/contact-list/1")
    assert (answer.status_code, answer.json()["code"]) == (409, "nobody_responsible")
    assert (missing.status_code, missing.json()["code"]) == (404, "contact_list_not_found")


async def test_lists_are_issued_by_administrators_and_read_by_the_customer_only(
    one_service: OneService.Factory,
) -> None:
    contracts = await one_service("contracts")
    base, other = await with_a_list(contracts), await an_installed_base(contracts, number="C-2026-2")
    async with contracts.as_(principal(Role.DESK)) as desk, other.user() as foreign:
        assert (await desk.post(f"{base.contract}/contact-list", json=HOTLINE)).status_code == 403
        for path in ("", "/1", "/1/document"):
            assert (await foreign.get(f"{base.contract}/contact-list{path}")).status_code == 404
