"""All that runs inside Rasa's own environment; it imports nothing of the product."""
