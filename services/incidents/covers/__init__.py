"""Incidents that no agreement covered at their report: decided by people, or covered after all."""
