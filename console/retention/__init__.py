"""Coordinators: how long each kind of data is kept, what is announced, paused and blocked."""
