"""What a voice note is heard to say: an interface with two makers, and what its answer is worth."""
