"""Incidents that have to do with each other, each with a life of its own."""
