"""Webhook endpoints of customers: where their systems are called, about what, and how a call is signed."""
