"""Coordinators: requests of women over their data, with the legal terms."""
