"""Parts called up: a spare part an incident needs, asked of the spare-parts store and answered by it."""
