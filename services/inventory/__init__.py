"""Spare parts: the catalogue, depots with one keeper each, the ledger of every movement, and reservations."""
