"""What is done for an incident elsewhere and keeps one of its promises: by a visit, or by another service."""
