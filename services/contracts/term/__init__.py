"""The term of a contract: its years, and what keeps it from being changed."""
