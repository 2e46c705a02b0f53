"""One search over customers, sites, assets, contracts and contacts."""
