"""Who watches which incident: a copy of what incidents says."""
