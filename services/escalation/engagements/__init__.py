"""Engagements: external parties (vendor, carrier, integrator, developer) called in for an incident."""
