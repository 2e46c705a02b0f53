"""How records are found by a text that somebody typed."""
