"""Satisfaction surveys: asked by a one-time link after an incident is closed, answered once on a public page."""
