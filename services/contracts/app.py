"""The table of contents of contracts: what it answers, says, listens to and does on time."""

from __future__ import annotations

from services.contracts.agreements.routes import routes as agreement_routes
from services.contracts.base import Base
from services.contracts.calendars.routes import routes as calendar_routes
from services.contracts.corrections.routes import routes as correction_routes
from services.contracts.customers.routes import routes as customer_routes
from services.contracts.organisations.routes import routes as organisation_routes
from services.contracts.republish import republish
from services.contracts.settings import Settings
from shared.events import contracts as says
from shared.service import Service

SERVICE = Service(
    name="contracts",
    summary="Customers, sites, assets, calendars, contracts, agreements, emergency organisations",
    settings=Settings,
    metadata=Base.metadata,
    routers=(customer_routes, calendar_routes, correction_routes, agreement_routes, organisation_routes),
    emits=(
        says.CustomerChanged,
        says.SiteChanged,
        says.DepartmentChanged,
        says.AssetChanged,
        says.KeyBusinessChanged,
        says.AgreementChanged,
        says.EmergencyOrganisationChanged,
    ),
    republish=republish,
)
