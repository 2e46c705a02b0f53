"""What is said about an incident: comments that customer and provider share, and the provider's internal notes."""
