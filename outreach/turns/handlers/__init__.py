"""What each effect of the dialogue does, by area. Importing this package registers them all."""

from outreach.turns.handlers import enrolment, herself, safety, seats, sessions, voice

__all__ = ["enrolment", "herself", "safety", "seats", "sessions", "voice"]
