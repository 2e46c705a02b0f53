"""Deliveries: one event to one webhook endpoint, tried until it is taken or given up."""
