"""One turn of hers: gathered, asked of the dialogue, applied."""
