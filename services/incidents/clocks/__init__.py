"""The promises of an incident: armed, aimed anew, stopped, warned of and broken."""
