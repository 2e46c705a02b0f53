"""One fault that hits many: a parent incident and those below it."""
