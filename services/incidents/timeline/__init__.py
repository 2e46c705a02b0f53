"""The incident told in one line: every event of any service that is about it."""
