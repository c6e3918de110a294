"""Seed data and the demo's invented people."""
