"""The service items that contracts may include."""
