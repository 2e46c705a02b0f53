"""Changes of a contract: its term, the sites, assets and service items it covers, its years, and who is responsible."""
