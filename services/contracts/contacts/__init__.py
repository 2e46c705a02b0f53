"""The customer's people to call, at a site or for all of them."""
