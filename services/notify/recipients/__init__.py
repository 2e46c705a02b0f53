"""Who can be told: copies of the gateway's people and of contracts' business departments."""
