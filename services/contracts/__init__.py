"""Reference data: customers and what they have, contracts and what was promised in them."""
