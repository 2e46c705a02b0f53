"""What a contact list says, and how it reads in each language. Pure."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.documents import Document, Paragraph, Table


class Responsible(BaseModel):
    """An engineer responsible for the contract, in the order in which to call."""

    model_config = ConfigDict(frozen=True)

    person_id: UUID
    name_zh: str
    name_en: str
    phone: str
    email: str


class ToCall(BaseModel):
    """A person of the customer. Without a site, for all of them."""

    model_config = ConfigDict(frozen=True)

    name: str
    role_zh: str
    role_en: str
    phone: str
    email: str
    site_zh: str | None
    site_en: str | None


class Content(BaseModel):
    """All that a version says, frozen when it was issued."""

    model_config = ConfigDict(frozen=True)

    contract_number: str
    customer_zh: str
    customer_en: str
    hotline: str
    hotline_email: str
    engineers: tuple[Responsible, ...]
    contacts: tuple[ToCall, ...]


TEXTS = {
    "zh": {
        "title": "联系人清单",
        "issued": "{customer} · 合同 {number} · 第 {version} 版 · {day}",
        "hotline": "服务热线（7×24 小时）",
        "how": "系统发现异常时，请先拨打服务热线，也可直接联系下列责任工程师。",
        "engineers": "责任工程师（按联系顺序）",
        "contacts": "客户联系人",
        "columns": "序号|姓名|电话|电子邮件",
        "contact_columns": "姓名|职务|站点|电话|电子邮件",
        "everywhere": "全部站点",
        "nobody": "尚未登记客户联系人。",
        "replaces": "本版自签发之日起替代此前各版。",
    },
    "en": {
        "title": "Contact list",
        "issued": "{customer} · contract {number} · version {version} · {day}",
        "hotline": "Service hotline (24 × 7)",
        "how": "If a system does not work as it should, call the hotline first; or turn to one of the responsible "
        "engineers below.",
        "engineers": "Responsible engineers (in the order in which to call)",
        "contacts": "Contacts of the customer",
        "columns": "No.|Name|Telephone|E-mail",
        "contact_columns": "Name|Role|Site|Telephone|E-mail",
        "everywhere": "All sites",
        "nobody": "No contact of the customer is entered yet.",
        "replaces": "From its day of issue this version replaces those before.",
    },
}


def document(content: Content, version: int, day: date, language: str) -> Document:
    """The list as people read it, in `zh` or `en`."""
    text, chinese = TEXTS[language], language == "zh"
    customer = content.customer_zh if chinese else content.customer_en
    issued = text["issued"].format(customer=customer, number=content.contract_number, version=version, day=day)
    return Document(
        title=text["title"],
        language="zh-CN" if chinese else "en",
        parts=(
            Paragraph(issued),
            Paragraph(text["hotline"], heading=True),
            Paragraph("    ".join(way for way in (content.hotline, content.hotline_email) if way)),
            Paragraph(text["how"]),
            Paragraph(text["engineers"], heading=True),
            _engineers(content, text, chinese=chinese),
            Paragraph(text["contacts"], heading=True),
            _contacts(content, text, chinese=chinese) if content.contacts else Paragraph(text["nobody"]),
            Paragraph(text["replaces"]),
        ),
    )


def _engineers(content: Content, text: dict[str, str], *, chinese: bool) -> Table:
    rows = tuple(
        (str(place), one.name_zh if chinese else one.name_en, one.phone, one.email)
        for place, one in enumerate(content.engineers, 1)
    )
    return Table(tuple(text["columns"].split("|")), rows, widths=(1.4, 4.4, 4.6, 6.6))


def _contacts(content: Content, text: dict[str, str], *, chinese: bool) -> Table:
    rows = tuple(
        (
            one.name,
            one.role_zh if chinese else one.role_en,
            (one.site_zh if chinese else one.site_en) or text["everywhere"],
            one.phone,
            one.email,
        )
        for one in content.contacts
    )
    return Table(tuple(text["contact_columns"].split("|")), rows, widths=(2.2, 2.8, 3.0, 3.3, 5.7))
