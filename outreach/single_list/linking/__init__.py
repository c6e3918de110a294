"""Which records of the single list are one woman: compared, looked at by a person, merged, undone."""
