"""What the dialogue decides outside Rasa's rules: who is meant by a "sí", what an answer is worth, what stays."""
