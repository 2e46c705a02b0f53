"""What customers think of the service: satisfaction surveys on public pages."""
