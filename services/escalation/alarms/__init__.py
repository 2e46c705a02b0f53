"""Alarms: somebody must look now."""
