"""Saying all snapshots again, for a service whose copies are empty or lost."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.agreements import actions as agreement_actions
from services.contracts.agreements import queries as agreement_queries
from services.contracts.catalogue import actions as catalogue_actions
from services.contracts.catalogue import queries as catalogue_queries
from services.contracts.contacts import actions as contact_actions
from services.contracts.contacts import queries as contact_queries
from services.contracts.customers import actions as customer_actions
from services.contracts.customers import queries as customer_queries
from services.contracts.organisations import actions as organisation_actions
from services.contracts.organisations import queries as organisation_queries


async def republish(session: AsyncSession) -> None:
    await _customers(session)
    await _contracts(session)


async def _customers(session: AsyncSession) -> None:
    for customer in await customer_queries.all_customers(session):
        customer_actions.say_customer(session, customer)
    for site in await customer_queries.all_sites(session):
        customer_actions.say_site(session, site)
    for department in await customer_queries.all_departments(session):
        customer_actions.say_department(session, department)
    for asset in await customer_queries.all_assets(session):
        customer_actions.say_asset(session, asset)
    for business in await customer_queries.all_key_businesses(session):
        customer_actions.say_key_business(session, business)
    for contact in await contact_queries.all_contacts(session):
        contact_actions.say_contact(session, contact)
    for organisation in await organisation_queries.all_organisations(session):
        organisation_actions.say_organisation(session, organisation)


async def _contracts(session: AsyncSession) -> None:
    for item in await catalogue_queries.items(session):
        catalogue_actions.say_item(session, item)
    for contract in await agreement_queries.all_contracts(session):
        agreement_actions.say_contract(session, contract)
    for agreement, contract in await agreement_queries.signed_agreements(session):
        agreement_actions.say_agreement(session, agreement, contract)
