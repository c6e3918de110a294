"""Staff accounts, sessions and what they did."""
