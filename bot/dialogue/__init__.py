"""What the dialogue decides outside Rasa's rules: what a "sí" means, what an answer is worth, what stays."""
