"""Parts of the Rasa pipeline: how she writes, what she means, what she names.

Each module below works on plain strings and can be tried without Rasa; only `intents.py` and
`entities.py` know Rasa's graph.
"""
