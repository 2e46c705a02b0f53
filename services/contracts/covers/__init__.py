"""What a contract covers: sites, assets, service items, each year of its term, and who is responsible."""
