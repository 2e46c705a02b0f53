"""What runs the platform: the embedded default, the distributed fleet, the nodes they start, the containers."""
