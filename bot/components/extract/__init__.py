"""What she names: places, days, hours, people, numbers. One small module a kind, all on plain strings."""
