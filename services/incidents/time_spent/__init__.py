"""How long the provider's people worked on an incident. Entries are withdrawn, never changed."""
