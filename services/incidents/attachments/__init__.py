"""Files of an incident: who added which, who sees it, and what was withdrawn."""
