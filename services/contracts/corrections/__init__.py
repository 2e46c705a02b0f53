"""Corrections of named calendars, and every agreement that is said again because of one."""
