"""The product's verbs: plain functions that take a Session and never commit."""
