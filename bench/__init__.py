"""Benchmarks: one file per question. They print goal and result, and fail on an error, never on a figure."""
