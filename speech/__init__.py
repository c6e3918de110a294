"""Writes voice notes down, in a process and an environment of its own; imports nothing of ours."""
