"""Every write of contracts that takes a body, with one that is accepted as it stands."""

from __future__ import annotations

from dataclasses import dataclass

from tests.builders.installed import Installed, Json, an_engineer

NAMES = {"name_zh": "新", "name_en": "New"}
WEEK = [[["09:00", "18:00"]]] * 5 + [[], []]
OFFICE = {"zone": "Asia/Shanghai", "week": WEEK}


@dataclass(frozen=True)
class Door:
    method: str
    path: str
    body: Json


async def doors(base: Installed) -> list[Door]:
    """In an order in which each is accepted after those before it."""
    engineer = await an_engineer(base.contracts)
    agreed = [*await _of_agreements(base), *await _of_entitlements(base)]
    return [*_of_customers(base, engineer), *await _of_people(base, engineer), *await _of_calendars(base), *agreed]


def _of_customers(base: Installed, engineer: str) -> list[Door]:
    ids, own = base.ids, base.address
    place = NAMES | {"address": "a", "region": "r"}
    thing: Json = {"site_id": ids["site"], "name": "n", "product": "p", "model": "m", "criticality": "low"}
    thing |= {"warranty_until": "2028-01-01", "servicer_ids": [engineer]}
    term = {"starts_on": "2026-03-01", "ends_on": "2029-03-01", "site_ids": [ids["site"]], "asset_ids": [ids["asset"]]}
    year = {"year": 1, "on_site": True, "remote": True, "text_zh": "", "text_en": ""}
    served: Json = {"item_codes": ["health_check"], "engineer_ids": [engineer], "years": [year]}
    return [
        Door("POST", "/v1/customers", NAMES),
        Door("PATCH", own, NAMES | {"active": True}),
        Door("POST", f"{own}/sites", place),
        Door("PATCH", f"{own}/sites/{ids['site']}", place | {"active": True}),
        Door("POST", f"{own}/departments", NAMES | {"email": "d@demo.example", "locale": "en"}),
        Door("PATCH", f"{own}/departments/{ids['department']}", NAMES | {"email": "d@demo.example", "locale": "en"}),
        Door("POST", f"{own}/assets", thing | {"serial": "NEW-1"}),
        Door("PATCH", f"{own}/assets/{ids['asset']}", thing | {"serial": "NEW-2", "state": "in_service"}),
        Door("PATCH", "/v1/catalogue/health_check", NAMES | {"skills": ["storage"], "modes": ["remote"]}),
        Door("POST", "/v1/contracts", term | {"number": "C-NEW", "customer_id": ids["customer"]}),
        Door("PATCH", base.contract, term | served),
    ]


async def _of_people(base: Installed, engineer: str) -> list[Door]:
    ids, own = base.ids, base.address
    contact = {"name": "Zhou", "role_zh": "主任", "role_en": "Head", "phone": "139", "email": "z@demo.example"}
    business: Json = NAMES | {"department_id": ids["department"], "asset_ids": [ids["asset"]], "dependence": "general"}
    business |= {"tolerable_outage_seconds": 60}
    added = await base.post(f"{own}/key-businesses", business)
    person = await base.post(f"{own}/contacts", contact)
    organisation = {"team_ids": [engineer], "leader_ids": [engineer], "quorum": 1, "superior_ids": [engineer]}
    return [
        Door("POST", f"{own}/key-businesses", business),
        Door("PATCH", f"{own}/key-businesses/{added['id']}", business | {"tolerable_outage_seconds": 90}),
        Door("POST", f"{own}/contacts", contact),
        Door("PATCH", f"{own}/contacts/{person['id']}", contact | {"active": True}),
        Door("PUT", f"{own}/emergency-organisation", organisation),
        Door("POST", f"{base.contract}/contact-list", {"hotline": "400-1", "hotline_email": "d@demo.example"}),
    ]


async def _of_calendars(base: Installed) -> list[Door]:
    calendar = await base.post("/v1/calendars", NAMES | {"code": "office", "data": OFFICE})
    chinese = await base.post("/v1/calendars:china", NAMES | {"code": "cn", "from_year": 2026, "to_year": 2026})
    at, asked = f"/v1/calendars/{calendar['id']}", {"at": "2026-03-02T09:00:00Z", "amount": 60, "unit": "seconds"}
    return [
        Door("POST", "/v1/calendars", NAMES | {"code": "another", "data": OFFICE}),
        Door("POST", "/v1/calendars:china", NAMES | {"code": "third", "from_year": 2026, "to_year": 2026}),
        Door("POST", f"{at}/preview", asked),
        Door("POST", f"{at}/correct", {"data": OFFICE, "reason": "r"}),
        Door("POST", f"/v1/calendars/{chinese['id']}/extend", {"to_year": 2027, "reason": "r"}),
    ]


async def _of_agreements(base: Installed) -> list[Door]:
    target = {"severity": "general", "kind": "respond", "amount": 60, "unit": "seconds"}
    draft = {"targets": [target], "applies_to_open": False, "warning_percents": [50], "warn_before_seconds": [60]}
    draft |= {"pause_reasons": ["site_closed"], "pause_cap_seconds": 60, "close_after_days": 5}
    in_force, agreement = [await base.post(f"{base.contract}/agreements", draft) for _ in range(2)]
    for side in ("provider", "customer"):
        await base.post(f"/v1/agreements/{in_force['id']}/sign", {"side": side, "signed_by": side})
    both = {"provider_signed_by": "Wu", "customer_signed_by": "Zhou"}
    return [
        Door("POST", f"{base.contract}/agreements", draft),
        Door("POST", f"/v1/agreements/{agreement['id']}/sign", {"side": "provider", "signed_by": "Wu"}),
        Door("POST", f"/v1/agreements/{in_force['id']}/withdraw", both | {"reason": "r"}),
    ]


async def _of_entitlements(base: Installed) -> list[Door]:
    grant = {"item_code": "fault_removal", "unit": "visits", "granted": 2}
    at = f"/v1/entitlements/{(await base.post(f'{base.contract}/entitlements', grant))['id']}"
    return [
        Door("POST", f"{base.contract}/entitlements", grant | {"unit": "hours", "granted": 1.5}),
        Door("PATCH", at, {"granted": 5}),
        Door("POST", f"{at}/uses", {"amount": 1, "used_on": "2026-05-01", "reason": "r"}),
        Door("POST", f"{at}/withdraw", {"reason": "r"}),
    ]
