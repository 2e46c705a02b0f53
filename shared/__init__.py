"""What every service is made of. Names no business noun except in `events`, and never looks up at the services."""
