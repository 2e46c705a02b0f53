"""The values that the public API takes, as options name them."""

from __future__ import annotations

STATES = (
    "reported",
    "acknowledged",
    "triaged",
    "in_progress",
    "waiting",
    "resolved",
    "confirmed",
    "closed",
    "cancelled",
    "merged",
)
SEVERITIES = ("general", "major", "disaster", "consultation")
PRIORITIES = ("critical", "high", "medium", "low")
LEVELS = ("high", "medium", "low")
FAULT_CLASSES = ("device", "line", "software", "power_or_connection", "other")
TEAMS = ("desk", "site", "regional", "headquarters", "joint_analysis")
PAUSE_REASONS = ("waiting_for_customer", "site_closed", "agreed_window")
JOINING = ("site", "regional", "headquarters")
VERDICTS = ("confirmed", "rejected")
COVERS = ("goodwill", "declined")
ORDERS = ("newest", "due")
KINDS = (
    "respond",
    "on_site",
    "resolve",
    "plan_requested",
    "plan_decided",
    "superior_told",
    "next_update",
    "vendor",
)
UNITS = ("seconds", "working_seconds", "working_days")


def metavar(values: tuple[str, ...]) -> str:
    """How help spells that a value is one of these."""
    return "|".join(values)
