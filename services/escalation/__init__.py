"""Emergencies: contingency plans and who lets them start, external parties, parts called up, alarms."""
