"""The rules of reminders: what they will do, what they did not do, and what a change would do."""
