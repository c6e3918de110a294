"""Duplicates of the single list: decided side by side, and undone."""
