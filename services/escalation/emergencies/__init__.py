"""Emergencies: incidents the leading group, and at need the superior authority, are told of at once."""
