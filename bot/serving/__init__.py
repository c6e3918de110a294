"""What runs in Rasa's server: channel, tracker store, importer, the short cut past its processor."""
