"""Which team held an incident, and how much of its time each had."""
