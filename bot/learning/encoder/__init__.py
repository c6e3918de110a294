"""Tunes the pretrained encoder to the labels with PyTorch, in an environment of its own (requirements.lock).

Run by who changed the training messages much, not at set-up: it takes an hour of one core. No part of the
running bot.
"""
