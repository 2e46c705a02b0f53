"""The number people say for an incident: INC-2026-000123, per year, without gaps."""
