"""How much of an incident's time each team had."""
