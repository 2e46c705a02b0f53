"""The table of contents of notify: what it answers, says, listens to and sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from services.notify.base import Base
from services.notify.consumers import consumers
from services.notify.deliveries.routes import routes as delivery_routes
from services.notify.loops import Deliveries, Mails
from services.notify.messages.routes import routes as message_routes
from services.notify.recipients.models import Department, Person
from services.notify.settings import Settings
from services.notify.webhooks.routes import routes as webhook_routes
from shared.events import notify as says
from shared.service import Runtime, Service
from shared.worker import Loop


def loops(runtime: Runtime) -> Sequence[Loop]:
    def active() -> bool:
        return runtime.worker is None or runtime.worker.active.is_set()

    settings = cast(Settings, runtime.settings)
    given = (runtime.database, runtime.tracer, settings, active)
    return (Mails(*given), Deliveries(*given))


SERVICE = Service(
    name="notify",
    summary="Messages to people, webhooks to client systems, and the log of every try",
    settings=Settings,
    metadata=Base.metadata,
    routers=(message_routes, webhook_routes, delivery_routes),
    emits=(
        says.MessageSent,
        says.MessageFailed,
        says.WatcherTold,
        says.WatcherNotTold,
        says.WebhookDelivered,
        says.WebhookFailed,
    ),
    consumers=consumers,
    loops=loops,
    copies=(Person, Department),
)
