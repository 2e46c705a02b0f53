"""The table of contents of contracts: what it answers, says, listens to and does on time."""

from __future__ import annotations

from services.contracts.base import Base
from services.contracts.customers.routes import routes as customer_routes
from services.contracts.settings import Settings
from shared.events import contracts as says
from shared.service import Service

SERVICE = Service(
    name="contracts",
    summary="Customers, sites, assets, contracts, agreements, emergency organisations",
    settings=Settings,
    metadata=Base.metadata,
    routers=(customer_routes,),
    emits=(
        says.CustomerChanged,
        says.SiteChanged,
        says.DepartmentChanged,
        says.AssetChanged,
        says.KeyBusinessChanged,
        says.AgreementChanged,
        says.EmergencyOrganisationChanged,
    ),
)
