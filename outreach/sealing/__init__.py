"""Keys: encryption of personal data, the vault, the recovery key. No other room handles a key."""
