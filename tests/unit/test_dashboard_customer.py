"""The forms of a customer's page and of a contract's responsible engineers, before a browser looks at them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from clients.dashboard.asking import Ask
from clients.dashboard.customer_moves import contact_form, in_use_move, key_business_form
from clients.dashboard.customer_reading import KnownCustomer
from clients.dashboard.customer_records import Contact, Contract, Department, KeyBusiness, Site
from clients.dashboard.forms import values_of
from clients.dashboard.reader import Reader
from clients.dashboard.responsible import order_moves
from clients.models import Asset, Customer
from shared.zones import zone_named

ENGLISH = Reader("en", zone_named("Asia/Shanghai"))
CUSTOMER, SITE, DEPARTMENT, SWITCH = (UUID(int=number) for number in (2, 3, 4, 5))
NAMES: dict[str, Any] = {"name_zh": "名称", "name_en": "Name", "version": 3}
CONTACT = Contact(
    id=UUID(int=9),
    site_id=SITE,
    name="Wu Min",
    role_zh="主任",
    role_en="Head of IT",
    phone="139",
    email="wu@hospital.example",
    locale="en",
    active=True,
    version=3,
)


def known(*, active: bool = True) -> KnownCustomer:
    return KnownCustomer(
        Customer(customer_id=CUSTOMER, name_zh="医院", name_en="Hospital", active=True),
        contacts=(CONTACT,),
        sites=(Site(id=SITE, address="Road 1", region="North", active=active, **NAMES),),
        departments=(Department(id=DEPARTMENT, email="d@hospital.example", locale="en", active=active, **NAMES),),
        assets=(
            Asset(id=SWITCH, customer_id=CUSTOMER, site_id=SITE, name="Switch", product="S", model="1", serial="SW-1"),
        ),
    )


def initial(asks: tuple[Ask, ...]) -> dict[str, str]:
    return {ask.name: ask.initial for ask in asks}


def test_a_contact_is_changed_from_what_it_was_and_for_the_version_that_was_seen() -> None:
    change = contact_form(known(), ENGLISH, CONTACT)
    assert (change.method, change.version) == ("PATCH", 3)
    assert change.path == f"/v1/customers/{CUSTOMER}/contacts/{CONTACT.id}"
    kept = values_of(change.asks, initial(change.asks), ENGLISH)
    assert kept["site_id"] == str(SITE)
    assert (kept["phone"], kept["locale"]) == ("139", "en")


def test_what_a_contact_need_not_have_can_be_emptied() -> None:
    change = contact_form(known(), ENGLISH, CONTACT)
    said = values_of(change.asks, initial(change.asks) | {"phone": "", "site_id": ""}, ENGLISH)
    assert (said["phone"], said["site_id"]) == ("", None)


def test_a_retired_site_stays_with_its_contact_and_is_nobody_elses_choice() -> None:
    before = known(active=False)
    sites = {
        contact: next(ask.options for ask in contact_form(before, ENGLISH, contact).asks if ask.name == "site_id")
        for contact in (CONTACT, None)
    }
    assert sites == {CONTACT: [(str(SITE), "Name")], None: []}


def test_a_key_business_names_its_assets_and_says_hours() -> None:
    form = key_business_form(known(), ENGLISH)
    told = {
        "name_zh": "挂号",
        "name_en": "Registration",
        "department_id": str(DEPARTMENT),
        f"asset_ids.{SWITCH}": "true",
        "dependence": "very_high",
        "tolerable_outage_seconds": "1.5",
    }
    said = values_of(form.asks, told, ENGLISH)
    assert (said["asset_ids"], said["tolerable_outage_seconds"]) == ([str(SWITCH)], 5400)
    business = KeyBusiness(
        id=UUID(int=8),
        department_id=DEPARTMENT,
        asset_ids=(SWITCH,),
        dependence="very_high",
        tolerable_outage_seconds=5400,
        active=True,
        **NAMES,
    )
    begun = initial(key_business_form(known(), ENGLISH, business).asks)
    assert (begun["asset_ids"], begun["tolerable_outage_seconds"]) == (str(SWITCH), "1.5")


def test_what_is_retired_can_be_brought_back() -> None:
    retire = in_use_move("/v1/x", CONTACT, "Wu Min")
    bring_back = in_use_move("/v1/x", CONTACT.model_copy(update={"active": False}), "Wu Min")
    assert [(move.name, move.says) for move in (retire, bring_back)] == [
        ("retire", (("active", False),)),
        ("bring_back", (("active", True),)),
    ]


def test_engineers_are_called_in_the_order_of_the_contract() -> None:
    first, second, third = (UUID(int=number) for number in (11, 12, 13))
    contract = Contract(
        id=UUID(int=1), number="C-1", customer_id=CUSTOMER, engineer_ids=(first, second, third), version=7
    )
    assert [move.name for move in order_moves(contract, first, "Li Wei")] == ["name_no_more"]
    to_front, off = order_moves(contract, third, "Wang Fang")
    assert to_front.says == (("engineer_ids", (third, first, second)),)
    assert off.says == (("engineer_ids", (first, second)),)
    assert (to_front.version, to_front.method) == (7, "PATCH")
