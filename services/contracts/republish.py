"""What contracts says again when asked: all its records, those that others refer to first."""

from __future__ import annotations

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
from shared.snapshots import Snapshots

AGREEMENTS: Snapshots = ((agreement_queries.EVERY_SIGNED_AGREEMENT, agreement_actions.say_agreement),)
SNAPSHOTS: Snapshots = (
    (customer_queries.EVERY_CUSTOMER, customer_actions.say_customer),
    (customer_queries.EVERY_SITE, customer_actions.say_site),
    (customer_queries.EVERY_DEPARTMENT, customer_actions.say_department),
    (customer_queries.EVERY_ASSET, customer_actions.say_asset),
    (customer_queries.EVERY_KEY_BUSINESS, customer_actions.say_key_business),
    (contact_queries.EVERY_CONTACT, contact_actions.say_contact),
    (organisation_queries.EVERY_ORGANISATION, organisation_actions.say_organisation),
    (catalogue_queries.EVERY_ITEM, catalogue_actions.say_item),
    (agreement_queries.EVERY_CONTRACT, agreement_actions.say_contract),
    *AGREEMENTS,
)
