"""The week's plan, the notes between shifts, and where a caseworker is alerted."""
