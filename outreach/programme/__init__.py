"""Workshops, groups, sessions, seats and answers."""
