"""Who wants to hear how an incident goes on."""
