"""From authors' batches to training data; used by people who add batches, never by the running bot."""
