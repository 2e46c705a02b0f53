"""The table of contents of inventory: what it answers, says, listens to and does on time."""

from __future__ import annotations

from services.inventory.base import Base
from services.inventory.consumers import consumers
from services.inventory.depots.models import Person
from services.inventory.depots.routes import routes as depot_routes
from services.inventory.jobs import jobs
from services.inventory.ledger.routes import routes as stock_routes
from services.inventory.offers.models import Site
from services.inventory.parts.actions import say_part
from services.inventory.parts.queries import EVERY_PART
from services.inventory.parts.routes import routes as part_routes
from services.inventory.reservations.routes import routes as reservation_routes
from services.inventory.settings import Settings
from shared.events import inventory as says
from shared.service import Service

SERVICE = Service(
    name="inventory",
    summary="Spare parts, depots, the ledger of stock, reservations for incidents",
    settings=Settings,
    metadata=Base.metadata,
    routers=(part_routes, depot_routes, stock_routes, reservation_routes),
    emits=(
        says.PartChanged,
        says.PartReserved,
        says.ReservationRefused,
        says.ReservationReleased,
        says.ReservationExpired,
        says.PartIssued,
        says.PartUsed,
    ),
    consumers=consumers,
    jobs=jobs,
    snapshots=((EVERY_PART, say_part),),
    copies=(Person, Site),
)
