"""API keys of customers' systems."""
