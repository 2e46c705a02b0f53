"""Everything that speaks only to the public API, and the recorder that plays the outside world."""
