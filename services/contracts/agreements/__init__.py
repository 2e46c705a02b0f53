"""Contracts, and the versions of the service-level agreement in each."""
