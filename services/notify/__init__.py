"""Telling people and client systems: mails by rules, webhooks by subscription."""
