"""People who can sign in: staff, or users of one customer."""
