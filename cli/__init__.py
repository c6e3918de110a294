"""The command line: how a person sets up, starts and looks after Avanza.

Everything that runs before the product's libraries are there (`bootstrap` and what it imports) must use the
standard library alone. Nothing here holds a rule of the product: commands call verbs of `outreach`.
"""
