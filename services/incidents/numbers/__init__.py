"""The number people say for an incident: INC-2026-000123, per year. One that was given is never given again."""
