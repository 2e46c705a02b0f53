"""A clock explains itself: every interval, what counted and why, to the second."""
