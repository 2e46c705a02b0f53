"""What a contract grants per year, in visits or hours, and what was used of it."""
