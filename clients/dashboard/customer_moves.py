"""The forms of what belongs to a customer: contacts, sites, departments, key businesses. Pure.

Nothing is deleted: what is retired stays on record, and can be brought back.
"""

from __future__ import annotations

from clients.dashboard.asking import Ask, Choices, Move
from clients.dashboard.customer_reading import KnownCustomer
from clients.dashboard.customer_records import Contact, Department, KeyBusiness, Site
from clients.dashboard.reader import Reader

LOCALES: Choices = (("zh-CN", "中文"), ("en", "English"))
DEPENDENCES = ("very_high", "general")
HOUR = 3600
Thing = Contact | Site | Department | KeyBusiness


def contact_form(known: KnownCustomer, reader: Reader, contact: Contact | None = None) -> Move:
    """Of a new one, or of one that is there."""
    its_own = contact.site_id if contact else None
    sites = [(str(one.id), one.name(reader.language)) for one in known.sites if one.active or one.id == its_own]
    asks = (
        Ask("name", initial=_was(contact, "name")),
        Ask("role_zh", initial=_was(contact, "role_zh")),
        Ask("role_en", initial=_was(contact, "role_en")),
        Ask("phone", "phone", required=False, initial=_was(contact, "phone"), may_empty=True),
        Ask(
            "email",
            "email",
            required=False,
            initial=_was(contact, "email"),
            label="contacts_email",
            may_empty=True,
        ),
        Ask(
            "site_id",
            "choice",
            required=False,
            initial=_was(contact, "site_id"),
            label="contacts_site",
            options=sites,
            may_empty=True,
        ),
        _locale(_was(contact, "locale")),
    )
    return _form("contact", f"{known.path}/contacts", asks, contact)


def site_form(known: KnownCustomer, site: Site | None = None) -> Move:
    asks = (
        Ask("name_zh", initial=_was(site, "name_zh")),
        Ask("name_en", initial=_was(site, "name_en")),
        Ask("address", initial=_was(site, "address")),
        Ask("region", initial=_was(site, "region")),
    )
    return _form("site", f"{known.path}/sites", asks, site)


def department_form(known: KnownCustomer, department: Department | None = None) -> Move:
    asks = (
        Ask("name_zh", initial=_was(department, "name_zh")),
        Ask("name_en", initial=_was(department, "name_en")),
        Ask("email", "email", initial=_was(department, "email")),
        _locale(_was(department, "locale")),
    )
    return _form("department", f"{known.path}/departments", asks, department)


def key_business_form(known: KnownCustomer, reader: Reader, business: KeyBusiness | None = None) -> Move:
    language = reader.language
    its_own = business.department_id if business else None
    departments = [(str(one.id), one.name(language)) for one in known.departments if one.active or one.id == its_own]
    assets = [(str(asset.id), " · ".join(filter(None, (asset.name, asset.serial)))) for asset in known.assets]
    outage = f"{business.tolerable_outage_seconds / HOUR:g}" if business else ""
    asks = (
        Ask("name_zh", initial=_was(business, "name_zh")),
        Ask("name_en", initial=_was(business, "name_en")),
        Ask(
            "department_id",
            "choice",
            initial=_was(business, "department_id"),
            options=departments,
        ),
        Ask("asset_ids", "several", initial=" ".join(map(str, business.asset_ids)) if business else "", options=assets),
        Ask(
            "dependence",
            "choice",
            initial=_was(business, "dependence"),
            options=[(value, reader.say(f"dependence_{value}")) for value in DEPENDENCES],
        ),
        Ask("tolerable_outage_seconds", "hours", initial=outage),
    )
    return _form("key_business", f"{known.path}/key-businesses", asks, business)


def in_use_move(path: str, thing: Thing, name: str) -> Move:
    """Take it out of use, or into use again."""
    move = "retire" if thing.active else "bring_back"
    says = (("active", not thing.active),)
    return Move(
        move,
        f"{path}/{thing.id}",
        says=says,
        asks_first=True,
        is_refusal=thing.active,
        about=name,
        method="PATCH",
        version=thing.version,
    )


def _was(thing: Thing | None, name: str) -> str:
    """What its form begins with; nothing for a new one."""
    value = getattr(thing, name, None)
    return "" if value is None else str(value)


def _locale(initial: str) -> Ask:
    return Ask("locale", "choice", initial=initial or "zh-CN", options=LOCALES)


def _form(kind: str, path: str, asks: tuple[Ask, ...], thing: Thing | None) -> Move:
    if thing is None:
        return Move(f"add_{kind}", path, asks)
    return Move(f"change_{kind}", f"{path}/{thing.id}", asks, method="PATCH", version=thing.version)
