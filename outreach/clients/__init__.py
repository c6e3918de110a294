"""Clients of foreign services. Their codes and errors become our own words here."""
