"""Depots, and the people who may keep one."""
