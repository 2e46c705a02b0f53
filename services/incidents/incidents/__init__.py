"""The incident: reported, acknowledged, classified, assigned, resolved, confirmed, closed."""
