"""What changes about customers and what they have, and what goes out of use."""
