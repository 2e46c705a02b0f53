"""The table of contents of the gateway: what it answers, says, listens to and does on time."""

from __future__ import annotations

from services.gateway.base import Base
from services.gateway.front.app import front_of
from services.gateway.jobs import jobs
from services.gateway.keys.routes import routes as key_routes
from services.gateway.people.routes import routes as people_routes
from services.gateway.republish import SNAPSHOTS
from services.gateway.sessions.routes import routes as session_routes
from services.gateway.settings import Settings
from shared.events.gateway import PersonChanged
from shared.service import Service

SERVICE = Service(
    name="gateway",
    summary="People, sign-in and API keys; the one door to all other services",
    settings=Settings,
    metadata=Base.metadata,
    routers=(people_routes, session_routes, key_routes),
    emits=(PersonChanged,),
    jobs=jobs,
    snapshots=SNAPSHOTS,
    front=front_of,
)
