"""The delivery log: each try of a message or a webhook call, with how it ended."""
