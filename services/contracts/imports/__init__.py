"""Taking over lists of customers, sites and assets from a table that was kept elsewhere."""
