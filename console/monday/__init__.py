"""Coordinators: what the week holds and what waits for somebody."""
