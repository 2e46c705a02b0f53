"""Short words by which the provider finds incidents again. Customers do not see them."""
