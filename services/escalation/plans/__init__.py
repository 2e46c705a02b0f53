"""Contingency plans: versions, their steps, the drills that prove them, approval and force."""
