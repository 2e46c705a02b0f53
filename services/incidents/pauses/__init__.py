"""The time of an incident that does not count, and why."""
