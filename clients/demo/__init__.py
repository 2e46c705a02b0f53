"""The demo: an invented organisation, and the story of one fault from its report to its end, by the public API only."""
