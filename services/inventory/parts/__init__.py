"""The catalogue of parts."""
