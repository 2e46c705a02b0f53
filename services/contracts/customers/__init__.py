"""Customers with their sites, business departments and key businesses."""
