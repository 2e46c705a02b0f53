"""The service items by which the provider's work is sold and counted. Contracts keeps what each of them says."""

from __future__ import annotations

from enum import StrEnum


class ServiceItem(StrEnum):
    CONFIGURATION_OPTIMISATION = "configuration_optimisation"
    PATCH_UPGRADE = "patch_upgrade"
    FAULT_REMOVAL = "fault_removal"
    PROBLEM_ESCALATION = "problem_escalation"
    HEALTH_CHECK = "health_check"
    PERFORMANCE_OPTIMISATION = "performance_optimisation"
    SPECIAL_PERIOD_GUARANTEE = "special_period_guarantee"
    ASSISTED_LOCALISATION = "assisted_localisation"


DEFAULT = ServiceItem.FAULT_REMOVAL
"""What work on an incident is, unless it says otherwise."""
