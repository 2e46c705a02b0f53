"""The one list of services, and how a process finds one without loading the others."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from shared.bus import Topology
from shared.service import Service
from shared.settings import ServiceSettings

NAMES = ("gateway", "contracts", "incidents", "escalation", "inventory", "feedback", "notify")


def service(name: str) -> Service:
    """The description of a service. Raises KeyError for a name that is none."""
    if name not in NAMES:
        raise KeyError(name)
    found: Service = import_module(f"services.{name}.app").SERVICE
    return found


def settings_class(name: str) -> type[ServiceSettings]:
    """The settings a service reads, without loading the service."""
    found: type[ServiceSettings] = import_module(f"services.{name}.settings").Settings
    return found


def topology(names: Sequence[str] = NAMES) -> Topology:
    """What the services listen to. A broker's queues are declared for all of them before anything is published."""
    keys = {name: service(name).consumers.routing_keys() for name in names}
    return {name: listened for name, listened in keys.items() if listened}
