"""The double-entry ledger: every change of stock is a movement from one account to another."""
