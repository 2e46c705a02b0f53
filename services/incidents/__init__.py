"""Incidents: reported, worked on, promises kept or broken, confirmed by the customer, told as one timeline."""
