"""Work on whole records: imports and her rights over her data."""
