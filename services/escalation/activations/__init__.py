"""Activations: the request to let a plan start, the leading group's decision, and the plan's run."""
