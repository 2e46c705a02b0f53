"""Which team holds an incident."""
