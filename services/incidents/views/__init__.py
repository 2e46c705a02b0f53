"""A person's saved filters of the list of incidents."""
