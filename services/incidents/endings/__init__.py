"""How an incident ends, and how it is taken up again."""
