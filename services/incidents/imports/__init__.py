"""Incidents taken over from another system with their history: recorded facts, not moves."""
