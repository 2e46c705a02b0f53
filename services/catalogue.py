"""The one list of services, and how a process finds one without loading the others."""

from __future__ import annotations

from importlib import import_module

from shared.service import Service
from shared.settings import ServiceSettings

NAMES = ("contracts",)


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
