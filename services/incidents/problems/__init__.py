"""Difficult problems: they climb from team to team, and end in a joint analysis of all three."""
