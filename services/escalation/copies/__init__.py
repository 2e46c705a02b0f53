"""What escalation knows of others: incidents, emergency organisations and people, each from its owner's events."""
