"""The list that a customer's administrators are handed: whom to call, in numbered versions that never change."""
