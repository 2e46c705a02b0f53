"""The event contracts: one module per publishing service. A leaf: imports nothing else of ours.

Importing this package registers every contract, so that any service can parse any envelope it is handed.
"""

from shared.events import contracts, escalation, feedback, gateway, incidents, inventory, notify
from shared.events._base import REGISTRY, Event, History, Snapshot

__all__ = [
    "REGISTRY",
    "Event",
    "History",
    "Snapshot",
    "contracts",
    "escalation",
    "feedback",
    "gateway",
    "incidents",
    "inventory",
    "notify",
]
