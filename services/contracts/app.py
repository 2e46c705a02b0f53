"""The table of contents of contracts: what it answers, says, listens to and does on time."""

from __future__ import annotations

from services.contracts.agreements.routes import routes as agreement_routes
from services.contracts.base import Base
from services.contracts.calendars.routes import routes as calendar_routes
from services.contracts.catalogue.routes import routes as catalogue_routes
from services.contracts.changes.routes import routes as change_routes
from services.contracts.consumers import consumers
from services.contracts.contact_lists.routes import routes as contact_list_routes
from services.contracts.contacts.routes import routes as contact_routes
from services.contracts.copies.models import Person
from services.contracts.corrections.routes import routes as correction_routes
from services.contracts.covers.routes import routes as cover_routes
from services.contracts.customers.routes import routes as customer_routes
from services.contracts.entitlements.routes import routes as entitlement_routes
from services.contracts.imports.routes import routes as import_routes
from services.contracts.jobs import jobs
from services.contracts.organisations.routes import routes as organisation_routes
from services.contracts.republish import SNAPSHOTS
from services.contracts.search.routes import routes as search_routes
from services.contracts.settings import Settings
from shared.events import contracts as says
from shared.service import Service

SERVICE = Service(
    name="contracts",
    summary="Customers and what they have, contracts and what they grant, agreements, the catalogue of services",
    settings=Settings,
    metadata=Base.metadata,
    routers=(
        import_routes,
        search_routes,
        customer_routes,
        change_routes,
        contact_routes,
        calendar_routes,
        correction_routes,
        agreement_routes,
        cover_routes,
        contact_list_routes,
        entitlement_routes,
        catalogue_routes,
        organisation_routes,
    ),
    emits=(
        says.CustomerChanged,
        says.SiteChanged,
        says.DepartmentChanged,
        says.AssetChanged,
        says.KeyBusinessChanged,
        says.AgreementChanged,
        says.EmergencyOrganisationChanged,
        says.ContactChanged,
        says.ContractChanged,
        says.CatalogueItemChanged,
        says.EntitlementUsed,
        says.EntitlementExhausted,
    ),
    consumers=consumers,
    jobs=jobs,
    copies=(Person,),
    snapshots=SNAPSHOTS,
)
