"""The door itself: one table of public routes, one forwarder, who asks, how much they may ask."""
