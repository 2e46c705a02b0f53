"""Our copies of what other services own: customers and what they have, what was promised to them, people."""
